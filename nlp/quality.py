"""How good topics are: coherence, diversity, stability, agreement with known labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp.errors import InputError
from nlp.topics import TopicModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

N_TOP_TERMS = 10


@dataclass(frozen=True)
class Agreement:
    """How far topics and known labels part the documents alike; 1 is perfectly."""

    nmi: float
    """Normalised mutual information (arithmetic mean), 0 to 1."""
    ami: float
    """Adjusted mutual information: 0 is what chance gives."""
    ari: float
    """Adjusted Rand index: 0 is what chance gives."""
    purity: float
    """Share of documents whose label is the commonest one of their topic."""


@dataclass(frozen=True)
class Quality:
    """Figures of one topic model; numbers, tuples and None only, so that `asdict` is JSON."""

    npmi: tuple[float, ...]
    """(n_topics,) coherence of each topic's top terms, -1 to 1."""
    mean_npmi: float
    diversity: float
    """Share of distinct terms among the top terms of all topics, 0 to 1."""
    agreement: Agreement | None
    """Against labels, where they are known."""


def measure(
    model: TopicModel, counts: sp.csr_matrix, labels: Sequence[object] | None = None
) -> Quality:
    """Figures of `model` on the corpus `counts`, (n_docs, n_terms) in the model's vocabulary."""
    if counts.shape[1] != len(model.terms):
        raise InputError(f"counts have {counts.shape[1]} terms, the model has {len(model.terms)}")
    order = np.argsort(-model.topic_term, axis=1, kind="stable")[:, :N_TOP_TERMS]
    npmi = document_npmi(order, counts)
    return Quality(
        npmi=tuple(float(each) for each in npmi),
        mean_npmi=float(npmi.mean()),
        diversity=diversity(order),
        agreement=None if labels is None else agree(model.labels(), labels),
    )


def document_npmi(top_terms: Ints, counts: sp.csr_matrix) -> Floats:
    """(n_topics,) mean normalised pointwise mutual information of each topic's pairs of top terms.

    Two terms meet when they stand in the same document (Bouma 2009; Aletras and Stevenson 2013).
    Pairs that never meet count -1, so the figure is always defined; 0 for a single term.
    """
    columns, places = np.unique(top_terms, return_inverse=True)
    stands = (counts[:, columns] > 0).astype(np.float64)
    together = np.asarray((stands.T @ stands).todense())
    n_docs = max(int((np.diff(counts.indptr) > 0).sum()), 1)
    rows = places.reshape(top_terms.shape)
    return np.array([_mean_npmi(together[np.ix_(row, row)], n_docs) for row in rows])


def _mean_npmi(together: Floats, n_docs: int) -> float:
    alone = together.diagonal()
    values = [
        _npmi(together[i, j], alone[i], alone[j], n_docs)
        for i in range(len(alone))
        for j in range(i)
    ]
    return float(np.mean(values)) if values else 0.0


def _npmi(both: float, first: float, second: float, total: int) -> float:
    if both == 0:
        return -1.0
    if both == total:
        return 1.0
    return math.log(both * total / (first * second)) / -math.log(both / total)


def diversity(top_terms: Ints) -> float:
    """Share of distinct terms among all top terms (Dieng et al. 2020)."""
    return len(np.unique(top_terms)) / top_terms.size


def agree(topics: NDArray[Any], labels: Sequence[object]) -> Agreement:
    """Agreement of topics with labels, both (n_docs,); a topic of -1 is a group like any other."""
    from sklearn import metrics

    if len(topics) != len(labels):
        raise InputError(f"{len(labels)} labels for {len(topics)} documents")
    known = np.unique(np.asarray([str(each) for each in labels]), return_inverse=True)[1]
    table = metrics.cluster.contingency_matrix(known, topics)
    return Agreement(
        nmi=float(metrics.normalized_mutual_info_score(known, topics)),
        ami=float(metrics.adjusted_mutual_info_score(known, topics)),
        ari=float(metrics.adjusted_rand_score(known, topics)),
        purity=float(table.max(axis=0).sum() / len(topics)),
    )
