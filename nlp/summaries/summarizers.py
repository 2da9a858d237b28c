"""sumy's summarizers by name, with the sentences and words of the cleaned documents as input."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np
from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.nlp.stemmers import Stemmer, null_stemmer
from sumy.summarizers import AbstractSummarizer
from sumy.summarizers.edmundson import EdmundsonSummarizer
from sumy.utils import get_stop_words

from nlp.arrays import Floats
from nlp.errors import InputError
from nlp.summaries.fast_sumy import (
    FastKL,
    FastLexRank,
    FastLsa,
    FastLuhn,
    FastReduction,
    FastSumBasic,
    FastTextRank,
)

SUMMARIZERS: dict[str, type[AbstractSummarizer]] = {
    "lexrank": FastLexRank,
    "textrank": FastTextRank,
    "lsa": FastLsa,
    "luhn": FastLuhn,
    "kl": FastKL,
    "sumbasic": FastSumBasic,
    "reduction": FastReduction,
    "edmundson": EdmundsonSummarizer,
}
_NO_WORD = "\0"  # sumy refuses an empty set of cue words; cleaned texts never contain this one


@dataclass(frozen=True)
class Cues:
    """Words that raise or lower a sentence's rating; only Edmundson's method uses them."""

    bonus: Collection[str] = ()
    stigma: Collection[str] = ()


class CleanedWords:
    """A replacement for sumy's tokenizer that returns each sentence's cleaned words."""

    def __init__(self, words: dict[str, Sequence[str]]) -> None:
        self._words = words

    def to_words(self, sentence: str) -> tuple[str, ...]:
        """The words of a sentence."""
        return tuple(self._words.get(sentence, ()))


def rate(
    name: str,
    sentences: Sequence[str],
    words: Sequence[Sequence[str]],
    documents: Sequence[int],
    *,
    language: str = "en",
    cues: Cues = Cues(),
) -> Floats:
    """sumy's rating of each sentence, (n_sentences,), the higher the better.

    `documents` gives each sentence's document: neighbours of one document form a paragraph, which
    Edmundson's method uses. A sentence that the summarizer cannot rate has 0.
    """
    ratings = np.zeros(len(sentences))
    if not any(words):
        return ratings
    document = model_document(sentences, words, documents)

    def collect(infos: Sequence[Any]) -> Sequence[Any]:
        for info in infos:
            ratings[info.order] = info.rating
        return infos

    create(name, language, cues)(document, collect)
    return np.nan_to_num(ratings)


def model_document(
    sentences: Sequence[str], words: Sequence[Sequence[str]], documents: Sequence[int]
) -> ObjectDocumentModel:
    """A document for sumy, built without its parser, which drops lines in capitals as headings."""
    tokenizer = CleanedWords(
        {sentence.strip(): found for sentence, found in zip(sentences, words, strict=True)}
    )
    paragraphs = groupby(zip(documents, sentences, strict=True), key=lambda pair: pair[0])
    return ObjectDocumentModel(
        [
            Paragraph([Sentence(sentence, tokenizer) for _, sentence in members])
            for _, members in paragraphs
        ]
    )


def create(name: str, language: str = "en", cues: Cues = Cues()) -> AbstractSummarizer:
    """A summarizer with the stemmer and stop words of a language, where sumy has them."""
    if name not in SUMMARIZERS:
        known = ", ".join(SUMMARIZERS)
        raise InputError(f"summarizer {name!r} is not known: choose one of {known}")
    summarizer = SUMMARIZERS[name](stemmer(language))
    if name == "edmundson":
        summarizer.bonus_words = cues.bonus or [_NO_WORD]
        summarizer.stigma_words = cues.stigma or [_NO_WORD]
        summarizer.null_words = stop_words(language) or [_NO_WORD]
    else:
        summarizer.stop_words = stop_words(language)
    return summarizer


@cache
def stemmer(language: str) -> Callable[[str], str]:
    """sumy's stemmer of a language, each word stemmed once; words as they are where it has none."""
    try:
        return cache(Stemmer(language))
    except LookupError:
        return null_stemmer  # type: ignore[no-any-return]


@cache
def stop_words(language: str) -> frozenset[str]:
    """sumy's stop words of a language; empty where it has none."""
    try:
        return frozenset(get_stop_words(language))
    except LookupError:
        return frozenset()
