"""The index of a corpus."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nlp.cleaning.tokens import Tokens
from nlp.retrieval.index import build_index

TOKENS = Tokens.from_lists(
    [[["card", "lost"]], [["card", "stolen"]], [["zürich"]]], [[(0, 9)], [(0, 11)], [(0, 6)]]
)
SHARES = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])


def test_the_index_is_read_as_it_was_written(tmp_path: Path) -> None:
    index = build_index(TOKENS, SHARES)
    index.save(tmp_path / "index.npz")
    again = type(index).load(tmp_path / "index.npz")
    assert again.words == index.words == ("card", "lost", "stolen", "zürich")
    assert (again.weights.toarray() == index.weights.toarray()).all()
    assert (again.space.axes == index.space.axes).all()
    assert (again.topics == index.topics).all()


def test_unknown_words_of_other_texts_are_not_counted() -> None:
    index = build_index(TOKENS, SHARES)
    other = Tokens.from_lists([[["stolen", "bicycle", "card", "card"]]], [[(0, 20)]])
    assert index.count(other).toarray().tolist() == [[2, 0, 1, 0]]
    nothing = Tokens.from_lists([[]], [[]])
    assert index.count(nothing).toarray().tolist() == [[0, 0, 0, 0]]


def test_a_rare_word_is_rarer_than_a_common_one() -> None:
    index = build_index(TOKENS, SHARES)
    assert index.rarity[3] > index.rarity[0] > 0
