"""What merging two clusters of words does to the probability of the words."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NOTHING = 1e-6


@njit(cache=True)
def log_weights(tokens: Floats, beta: float) -> Floats:
    """log Gamma(n + beta) / Gamma(beta) of every count."""
    weights = np.zeros_like(tokens)
    start = math.lgamma(beta)
    for row in range(tokens.shape[0]):
        for term in range(tokens.shape[1]):
            if tokens[row, term] > _NOTHING:
                weights[row, term] = math.lgamma(tokens[row, term] + beta) - start
    return weights


@njit(cache=True)
def merge_gains(
    tokens: Floats, weights: Floats, alive: NDArray[np.bool_], one: int, beta: float, gains: Floats
) -> None:
    """Gain in log probability from merging row `one` with each other row, into `gains`.

    Dirichlet-multinomial marginal likelihood (Yin & Wang 2014, equation 8): a term that only one
    of the two has cancels out, so only shared terms are looked at.
    """
    n_rows, n_terms = tokens.shape
    start, mass = math.lgamma(beta), beta * n_terms
    length = tokens[one].sum()
    shared = np.flatnonzero(tokens[one] > _NOTHING)
    own = math.lgamma(mass) - math.lgamma(length + mass)
    for other in range(n_rows):
        gains[other] = -np.inf
        if other == one or not alive[other]:
            continue
        rest = tokens[other].sum()
        gain = -own - (math.lgamma(mass) - math.lgamma(rest + mass))
        gain += math.lgamma(mass) - math.lgamma(length + rest + mass)
        for term in shared:
            if tokens[other, term] > _NOTHING:
                both = tokens[one, term] + tokens[other, term]
                gain += math.lgamma(both + beta) - start
                gain -= weights[one, term] + weights[other, term]
        gains[other] = gain
