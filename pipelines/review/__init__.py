"""What people say of runs and topics.

topic_names  a person's names for topics, and topics merged or hidden
alerts       terms and topics that someone wants to be warned about
gates        the least a run must reach to be published
"""
