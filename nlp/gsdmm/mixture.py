"""A mixture of word distributions: one of them generates the whole document."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp._kernels import gsdmm_mixture as kernels
from nlp._kernels.gsdmm_state import sparse_counts
from nlp.arrays import Floats, Ints


@dataclass(frozen=True)
class Mixture:
    """Clusters given by their expected tokens and documents, under Dirichlet priors."""

    tokens: Floats
    """(n_terms, n_clusters) expected tokens of each term in each cluster."""
    sizes: Floats
    """(n_clusters,) expected documents in each cluster."""
    alpha: float
    beta: float

    @property
    def topic_term(self) -> Floats:
        """(n_clusters, n_terms) probability of each term in each cluster."""
        smoothed = self.tokens.T + self.beta
        return np.ascontiguousarray(smoothed / smoothed.sum(axis=1, keepdims=True))

    @property
    def prior(self) -> Floats:
        """(n_clusters,) pseudo-counts of each cluster before a document is read."""
        return self.sizes + self.alpha

    def posterior(self, counts: sp.csr_matrix) -> Floats:
        """(n_docs, n_clusters) probability of each cluster for each document."""
        shares = np.zeros((counts.shape[0], len(self.sizes)))
        self._expect(counts, shares=shares)
        return shares

    def labels(self, counts: sp.csr_matrix) -> Ints:
        """(n_docs,) most probable cluster of each document."""
        labels = np.zeros(counts.shape[0], np.int32)
        self._expect(counts, labels=labels)
        return labels.astype(np.int64)

    def refine(self, counts: sp.csr_matrix, n_steps: int) -> Mixture:
        """The mixture after `n_steps` of expectation-maximisation on `counts`.

        Each document is divided among the clusters by its posterior, then the clusters are counted
        again. A sample assigns a document to one cluster even if several are likely; dividing it
        removes that noise.
        """
        mixture = self
        for _ in range(n_steps):
            mixture, _ = mixture._expect(counts)
        return mixture

    def log_likelihood(self, counts: sp.csr_matrix) -> float:
        """Logarithm of the probability of documents under this mixture."""
        return self._expect(counts)[1]

    def _expect(
        self,
        counts: sp.csr_matrix,
        shares: Floats | None = None,
        labels: NDArray[np.int32] | None = None,
    ) -> tuple[Mixture, float]:
        smoothed = self.tokens + self.beta
        smoothed /= smoothed.sum(axis=0)
        tokens, sizes = np.zeros_like(self.tokens), np.zeros_like(self.sizes)
        value = kernels.expect(
            sparse_counts(counts),
            smoothed.astype(np.float32),
            self.prior / self.prior.sum(),
            tokens,
            sizes,
            np.zeros((0, len(self.sizes))) if shares is None else shares,
            np.zeros(0, np.int32) if labels is None else labels,
            np.zeros(len(self.sizes)),
        )
        return Mixture(tokens, sizes, self.alpha, self.beta), float(value)
