"""What a search reads, and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from nlp.arrays import Ints, Singles
from nlp.cleaning.tokens import Tokens
from nlp.retrieval.index import SearchIndex
from nlp.retrieval.quotation import Passage
from nlp.topics.model import TopicModel


class Documents(Protocol):
    """The documents of a run: single columns and single rows, so that no one reads all texts."""

    @property
    def names(self) -> Sequence[str]:
        """Names of the columns."""

    def columns(self, names: Sequence[str]) -> pd.DataFrame:
        """Return some columns of all rows."""

    def rows(self, rows: Ints, names: Sequence[str]) -> pd.DataFrame:
        """Return some columns of some rows, in the order given."""


class TextEncoder(Protocol):
    """What `nlp.encoder` offers: texts as vectors of length 1."""

    def encode(self, texts: Sequence[str]) -> Singles:
        """Return (n_texts, n_dims) float32."""


@dataclass(frozen=True)
class Searchable:
    """Everything of a run that a search reads."""

    index: SearchIndex
    documents: Documents
    model: TopicModel
    labels: Mapping[int, str]
    """Name of each topic_id."""
    clean: Callable[[Sequence[str]], Tokens]
    """Cleans texts as the documents were cleaned (`nlp.cleaning.reader.cleaner`)."""
    doc_vectors: Singles | None = None
    """(n_docs, n_dims) sentence vectors of the documents, rows of length 1."""
    encoder: TextEncoder | None = None
    """The encoder that made them."""


@dataclass(frozen=True)
class FoundDocument:
    """A document that was found."""

    doc_id: str
    topic_id: int
    topic: str
    """The topic's name."""
    score: float
    """From 0 to 1; only scores of one search can be compared."""
    date: str | None
    """ISO 8601, UTC."""
    quotations: tuple[Passage, ...]


@dataclass(frozen=True)
class Found:
    """The answer to a request."""

    documents: tuple[FoundDocument, ...]
    """The best matches, best first."""
    total: int
    """Number of documents that match."""
    n_searched: int
    """Number of documents that were searched: those that the request allows."""
    words: frozenset[str]
    """The cleaned words of the query that occur in the documents."""
    unknown: tuple[str, ...]
    """The cleaned words of the query that occur in no document."""
