"""Vocabulary: counts that add up, terms that tell documents apart."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.cleaning.tokens import Tokens
from nlp.config import VocabularySettings
from nlp.vocabulary.terms import count_known_terms, count_terms, rarest_kept

documents = st.lists(st.lists(st.sampled_from("abcdefghij"), max_size=12), max_size=40)


def tokens_of(texts: list[list[str]]) -> Tokens:
    return Tokens.from_lists([[words] for words in texts], [[(0, 1)] for _ in texts])


ALL = VocabularySettings(min_documents=1, max_share=1.0)


@given(documents)
def test_every_word_is_counted_where_it_stands(texts: list[list[str]]) -> None:
    vocabulary = count_terms(tokens_of(texts), ALL)
    assert list(vocabulary.terms) == sorted({word for words in texts for word in words})
    assert vocabulary.counts.shape == (len(texts), len(vocabulary.terms))
    assert vocabulary.counts.dtype == np.int32
    assert vocabulary.counts.has_canonical_format
    for row, words in zip(vocabulary.counts.toarray(), texts, strict=True):
        found = {t: int(n) for t, n in zip(vocabulary.terms, row, strict=True) if n}
        assert found == Counter(words)


@given(documents, st.integers(1, 5), st.floats(0.05, 1), st.integers(1, 5))
def test_terms_keep_the_limits_asked_for_unless_none_would_be_left(
    texts: list[list[str]], least: int, share: float, most_terms: int
) -> None:
    options = VocabularySettings(min_documents=least, max_share=share, max_terms=most_terms)
    vocabulary = count_terms(tokens_of(texts), options)
    assert len(vocabulary.terms) <= most_terms
    assert bool(vocabulary.terms) == any(texts)
    n_documents = sum(1 for words in texts if words)
    frequency = Counter(word for words in texts for word in set(words))
    most = n_documents if n_documents < 20 else max(1, int(share * n_documents))
    allowed = {word for word, count in frequency.items() if least <= count <= most}
    assert set(vocabulary.terms) <= (allowed or set(frequency))


@given(documents)
def test_the_order_of_documents_changes_no_term(texts: list[list[str]]) -> None:
    forward, backward = count_terms(tokens_of(texts)), count_terms(tokens_of(texts[::-1]))
    assert forward.terms == backward.terms
    np.testing.assert_array_equal(forward.counts.toarray(), backward.counts.toarray()[::-1])


def test_a_word_in_most_documents_is_no_term_but_stays_in_a_handful() -> None:
    texts = [["everywhere", f"word{n % 5}"] for n in range(40)]
    assert "everywhere" not in count_terms(tokens_of(texts)).terms
    assert "everywhere" in count_terms(tokens_of(texts[:10])).terms


def test_the_subject_of_most_documents_is_a_term() -> None:
    details = ["late", "lost", "wet", "open", "sent"]
    parcels = [["parcel", *(details[n % 5 :][:2])] for n in range(70)]
    cards = [["card", *(["bank", "fee", "limit", "code"][n % 4 :][:2])] for n in range(30)]
    assert "parcel" in count_terms(tokens_of(parcels + cards)).terms
    limited = count_terms(tokens_of(parcels + cards), VocabularySettings(max_share=0.5))
    assert "parcel" not in limited.terms


def test_the_words_of_a_text_repeated_in_most_documents_are_terms() -> None:
    repeated = [["parliament", "vote", "rail", "budget"]] * 60
    others = [[f"word{n % 10}", f"other{n % 7}"] for n in range(30)]
    assert {"parliament", "vote", "rail", "budget"} <= set(
        count_terms(tokens_of(repeated + others)).terms
    )


def test_a_word_spread_over_every_subject_is_no_term_though_some_documents_lack_it() -> None:
    subjects = [[f"s{n % 8}w{n % 3}", f"s{n % 8}w{n % 5}", f"s{n % 8}"] for n in range(200)]
    texts = [[*words, "year"] if n % 10 else words for n, words in enumerate(subjects)]
    assert "year" not in count_terms(tokens_of(texts)).terms
    assert "year" in count_terms(tokens_of(texts), ALL).terms


def test_empty_documents_do_not_make_a_word_rarer() -> None:
    texts = [["everywhere", f"word{n % 5}"] for n in range(40)] + [[] for _ in range(200)]
    assert "everywhere" not in count_terms(tokens_of(texts)).terms


def test_of_too_many_terms_the_commonest_stay_and_ties_go_by_the_alphabet() -> None:
    texts = [["a"], ["a", "b"], ["c"], ["d"]]
    options = VocabularySettings(min_documents=1, max_share=1.0, max_terms=2)
    assert count_terms(tokens_of(texts), options).terms == ("a", "b")


@given(documents)
def test_new_documents_are_counted_in_the_old_vocabulary(texts: list[list[str]]) -> None:
    old = ("j", "a", "not there")
    counts = count_known_terms(tokens_of(texts), old).toarray()
    assert counts.shape == (len(texts), 3)
    assert counts.tolist() == [[words.count(term) for term in old] for words in texts]


@given(documents)
def test_known_terms_of_the_same_documents_are_the_same_counts(texts: list[list[str]]) -> None:
    tokens = tokens_of(texts)
    vocabulary = count_terms(tokens)
    again = count_known_terms(tokens, vocabulary.terms)
    np.testing.assert_array_equal(again.toarray(), vocabulary.counts.toarray())


@pytest.mark.parametrize(("size", "least"), [(19, 1), (20, 2), (4_999, 2), (5_000, 3), (10**6, 5)])
def test_the_more_documents_the_more_of_them_a_term_must_stand_in(size: int, least: int) -> None:
    assert rarest_kept(size) == least
