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

from nlp._kernels.lanes import add_weights, change_weight, count_below, scan_lanes

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


@njit(cache=True, nogil=True)
def sweep_terms_in_lanes(
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
    """What `sweep_terms` does, sixteen topics at a time: the faster one for many topics.

    `doc_topic` and `alpha` are padded with zeros to whole blocks of sixteen topics; the others have
    K. A uniform picks among the topics in another order: by k % 16, then by k // 16.
    """
    n_topics = topic_totals.shape[0]
    padded = alpha.shape[0]
    weight = np.zeros(padded, np.float32)
    sums = np.zeros(padded, np.float32)
    scan = np.zeros(17, np.float32)
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
            row[old] -= 1
            topic_totals[old] -= 1
            share = (np.float32(row[old]) + beta) / (np.float32(topic_totals[old]) + beta_sum)
            change_weight(weight, old, share)
            add_weights(counts, old, alpha, weight, sums)
            scan_lanes(sums, scan)
            new = count_below(scan, sums, uniforms[token - offset] * scan[16])
            new = min(new, n_topics - 1)
            topics[token] = new
            counts[old] -= 1
            counts[new] += 1
            row[new] += 1
            topic_totals[new] += 1
            share = (np.float32(row[new]) + beta) / (np.float32(topic_totals[new]) + beta_sum)
            change_weight(weight, new, share)
