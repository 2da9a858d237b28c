"""The published tables."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from nlp.spreadsheet import inert
from nlp.tables import csv_text, topics_of


@given(st.lists(st.text(alphabet=st.characters(blacklist_categories=["Cs"])), min_size=1))
def test_no_text_cell_is_lost_or_changed_but_by_an_apostrophe(cells: list[str]) -> None:
    text = csv_text(pd.DataFrame({"cell": pd.Series(cells, dtype="object")}))
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    read = [row[0] if row else "" for row in rows]
    assert len(read) == len(cells)
    for written, original in zip(read, cells, strict=True):
        assert not written.lstrip().startswith("=")
        assert written == inert(original)
        assert written in (original, f"'{original}")


def test_numbers_and_dates_are_written_as_they_are() -> None:
    frame = pd.DataFrame(
        {"n": [-1, 2], "x": [-0.5, 1e-12], "t": pd.to_datetime(["2026-01-01", ""], utc=True)}
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
