"""Phrases: joined as a reader would, found by gensim, kept by the model's terms alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nlp.cleaning.tokens import Tokens
from nlp.config import VocabularySettings
from nlp.vocabulary.phrases import join_phrases, phrases_of
from nlp.vocabulary.terms import count_known_terms, count_terms, learn_phrases

sentences = st.lists(st.sampled_from("abcd"), max_size=8)
corpora = st.lists(st.lists(sentences, max_size=3), max_size=6)
phrases = st.sets(
    st.lists(st.sampled_from("abcdx"), min_size=2, max_size=3).map(" ".join), max_size=6
)
ALL = VocabularySettings(min_documents=1, max_share=1.0)


def tokens_of(documents: list[list[list[str]]]) -> Tokens:
    return Tokens.from_lists(documents, [[(0, 1)] * len(document) for document in documents])


def words_of(tokens: Tokens) -> list[list[str]]:
    return [tokens.sentence_words(sentence) for sentence in range(tokens.n_sentences)]


def joined_slowly(words: list[str], wanted: set[str]) -> list[str]:
    found, place = [], 0
    while place < len(words):
        sizes = [n for n in (3, 2) if " ".join(words[place : place + n]) in wanted]
        size = next((n for n in sizes if place + n <= len(words)), 1)
        found.append(" ".join(words[place : place + size]))
        place += size
    return found


@given(corpora, phrases)
def test_the_longest_phrase_is_taken_from_the_left_within_a_sentence(
    documents: list[list[list[str]]], wanted: set[str]
) -> None:
    tokens = tokens_of(documents)
    joined = join_phrases(tokens, wanted)
    expected = [joined_slowly(words, wanted) for document in documents for words in document]
    assert words_of(joined) == expected
    np.testing.assert_array_equal(joined.document_sentences, tokens.document_sentences)
    np.testing.assert_array_equal(joined.spans, tokens.spans)


@given(corpora, phrases)
def test_joining_twice_is_joining_once(documents: list[list[list[str]]], wanted: set[str]) -> None:
    once = join_phrases(tokens_of(documents), wanted)
    assert words_of(join_phrases(once, wanted)) == words_of(once)


@given(corpora, phrases, st.integers(1, 3))
def test_the_terms_alone_cut_the_same_documents_the_same_way(
    documents: list[list[list[str]]], wanted: set[str], least: int
) -> None:
    tokens = tokens_of(documents)
    settings = VocabularySettings(min_documents=least, max_share=1.0)
    counted = count_terms(tokens, settings, wanted)
    again = count_known_terms(tokens, counted.terms)
    np.testing.assert_array_equal(again.toarray(), counted.counts.toarray())


def test_a_phrase_too_rare_falls_back_into_its_words() -> None:
    documents = [[["red", "wine", "glass"]], [["wine", "glass"]], [["red", "wine"]], [["wine"]]]
    settings = VocabularySettings(min_documents=2, max_share=1.0)
    counted = count_terms(tokens_of(documents), settings, {"red wine", "wine glass"})
    # "red wine" comes first and leaves one "wine glass" over, too few: it is two words again.
    assert counted.terms == ("glass", "red wine", "wine")
    assert counted.counts.toarray().tolist() == [[1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 1]]


def corpus_with_names(repeats: int = 30) -> Tokens:
    random = np.random.default_rng(0)
    fillers = [f"word{number}" for number in range(40)]
    documents = []
    for row in range(repeats):
        name = ["new", "york", "times"] if row % 2 else ["machine", "learning"]
        before, after = random.choice(fillers, 3), random.choice(fillers, 4)
        documents.append([[*before, *name, *after], ["ha", "ha", "ha"]])
    return tokens_of(documents)


def test_phrases_of_two_and_three_words_are_learned_and_readable() -> None:
    found = learn_phrases(corpus_with_names())
    assert {"machine learning", "new york times"} <= found
    assert not any("word" in phrase or "ha" in phrase.split() for phrase in found)
    assert learn_phrases(corpus_with_names()) == found
    assert learn_phrases(tokens_of([])) == frozenset()


def test_phrases_are_counted_only_if_asked_for() -> None:
    tokens = corpus_with_names()
    assert phrases_of(count_terms(tokens).terms) == frozenset()
    asked = count_terms(tokens, VocabularySettings(phrases=True))
    assert phrases_of(asked.terms) == {"machine learning", "new york times"}
    known = count_terms(tokens, VocabularySettings(phrases=True), {"machine learning"})
    assert phrases_of(known.terms) == {"machine learning"}
