"""`topicbrief doctor`: what works on this machine, and how to mend what does not.

examine   all checks and their findings
findings  one finding, and all of them as text and JSON
network   checks of the proxy, the certificates and one address
encoder   whether the configured encoder is on this machine, or can be fetched
clients   whether other HTTP clients work with the same settings
"""
