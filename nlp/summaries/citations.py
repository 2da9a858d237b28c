"""What a summary is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Citation:
    """One sentence of a summary and where it stands: `texts[doc][start:end] == sentence`."""

    sentence: str
    doc: int
    """Index of the quoted document in the texts that were summarized."""
    start: int
    end: int
    score: float
    """Relevance in [0, 1], comparable within one summary."""


@dataclass(frozen=True)
class TopicSummary:
    """What a reader is told of one topic."""

    topic: int
    """Row of the topic in its model, counted from 0."""
    name: str
    """A few of the topic's own terms, different from every other topic's name."""
    headline: str
    """One line, verbatim from a document of the topic where a line is short enough."""
    citations: tuple[Citation, ...]
    """The summary, most telling sentence first; empty if no document has a readable sentence."""
