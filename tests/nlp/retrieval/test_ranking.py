"""The score of each document for a query."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from nlp.cleaning.tokens import Tokens
from nlp.retrieval.index import SearchIndex, build_index
from nlp.retrieval.ranking import Query, Ranking, rank


def _index(*documents: str, shares: list[list[float]] | None = None) -> SearchIndex:
    words = [[text.split()] for text in documents]
    tokens = Tokens.from_lists(words, [[(0, len(text))] for text in documents])
    return build_index(tokens, np.array(shares or [[1.0]] * len(documents)))


def _asked(index: SearchIndex, text: str) -> sp.csr_matrix:
    return index.count(Tokens.from_lists([[text.split()]], [[(0, len(text))]]))


def test_only_documents_with_a_word_of_the_query_match() -> None:
    index = _index("card lost", "card stolen", "parcel late")
    ranking = rank(index, Query(_asked(index, "stolen card")))
    assert ranking.matches.tolist() == [True, True, False]
    assert ranking.best(np.ones(3, dtype=bool), 10).tolist() == [1, 0]


def test_of_equal_words_the_topic_decides() -> None:
    index = _index("card a", "card b", shares=[[1.0, 0.0], [0.0, 1.0]])
    ranking = rank(index, Query(_asked(index, "card"), topics=np.array([0.0, 1.0])))
    assert ranking.best(np.ones(2, dtype=bool), 1).tolist() == [1]


def test_a_vector_finds_what_no_word_says() -> None:
    index = _index("card lost", "parcel late", "coupon refused")
    vectors = np.eye(3, dtype=np.float32)
    query = Query(_asked(index, "voucher"), vector=np.array([0, 0.1, 0.99], dtype=np.float32))
    ranking = rank(index, query, vectors)
    assert ranking.matches.tolist() == [False, False, True]
    assert rank(index, Query(query.words)).matches.tolist() == [False, False, False]


def test_the_document_asked_for_is_not_found() -> None:
    index = _index("card lost", "card lost today", "parcel")
    ranking = rank(index, Query(_asked(index, "card lost")), without=0)
    assert ranking.matches.tolist() == [False, True, False]
    assert ranking.scores[1] == 1.0


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), st.integers(1, 40))
def test_the_best_are_those_of_a_stable_sort(values: list[int], top: int) -> None:
    scores = np.array(values, dtype=np.float64) / 4
    ranking = Ranking(scores, scores > 0)
    allowed = np.arange(len(values)) % 3 != 1
    order = np.argsort(-scores, kind="stable")
    expected = [row for row in order.tolist() if allowed[row] and scores[row] > 0][:top]
    assert ranking.best(allowed, top).tolist() == expected
