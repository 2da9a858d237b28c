"""Tokens into counts: which terms are counted, and how often each occurs in each document.

terms       the vocabulary of a corpus and its document-term matrix
phrases     two and three words that belong together become one term
counts      checks of a document-term matrix that someone else made
"""

from nlp.vocabulary.counts import check_counts
from nlp.vocabulary.terms import TermCounts, count_known_terms, count_terms

__all__ = ["TermCounts", "check_counts", "count_known_terms", "count_terms"]
