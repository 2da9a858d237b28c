"""Compiled sweeps of the collapsed Gibbs sampler for LDA.

Griffiths and Steyvers 2004 ("Finding scientific topics", equation 5): a token of term w in document
d, itself taken out of all counts, is in topic k with probability proportional to

    (n_dk + alpha_k) * (n_kw + beta) / (n_k + V beta)

The sweep goes through the tokens term by term, so that the right-hand factor, here `weight`, is
built once per term and then changes in two places per token.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]


@njit(cache=True, nogil=True)
def sweep_terms(
    first: int,
    last: int,
    starts: Array,
    documents: Array,
    topics: Array,
    doc_topic: Array,
    term_topic: Array,
    topic_totals: Array,
    alpha: Array,
    beta: np.float32,
    beta_sum: np.float32,
    uniforms: Array,
) -> None:
    """Draw a new topic for every token of the terms from `first` to before `last`, in place.

    `starts` (n_terms + 1,) int64 bounds of each term's tokens; `documents` and `topics` (n_tokens,)
    int32 and uint16; `doc_topic` (n_docs, K), `term_topic` (n_terms, K) and `topic_totals` (K,)
    int32; `alpha` (K,) float32; `uniforms` float32 in [0, 1), one per token of these terms.
    """
    n_topics = topic_totals.shape[0]
    weight = np.empty(n_topics, np.float32)
    cumulative = np.empty(n_topics, np.float32)
    offset = starts[first]
    for term in range(first, last):
        begin, end = starts[term], starts[term + 1]
        if begin == end:
            continue
        row = term_topic[term]
        for k in range(n_topics):
            weight[k] = (np.float32(row[k]) + beta) / (np.float32(topic_totals[k]) + beta_sum)
        for token in range(begin, end):
            counts = doc_topic[documents[token]]
            old = np.int64(topics[token])
            counts[old] -= 1
            row[old] -= 1
            topic_totals[old] -= 1
            weight[old] = (np.float32(row[old]) + beta) / (np.float32(topic_totals[old]) + beta_sum)
            total = np.float32(0.0)
            for k in range(n_topics):
                total += (np.float32(counts[k]) + alpha[k]) * weight[k]
                cumulative[k] = total
            threshold = uniforms[token - offset] * total
            new = np.int64(0)
            # The last bound is left out: rounding up to the total must not leave the range.
            for k in range(n_topics - 1):
                new += np.int64(cumulative[k] <= threshold)
            topics[token] = new
            counts[new] += 1
            row[new] += 1
            topic_totals[new] += 1
            weight[new] = (np.float32(row[new]) + beta) / (np.float32(topic_totals[new]) + beta_sum)
