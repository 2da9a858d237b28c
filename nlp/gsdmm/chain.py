"""One Markov chain of the GSDMM sampler: the cluster of each document, and its probability."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.special import psi

from nlp._kernels import gsdmm_state as kernels
from nlp._kernels.gsdmm_sweep import sweep
from nlp.arrays import Ints
from nlp.gsdmm.defaults import DEFAULTS
from nlp.gsdmm.mixture import Mixture

# Free columns kept for new clusters: one whole block, so that a sweep seldom has to stop for room.
_SPARE_COLUMNS = 16
# The table is laid out anew when that makes its rows shorter by a tenth. Not tuned: it costs one
# pass over the table, and then every token of every sweep reads a shorter row.
_WORTHWHILE = 0.9


class Chain:
    """Documents in clusters, redrawn one by one by `sweep`.

    `counts` is (n_docs, n_terms), whole numbers; `labels` are (n_docs,) clusters counted from 0,
    -1 for a document without one before the first sweep; `random` supplies all random numbers and
    is the only argument that changes.
    """

    def __init__(
        self,
        counts: sp.csr_matrix,
        n_clusters: int,
        alpha: float,
        beta: float,
        labels: Ints,
        random: np.random.Generator,
    ) -> None:
        self._random, self._beta = random, beta
        n_docs, n_terms = counts.shape
        self.n_clusters = n_clusters
        columns = _blocks(n_clusters)
        longest = int(counts.sum(axis=1).max()) if n_docs else 0
        self._corpus = kernels.sparse_counts(counts)
        self._clusters = kernels.Clusters(
            labels=np.full(n_docs, -1, np.int32),
            counts=np.zeros(n_terms * columns, np.float32),
            sizes=np.zeros(n_clusters),
            lengths=np.zeros(n_clusters),
            table=np.zeros((min(longest + 1, kernels.TABLE), columns)),
            shape=np.array([0, columns, 0, 0], np.int64),
        )
        self._scratch = kernels.Scratch(
            rows=np.zeros(longest, np.int64),
            addends=np.zeros(longest, np.float32),
            scores=np.zeros(columns),
            lanes=np.zeros(kernels.LANES),
        )
        self._prior = kernels.Prior(alpha, np.full(n_terms, beta, np.float32), beta * n_terms)
        kernels.settle(self._corpus, self._clusters, self._prior, labels.astype(np.int32))

    @property
    def labels(self) -> Ints:
        """(n_docs,) cluster of each document; the numbers have no meaning but equality."""
        return self._clusters.labels.astype(np.int64)

    @property
    def n_occupied(self) -> int:
        """Clusters with at least one document."""
        return int(self._clusters.shape[kernels.OCCUPIED])

    def sweep(self, order: Ints | None = None) -> int:
        """Draw the cluster of every document once again; returns how many documents moved."""
        clusters, n_docs = self._clusters, len(self._clusters.labels)
        places = np.arange(n_docs, dtype=np.int32) if order is None else order.astype(np.int32)
        uniforms = self._random.random(len(places))
        clusters.shape[kernels.MOVED] = 0
        done = 0
        while done < len(places):
            done = sweep(self._corpus, clusters, self._prior, places, uniforms, done, self._scratch)
            self._fit_columns(done < len(places))
        return int(clusters.shape[kernels.MOVED])

    def log_joint(self) -> float:
        """Logarithm of p(documents, clusters | alpha, beta), Yin & Wang 2014, equations 6 and 8."""
        return float(kernels.log_joint(self._clusters, self._prior))

    def learn_alpha(self) -> None:
        """Set alpha to a more probable value, given the present clusters: a few steps of
        equation 55 of Minka 2000, "Estimating a Dirichlet distribution"."""
        alpha, n_clusters = self._prior.alpha, self.n_clusters
        sizes = self._clusters.sizes[self._clusters.sizes > 0]
        for _ in range(DEFAULTS.minka_steps):
            above = (psi(sizes + alpha) - psi(alpha)).sum()
            below = psi(sizes.sum() + n_clusters * alpha) - psi(n_clusters * alpha)
            alpha = float(np.clip(alpha * above / (n_clusters * below), *DEFAULTS.alphas))
        self._prior = self._prior._replace(alpha=alpha)
        kernels.refresh_all(self._clusters, self._prior)

    def mixture(self) -> Mixture:
        """The present clusters without the empty ones."""
        used = self._clusters.sizes > 0
        tokens = np.ascontiguousarray(self._tokens()[:, used[: self._width]], dtype=np.float64)
        return Mixture(tokens, self._clusters.sizes[used], self._prior.alpha, self._beta)

    @property
    def _width(self) -> int:
        return int(self._clusters.shape[kernels.WIDTH])

    def _tokens(self) -> NDArray[np.float32]:
        """(n_terms, columns in use) tokens, a view."""
        stride, n_terms = self._clusters.shape[kernels.STRIDE], len(self._prior.smooth)
        return self._clusters.counts[: n_terms * stride].reshape(n_terms, stride)[:, : self._width]

    def _fit_columns(self, full: bool) -> None:
        """Move the occupied clusters to the first columns if the table gets shorter or is full."""
        stride = min(_blocks(self.n_occupied + _SPARE_COLUMNS), _blocks(self.n_clusters))
        if full or stride < _WORTHWHILE * self._clusters.shape[kernels.STRIDE]:
            kernels.compact(self._clusters, self._prior, stride)


def _blocks(columns: int) -> int:
    """The next whole number of lanes."""
    return -(-columns // kernels.LANES) * kernels.LANES
