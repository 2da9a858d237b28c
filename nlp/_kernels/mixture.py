"""Expectation-maximisation of a mixture of multinomials, in one pass and constant memory."""

from __future__ import annotations

import numpy as np
from numba import njit

from nlp._kernels.clusters import Corpus, Floats, Ints, Singles

_CHUNK = 8


@njit(cache=True, nogil=True)
def expect(
    corpus: Corpus,
    topic_term: Singles,
    weights: Floats,
    sums: Floats,
    sizes: Floats,
    posterior: Floats,
    labels: Ints,
    scores: Floats,
) -> float:
    """One expectation step; the log-likelihood of the corpus.

    `topic_term` and `sums` are (n_terms, n_columns), `weights` and `sizes` (n_columns,). Each
    document's share in a column is added to `sizes` and, term by term, to `sums`; `posterior`,
    (n_docs, n_columns) or (0, n_columns), receives the shares; `labels`, (n_docs,) or (0,), the
    column of the largest. `scores` is room to work in.
    """
    n_columns, total = len(weights), 0.0
    for document in range(len(corpus.indptr) - 1):
        first, last = corpus.indptr[document], corpus.indptr[document + 1]
        best = _mix(corpus, topic_term, weights, first, last, scores)
        mass = 0.0
        for k in range(n_columns):
            mass += scores[k]
        total += best + np.log(mass)
        for k in range(n_columns):
            scores[k] /= mass
            sizes[k] += scores[k]
        for entry in range(first, last):
            row, repeats = sums[corpus.indices[entry]], np.float64(corpus.data[entry])
            for k in range(n_columns):
                row[k] += repeats * scores[k]
        if len(posterior) > 0:
            posterior[document] = scores
        if len(labels) > 0:
            labels[document] = np.argmax(scores)
    return total


@njit(cache=True)
def _mix(
    corpus: Corpus, topic_term: Singles, weights: Floats, first: int, last: int, scores: Floats
) -> float:
    """weights * prod_w topic_term[w] ** N_dw by column over e ** (what is returned).

    Scaled back to a largest of 1 every `_CHUNK` tokens: what falls 300 orders of magnitude behind
    is 0 for good.
    """
    n_columns, logarithm, tokens = len(scores), 0.0, 0
    for k in range(n_columns):
        scores[k] = weights[k]
    for entry in range(first, last):
        row = topic_term[corpus.indices[entry]]
        for _ in range(corpus.data[entry]):
            for k in range(n_columns):
                scores[k] *= np.float64(row[k])
            tokens += 1
            if tokens % _CHUNK == 0:
                largest = scores.max()
                logarithm += np.log(largest)
                for k in range(n_columns):
                    scores[k] /= largest
    return logarithm
