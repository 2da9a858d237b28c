"""What each word adds to a document's score."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from nlp.cleaning.tokens import Tokens
from nlp.retrieval.words import count_all_words, word_scores, word_weights

COUNTS = np.array([[2, 0, 1], [1, 1, 0], [0, 0, 3], [0, 0, 0]])


def _naive(counts: np.ndarray, query: np.ndarray, k: float = 1.2, b: float = 0.75) -> list[float]:
    n, mean = len(counts), counts.sum() / len(counts)
    scores = []
    for document in counts:
        score = 0.0
        for term, asked in enumerate(query):
            df, tf = (counts[:, term] > 0).sum(), document[term]
            idf = np.log(1 + (n - df + 0.5) / (df + 0.5))
            length = 1 - b + b * document.sum() / mean
            score += asked * idf * tf * (k + 1) / (tf + k * length)
        scores.append(float(score))
    return scores


@pytest.mark.parametrize("query", [[1, 0, 0], [0, 2, 1], [1, 1, 1], [0, 0, 0]])
def test_scores_are_those_of_the_equation(query: list[int]) -> None:
    weights = word_weights(sp.csr_matrix(COUNTS))
    asked = sp.csr_matrix(np.array([query]))
    assert word_scores(weights, asked) == pytest.approx(_naive(COUNTS, np.array(query)), rel=1e-5)


def test_the_counts_are_left_alone_and_may_be_none() -> None:
    counts = sp.csr_matrix(COUNTS)
    word_weights(counts)
    assert (counts.toarray() == COUNTS).all()
    empty = word_weights(sp.csr_matrix((0, 3)))
    assert word_scores(empty, sp.csr_matrix([[1, 0, 0]])).tolist() == []


def test_every_word_is_counted_however_rare() -> None:
    tokens = Tokens.from_lists(
        [[["card", "card"], ["lost"]], [], [["card"]]], [[(0, 9), (9, 12)], [], [(0, 4)]]
    )
    assert count_all_words(tokens).toarray().tolist() == [[2, 1], [0, 0], [1, 0]]
