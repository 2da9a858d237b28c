"""`topicbrief doctor`: what works here, and what to do about the rest.

examine   all checks, and what they found
findings  one finding, and the diagnosis of all of them
network   proxy, certificates and one address
clients   what other HTTP clients do with the same settings
"""
