"""The score of each document for a query: words, space, topics and vectors joined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Flags, Floats, Ints, Singles
from nlp.retrieval.index import SearchIndex
from nlp.retrieval.words import word_scores

# Chosen on banking77 and stackoverflow_titles, checked on bbc_news and newsgroups20: the sum of
# these weights is better there than joining by reciprocal rank (benchmarks/retrieval.py).
_WORDS, _SPACE, _TOPICS, _VECTORS = 1.0, 0.5, 0.5, 4.0
# Without a word in common, a document is found only if its vector is this near to the query's.
# Share of one subject among pairs this near: see benchmarks/README.md, "Find".
_NEAR = 0.4
# Scores are equal if their first six decimals are: the last ones differ between processors.
_DECIMALS = 6


@dataclass(frozen=True)
class Query:
    """What is searched for, in the terms of an index."""

    words: sp.csr_matrix
    """(1, n_words) counts of the words of the index."""
    topics: Floats | None = None
    """(n_topics,) topic shares; None if the query has no term of the model."""
    vector: Singles | None = None
    """(n_dims,) sentence vector of length 1; None without an encoder."""


@dataclass(frozen=True)
class Ranking:
    """Scores of all documents for one query."""

    scores: Floats
    """(n_docs,) from 0 to 1, six decimals."""
    matches: Flags
    """(n_docs,) whether it has a word of the query, or is near to it in meaning."""

    def best(self, allowed: Flags, top: int) -> Ints:
        """Return rows of the best matches among the allowed ones, best first, then by row."""
        rows = np.flatnonzero(self.matches & allowed)
        scores = self.scores[rows]
        if len(rows) > top:
            limit = np.partition(scores, len(rows) - top)[len(rows) - top]
            rows, scores = rows[scores >= limit], scores[scores >= limit]
        return rows[np.argsort(-scores, kind="stable")][:top].astype(np.int64)


def rank(
    index: SearchIndex,
    query: Query,
    doc_vectors: Singles | None = None,
    without: int | None = None,
) -> Ranking:
    """Return the score of each document: the weighted mean of up to four similarities.

    Words and vectors are divided by the best document's value. `doc_vectors` is (n_docs, n_dims),
    rows of length 1. `without` is a row that shall not be found: the document asked for.
    """
    by_word = word_scores(index.weights, query.words)
    parts = [(_WORDS, _relative(by_word, without))]
    if query.words.nnz and index.space.axes.shape[1]:
        parts.append((_SPACE, _relative(index.space.scores(query.words), without)))
    if query.topics is not None:
        roots = np.sqrt(query.topics).astype(np.float32)
        # Bhattacharyya's coefficient: 1 for equal shares, 0 without a topic in common.
        parts.append((_TOPICS, index.topics @ roots))
    matches = by_word > 0
    if query.vector is not None and doc_vectors is not None:
        cosines = doc_vectors @ query.vector
        matches |= cosines >= _NEAR
        parts.append((_VECTORS, _relative(cosines, without)))
    if without is not None:
        matches[without] = False
    total = sum(weight for weight, _ in parts)
    scores = sum(weight * part.astype(np.float64) for weight, part in parts) / total
    return Ranking(np.round(np.clip(scores, 0, 1), _DECIMALS), matches)


def _relative(scores: Singles, without: int | None) -> Singles:
    """Scores divided by the largest; negative ones are 0."""
    positive = np.maximum(scores, 0)
    if without is not None:
        positive[without] = 0
    largest = positive.max(initial=0)
    return positive / largest if largest > 0 else positive
