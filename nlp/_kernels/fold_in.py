"""Topic shares of documents under fixed topics."""

from __future__ import annotations

import numpy as np
from numba import njit

from nlp.arrays import Array


@njit(cache=True, nogil=True)
def fold_in_documents(
    bounds: Array,
    terms: Array,
    counts: Array,
    term_topic: Array,
    prior: Array,
    shares: Array,
    iterations: int,
    tolerance: float,
) -> None:
    """Fit `shares` (n_docs, K) float64, rows summing to 1, in place; documents are CSR rows.

    A token's responsibilities are share times `term_topic` (n_terms, K), scaled to sum to 1; new
    shares are their sum plus `prior`, scaled. Stops when every share changes by less than
    `tolerance`.
    """
    n_topics = shares.shape[1]
    updated = np.empty(n_topics)
    for document in range(len(bounds) - 1):
        first, last = bounds[document], bounds[document + 1]
        if first == last:
            continue
        share = shares[document]
        for _ in range(iterations):
            updated[:] = 0.0
            for place in range(first, last):
                row = term_topic[terms[place]]
                total = 0.0
                for k in range(n_topics):
                    total += share[k] * row[k]
                # A term with probability 0 in all topics is ignored: dividing by 0 gives NaN.
                scale = counts[place] / total if total > 1e-300 else 0.0
                for k in range(n_topics):
                    updated[k] += scale * row[k]
            total = 0.0
            for k in range(n_topics):
                updated[k] = updated[k] * share[k] + prior[k]
                total += updated[k]
            change = 0.0
            for k in range(n_topics):
                fresh = updated[k] / total
                change = max(change, abs(fresh - share[k]))
                share[k] = fresh
            if change < tolerance:
                break
