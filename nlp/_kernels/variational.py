"""The variational E-step of LDA as gensim does it, over ragged arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]

# gensim's, added to a sum before dividing by it.
_EPSILON = np.float64(np.finfo(np.float32).eps)


@njit(cache=True, nogil=True)
def digamma(x: float) -> float:
    """Derivative of log Gamma for x > 0: recurrence up to 6, then the asymptotic series.

    Abramowitz and Stegun 1964, equations 6.3.5 and 6.3.18; absolute error below 1e-10.
    """
    shift = 0.0
    while x < 6.0:
        shift -= 1.0 / x
        x += 1.0
    square = 1.0 / (x * x)
    series = square * (
        1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square * (1.0 / 240 - square / 132)))
    )
    return shift + math.log(x) - 0.5 / x - series


@njit(cache=True, nogil=True)
def infer(
    bounds: Array,
    terms: Array,
    counts: Array,
    term_weights: Array,
    alpha: Array,
    gamma: Array,
    statistics: Array,
    iterations: int,
    threshold: float,
    collect: bool,
) -> int:
    """Fit `gamma` (n_docs, K) in place, add to `statistics` (n_terms, K); documents that converged.

    Document d has `counts[bounds[d]:bounds[d + 1]]` of `terms` likewise; `term_weights` (n_terms,
    K) is exp E[log beta] transposed. Hoffman, Blei and Bach 2010 ("Online learning for latent
    Dirichlet allocation", algorithm 2); stops when the mean change of gamma is below `threshold`.
    """
    n_topics = gamma.shape[1]
    kind = term_weights.dtype
    weight = np.empty(n_topics, kind)
    fresh = np.empty(n_topics, kind)
    longest = 0
    for document in range(len(bounds) - 1):
        longest = max(longest, bounds[document + 1] - bounds[document])
    ratio = np.empty(longest, kind)
    converged = 0
    for document in range(len(bounds) - 1):
        first, n_terms = bounds[document], bounds[document + 1] - bounds[document]
        shares = gamma[document]
        _exponentiate(shares, weight)
        _divide(terms, counts, term_weights, first, n_terms, weight, ratio)
        for _ in range(iterations):
            fresh[:] = 0
            for place in range(n_terms):
                row = term_weights[terms[first + place]]
                scale = ratio[place]
                for k in range(n_topics):
                    fresh[k] += scale * row[k]
            change = 0.0
            for k in range(n_topics):
                updated = alpha[k] + weight[k] * fresh[k]
                change += abs(updated - shares[k])
                shares[k] = updated
            _exponentiate(shares, weight)
            _divide(terms, counts, term_weights, first, n_terms, weight, ratio)
            if change / n_topics < threshold:
                converged += 1
                break
        if collect:
            for place in range(n_terms):
                row = statistics[terms[first + place]]
                for k in range(n_topics):
                    row[k] += weight[k] * ratio[place]
    return converged


@njit(cache=True, nogil=True)
def _exponentiate(shares: Array, weight: Array) -> None:
    """exp E[log theta] of a Dirichlet with parameters `shares`."""
    total = 0.0
    for k in range(len(shares)):
        total += shares[k]
    shift = digamma(total)
    for k in range(len(shares)):
        weight[k] = math.exp(digamma(shares[k]) - shift)


@njit(cache=True, nogil=True)
def _divide(
    terms: Array,
    counts: Array,
    term_weights: Array,
    first: int,
    n_terms: int,
    weight: Array,
    ratio: Array,
) -> None:
    """Count of each of a document's terms over its likelihood under `weight`."""
    for place in range(n_terms):
        row = term_weights[terms[first + place]]
        # Four sums side by side: one sum would wait for each addition.
        s0 = s1 = s2 = s3 = weight[0] * 0
        whole = len(weight) // 4 * 4
        for k in range(0, whole, 4):
            s0 += weight[k] * row[k]
            s1 += weight[k + 1] * row[k + 1]
            s2 += weight[k + 2] * row[k + 2]
            s3 += weight[k + 3] * row[k + 3]
        for k in range(whole, len(weight)):
            s0 += weight[k] * row[k]
        ratio[place] = counts[first + place] / ((s0 + s1) + (s2 + s3) + _EPSILON)
