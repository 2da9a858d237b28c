"""Expectation-maximisation of a mixture of multinomials, in one pass and constant memory."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from nlp._kernels.gsdmm_state import SparseCounts
from nlp.arrays import Counts, Floats, Singles

# Eight of the smallest probabilities in single precision (1e-38) do not underflow in double.
_CHUNK = 8


@njit(cache=True, nogil=True)
def expect(
    corpus: SparseCounts,
    topic_term: Singles,
    weights: Floats,
    sums: Floats,
    sizes: Floats,
    posterior: Floats,
    labels: Counts,
    scores: Floats,
) -> float:
    """One expectation step; returns the log-likelihood of the corpus.

    `topic_term` and `sums` are (n_terms, n_columns), `weights` and `sizes` (n_columns,). Each
    document's share in a column is added to `sizes` and, term by term, to `sums`; `posterior`,
    (n_docs, n_columns) or (0, n_columns), receives the shares; `labels`, (n_docs,) or (0,), the
    column of the largest. `scores` is a buffer.
    """
    n_columns, total = len(weights), 0.0
    logs = np.zeros(n_columns)
    for document in range(len(corpus.indptr) - 1):
        first, last = corpus.indptr[document], corpus.indptr[document + 1]
        best = _mix(corpus, topic_term, weights, first, last, scores, logs)
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
    corpus: SparseCounts,
    topic_term: Singles,
    weights: Floats,
    first: int,
    last: int,
    scores: Floats,
    logs: Floats,
) -> float:
    """weights * prod_w topic_term[w] ** N_dw per column, divided by e ** (the result), in `scores`.

    Up to `_CHUNK` tokens this is a product, beyond them a sum of the logarithms of such products:
    otherwise a column could underflow that is the best one at the end of the document.
    """
    n_columns, tokens = len(scores), 0
    for k in range(n_columns):
        scores[k], logs[k] = weights[k], 0.0
    for entry in range(first, last):
        row = topic_term[corpus.indices[entry]]
        for _ in range(corpus.data[entry]):
            if tokens > 0 and tokens % _CHUNK == 0:
                for k in range(n_columns):
                    logs[k] += math.log(scores[k])
                    scores[k] = 1.0
            for k in range(n_columns):
                scores[k] *= np.float64(row[k])
            tokens += 1
    if tokens <= _CHUNK:
        return 0.0
    for k in range(n_columns):
        logs[k] += math.log(scores[k])
    best = logs.max()
    for k in range(n_columns):
        scores[k] = math.exp(logs[k] - best)
    return float(best)
