"""Search: the documents that answer a query, or that resemble a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp.arrays import Floats, row_numbers
from nlp.vocabulary.phrases import phrases_of

# k1 and b as search engines set them; Robertson and Zaragoza 2009 recommend 1.2 to 2, 0.5 to 0.8.
_SATURATION = 1.2
_LENGTH_WEIGHT = 0.75


@dataclass(frozen=True)
class Index:
    """Term weights of a corpus, ready for queries."""

    weights: sp.csc_matrix
    """(n_docs, n_terms) what one occurrence of a term in the query adds to a document's score."""

    def scores(self, query: sp.csr_matrix) -> Floats:
        """(n_docs,) score of each document for `query`, (1, n_terms) counts; 0 without a match."""
        return np.asarray((self.weights @ query.T).todense(), dtype=np.float64).ravel()

    def best(self, query: sp.csr_matrix, n_documents: int) -> NDArray[np.int64]:
        """Rows of the best documents, best first; only those that share a term with the query."""
        scores = self.scores(query)
        order = np.argsort(-scores, kind="stable")[:n_documents]
        return order[scores[order] > 0].astype(np.int64)


def with_parts(terms: Sequence[str]) -> tuple[tuple[str, ...], sp.csr_matrix]:
    """Terms to search by, and the matrix that turns counts of `terms` into counts of these.

    A query for a word also means the phrases that contain it: a phrase counts for each of its
    words, even for a word that occurs in phrases only. The matrix is square; counts of `terms` are
    multiplied with its first rows.
    """
    column = {term: place for place, term in enumerate(terms)}
    pairs = [
        (column[phrase], column.setdefault(word, len(column)))
        for phrase in sorted(phrases_of(terms))
        for word in phrase.split(" ")
    ]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    shape = (len(column), len(column))
    parts = sp.csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=shape)
    return tuple(column), sp.csr_matrix(parts + sp.identity(len(column), format="csr"))


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
    rows = row_numbers(counts)
    tf = counts.data
    weights.data = rarity[counts.indices] * tf * (_SATURATION + 1) / (tf + norm[rows])
    return Index(weights.tocsc())
