"""`topicbrief doctor`: what works on this machine, and how to mend what does not.

examine   all checks and their findings
findings  one finding, and all of them as text and JSON
network   checks of the proxy, the certificates and one address
clients   whether other HTTP clients work with the same settings
"""
