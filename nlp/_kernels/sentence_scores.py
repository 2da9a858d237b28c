"""What sumy's Reduction, SumBasic and KL summarizers compute pair by pair and word by word.

Sentences are ragged: sentence s owns `codes[bounds[s]:bounds[s + 1]]`.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nlp.arrays import Floats, Ints


@njit(cache=True)
def reduction_ratings(
    indptr: Ints,
    words: Ints,
    counts: Floats,
    word_indptr: Ints,
    sentences: Ints,
    sentence_counts: Floats,
    logs: Floats,
    group: Ints,
) -> Floats:
    """(n_groups,) sum over pairs of sentences of (words in common) / (log length + log length).

    Sentence s has `words[indptr[s]:indptr[s + 1]]`, `counts` times each; `sentences` and
    `sentence_counts` are the same by word; `logs` (n,) the logarithm of each sentence's length.
    Both sentences of a pair count for their `group` (equal sentences share one); added in sumy's
    order, for the rounding that decides between equals.
    """
    n = len(indptr) - 1
    ratings = np.zeros(group.max() + 1)
    common = np.zeros(n)
    for s in range(n):
        common[:] = 0.0
        for place in range(indptr[s], indptr[s + 1]):
            word = words[place]
            for other in range(word_indptr[word], word_indptr[word + 1]):
                common[sentences[other]] += counts[place] * sentence_counts[other]
        for t in range(s + 1, n):
            norm = logs[s] + logs[t]
            if common[t] > 0 and norm > 0:
                ratings[group[s]] += common[t] / norm
                ratings[group[t]] += common[t] / norm
    return ratings


@njit(cache=True)
def sumbasic_order(codes: Ints, bounds: Ints, probability: Floats, compensated: bool) -> Ints:
    """(n,) sentences in the order in which SumBasic takes them.

    Nenkova and Vanderwende 2005: take the sentence whose words have the highest mean probability,
    then square the probability of each of its words. `compensated` adds as Python's `sum` does
    since 3.12 (Neumaier), so that the rounding that decides between equals is the same.
    """
    probability = probability.copy()
    n = len(bounds) - 1
    taken = np.zeros(n, dtype=np.bool_)
    order = np.empty(n, dtype=np.int64)
    for step in range(n):
        best, highest = -1, -1.0
        for s in range(n):
            if taken[s]:
                continue
            total, lost = 0.0, 0.0
            for place in range(bounds[s], bounds[s + 1]):
                x = probability[codes[place]]
                t = total + x
                if compensated:
                    lost += (total - t) + x if abs(total) >= abs(x) else (x - t) + total
                total = t
            mean = (total + lost) / max(bounds[s + 1] - bounds[s], 1)
            if mean > highest:
                best, highest = s, mean
        taken[best] = True
        order[step] = best
        for place in range(bounds[best], bounds[best + 1]):
            probability[codes[place]] *= probability[codes[place]]
    return order


@njit(cache=True)
def kl_order(
    codes: Ints, bounds: Ints, added: Ints, added_bounds: Ints, probability: Floats
) -> Ints:
    """(n,) sentences in the order in which KLSum takes them.

    Haghighi and Vanderwende 2009, section 3.2: take the sentence that brings the summary's words
    closest to the texts'. `codes` are what a candidate is judged by, `added` what it leaves in the
    summary: sumy filters stop words from the one and not from the other. The first candidate within
    rounding of the lowest divergence and those that follow are told apart by `kl_divergence`.
    """
    n = len(bounds) - 1
    counts = np.zeros(len(probability), dtype=np.int64)
    own = np.zeros(len(probability), dtype=np.int64)
    summary = np.empty(len(probability), dtype=np.int64)  # its distinct words, as they came
    distinct, total = 0, 0
    taken = np.zeros(n, dtype=np.bool_)
    order = np.empty(n, dtype=np.int64)
    divergences = np.empty(n)
    logs = np.log(np.maximum(np.arange(len(codes) + len(added) + 2), 1).astype(np.float64))
    for step in range(n):
        kl_divergences(codes, bounds, probability, counts, own, total, taken, logs, divergences)
        limit = divergences.min() + 1e-10
        best, lowest, near = -1, np.inf, 0
        for s in range(n):
            near += divergences[s] <= limit
        last_own, last_length = np.inf, -1
        for s in range(n):
            if divergences[s] > limit:
                continue
            if near == 1:
                best = s
                break
            words = codes[bounds[s] : bounds[s + 1]]
            first, alone = kl_own_words(words, probability, counts, own, total)
            if alone and first == last_own and len(words) == last_length:
                continue  # the same sum, addend by addend, as one already seen
            exact = kl_divergence(first, words, summary[:distinct], probability, counts, own, total)
            if alone:
                last_own, last_length = first, len(words)
            if exact < lowest:
                best, lowest = s, exact
        taken[best] = True
        order[step] = best
        total += added_bounds[best + 1] - added_bounds[best]
        for place in range(added_bounds[best], added_bounds[best + 1]):
            if counts[added[place]] == 0:
                summary[distinct] = added[place]
                distinct += 1
            counts[added[place]] += 1
    return order


@njit(cache=True)
def kl_divergences(
    codes: Ints,
    bounds: Ints,
    probability: Floats,
    counts: Ints,
    own: Ints,
    total: int,
    taken: NDArray[np.bool_],
    logs: Floats,
    divergences: Floats,
) -> None:
    """Fill in the divergence of each sentence not taken, up to rounding; infinity for the others.

    With f the words' probability in the texts, c the counts in the summary and N their sum, it is
    sum f (log f - log c) + log N sum f over the summary's words: a candidate changes only the terms
    of its own words.
    """
    fixed, weight = 0.0, 0.0
    for code in range(len(probability)):
        if counts[code] > 0 and probability[code] > 0:
            fixed += probability[code] * (np.log(probability[code]) - logs[counts[code]])
            weight += probability[code]
    for s in range(len(bounds) - 1):
        divergences[s] = np.inf
        if taken[s]:
            continue
        change, gained = 0.0, 0.0
        for place in range(bounds[s], bounds[s + 1]):
            own[codes[place]] += 1
        for place in range(bounds[s], bounds[s + 1]):
            code = codes[place]
            f = probability[code]
            if own[code] > 0 and f > 0:
                change -= f * logs[counts[code] + own[code]]
                if counts[code] > 0:
                    change += f * logs[counts[code]]
                else:
                    change += f * np.log(f)
                    gained += f
            own[code] = 0
        length = total + bounds[s + 1] - bounds[s]
        divergences[s] = fixed + change + (weight + gained) * logs[length]


@njit(cache=True)
def kl_own_words(
    words: Ints, probability: Floats, counts: Ints, own: Ints, total: int
) -> tuple[float, bool]:
    """What a candidate's own words add to its divergence; whether the summary has none of them."""
    length = float(total + len(words))
    divergence, alone = 0.0, True
    for code in words:
        own[code] += 1
    for code in words:
        if own[code] == 0:
            continue
        f = probability[code]
        if f > 0:
            divergence += f * math.log(f / ((counts[code] + own[code]) / length))
        alone = alone and counts[code] == 0
        own[code] = 0
    return divergence, alone


@njit(cache=True)
def kl_divergence(
    divergence: float,
    words: Ints,
    summary: Ints,
    probability: Floats,
    counts: Ints,
    own: Ints,
    total: int,
) -> float:
    """The divergence added up in sumy's order, so that equals are told apart by the same rounding.

    `divergence` is the part of the candidate's own words, from `kl_own_words`.
    """
    length = float(total + len(words))
    for code in words:
        own[code] = 1
    for code in summary:
        f = probability[code]
        if own[code] == 0 and f > 0:
            divergence += f * math.log(f / (counts[code] / length))
    for code in words:
        own[code] = 0
    return divergence
