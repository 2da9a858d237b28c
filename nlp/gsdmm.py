"""GSDMM: short documents into clusters, one topic each, as an estimator and as a `TopicModel`.

The movie group process of Yin & Wang 2014, "A Dirichlet multinomial mixture model-based approach
for short text clustering" (KDD): collapsed Gibbs sampling with equation 4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClusterMixin

from nlp.chain import Chain
from nlp.errors import InputError, raise_faults
from nlp.progress import Progress, silent
from nlp.topics import TopicModel, mixture_posterior, order_topics

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MOST_TOKENS = 2**24


class GSDMM(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Clusters of short documents, each with the words it favours."""

    def __init__(
        self,
        n_topics: int = 100,
        alpha: float = 0.1,
        beta: float = 0.1,
        n_sweeps: int = 30,
        seed: int = 0,
    ) -> None:
        self.n_topics = n_topics
        self.alpha = alpha
        self.beta = beta
        self.n_sweeps = n_sweeps
        self.seed = seed

    def fit(self, counts: Any, y: object = None, progress: Progress = silent) -> GSDMM:
        """Cluster the documents of `counts`, (n_docs, n_terms) whole numbers."""
        matrix = check_counts(counts)
        n_docs, n_terms = matrix.shape
        random = np.random.default_rng(self.seed)
        labels = random.integers(0, self.n_topics, n_docs)
        chain = Chain(matrix, self.n_topics, self.alpha, np.full(n_terms, self.beta), labels)
        for done in range(self.n_sweeps):
            chain.sweep(random)
            progress(done + 1, self.n_sweeps)
        smoothed = chain.term_table() + self.beta
        self.topic_term_ = smoothed / smoothed.sum(axis=1, keepdims=True)
        sizes = np.bincount(chain.labels, minlength=chain.n_occupied)
        self.topic_prior_: Floats = sizes.astype(np.float64) + self.alpha
        self.labels_ = chain.labels
        self.doc_topic_ = mixture_posterior(matrix, self.topic_term_, self.topic_prior_)
        self.n_features_in_ = n_terms
        self._lengths = np.asarray(matrix.sum(axis=1)).ravel().astype(np.int64)
        self._term_counts = np.asarray(matrix.sum(axis=0)).ravel().astype(np.int64)
        return self

    def predict_proba(self, counts: Any) -> Floats:
        """(n_new, n_occupied) probability of each cluster for new documents."""
        return mixture_posterior(check_counts(counts), self.topic_term_, self.topic_prior_)

    def predict(self, counts: Any) -> Ints:
        """(n_new,) most probable cluster of new documents."""
        best: Ints = self.predict_proba(counts).argmax(axis=1).astype(np.int64)
        return best

    def to_topic_model(self, terms: tuple[str, ...]) -> TopicModel:
        """The clusters as a `TopicModel`, largest first."""
        model = TopicModel(
            topic_term=self.topic_term_,
            doc_topic=self.doc_topic_,
            terms=tuple(terms),
            doc_lengths=self._lengths,
            term_counts=self._term_counts,
            topic_prior=self.topic_prior_,
            kind="gsdmm",
            params=self.get_params(),
            seed=self.seed,
        )
        return order_topics(model)


def fit_gsdmm(
    counts: sp.csr_matrix,
    terms: tuple[str, ...],
    n_topics: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> TopicModel:
    """Topics of short documents with defaults that need no tuning."""
    clusters = GSDMM(n_topics=n_topics or 100, seed=seed)
    return clusters.fit(counts, progress=progress).to_topic_model(terms)


def check_counts(counts: Any) -> sp.csr_matrix:
    """`counts` as a CSR matrix of whole numbers, copied where it must change; or `InputError`."""
    matrix = sp.csr_matrix(counts, copy=False)
    faults = []
    if matrix.shape[0] == 0:
        faults.append("counts hold no document: give at least one row")
    if matrix.shape[1] == 0:
        faults.append("counts have no term: give at least one column")
    raise_faults(faults)
    data = matrix.data
    if not np.isfinite(data).all():
        raise InputError("counts hold a value that is not finite: replace NaN and infinity")
    if (data < 0).any():
        raise InputError(f"counts hold a negative value ({data.min()}): give numbers of words")
    if (data != np.floor(data)).any():
        raise InputError("counts hold fractions: give numbers of words, not weights such as tf-idf")
    if data.sum() > _MOST_TOKENS:
        raise InputError(f"more than {_MOST_TOKENS} tokens in one matrix: split it")
    whole = sp.csr_matrix(
        (data.astype(np.int32), matrix.indices, matrix.indptr), shape=matrix.shape, copy=True
    )
    whole.sum_duplicates()
    whole.eliminate_zeros()
    return whole
