"""Which rated sentences make a summary: the best ones, none saying what another said."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAME = 0.6


def choose(relevance: Floats, vectors: sp.csr_matrix, n_sentences: int) -> Ints:
    """Indices of at most `n_sentences` sentences, best first.

    `vectors` (n, n_words) has rows of length 1. A sentence whose cosine with a chosen one exceeds
    `SAME` says the same and is passed over.
    """
    chosen: list[int] = []
    free = np.ones(len(relevance), dtype=bool)
    for row in np.argsort(-relevance, kind="stable"):
        if len(chosen) == n_sentences:
            break
        if free[row]:
            chosen.append(int(row))
            similarity = (vectors @ vectors[row].T).toarray().ravel()
            free &= similarity <= SAME
    return np.array(chosen, dtype=np.int64)


def unit_vectors(words: tuple[tuple[str, ...], ...]) -> sp.csr_matrix:
    """(n, n_words) one row of word counts per sentence, scaled to length 1."""
    table: dict[str, int] = {}
    codes = [table.setdefault(word, len(table)) for found in words for word in found]
    bounds = np.concatenate([[0], np.cumsum([len(found) for found in words])]).astype(np.int64)
    matrix = sp.csr_matrix((np.ones(len(codes)), codes, bounds), shape=(len(words), len(table)))
    matrix.sum_duplicates()
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix.data /= np.repeat(np.maximum(norms, 1e-300), np.diff(matrix.indptr))
    return matrix
