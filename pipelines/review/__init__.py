"""What people decide about runs and topics.

topic_names  a person's names for topics, and topics merged or hidden
alerts       the watch list: terms and topics to warn about
gates        minimum values that a run must reach to be published
"""
