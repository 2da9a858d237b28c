"""How good topics are: coherence, diversity, stability, agreement with known labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from nlp.arrays import Ints
from nlp.cleaning.tokens import Tokens
from nlp.errors import InputError
from nlp.topics.coherence import coherence
from nlp.topics.model import TopicModel

# As Röder et al. 2015 measure coherence, and as the tables show topics.
N_TOP_TERMS = 10


@dataclass(frozen=True)
class Agreement:
    """How well topics agree with known labels of the documents; 1 is perfect."""

    nmi: float
    """Normalised mutual information (arithmetic mean), 0 to 1."""
    ami: float
    """Adjusted mutual information: 0 is what chance gives."""
    ari: float
    """Adjusted Rand index: 0 is what chance gives."""
    purity: float
    """Share of documents that have the most frequent label of their topic."""


@dataclass(frozen=True)
class Quality:
    """Figures of one topic model; numbers, tuples and None only, so that `asdict` is JSON."""

    npmi: tuple[float, ...]
    """(n_topics,) of each topic, see `nlp.topics.coherence.Coherence`; likewise the next two."""
    c_v: tuple[float, ...]
    u_mass: tuple[float, ...]
    mean_npmi: float
    mean_c_v: float
    mean_u_mass: float
    diversity: float
    """Share of distinct terms among the top terms of all topics, 0 to 1."""
    agreement: Agreement | None
    """Against labels, where they are known."""
    stability: float | None = None
    """Similarity with topics of another seed, 0 to 1, see `stability`; None without another fit."""


def measure(
    model: TopicModel,
    corpus: Tokens | sp.csr_matrix,
    labels: Sequence[object] | None = None,
) -> Quality:
    """Figures of `model` on the corpus it was fitted on.

    `corpus`: the tokens, or counts (n_docs, n_terms) in the model's vocabulary; coherence from
    counts takes every document as one window.
    """
    if not isinstance(corpus, Tokens) and corpus.shape[1] != len(model.terms):
        raise InputError(f"counts have {corpus.shape[1]} terms, the model has {len(model.terms)}")
    order = top_columns(model.topic_term)
    found = coherence(order, model.terms, corpus)
    return Quality(
        npmi=tuple(found.npmi.tolist()),
        c_v=tuple(found.c_v.tolist()),
        u_mass=tuple(found.u_mass.tolist()),
        mean_npmi=float(found.npmi.mean()),
        mean_c_v=float(found.c_v.mean()),
        mean_u_mass=float(found.u_mass.mean()),
        diversity=diversity(order),
        agreement=None
        if labels is None or not known(labels).any()
        else agree(model.labels(), labels),
    )


def top_columns(topic_term: NDArray[np.float64], n_top: int = N_TOP_TERMS) -> Ints:
    """(n_topics, n_top) columns of each topic's most probable terms, best first."""
    order: Ints = np.argsort(-topic_term, axis=1, kind="stable")[:, :n_top]
    return order


def stability(first: Ints, second: Ints, persistence: float = 0.9) -> float:
    """Similarity of the topics of two fits, 0 to 1, from their top terms, (n_topics, n_top) each.

    Topics are matched so that the sum of their overlaps is largest; an overlap is rank-biased
    (Webber, Moffat and Zobel 2010, equation 7, cut at n_top and scaled to reach 1). If one fit
    has more topics, those without a match count 0.
    """
    if len(first) == 0 or len(second) == 0:
        return 0.0
    overlaps = np.array([[_overlap(a, b, persistence) for b in second] for a in first])
    rows, columns = linear_sum_assignment(-overlaps)
    return float(overlaps[rows, columns].sum() / max(len(first), len(second)))


def _overlap(first: Ints, second: Ints, persistence: float) -> float:
    """Mean share of common terms at each depth; the first ranks have the largest weights."""
    depths = range(1, min(len(first), len(second)) + 1)
    weights = [persistence**depth for depth in depths]
    common = [len(np.intersect1d(first[:depth], second[:depth])) / depth for depth in depths]
    return float(np.average(common, weights=weights))


def diversity(top_terms: Ints) -> float:
    """Share of distinct terms among all top terms (Dieng et al. 2020)."""
    return len(np.unique(top_terms)) / top_terms.size


def agree(topics: NDArray[Any], labels: Sequence[object]) -> Agreement:
    """Agreement of topics with labels, both (n_docs,); topic -1 counts as a group of its own.

    Documents without a label are left out; `InputError` if no document has one.
    """
    from sklearn import metrics

    if len(topics) != len(labels):
        raise InputError(f"{len(labels)} labels for {len(topics)} documents")
    rows = np.flatnonzero(known(labels)).tolist()
    if len(rows) == 0:
        raise InputError("no document has a label: name a column that holds some")
    groups = np.unique(np.asarray([str(labels[row]) for row in rows]), return_inverse=True)[1]
    found = np.asarray(topics)[rows]
    table = metrics.cluster.contingency_matrix(groups, found)
    return Agreement(
        nmi=float(metrics.normalized_mutual_info_score(groups, found)),
        ami=float(metrics.adjusted_mutual_info_score(groups, found)),
        ari=float(metrics.adjusted_rand_score(groups, found)),
        purity=float(table.max(axis=0).sum() / len(rows)),
    )


def known(labels: Sequence[object]) -> NDArray[np.bool_]:
    """(n_docs,) whether a label is known: not None, not NaN, not blank."""
    import pandas as pd

    held = pd.Series(list(labels), dtype=object)
    found: NDArray[np.bool_] = (held.notna() & (held.astype(str).str.strip() != "")).to_numpy(bool)
    return found
