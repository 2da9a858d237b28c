"""One module for each subcommand that works on finished runs.

assign    topics for new documents
evaluate  quality figures
find      documents that match a query
name      a person's name for a topic
reports   all finished runs, listed or served
"""
