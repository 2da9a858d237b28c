"""Documents near a query or another document."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_SATURATION = 1.2
_LENGTH_WEIGHT = 0.75


@dataclass(frozen=True)
class Index:
    """Term weights of a corpus, ready to be asked."""

    weights: sp.csc_matrix
    """(n_docs, n_terms) what one mention of the term in a query adds to the document's score."""

    def scores(self, query: sp.csr_matrix) -> Floats:
        """(n_docs,) how well each answers `query`, (1, n_terms) counts; 0 is not at all."""
        return np.asarray((self.weights @ query.T).todense(), dtype=np.float64).ravel()

    def best(self, query: sp.csr_matrix, n_documents: int) -> NDArray[np.int64]:
        """The documents that answer best, best first; only those that share a term with it."""
        scores = self.scores(query)
        order = np.argsort(-scores, kind="stable")[:n_documents]
        return order[scores[order] > 0].astype(np.int64)


def build_index(counts: sp.csr_matrix) -> Index:
    """Weights of Okapi BM25 from counts (n_docs, n_terms).

    Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", equation
    3.15 with k1 = 1.2 and b = 0.75; the inverse document frequency is kept above 0 by adding 1
    inside the logarithm.
    """
    counts = counts.tocsr().astype(np.float64)
    n_docs = counts.shape[0]
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    mean = lengths.mean() if n_docs and lengths.any() else 1.0
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log1p((n_docs - frequency + 0.5) / (frequency + 0.5))
    norm = _SATURATION * (1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * lengths / mean)
    weights = counts.copy()
    rows = np.repeat(np.arange(n_docs), np.diff(counts.indptr))
    tf = counts.data
    weights.data = rarity[counts.indices] * tf * (_SATURATION + 1) / (tf + norm[rows])
    return Index(weights.tocsc())
