"""The job: turns documents into topics, summaries and tables.

frame        `analyze`: the job on a DataFrame, in memory
conductor    runs the steps in order and keeps their values in a store
steps        the steps: ingest, clean, fit, summarize
encoding     sentence vectors of the documents
description  summaries, quality, identity and tables of a fitted model
brief        the result in at most 120 words
renaming     a result with other names of its topics
plain_words  numbers, dates and lists in plain English
result       the result of an analysis
"""

from nlp.analysis.frame import analyze
from nlp.analysis.result import Result

__all__ = ["Result", "analyze"]
