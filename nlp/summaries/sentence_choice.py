"""Chooses the sentences of a summary: relevant, in common wording, and different."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, row_numbers
from nlp.summaries.fast_sumy import count_matrix

SAME = 0.5
"""Cosine of the cleaned words from which two sentences count as repetitions.

Lowering the limit to 0.5 took the mean redundancy from 0.423 to 0.410 and ROUGE-1 down by 0.001.
"""
# The wording's weight against the rating's 1. Without the wording ROUGE-1 on opinosis is 0.257,
# with it 0.326 (benchmarks/results/summaries.json).
WORDING = 2.0
# Set by hand; its effect was not measured alone.
NOVELTY = 0.4
_WORD = re.compile(r"\w+")


def relevance(ratings: Floats, sentences: Sequence[str], stop_words: frozenset[str]) -> Floats:
    """(n,) in [0, 1]: the summarizer's rating and how common the sentence's wording is.

    Both are scaled to [0, 1] and the wording is multiplied by `WORDING`: the ratings alone prefer
    long sentences and unusual phrases (benchmarks/summaries.py).
    """
    return _scaled(_scaled(ratings) + WORDING * _scaled(wording(sentences, stop_words)))


def wording(sentences: Sequence[str], stop_words: frozenset[str]) -> Floats:
    """(n,) share of sentences that use each pair of neighbouring words, summed, per word.

    Pairs of two stop words are not counted.
    """
    words = [_WORD.findall(sentence.casefold()) for sentence in sentences]
    pairs = [
        {
            f"{first} {second}"
            for first, second in pairwise(found)
            if not (first in stop_words and second in stop_words)
        }
        for found in words
    ]
    counts = count_matrix([sorted(found) for found in pairs])
    shares = np.bincount(counts.indices, minlength=counts.shape[1]) / max(len(sentences), 1)
    lengths = np.array([max(len(found), 1) for found in words], dtype=np.float64)
    common: Floats = np.asarray(counts @ shares, dtype=np.float64)
    return common / lengths


def choose(relevance: Floats, vectors: sp.csr_matrix, documents: Ints, n_sentences: int) -> Ints:
    """Indices of at most `n_sentences` sentences, best first.

    Maximal marginal relevance (Carbonell and Goldstein 1998): the next sentence has the highest
    (1 - `NOVELTY`) * relevance - `NOVELTY` * similarity to the chosen ones. `vectors` (n, n_words)
    has rows of length 1; a sentence whose cosine with a chosen one reaches `SAME` is skipped. A
    document is quoted a second time only after every other document.
    """
    chosen: list[int] = []
    likeness = np.zeros(len(relevance))
    fresh = np.ones(len(relevance), dtype=bool)
    while len(chosen) < n_sentences:
        allowed = likeness < SAME
        allowed[chosen] = False
        if (allowed & fresh).any():
            allowed &= fresh
        if not allowed.any():
            break
        value = (1 - NOVELTY) * relevance - NOVELTY * likeness
        best = int(np.where(allowed, value, -np.inf).argmax())
        chosen.append(best)
        fresh &= documents != documents[best]
        likeness = np.maximum(likeness, (vectors @ vectors[best].T).toarray().ravel())
    return np.array(chosen, dtype=np.int64)


def unit_vectors(words: Sequence[Sequence[str]]) -> sp.csr_matrix:
    """(n, n_words) a row of word counts for each sentence, scaled to length 1."""
    matrix = count_matrix(words)
    rows = row_numbers(matrix)
    norms = np.sqrt(np.bincount(rows, weights=matrix.data**2, minlength=matrix.shape[0]))
    matrix.data = matrix.data / norms[rows]
    return matrix


def redundancy(words: Sequence[Sequence[str]]) -> float:
    """Highest cosine between any two of the sentences, in [0, 1]; 0 for fewer than two."""
    vectors = unit_vectors(words)
    likeness = np.triu((vectors @ vectors.T).toarray(), 1)
    return float(min(likeness.max(initial=0.0), 1.0))


def _scaled(values: Floats) -> Floats:
    values = values - values.min(initial=np.inf)
    highest = values.max(initial=0.0)
    return values / highest if highest > 0 else np.ones(len(values))
