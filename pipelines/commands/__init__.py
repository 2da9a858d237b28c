"""One module for each subcommand besides `run` and `doctor`.

assign    topics for new documents
encoder   download of an encoder before a run needs it
evaluate  quality figures
find      documents that match a query
name      a person's name for a topic
reports   all finished runs, listed or served
"""
