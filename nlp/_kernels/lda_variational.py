"""The variational E-step of LDA as gensim does it, over ragged arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types

from nlp._kernels.simd import N_LANES, overload
from nlp.arrays import Array

# Smaller probabilities are set to 0: beside others they vanish in rounding, and their products are
# denormal numbers, which processors compute a hundred times more slowly.
_SINGLE_FALL, _DOUBLE_FALL = np.float32(36.0), 300.0
# From here on x and digamma's exponential differ by less than float32 can tell.
_LARGE = np.float32(1e8)
_LOG2_E = np.float32(1.4426950408889634)
# ln 2 in two parts, the first of few bits, so that whole multiples of it are exact.
_LN2, _LN2_REST = np.float32(0.693359375), np.float32(-2.12194440e-4)
_HALF, _ONE, _TWO, _THREE = (np.float32(number) for number in (0.5, 1.0, 2.0, 3.0))
# Coefficients of exp(digamma(z + 1/2)) in 1 / z^2, and of the exponential; then IEEE 754.
_SERIES = tuple(
    np.float32(number) for number in (1 / 24, 37 / 5760, 10313 / 2903040, 5509121 / 1393459200)
)
_TAYLOR = tuple(np.float32(number) for number in (1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6))
_BIAS, _FRACTION_BITS = np.int32(127), np.int32(23)


def exponential_digamma(x: Any) -> Any:
    """exp(digamma(x)) for x > 0, in the precision of `x`; arithmetic only, so it vectorises.

    Steps of the recurrence (Abramowitz and Stegun 1964, equation 6.3.5), taken together as one
    fraction, then the asymptotic series of exp(digamma(z + 1/2)) in 1 / z^2. The relative error is
    below 1e-8 in double precision; in single precision a few roundings of the exponent. Results
    below e^-36 in single and e^-300 in double precision are 0.
    """
    return _single(x) if isinstance(x, np.float32) else _double(x)


@overload(exponential_digamma)
def _compile_exponential_digamma(x: Any) -> Any:
    function = _single if x == types.float32 else _double

    def compute(x: Any) -> Any:
        return function(x)

    return compute


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _single(x: np.float32) -> np.float32:
    """Four steps of the recurrence; the exponential as a power of two times a polynomial."""
    # For larger ones `fall` is below rounding, and their square leaves single precision.
    small = min(x, _LARGE)
    product = small * (small + _THREE)
    fall = (_TWO * small + _THREE) * (_TWO * product + _TWO) / (product * (product + _TWO))
    z = x + np.float32(3.5)
    inverse = _ONE / z
    square = inverse * inverse
    series = _SERIES[2] - square * _SERIES[3]
    rise = z + inverse * (_SERIES[0] - square * (_SERIES[1] - square * series))
    part = -min(fall, _SINGLE_FALL)
    whole = np.int32(part * _LOG2_E - _HALF)
    part -= np.float32(whole) * _LN2
    part -= np.float32(whole) * _LN2_REST
    power = _TAYLOR[0]
    for share in _TAYLOR[1:]:
        power = power * part + share
    power = ((power * part + _HALF) * part + _ONE) * part + _ONE
    scale = np.int32((whole + _BIAS) << _FRACTION_BITS).view(np.float32)
    return rise * power * scale if fall < _SINGLE_FALL else np.float32(0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _double(x: float) -> float:
    """Six steps of the recurrence; the exponential by squaring that of a small part."""
    product = x * (x + 5.0)
    fall = (2.0 * x + 5.0) * (3.0 * product * product + 20.0 * product + 24.0)
    fall /= product * (product + 4.0) * (product + 6.0)
    z = x + 5.5
    square = 1.0 / (z * z)
    series = 10313.0 / 2903040 - square * (5509121.0 / 1393459200)
    rise = z * (1.0 + square * (1.0 / 24 - square * (37.0 / 5760 - square * series)))
    part = -min(fall, _DOUBLE_FALL) / 1024.0
    power = 1.0 + part * (1.0 / 9)
    for share in (1.0 / 8, 1.0 / 7, 1.0 / 6, 1.0 / 5, 1.0 / 4, 1.0 / 3, 1.0 / 2, 1.0):
        power = 1.0 + part * share * power
    for _ in range(10):
        power *= power
    return rise * power if fall < _DOUBLE_FALL else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _inverse(x: Any) -> Any:
    """1 / x, and 0 for 0: parameters that are all 0 give shares of 0 rather than NaN."""
    return type(x)(1) / x if x > 0 else type(x)(0)


@njit(cache=True, nogil=True, error_model="numpy")
def expect(parameters: Array, weights: Array) -> None:
    """exp E[log p] of Dirichlet rows `parameters` (n, m) into `weights`, likewise."""
    for row in range(parameters.shape[0]):
        # In the dtype of the parameters, as in gensim: with many terms the rounding shifts a topic.
        total = parameters.dtype.type(0)
        for column in range(parameters.shape[1]):
            total += parameters[row, column]
        scale = _inverse(exponential_digamma(total))
        for column in range(parameters.shape[1]):
            weights[row, column] = exponential_digamma(parameters[row, column]) * scale


# The compiler may reorder sums (in the same way on every run): only then does it vectorise them.
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
    """Number of documents that converged; `gamma` (n_docs, K) is fitted in place.

    Expected counts are added to `statistics` (n_terms, K). Document d has
    `terms[bounds[d]:bounds[d + 1]]` and the same slice of `counts`; `term_weights` (n_terms,
    K) is exp E[log beta] transposed. Hoffman, Blei and Bach 2010 ("Online learning for latent
    Dirichlet allocation", algorithm 2); stops when the mean change of gamma is below `threshold`.
    `epsilon` is added to every sum that is divided by.
    """
    n_topics = gamma.shape[1]
    width = (n_topics + N_LANES - 1) // N_LANES * N_LANES
    kind = term_weights.dtype
    weight = np.zeros(width, kind)
    fresh = np.empty(width, kind)
    longest = 0
    for document in range(len(bounds) - 1):
        longest = max(longest, bounds[document + 1] - bounds[document])
    # A copy of a document's rows: they are read dozens of times, and the table exceeds the cache.
    # Whole blocks of topics, the last one padded with 0, avoid a loop over the remainder.
    rows = np.zeros((longest, width), kind)
    converged = 0
    for document in range(len(bounds) - 1):
        first, n_terms = bounds[document], bounds[document + 1] - bounds[document]
        shares = gamma[document]
        for place in range(n_terms):
            rows[place, :n_topics] = term_weights[terms[first + place]]
        _exponentiate(shares, weight)
        for _ in range(iterations):
            fresh[:] = 0
            for place in range(n_terms):
                row = rows[place]
                _add(fresh, row, _ratio(row, weight, counts[first + place], epsilon))
            change = 0.0
            for k in range(n_topics):
                updated = alpha[k] + weight[k] * fresh[k]
                change += abs(updated - shares[k])
                shares[k] = updated
            _exponentiate(shares, weight)
            if change / n_topics < threshold:
                converged += 1
                break
        if collect:
            for place in range(n_terms):
                ratio = _ratio(rows[place], weight, counts[first + place], epsilon)
                _add(statistics[terms[first + place]], weight, ratio)
    return converged


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _exponentiate(shares: Array, weight: Array) -> None:
    """exp E[log theta] of a Dirichlet with parameters `shares`, into the front of `weight`."""
    total = 0.0
    for k in range(len(shares)):
        total += shares[k]
    scale = _inverse(exponential_digamma(weight.dtype.type(total)))
    for k in range(len(shares)):
        weight[k] = exponential_digamma(shares[k]) * scale


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _ratio(row: Array, weight: Array, count: float, epsilon: float) -> Any:
    """Count of a term divided by its likelihood under `weight`, in their dtype."""
    likelihood = weight.dtype.type(epsilon)
    for k in range(len(row)):
        likelihood += weight[k] * row[k]
    return count / likelihood


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _add(sums: Array, row: Array, scale: float) -> None:
    """Add `scale` times `row` to `sums`, over the length of `sums`."""
    for k in range(len(sums)):
        sums[k] += scale * row[k]
