"""One Markov chain of the GSDMM sampler: where every document is, and how probable that is."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.special import gammaln

from nlp._kernels import gsdmm as kernels

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SPARE_COLUMNS = 16


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
            table=np.zeros((kernels.TABLE, columns)),
            shape=np.array([0, columns, 0, 0], np.int64),
        )
        longest = int(counts.sum(axis=1).max()) if n_docs else 0
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
            self._fit_columns()
        return int(clusters.shape[kernels.MOVED])

    def log_joint(self) -> float:
        """Logarithm of p(documents, clusters | alpha, beta), Yin & Wang 2014, equations 6 and 8."""
        alpha, smooth = self._prior.alpha, self._prior.smooth.astype(np.float64)
        used = self._clusters.sizes > 0
        sizes, lengths = self._clusters.sizes[used], self._clusters.lengths[used]
        n_docs = sizes.sum()
        value = gammaln(self.n_clusters * alpha) - gammaln(n_docs + self.n_clusters * alpha)
        value += (gammaln(sizes + alpha) - gammaln(alpha)).sum()
        value += (gammaln(smooth.sum()) - gammaln(lengths + smooth.sum())).sum()
        table = self.term_table()
        prior = np.broadcast_to(smooth, table.shape)[table > 0]
        value += (gammaln(table[table > 0] + prior) - gammaln(prior)).sum()
        return float(value)

    def term_table(self) -> Floats:
        """(n_occupied, n_terms) tokens of each term in each occupied cluster, by column."""
        shape, n_terms = self._clusters.shape, len(self._prior.smooth)
        stride, width = shape[kernels.STRIDE], shape[kernels.WIDTH]
        rows = self._clusters.counts[: n_terms * stride].reshape(n_terms, stride)
        table: Floats = rows[:, :width].T.astype(np.float64)
        return table

    def _fit_columns(self) -> None:
        """Give the occupied clusters the first columns, and a few more room."""
        wanted = _blocks(self.n_occupied + _SPARE_COLUMNS)
        stride = min(wanted, _blocks(self.n_clusters))
        kernels.compact(self._clusters, self._prior, stride)


def _blocks(columns: int) -> int:
    """The next whole number of lanes."""
    return -(-columns // kernels.LANES) * kernels.LANES
