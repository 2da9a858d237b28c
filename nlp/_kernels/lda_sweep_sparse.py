"""The sweep of the LDA sampler for many topics: the cost of a draw does not grow with their number.

The probability of topic k in equation 5 is a sum of two parts (Yao, Mimno and McCallum 2009,
"Efficient methods for topic model inference on streaming document collections", section 3.2):

    n_dk * weight_k    of topics that occur in the document, kept as entries (see `lda_draws`);
    alpha_k * weight_k whose sum, `smooth`, is kept up to date, as a draw seldom falls here.

`weight` is beta / (n_k + V beta), that of a term without tokens, except for topics in which the
present term occurs: for a rare term those are few.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from nlp._kernels.lda_draws import (
    COUNTS,
    TOPICS,
    draw_entry,
    draw_topic,
    weigh_topics,
)
from nlp._kernels.lda_sweep import recount
from nlp._kernels.simd import N_LANES
from nlp.arrays import Array

# Topics of a row are weighed sixteen at a time, those of single tokens one by one: a token costs
# about as much as 24 topics of a row.
_DEARER = 24
# The largest float32 below 1.
_BELOW_ONE = np.float32(1 - 2**-24)


@njit(cache=True, nogil=True, error_model="numpy")
def sweep_entries(
    first: int,
    last: int,
    shard: int,
    starts: Array,
    documents: Array,
    topics: Array,
    bounds: Array,
    used: Array,
    entries: Array,
    term_topic: Array,
    topic_totals: Array,
    alpha: Array,
    beta: np.float32,
    beta_sum: np.float32,
    uniforms: Array,
) -> None:
    """As `sweep_terms`, in place, for the documents of one shard.

    `starts` (n_shards, n_terms + 1); document d has `used[d]` entries in the blocks of `entries`
    from `bounds[d]` to before `bounds[d + 1]`, free ones with topic len(alpha) and count 0.
    `term_topic` is padded like `alpha`.
    """
    n_topics, width = topic_totals.shape[0], alpha.shape[0]
    longest = 1
    for document in range(len(used)):
        longest = max(longest, bounds[document + 1] - bounds[document])
    # Free entries have the weight of the position after the last topic.
    weight = np.zeros(width + N_LANES, np.float32)
    sums = np.empty(max(longest * N_LANES, width), np.float32)
    nothing = np.zeros(width, np.int32)
    inverse = np.zeros(width, np.float32)
    for k in range(n_topics):
        inverse[k] = np.float32(1.0) / (np.float32(topic_totals[k]) + beta_sum)
    smooth = np.float64(weigh_topics(nothing, beta, inverse, alpha, weight))
    offset = starts[shard, first]
    for term in range(first, last):
        if starts[shard, term] == starts[shard, term + 1]:
            continue
        row = term_topic[term]
        rare = _count(starts, term) * _DEARER < width
        if rare:
            smooth = _weigh_tokens(starts, term, topics, row, beta, inverse, alpha, weight, smooth)
        else:
            smooth = np.float64(weigh_topics(row, beta, inverse, alpha, weight))
        for token in range(starts[shard, term], starts[shard, term + 1]):
            document = documents[token]
            first_block = bounds[document]
            last_block = first_block + (used[document] + N_LANES - 1) // N_LANES
            old = np.int64(topics[token])
            without = np.float32(1.0) / (np.float32(topic_totals[old] - 1) + beta_sum)
            share = (np.float32(row[old] - 1) + beta) * without
            rest_smooth = smooth - alpha[old] * (np.float64(weight[old]) - np.float64(share))
            drawn, own, rest = draw_entry(
                entries,
                first_block,
                last_block,
                old,
                share,
                weight,
                sums,
                np.float32(rest_smooth),
                uniforms[token - offset],
            )
            if drawn >= 0:
                new = np.int64(entries[drawn // N_LANES, TOPICS, drawn % N_LANES])
            else:
                uniform = min(rest / np.float32(rest_smooth), _BELOW_ONE)
                new = _draw_smooth(nothing, old, share, alpha, weight, sums[:width], uniform)
            # Rounding may select a free entry, or a position after the last topic.
            if new == old or new >= n_topics:
                continue
            topics[token] = new
            inverse[old] = without
            weight[old] = share
            fresh = recount(row, topic_totals, inverse, old, new, beta, beta_sum)
            smooth = rest_smooth + alpha[new] * (np.float64(fresh) - np.float64(weight[new]))
            weight[new] = fresh
            _move(entries, first_block, used, document, own, drawn, new, width)
        if rare:
            smooth = _weigh_tokens(
                starts, term, topics, nothing, beta, inverse, alpha, weight, smooth
            )
        else:
            smooth = np.float64(weigh_topics(nothing, beta, inverse, alpha, weight))


@njit(cache=True, nogil=True, error_model="numpy")
def _draw_smooth(
    nothing: Array, old: Any, share: Any, alpha: Array, weight: Array, sums: Array, uniform: Any
) -> Any:
    """A topic drawn in proportion to alpha * weight; the weight of the old topic is `share`."""
    kept, weight[old] = weight[old], share
    new = draw_topic(nothing, -1, share, alpha, weight, sums, np.float32(uniform))
    weight[old] = kept
    return new


@njit(cache=True, nogil=True, error_model="numpy")
def _count(starts: Array, term: int) -> int:
    n_tokens = 0
    for shard in range(starts.shape[0]):
        n_tokens += starts[shard, term + 1] - starts[shard, term]
    return n_tokens


@njit(cache=True, nogil=True, error_model="numpy")
def _weigh_tokens(
    starts: Array,
    term: int,
    topics: Array,
    row: Array,
    beta: np.float32,
    inverse: Array,
    alpha: Array,
    weight: Array,
    smooth: np.float64,
) -> np.float64:
    """Set `weight` for the topics of a term's tokens; the new `smooth`."""
    for shard in range(starts.shape[0]):
        for token in range(starts[shard, term], starts[shard, term + 1]):
            k = topics[token]
            fresh = (np.float32(row[k]) + beta) * inverse[k]
            smooth += alpha[k] * (np.float64(fresh) - np.float64(weight[k]))
            weight[k] = fresh
    return smooth


@njit(cache=True, nogil=True, error_model="numpy")
def _move(
    entries: Array,
    first_block: int,
    used: Array,
    document: int,
    own: Any,
    drawn: Any,
    new: Any,
    free: int,
) -> None:
    """Move a token from entry `own` to entry `drawn`, or to the entry of topic `new`."""
    begin, n_used = first_block * N_LANES, used[document]
    if drawn < 0:
        drawn = begin
        while drawn < begin + n_used and entries[drawn // N_LANES, TOPICS, drawn % N_LANES] != new:
            drawn += 1
        if drawn == begin + n_used:
            entries[drawn // N_LANES, TOPICS, drawn % N_LANES] = new
            n_used += 1
    entries[drawn // N_LANES, COUNTS, drawn % N_LANES] += 1
    block, lane = own // N_LANES, own % N_LANES
    entries[block, COUNTS, lane] -= 1
    if entries[block, COUNTS, lane] == 0:
        n_used -= 1
        last_block, last_lane = (begin + n_used) // N_LANES, (begin + n_used) % N_LANES
        for part in (TOPICS, COUNTS):
            entries[block, part, lane] = entries[last_block, part, last_lane]
        entries[last_block, TOPICS, last_lane] = free
        entries[last_block, COUNTS, last_lane] = 0
    used[document] = n_used
