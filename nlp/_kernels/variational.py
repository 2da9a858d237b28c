"""The variational E-step of LDA as gensim does it, over ragged arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]

# exp(-690) is about the least normal number of double precision.
_MOST_FALL = 690.0


@njit(cache=True, nogil=True, error_model="numpy")
def exponential_digamma(x: float) -> float:
    """exp(digamma(x)) for x > 0, relative error below 1e-8; arithmetic only, so it vectorises.

    Six steps of the recurrence (Abramowitz and Stegun 1964, equation 6.3.5), taken together as one
    fraction, then the asymptotic series of exp(digamma(z + 1/2)) in 1 / z^2.
    """
    product = x * (x + 5.0)
    fall = (2.0 * x + 5.0) * (3.0 * product * product + 20.0 * product + 24.0)
    fall /= product * (product + 4.0) * (product + 6.0)
    z = x + 5.5
    square = 1.0 / (z * z)
    series = 10313.0 / 2903040 - square * (5509121.0 / 1393459200)
    rise = z * (1.0 + square * (1.0 / 24 - square * (37.0 / 5760 - square * series)))
    part = -min(fall, _MOST_FALL) / 1024.0
    power = 1.0 + part * (1.0 / 9)
    for share in (1.0 / 8, 1.0 / 7, 1.0 / 6, 1.0 / 5, 1.0 / 4, 1.0 / 3, 1.0 / 2, 1.0):
        power = 1.0 + part * share * power
    for _ in range(10):
        power *= power
    return rise * power


@njit(cache=True, nogil=True, error_model="numpy")
def expect(parameters: Array, weights: Array) -> None:
    """exp E[log p] of Dirichlet rows `parameters` (n, m) into `weights`, likewise."""
    for row in range(parameters.shape[0]):
        # In the kind of the parameters, as gensim: over many terms its rounding shifts a topic.
        total = parameters.dtype.type(0)
        for column in range(parameters.shape[1]):
            total += parameters[row, column]
        scale = 1.0 / exponential_digamma(np.float64(total))
        for column in range(parameters.shape[1]):
            weights[row, column] = exponential_digamma(np.float64(parameters[row, column])) * scale


# Sums may be taken in any order, the same one on every run: they vectorise only so.
@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
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
    epsilon: float,
    collect: bool,
) -> int:
    """Fit `gamma` (n_docs, K) in place, add to `statistics` (n_terms, K); documents that converged.

    Document d has `counts[bounds[d]:bounds[d + 1]]` of `terms` likewise; `term_weights` (n_terms,
    K) is exp E[log beta] transposed. Hoffman, Blei and Bach 2010 ("Online learning for latent
    Dirichlet allocation", algorithm 2); stops when the mean change of gamma is below `threshold`.
    `epsilon` is added to every sum that is divided by.
    """
    n_topics = gamma.shape[1]
    kind = term_weights.dtype
    weight = np.empty(n_topics, kind)
    fresh = np.empty(n_topics, kind)
    longest = 0
    for document in range(len(bounds) - 1):
        longest = max(longest, bounds[document + 1] - bounds[document])
    ratio = np.empty(longest, kind)
    # A document's rows side by side: they are read dozens of times, and the table leaves the cache.
    rows = np.empty((longest, n_topics), kind)
    converged = 0
    for document in range(len(bounds) - 1):
        first, n_terms = bounds[document], bounds[document + 1] - bounds[document]
        shares = gamma[document]
        for place in range(n_terms):
            rows[place] = term_weights[terms[first + place]]
        repeats = counts[first : first + n_terms]
        _exponentiate(shares, weight)
        _divide(rows, repeats, weight, epsilon, ratio)
        for _ in range(iterations):
            fresh[:] = 0
            for place in range(n_terms):
                row, scale = rows[place], ratio[place]
                for k in range(n_topics):
                    fresh[k] += scale * row[k]
            change = 0.0
            for k in range(n_topics):
                updated = alpha[k] + weight[k] * fresh[k]
                change += abs(updated - shares[k])
                shares[k] = updated
            _exponentiate(shares, weight)
            _divide(rows, repeats, weight, epsilon, ratio)
            if change / n_topics < threshold:
                converged += 1
                break
        if collect:
            for place in range(n_terms):
                row = statistics[terms[first + place]]
                for k in range(n_topics):
                    row[k] += weight[k] * ratio[place]
    return converged


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _exponentiate(shares: Array, weight: Array) -> None:
    """exp E[log theta] of a Dirichlet with parameters `shares`."""
    total = 0.0
    for k in range(len(shares)):
        total += shares[k]
    scale = 1.0 / exponential_digamma(total)
    for k in range(len(shares)):
        weight[k] = exponential_digamma(np.float64(shares[k])) * scale


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _divide(rows: Array, counts: Array, weight: Array, epsilon: float, ratio: Array) -> None:
    """Count of each of a document's terms over its likelihood under `weight`."""
    for place in range(len(counts)):
        row = rows[place]
        likelihood = weight.dtype.type(0)
        for k in range(len(weight)):
            likelihood += weight[k] * row[k]
        ratio[place] = counts[place] / (likelihood + epsilon)
