"""Number of sliding windows in which words occur, alone and together."""

from __future__ import annotations

import numpy as np
from numba import njit

from nlp.arrays import Array


@njit(cache=True, nogil=True)
def count_windows(codes: Array, bounds: Array, window: int, n_words: int) -> tuple[Array, int]:
    """(n_words, n_words) int64 windows that hold both words, and the number of all windows.

    `codes` (n_tokens,) int32, -1 for a word that is not counted; document d is
    `codes[bounds[d]:bounds[d + 1]]`. A document no longer than `window` is one window. The diagonal
    counts single words, the rest is symmetric.

    As in gensim, a word is absent once its first token leaves the window, even if a second token is
    already inside, until the word enters again. An interval of windows with a word is added when it
    ends, so that the cost depends on the number of counted words, not of windows.
    """
    together = np.zeros((n_words, n_words), np.int64)
    began = np.full(n_words, -1, np.int64)
    here = np.empty(n_words, np.int64)
    n_windows = 0
    for document in range(len(bounds) - 1):
        first, last = bounds[document], bounds[document + 1]
        length = last - first
        turns = max(length - window, 0) + 1
        n_here = 0
        for place in range(length):
            leaving = place - window
            if leaving >= 0:
                n_here = _close(codes[first + leaving], leaving + 1, began, here, n_here, together)
            word = codes[first + place]
            if word >= 0 and began[word] < 0:
                began[word] = max(leaving + 1, 0)
                here[n_here] = word
                n_here += 1
        while n_here > 0:
            n_here = _close(here[n_here - 1], turns, began, here, n_here, together)
        n_windows += turns
    for i in range(n_words):
        for j in range(i):
            both = together[i, j] + together[j, i]
            together[i, j] = together[j, i] = both
    return together, n_windows


@njit(cache=True, nogil=True)
def _close(word: int, turn: int, began: Array, here: Array, n_here: int, together: Array) -> int:
    """End a word's interval before window `turn`; returns the number of words still present."""
    if word < 0 or began[word] < 0:
        return n_here
    place = -1
    for i in range(n_here):
        other = here[i]
        if other == word:
            place = i
        else:
            together[word, other] += turn - max(began[word], began[other])
    together[word, word] += turn - began[word]
    began[word] = -1
    here[place] = here[n_here - 1]
    return n_here - 1
