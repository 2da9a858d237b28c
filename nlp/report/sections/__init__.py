"""Parts of the page, each computed from plain data.

charts           static SVG charts
trends           topics over time
run_history      changes since the last run, and the sizes of each topic
levels           fewer or more topics: cuts of the tree
topic_search     the search for the number of topics
shown_documents  chooses the documents to show, and how much of each
excerpts         a part of a document, with the quoted sentence marked
"""
