"""Cited summaries: the only home of sumy. Every sentence is quoted verbatim from one document."""

from __future__ import annotations

from nlp.summaries.citations import Citation, TopicSummary
from nlp.summaries.summarizers import SUMMARIZERS
from nlp.summaries.topics import brief, summarize, summarize_topics

__all__ = ["SUMMARIZERS", "Citation", "TopicSummary", "brief", "summarize", "summarize_topics"]
