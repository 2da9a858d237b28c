"""Change of the words' probability when two clusters of words are merged."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nlp.arrays import Floats

# Fewer expected tokens of a term than this are rounding of shared-out documents.
_NOTHING = 1e-6


@njit(cache=True, nogil=True)
def log_weights(tokens: Floats, beta: float) -> Floats:
    """log Gamma(n + beta) / Gamma(beta) of every count."""
    weights = np.zeros_like(tokens)
    start = math.lgamma(beta)
    for row in range(tokens.shape[0]):
        for term in range(tokens.shape[1]):
            if tokens[row, term] > _NOTHING:
                weights[row, term] = math.lgamma(tokens[row, term] + beta) - start
    return weights


@njit(cache=True, nogil=True)
def merge_gains(
    tokens: Floats, weights: Floats, alive: NDArray[np.bool_], one: int, beta: float, gains: Floats
) -> None:
    """Gain in log probability from merging row `one` with each other row, into `gains`.

    Dirichlet-multinomial marginal likelihood (Yin & Wang 2014, equation 8): a term that occurs
    in only one of the two cancels out, so that only shared terms are computed.
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


@njit(cache=True, nogil=True)
def step_gains(tokens: Floats, merges: NDArray[np.int64], beta: float) -> Floats:
    """Gain in log probability of each step of a tree, merged in its order under this `beta`.

    `merges` is (n_rows - 1, 2), step s making node n_rows + s.
    """
    n_rows, n_terms = tokens.shape
    tokens, row_of = tokens.copy(), np.arange(2 * n_rows - 1)
    start, mass = math.lgamma(beta), beta * n_terms
    values, gains = np.zeros(2 * n_rows - 1), np.zeros(n_rows - 1)
    for node in range(2 * n_rows - 1):
        step = node - n_rows
        if step >= 0:
            row_of[node] = row_of[merges[step, 0]]
            tokens[row_of[node]] += tokens[row_of[merges[step, 1]]]
        row = tokens[row_of[node]]
        values[node] = math.lgamma(mass) - math.lgamma(row.sum() + mass)
        for term in range(n_terms):
            if row[term] > _NOTHING:
                values[node] += math.lgamma(row[term] + beta) - start
        if step >= 0:
            gains[step] = values[node] - values[merges[step, 0]] - values[merges[step, 1]]
    return gains
