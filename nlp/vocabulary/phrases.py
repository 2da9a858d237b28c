"""Phrases in tokens: consecutive words become one token where the vocabulary has them as a phrase.

A term that contains a blank is a phrase, because no single word contains one after cleaning. The
terms of a model are therefore enough to find the same phrases in new documents.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from nlp.arrays import Ints
from nlp.cleaning.tokens import Tokens

# Words of a phrase: longer ones are so rare that they fall back into their words.
_LENGTHS = (2, 3)


def phrases_of(terms: Iterable[str]) -> frozenset[str]:
    """The phrases of two and three words among some terms."""
    return frozenset(term for term in terms if term.count(" ") + 1 in _LENGTHS)


def join_phrases(tokens: Tokens, terms: Iterable[str]) -> Tokens:
    """The same tokens, with one token for each occurrence of a phrase of `terms`.

    Matching starts at the beginning of each sentence and prefers the longest phrase. A phrase never
    crosses the end of a sentence; tokens that are phrases already stay.
    """
    phrases = sorted(phrases_of(terms))
    if not phrases or not len(tokens.codes):
        return tokens
    words = (*tokens.words, *phrases)
    codes, lengths = tokens.codes.copy(), np.ones(len(tokens.codes), dtype=np.int64)
    for n_words in _LENGTHS:
        chosen = [place for place, phrase in enumerate(phrases) if phrase.count(" ") + 1 == n_words]
        places, found = _find(tokens, [phrases[place].split(" ") for place in chosen], n_words)
        codes[places] = len(tokens.words) + np.array(chosen, dtype=np.int64)[found]
        lengths[places] = n_words
    kept = np.ones(len(codes), dtype=bool)
    free = 0
    for place in np.flatnonzero(lengths > 1).tolist():
        if place < free:
            codes[place] = tokens.codes[place]
        else:
            free = place + int(lengths[place])
            kept[place + 1 : free] = False
    before = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
    return replace(
        tokens, words=words, codes=codes[kept], sentence_tokens=before[tokens.sentence_tokens]
    )


def _find(tokens: Tokens, phrases: list[list[str]], n_words: int) -> tuple[Ints, Ints]:
    """Positions where a phrase begins, ascending, and the index of that phrase.

    Every phrase has `n_words` words."""
    nowhere = np.zeros(0, dtype=np.int64)
    n_places = len(tokens.codes) - n_words + 1
    if not phrases or n_places < 1:
        return nowhere, nowhere
    # Only words of phrases are numbered, so that three numbers fit into one integer.
    parts = sorted({word for phrase in phrases for word in phrase})
    number = {word: place for place, word in enumerate(parts, start=1)}
    numbers = np.array([number.get(word, 0) for word in tokens.words], dtype=np.int64)[tokens.codes]
    base = len(parts) + 1
    sentence = np.repeat(np.arange(tokens.n_sentences), np.diff(tokens.sentence_tokens))
    keys = np.zeros(n_places, dtype=np.int64)
    inside = sentence[:n_places] == sentence[n_words - 1 :]
    for shift in range(n_words):
        part = numbers[shift : shift + n_places]
        keys = keys * base + part
        inside &= part > 0
    wanted = np.zeros(len(phrases), dtype=np.int64)
    for column in zip(*phrases, strict=True):
        wanted = wanted * base + np.array([number[word] for word in column])
    order = np.argsort(wanted)
    places = np.flatnonzero(inside)
    rank = np.searchsorted(wanted[order], keys[places])
    rank = np.minimum(rank, len(order) - 1)
    hit = wanted[order][rank] == keys[places]
    return places[hit], order[rank[hit]]
