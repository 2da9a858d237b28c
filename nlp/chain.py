"""One Markov chain of the GSDMM sampler: where every document is, and how probable that is."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.special import gammaln, psi

from nlp._kernels import gsdmm as kernels
from nlp.mixture import Mixture

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SPARE_COLUMNS = 16
_WORTHWHILE = 0.9
_MINKA_STEPS = 5
_ALPHAS = (0.1, 100.0)


class Chain:
    """Documents in clusters, redrawn one by one by `sweep`.

    `counts` is (n_docs, n_terms), whole numbers; `labels` are (n_docs,) clusters counted from 0,
    -1 for a document that the first sweep is to place. Nothing given is changed.
    """

    def __init__(
        self,
        counts: sp.csr_matrix,
        n_clusters: int,
        alpha: float,
        smooth: Floats,
        labels: Ints,
    ) -> None:
        n_docs, n_terms = counts.shape
        self.n_clusters = n_clusters
        columns = _blocks(n_clusters)
        longest = int(counts.sum(axis=1).max()) if n_docs else 0
        self._corpus = kernels.Corpus(
            counts.indptr.astype(np.int64),
            counts.indices.astype(np.int32),
            counts.data.astype(np.int32),
        )
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
        self.set_prior(alpha, smooth)
        kernels.settle(self._corpus, self._clusters, self._prior, labels.astype(np.int32))

    def set_prior(self, alpha: float, smooth: Floats) -> None:
        """Use these Dirichlet parameters from now on: alpha, and (n_terms,) beta."""
        self._prior = kernels.Prior(alpha, smooth.astype(np.float32), float(smooth.sum()))
        kernels.refresh_all(self._clusters, self._prior)

    @property
    def labels(self) -> Ints:
        """(n_docs,) cluster of each document; only equality of two means anything."""
        return self._clusters.labels.astype(np.int64)

    @property
    def n_occupied(self) -> int:
        """Clusters with at least one document."""
        return int(self._clusters.shape[kernels.OCCUPIED])

    def sweep(self, random: np.random.Generator, order: Ints | None = None) -> int:
        """Redraw the cluster of every document once; how many changed theirs."""
        clusters, n_docs = self._clusters, len(self._clusters.labels)
        places = np.arange(n_docs, dtype=np.int32) if order is None else order.astype(np.int32)
        uniforms = random.random(len(places))
        clusters.shape[kernels.MOVED] = 0
        done = 0
        while done < len(places):
            done = kernels.sweep(
                self._corpus, clusters, self._prior, places, uniforms, done, self._scratch
            )
            self._fit_columns(done < len(places))
        return int(clusters.shape[kernels.MOVED])

    def log_joint(self) -> float:
        """Logarithm of p(documents, clusters | alpha, beta), Yin & Wang 2014, equations 6 and 8."""
        alpha, smooth = self._prior.alpha, self._prior.smooth.astype(np.float64)
        used = self._clusters.sizes > 0
        sizes, lengths, mass = (
            self._clusters.sizes[used],
            self._clusters.lengths[used],
            smooth.sum(),
        )
        whole = self.n_clusters * alpha
        value = gammaln(whole) - gammaln(sizes.sum() + whole)
        value += (gammaln(sizes + alpha) - gammaln(alpha)).sum()
        value += (gammaln(mass) - gammaln(lengths + mass)).sum()
        terms, columns = np.nonzero(self._tokens())
        tokens, prior = self._tokens()[terms, columns].astype(np.float64), smooth[terms]
        value += (gammaln(tokens + prior) - gammaln(prior)).sum()
        return float(value)

    def learned_alpha(self) -> float:
        """A better alpha for the clusters as they are: Minka 2000, "Estimating a Dirichlet
        distribution", equation 55, a few steps."""
        alpha, n_clusters = self._prior.alpha, self.n_clusters
        sizes = self._clusters.sizes[self._clusters.sizes > 0]
        for _ in range(_MINKA_STEPS):
            above = (psi(sizes + alpha) - psi(alpha)).sum()
            below = psi(sizes.sum() + n_clusters * alpha) - psi(n_clusters * alpha)
            alpha = float(np.clip(alpha * above / (n_clusters * below), *_ALPHAS))
        return alpha

    def mixture(self, beta: float) -> Mixture:
        """The clusters as they are now, without the empty ones."""
        used = self._clusters.sizes > 0
        tokens = np.ascontiguousarray(self._tokens()[:, used[: self._width]], dtype=np.float64)
        return Mixture(tokens, self._clusters.sizes[used], self._prior.alpha, beta)

    @property
    def _width(self) -> int:
        return int(self._clusters.shape[kernels.WIDTH])

    def _tokens(self) -> NDArray[np.float32]:
        """(n_terms, columns in use) tokens, a view."""
        stride, n_terms = self._clusters.shape[kernels.STRIDE], len(self._prior.smooth)
        return self._clusters.counts[: n_terms * stride].reshape(n_terms, stride)[:, : self._width]

    def _fit_columns(self, full: bool) -> None:
        """Give the occupied clusters the first columns and a few more room, where it pays."""
        stride = min(_blocks(self.n_occupied + _SPARE_COLUMNS), _blocks(self.n_clusters))
        if full or stride < _WORTHWHILE * self._clusters.shape[kernels.STRIDE]:
            kernels.compact(self._clusters, self._prior, stride)


def _blocks(columns: int) -> int:
    """The next whole number of lanes."""
    return -(-columns // kernels.LANES) * kernels.LANES
