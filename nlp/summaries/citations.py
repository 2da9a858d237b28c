"""The types of a summary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Citation:
    """One sentence of a summary and its position: `texts[doc][start:end] == sentence`."""

    sentence: str
    doc: int
    """Index of the quoted document in the texts that were summarized."""
    start: int
    end: int
    score: float
    """Relevance in [0, 1], comparable within one summary."""


@dataclass(frozen=True)
class TopicSummary:
    """The name, headline and summary of one topic."""

    topic: int
    """Row of the topic in its model, counted from 0."""
    name: str
    """A few of the topic's own terms, different from every other topic's name."""
    headline: str
    """One line, quoted from a document of the topic if one of its lines is short enough."""
    citations: tuple[Citation, ...]
    """The summary, best sentence first; empty if no document has a readable sentence."""
