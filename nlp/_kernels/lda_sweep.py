"""The compiled sweep of the collapsed Gibbs sampler for LDA.

Griffiths and Steyvers 2004 ("Finding scientific topics", equation 5): a token of term w in document
d, itself taken out of all counts, is in topic k with probability proportional to

    (n_dk + alpha_k) * (n_kw + beta) / (n_k + V beta)

The sweep visits the tokens term by term: the right-hand factor, here `weight`, is computed once per
term and then changes for two topics with each token that moves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from nlp._kernels.lda_draws import draw_topic
from nlp.arrays import Array


# With Python's check for division by zero the loops over topics would not be vectorised.
@njit(cache=True, nogil=True, error_model="numpy")
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
    `doc_topic` and `alpha` are padded with zeros to whole blocks of sixteen topics. A uniform picks
    among the topics by k % 16, then by k // 16.
    """
    n_topics = topic_totals.shape[0]
    weight = np.zeros(alpha.shape[0], np.float32)
    sums = np.zeros(alpha.shape[0], np.float32)
    inverse = np.empty(n_topics, np.float32)
    for k in range(n_topics):
        inverse[k] = np.float32(1.0) / (np.float32(topic_totals[k]) + beta_sum)
    offset = starts[first]
    for term in range(first, last):
        begin, end = starts[term], starts[term + 1]
        if begin == end:
            continue
        row = term_topic[term]
        for k in range(n_topics):
            weight[k] = (np.float32(row[k]) + beta) * inverse[k]
        for token in range(begin, end):
            counts = doc_topic[documents[token]]
            old = np.int64(topics[token])
            without = np.float32(1.0) / (np.float32(topic_totals[old] - 1) + beta_sum)
            share = (np.float32(row[old] - 1) + beta) * without
            uniform = uniforms[token - offset]
            new = draw_topic(counts, old, share, alpha, weight, sums, uniform)
            new = min(new, n_topics - 1)
            # Most tokens stay; without a change the processor starts the next draw in parallel.
            if new == old:
                continue
            topics[token] = new
            counts[old] -= 1
            counts[new] += 1
            inverse[old] = without
            weight[old] = share
            weight[new] = recount(row, topic_totals, inverse, old, new, beta, beta_sum)


@njit(cache=True, nogil=True, error_model="numpy")
def recount(
    row: Array,
    topic_totals: Array,
    inverse: Array,
    old: Any,
    new: Any,
    beta: np.float32,
    beta_sum: np.float32,
) -> Any:
    """Move a token of a term from topic `old` to `new`; returns the new topic's weight.

    Of `inverse`, 1 / (n_k + V beta), only the new topic's value is set: the caller knows the other.
    """
    row[old] -= 1
    row[new] += 1
    topic_totals[old] -= 1
    topic_totals[new] += 1
    inverse[new] = np.float32(1.0) / (np.float32(topic_totals[new]) + beta_sum)
    return (np.float32(row[new]) + beta) * inverse[new]
