"""Documents near a query."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from nlp.retrieval import build_index, with_parts

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
    index = build_index(sp.csr_matrix(COUNTS))
    asked = sp.csr_matrix(np.array([query]))
    assert index.scores(asked) == pytest.approx(_naive(COUNTS, np.array(query)))


def test_only_documents_that_share_a_term_are_found() -> None:
    index = build_index(sp.csr_matrix(COUNTS))
    assert index.best(sp.csr_matrix([[0, 1, 0]]), 10).tolist() == [1]
    assert index.best(sp.csr_matrix([[0, 0, 0]]), 10).tolist() == []


def test_the_index_leaves_the_counts_alone_and_takes_none() -> None:
    counts = sp.csr_matrix(COUNTS)
    build_index(counts)
    assert (counts.toarray() == COUNTS).all()
    empty = build_index(sp.csr_matrix((0, 3)))
    assert empty.best(sp.csr_matrix([[1, 0, 0]]), 3).tolist() == []


def test_a_phrase_is_found_by_each_of_its_words() -> None:
    terms, parts = with_parts(["credit card", "card", "parcel"])
    assert terms == ("credit card", "card", "parcel", "credit")
    counts = np.array([[2, 1, 0], [0, 0, 1]])
    assert (counts @ parts[:3]).tolist() == [[2, 3, 0, 2], [0, 0, 1, 0]]
    assert with_parts(["card"])[1].toarray().tolist() == [[1]]
