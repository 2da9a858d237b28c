"""Which topic model suits a corpus, and how many topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp.progress import Progress, silent
from nlp.topics import Kind

# Up to this median length one topic per document explains a corpus better than a mixture.
_SHORT = 25


@dataclass(frozen=True)
class ModelChoice:
    """A kind of topic model and, for the report, why."""

    kind: Kind
    reason: str


@dataclass(frozen=True)
class TopicsChoice:
    """A number of topics, what it was chosen from and, for the report, why."""

    n_topics: int
    curve: tuple[tuple[int, float], ...]
    """Every number tried, ascending, and its score; higher is better."""
    reason: str


def choose_model(doc_lengths: NDArray[Any] | Sequence[int]) -> ModelChoice:
    """The kind of model for documents of these lengths (tokens); empty documents do not count."""
    lengths = np.asarray(doc_lengths)
    filled = lengths[lengths > 0]
    median = float(np.median(filled)) if len(filled) else 0.0
    kind: Kind = "gsdmm" if median < _SHORT else "lda"
    name = {"gsdmm": "GSDMM", "lda": "LDA", "nmf": "NMF"}[kind]
    return ModelChoice(kind, f"median {median:g} words: {name}")


def choose_topics(
    counts: sp.csr_matrix, terms: Sequence[str], seed: int = 0, progress: Progress = silent
) -> TopicsChoice:
    """A number of topics for LDA or NMF from the size of the corpus alone."""
    n_docs = int((np.diff(counts.indptr) > 0).sum())
    n_topics = int(np.clip(round(np.sqrt(n_docs) / 6), 1, 50))
    n_topics = max(1, min(n_topics, n_docs, counts.shape[1]))
    progress(1, 1)
    return TopicsChoice(n_topics, (), f"{n_topics} topics for {n_docs} documents")
