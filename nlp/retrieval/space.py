"""A space of meaning learned from the documents themselves: latent semantic indexing.

Deerwester and others 1990, "Indexing by Latent Semantic Analysis": the largest singular vectors of
the weighted counts. Words of one subject lie close together, though they never occur together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Singles
from nlp.retrieval.words import rarity_of

# Of 100, 200 and 300 axes joined with BM25, 100 were best on banking77 (benchmarks/retrieval.py).
_MOST_AXES = 100
# Rounds of the randomised method (Halko and others 2011): two or three suffice for text.
_ROUNDS = 3
# A direction whose singular value is below this share of the largest one is rounding error.
_SMALLEST_SHARE = 1e-5
_SEED = 0


@dataclass(frozen=True)
class Space:
    """Words and documents in one space; more similar ones have a larger cosine."""

    axes: Singles
    """(n_words, n_axes) what one occurrence of a word adds; zeros for a word of one document."""
    documents: Singles
    """(n_docs, n_axes) rows of length 1, or zeros."""

    def place(self, counts: sp.csr_matrix) -> Singles:
        """Return (n_texts, n_axes) the places of texts, given as (n_texts, n_words) counts."""
        return unit_rows(np.asarray(_damped(counts) @ self.axes, dtype=np.float32))

    def scores(self, query: sp.csr_matrix) -> Singles:
        """Return (n_docs,) the cosine of each document with a query, (1, n_words) counts."""
        return np.asarray(self.documents @ self.place(query)[0], dtype=np.float32)


def learn_space(counts: sp.csr_matrix) -> Space:
    """Return the space of documents, given as (n_docs, n_words) counts; it may have no axis."""
    from sklearn.utils.extmath import randomized_svd

    n_docs, n_words = counts.shape
    frequency = np.bincount(counts.indices, minlength=n_words)
    rarity = rarity_of(frequency, n_docs).astype(np.float32)
    shared = np.flatnonzero(frequency > 1)
    weighted = (_damped(counts) @ sp.diags(rarity, format="csr"))[:, shared].tocsr()
    weighted = sp.diags(1 / _lengths(weighted)).astype(np.float32) @ weighted
    n_axes = min(_MOST_AXES, n_docs - 1, len(shared) - 1)
    axes = np.zeros((n_words, max(n_axes, 0)), dtype=np.float32)
    if n_axes > 0:
        _, sizes, rows = randomized_svd(
            weighted, n_axes, n_iter=_ROUNDS, random_state=_SEED, flip_sign=True
        )
        kept = sizes > _SMALLEST_SHARE * sizes[0]
        axes = axes[:, : int(kept.sum())]
        axes[shared] = rows[kept].T * rarity[shared, None]
    empty = Space(axes, np.zeros((n_docs, axes.shape[1]), dtype=np.float32))
    return Space(axes, empty.place(counts))


def unit_rows(rows: Singles) -> Singles:
    """Return the rows at length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Singles = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return unit


def _damped(counts: sp.csr_matrix) -> sp.csr_matrix:
    """Counts with 1 + log(n) in place of n: the tenth occurrence says less than the first."""
    return sp.csr_matrix(
        (1 + np.log(counts.data.astype(np.float32)), counts.indices, counts.indptr),
        shape=counts.shape,
    )


def _lengths(rows: sp.csr_matrix) -> Singles:
    squares = np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float32).ravel()
    lengths: Singles = np.where(squares > 0, np.sqrt(squares), np.float32(1))
    return lengths
