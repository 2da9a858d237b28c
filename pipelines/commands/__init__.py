"""One module for each subcommand that asks a finished run something.

assign    topics for new documents
evaluate  figures of quality
find      documents that speak of something
name      a person's name for a topic
reports   all finished runs, listed or served
"""
