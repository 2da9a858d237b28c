"""Cited summaries: every sentence is quoted verbatim from one document. The only home of sumy.

summarize        summaries of texts and of topics
candidates       the sentences that may be quoted
readability      whether a line is a readable sentence
summarizers      sumy's summarizers by name
fast_sumy        sumy's classes made fast, with the same scores
sentence_choice  chooses the sentences of a summary by their scores
topic_names      a topic's name and headline
citations        the types of a summary: sentences and their positions
"""

from nlp.summaries.citations import Citation, TopicSummary
from nlp.summaries.sentence_choice import SAME, redundancy
from nlp.summaries.summarize import summarize, summarize_topics
from nlp.summaries.summarizers import SUMMARIZERS

__all__ = [
    "SAME",
    "SUMMARIZERS",
    "Citation",
    "TopicSummary",
    "redundancy",
    "summarize",
    "summarize_topics",
]
