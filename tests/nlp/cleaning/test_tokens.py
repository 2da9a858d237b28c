"""Tokens: ragged arrays that hold exactly the lists they were made of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.cleaning.tokens import Tokens

words = st.text(
    alphabet=st.characters(blacklist_categories=["Cs", "Zs", "Cc"]), min_size=1, max_size=4
)
documents = st.lists(st.lists(st.lists(words, max_size=4), max_size=3), max_size=5)


def tokens_of(nested: list[list[list[str]]]) -> Tokens:
    spans = [[(10 * n, 10 * n + 5) for n in range(len(document))] for document in nested]
    return Tokens.from_lists(nested, spans)


def lists_of(tokens: Tokens) -> list[list[list[str]]]:
    bounds = tokens.document_sentences
    return [
        [tokens.sentence_words(sentence) for sentence in range(bounds[n], bounds[n + 1])]
        for n in range(tokens.n_documents)
    ]


@given(documents)
def test_the_lists_come_back_as_they_were(nested: list[list[list[str]]]) -> None:
    tokens = tokens_of(nested)
    assert lists_of(tokens) == nested
    flat = [[word for sentence in document for word in sentence] for document in nested]
    assert list(tokens.document_words()) == flat
    assert tokens.document_lengths.tolist() == [len(document) for document in flat]
    assert tokens.n_sentences == sum(map(len, nested)) == len(tokens.spans)


@given(documents)
def test_every_sentence_knows_its_document(nested: list[list[list[str]]]) -> None:
    owners = [number for number, document in enumerate(nested) for _ in document]
    assert tokens_of(nested).sentence_documents.tolist() == owners


@given(documents, st.data())
def test_a_selection_holds_those_documents_in_that_order(
    nested: list[list[list[str]]], data: st.DataObject
) -> None:
    tokens = tokens_of(nested)
    numbers = st.lists(st.integers(0, len(nested) - 1)) if nested else st.just([])
    rows = data.draw(numbers)
    chosen = tokens.select(np.array(rows, dtype=np.int64))
    assert lists_of(chosen) == [nested[row] for row in rows]
    assert chosen.words == tokens.words
    mask = np.array([row % 2 == 0 for row in range(len(nested))], dtype=bool)
    assert lists_of(tokens.select(mask)) == nested[::2]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(nested=documents)
def test_a_file_holds_the_same_tokens(tmp_path: Path, nested: list[list[list[str]]]) -> None:
    tokens, path = tokens_of(nested), tmp_path / "tokens.npz"
    tokens.save(path)
    loaded = Tokens.load(path)
    assert loaded.words == tokens.words
    for name in ("codes", "sentence_tokens", "document_sentences", "spans"):
        before, after = getattr(tokens, name), getattr(loaded, name)
        assert before.dtype == after.dtype
        np.testing.assert_array_equal(before, after)


def test_the_same_tokens_make_the_same_file(tmp_path: Path) -> None:
    for name in ("one.npz", "two.npz"):
        tokens_of([[["a", "b"], []], []]).save(tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
