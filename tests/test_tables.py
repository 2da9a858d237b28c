"""The published tables."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.tables import csv_text, topic_keys, topics_of
from nlp.topics import TopicModel


@given(st.lists(st.text(alphabet=st.characters(blacklist_categories=["Cs"])), min_size=1))
def test_no_text_cell_begins_like_a_formula_and_none_is_lost(cells: list[str]) -> None:
    text = csv_text(pd.DataFrame({"cell": pd.Series(cells, dtype="object")}))
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    read = [row[0] if row else "" for row in rows]
    assert len(read) == len(cells)
    for written, original in zip(read, cells, strict=True):
        assert not written.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert written in (original, f"'{original}")


def test_numbers_and_dates_are_written_as_they_are() -> None:
    frame = pd.DataFrame(
        {"n": [-1, 2], "x": [-0.5, 1e-12], "t": pd.to_datetime(["2026-01-01", None], utc=True)}
    )
    assert csv_text(frame) == ('"n","x","t"\n-1,-0.5,"2026-01-01 00:00:00+00:00"\n2,1e-12,""\n')


def test_a_column_name_that_is_a_formula_is_inert() -> None:
    assert csv_text(pd.DataFrame({"=1+1": [1]})).startswith('"\'=1+1"\n')


def test_a_document_without_topic_has_no_second_one() -> None:
    doc_topic = np.array([[0.7, 0.3], [0.5, 0.5]])
    table = topics_of(["a", "b"], doc_topic, np.array([0, -1]))
    assert table["topic_id"].tolist() == [1, -1]
    assert table["second_topic_id"].tolist() == [2, -1]
    assert table["second_probability"].tolist() == [0.3, 0.0]


def test_one_topic_has_no_second() -> None:
    table = topics_of(["a"], np.array([[1.0]]), np.array([0]))
    assert table["second_topic_id"].tolist() == [-1]
    assert table["second_probability"].tolist() == [0.0]


@pytest.mark.parametrize("n_topics", [1, 3])
def test_topics_with_the_same_terms_get_different_keys(n_topics: int) -> None:
    model = TopicModel(
        topic_term=np.full((n_topics, 2), 0.5),
        doc_topic=np.full((4, n_topics), 1 / n_topics),
        terms=("a", "b"),
        doc_lengths=np.ones(4, dtype=np.int64),
        term_counts=np.array([2, 2]),
        topic_prior=np.ones(n_topics),
        kind="lda",
        params={},
        seed=0,
    )
    assert len(set(topic_keys(model))) == n_topics
