"""Cited summaries: every sentence is quoted verbatim from one document. The only home of sumy.

summarize        summaries of texts, of topics and of a whole corpus
candidates       the sentences that may be quoted
readability      which line is a readable sentence
summarizers      sumy's summarizers by name
fast_sumy        sumy's classes made fast, with the same scores
sentence_choice  which scored sentences make a summary
topic_names      a topic's name and headline
citations        what a summary consists of
"""

from nlp.summaries.citations import Citation, TopicSummary
from nlp.summaries.summarize import brief, summarize, summarize_topics
from nlp.summaries.summarizers import SUMMARIZERS

__all__ = ["SUMMARIZERS", "Citation", "TopicSummary", "brief", "summarize", "summarize_topics"]
