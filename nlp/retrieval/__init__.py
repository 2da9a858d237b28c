"""Search: the documents that speak of something, with the sentences that say so.

words      every cleaned word of the documents, weighted by BM25
space      a space of meaning, learned from the documents themselves
index      words, space and topics together, as a file
ranking    the score of each document for a query
quotation  the sentences of a document that answer a query
request    what a person may ask, and its faults
found      what a search reads, and what it returns
search     `find`: from a request to the documents found
"""

from nlp.retrieval.found import Found, FoundDocument, Searchable
from nlp.retrieval.index import SearchIndex, build_index
from nlp.retrieval.quotation import Passage
from nlp.retrieval.request import Request
from nlp.retrieval.search import find

__all__ = [
    "Found",
    "FoundDocument",
    "Passage",
    "Request",
    "SearchIndex",
    "Searchable",
    "build_index",
    "find",
]
