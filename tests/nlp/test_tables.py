"""The published tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from nlp.spreadsheet import inert
from nlp.tables import DOCUMENT_COLUMNS, SUMMARY_COLUMNS, csv_text, renamed, topics_of, write_table


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
    table = topics_of(["a", "b"], doc_topic, np.array([0, -1]), ["Cards", "Parcels"])
    assert tuple(table.columns) == DOCUMENT_COLUMNS
    assert table["topic_id"].tolist() == [1, -1]
    assert table["topic_name"].tolist() == ["Cards", "No topic"]
    assert table["second_topic_id"].tolist() == [2, -1]
    assert table["second_probability"].tolist() == [0.3, 0.0]


def test_one_topic_has_no_second() -> None:
    table = topics_of(["a"], np.array([[1.0]]), np.array([0]), ["Cards"])
    assert table["second_topic_id"].tolist() == [-1]
    assert table["second_probability"].tolist() == [0.0]


def documents_with(**carried: Any) -> pd.DataFrame:
    table = topics_of(["a"], np.array([[1 / 3, 2 / 3]]), np.array([1]), ["Cards", "Parcels"])
    return table.assign(**carried)


def test_own_numbers_have_four_digits_in_csv_and_all_in_parquet(tmp_path: Path) -> None:
    table = documents_with(text=["x"], share=[1 / 3])
    for name in ("t.csv", "t.parquet"):
        write_table(table, tmp_path / name)
    csv_row = pd.read_csv(tmp_path / "t.csv").iloc[0]
    raw_row = pd.read_parquet(tmp_path / "t.parquet").iloc[0]
    assert (csv_row["probability"], csv_row["second_probability"]) == (0.6667, 0.3333)
    assert (raw_row["probability"], raw_row["second_probability"]) == (2 / 3, 1 / 3)
    # A carried column, though its name is that of a column of topics.csv.
    assert csv_row["share"] == raw_row["share"] == 1 / 3


def test_csv_begins_with_a_byte_order_mark(tmp_path: Path) -> None:
    write_table(documents_with(text=["Grüße"]), tmp_path / "t.csv")
    written = (tmp_path / "t.csv").read_bytes()
    assert written.startswith(b'\xef\xbb\xbf"doc_id"')
    assert "Grüße".encode() in written


def test_other_names_of_topics_change_nothing_else() -> None:
    table = documents_with(text=["x"])
    other = renamed(table, ["Cards", "Lost parcels"])
    assert other["topic_name"].tolist() == ["Lost parcels"]
    assert list(other.columns) == list(table.columns)
    pd.testing.assert_frame_equal(
        other.drop(columns="topic_name"), table.drop(columns="topic_name")
    )
    assert SUMMARY_COLUMNS[:2] == DOCUMENT_COLUMNS[1:3]
