"""Words: what each one adds to a document's score, by BM25.

bm25s (0.3.16) computes the same: its scores differ by the constant factor 2.2. It imports numba and
reads lists of tokens in Python loops, 20 times as slow as this from the sparse counts we have.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Singles, row_numbers
from nlp.cleaning.tokens import Tokens

# k1 and b as search engines set them; Robertson and Zaragoza 2009 recommend 1.2 to 2, 0.5 to 0.8.
_SATURATION = 1.2
_LENGTH_WEIGHT = 0.75


def count_all_words(tokens: Tokens) -> sp.csr_matrix:
    """Return the (n_docs, n_words) counts of every word of `tokens`, rare ones too."""
    rows = np.repeat(np.arange(tokens.n_documents), tokens.document_lengths)
    ones = np.ones(len(tokens.codes), dtype=np.int32)
    shape = (tokens.n_documents, len(tokens.words))
    counts = sp.csr_matrix((ones, (rows, tokens.codes)), shape=shape)
    counts.sum_duplicates()
    return counts


def word_weights(counts: sp.csr_matrix) -> sp.csc_matrix:
    """Return (n_docs, n_words) what one occurrence of a word in a query adds to a score; float32.

    Okapi BM25: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and
    Beyond", equation 3.15 with k1 = 1.2 and b = 0.75; the inverse document frequency is kept above
    0 by adding 1 inside the logarithm.
    """
    counts = counts.tocsr().astype(np.float64)
    n_docs = counts.shape[0]
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    mean = lengths.mean() if n_docs and lengths.any() else 1.0
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    norm = _SATURATION * (1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * lengths / mean)
    weights = counts.copy()
    tf = counts.data
    rarity = rarity_of(frequency, n_docs)[counts.indices]
    weights.data = rarity * tf * (_SATURATION + 1) / (tf + norm[row_numbers(counts)])
    return weights.tocsc().astype(np.float32)


def rarity_of(frequency: Floats | np.ndarray, n_docs: int) -> Floats:
    """Return the inverse document frequency of words that occur in `frequency` documents each."""
    found: Floats = np.log1p((n_docs - frequency + 0.5) / (frequency + 0.5))
    return found


def word_scores(weights: sp.csc_matrix, query: sp.csr_matrix) -> Singles:
    """Return (n_docs,) the BM25 score of each document for a query, (1, n_words) counts.

    Only the columns of the query's words are read; a document without any of them scores 0.
    """
    scores = np.zeros(weights.shape[0], dtype=np.float32)
    for word, times in zip(query.indices, query.data, strict=True):
        first, end = weights.indptr[word : word + 2]
        scores[weights.indices[first:end]] += np.float32(times) * weights.data[first:end]
    return scores
