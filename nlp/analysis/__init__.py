"""The job: documents into topics, summaries and tables.

frame        `analyze`: the job on a DataFrame, in memory
conductor    steps in order, each from and into a store
steps        the steps: ingest, clean, fit, summarize
description  summaries, quality, identity and tables of a fitted model
result       what an analysis found
"""

from nlp.analysis.frame import analyze
from nlp.analysis.result import Result

__all__ = ["Result", "analyze"]
