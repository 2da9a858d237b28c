"""A model beside other fits of the same counts: is it found again, would NMF do as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import scipy.sparse as sp

from nlp.quality import Quality, measure, stability, top_columns
from nlp.topics import TopicModel


def found_again(model: TopicModel, counts: sp.csr_matrix) -> float:
    """How alike the topics of a fit from another seed are, `nlp.quality.stability`."""
    fits: dict[str, Any] = {"lda": _lda, "gsdmm": _gsdmm, "nmf": _nmf}
    other = fits[model.kind](counts, model.terms, model.n_topics, model.seed + 1)
    return stability(top_columns(model.topic_term), top_columns(other.topic_term))


def rival(
    model: TopicModel, counts: sp.csr_matrix, labels: Sequence[object] | None = None
) -> Quality:
    """The figures of NMF with as many topics."""
    return measure(_nmf(counts, model.terms, model.n_topics, model.seed), counts, labels)


def _lda(counts: sp.csr_matrix, terms: tuple[str, ...], n_topics: int, seed: int) -> TopicModel:
    from nlp.lda import fit_lda

    return fit_lda(counts, terms, n_topics, seed)


def _gsdmm(counts: sp.csr_matrix, terms: tuple[str, ...], n_topics: int, seed: int) -> TopicModel:
    from nlp.gsdmm import fit_gsdmm

    return fit_gsdmm(counts, terms, n_topics, seed)


def _nmf(counts: sp.csr_matrix, terms: tuple[str, ...], n_topics: int, seed: int) -> TopicModel:
    from nlp.nmf import fit_nmf

    return fit_nmf(counts, terms, n_topics, seed)
