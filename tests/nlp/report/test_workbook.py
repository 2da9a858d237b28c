"""The workbook: what a spreadsheet program reads back from it."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.report_content import bare_record, content, small_model

from nlp.errors import StorageError
from nlp.report import ReportContent, sheets, write_workbook
from nlp.report.sheets import limits, readable

HOSTILE = (
    "=1+1", '=HYPERLINK("http://evil.example","x")', "+cmd|' /C calc'!A0", "@SUM(A1)", "-0.50",
    "http://evil.example", "mailto:a@evil.example", "{=1}", "0123", "1e5", "_x0041_", "<r>x</r>",
    "<r><t>a</t></r></is></c><c><f>1+1</f></c><c><is><r></r>", "'quoted", "TRUE", "#REF!",
)  # fmt: skip


def written(given: ReportContent, tmp_path: Path) -> Any:
    path = tmp_path / "report.xlsx"
    write_workbook(given, path)
    return openpyxl.load_workbook(path)


def rows_of(book: Any, name: str) -> list[tuple[Any, ...]]:
    return list(book[name].iter_rows(values_only=True))


def documents_with(**columns: list[Any]) -> ReportContent:
    """A report whose documents carry these columns, filled up with None."""
    given = content(dated=False)
    n_documents = len(given.documents)
    more = {
        name: pd.Series(values + [None] * (n_documents - len(values)), dtype="object")
        for name, values in columns.items()
    }
    return replace(given, documents=given.documents.assign(**more))


def column(book: Any, sheet: str, name: str) -> list[Any]:
    header, *rows = rows_of(book, sheet)
    return [row[header.index(name)] for row in rows]


def test_sheets_hold_the_tables(tmp_path: Path) -> None:
    given = content(outliers=2)
    book = written(given, tmp_path)
    assert book.sheetnames == ["Brief", "Topics", "Documents", "Summaries", "Rejected"]
    for name, table in [("Topics", given.topics), ("Summaries", given.summaries)]:
        assert list(rows_of(book, name)[0]) == list(table.columns)
        assert len(rows_of(book, name)) == len(table) + 1
    assert column(book, "Documents", "text") == list(given.texts)
    assert column(book, "Documents", "doc_id") == given.documents["doc_id"].tolist()
    assert column(book, "Topics", "share") == pytest.approx(given.topics["share"].tolist())
    assert column(book, "Rejected", "record") == [3, 9, 14]
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(sheet.column_dimensions[letter].width > 8 for letter in "AB")


def test_brief_sheet_holds_the_brief_the_warnings_and_what_is_left_out(tmp_path: Path) -> None:
    given = content()
    said = [row[0] for row in rows_of(written(given, tmp_path), "Brief")]
    assert said[0] == given.title
    assert [line for line in given.record.brief.text.split("\n") if line not in said] == []
    assert given.record.warnings[0] in said
    assert "All times are in UTC." in said


def test_text_is_never_a_formula_a_link_or_a_number(tmp_path: Path) -> None:
    book = written(documents_with(cell=list(HOSTILE)), tmp_path)
    cells = column(book, "Documents", "cell")[: len(HOSTILE)]
    # openpyxl shows XlsxWriter's own escape of a text that looks like an escape.
    shown = [text.replace("_x005F_", "_") for text in cells]
    assert [text.rstrip() for text in shown] == list(HOSTILE)
    assert all(
        cell.data_type in ("s", "inlineStr", "n") and cell.hyperlink is None
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
    )
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                text = archive.read(name).decode()
                assert "<f>" not in text
                assert "<r>" not in text
                assert "<hyperlink" not in text


def test_a_cell_that_is_edited_stays_text(tmp_path: Path) -> None:
    book = written(documents_with(cell=["=1+1"]), tmp_path)
    header = [cell.value for cell in book["Documents"][1]]
    assert book["Documents"].cell(2, header.index("cell") + 1).number_format == "@"


def test_numbers_and_dates_are_real(tmp_path: Path) -> None:
    values = [7, 0.25, True, 12345678901234567890, date(2024, 5, 6), datetime(1700, 1, 1), "7"]
    values.append(datetime(2024, 5, 6, 7, 8, tzinfo=UTC))
    book = written(documents_with(mixed=values), tmp_path)
    assert column(book, "Documents", "mixed")[:8] == [
        7, 0.25, True, "12345678901234567890", datetime(2024, 5, 6), "1700-01-01 00:00:00", "7",
        datetime(2024, 5, 6, 7, 8),
    ]  # fmt: skip
    dated = written(content(), tmp_path)
    assert column(dated, "Documents", "timestamp")[:2] == [
        datetime(2024, 1, 3), datetime(2024, 1, 12),
    ]  # fmt: skip
    assert column(dated, "Documents", "topic_id")[:1] == [1]


def test_missing_and_infinite_numbers_break_nothing(tmp_path: Path) -> None:
    numbers = pd.Series([np.nan, np.inf, -np.inf] + [1.5] * 45)
    given = content(dated=False)
    given = replace(given, documents=given.documents.assign(price=numbers))
    assert column(written(given, tmp_path), "Documents", "price")[:4] == [None, "inf", "-inf", 1.5]


@given(st.text(max_size=60))
def test_every_text_becomes_one_that_a_workbook_can_hold(text: str) -> None:
    clean = readable(text)
    assert clean.encode("utf-8").decode("utf-8") == clean
    assert not any(ord(c) < 32 and c not in "\t\n\r" for c in clean)
    assert readable(clean) == clean


def test_control_characters_are_left_out(tmp_path: Path) -> None:
    book = written(documents_with(cell=["a\x00\x07\x1bb\ud800c", "d\ne\tf"]), tmp_path)
    assert column(book, "Documents", "cell")[:2] == ["abc", "d\ne\tf"]


def test_long_texts_end_early_and_the_brief_says_so(tmp_path: Path) -> None:
    book = written(documents_with(cell=["x" * 40_000, "🙂" * 20_000]), tmp_path)
    cells = column(book, "Documents", "cell")
    assert cells[0] == "x" * 32_767
    assert cells[1] == "🙂" * 16_383
    said = [row[0] for row in rows_of(book, "Brief")]
    assert (
        "In Documents, 2 texts end early: a cell can hold 32,767 characters; documents.parquet has "
        "the whole text." in said
    )


def test_rows_beyond_a_sheet_are_left_out_and_the_brief_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 11)
    monkeypatch.setattr(sheets, "MOST_COLUMNS", 5)
    book = written(content(), tmp_path)
    assert len(rows_of(book, "Documents")) == 11
    assert len(rows_of(book, "Documents")[0]) == 5
    said = [row[0] for row in rows_of(book, "Brief")]
    assert (
        "Documents holds the first 10 of 48 rows, as many as a sheet can hold; documents.parquet "
        "has all of them." in said
    )
    assert any(line and line.startswith("Documents lacks the last 3 columns") for line in said)


def test_nothing_is_said_about_a_sheet_that_holds_everything() -> None:
    assert limits("Topics", sheets.Written(3, 3, 0, 0), {}) == []


def test_same_content_gives_same_bytes(tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(content(), tmp_path / name, tmp_path)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.xlsx", "two.xlsx"]


def test_created_is_the_runs_own_time(tmp_path: Path) -> None:
    assert written(content(), tmp_path).properties.created == datetime(2025, 6, 1, 2)
    given = replace(content(), record=bare_record(small_model()))
    assert written(given, tmp_path).properties.created == datetime(1980, 1, 1)


def test_a_folder_that_does_not_exist_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot write .*report\.xlsx"):
        write_workbook(content(), tmp_path / "nosuch" / "report.xlsx")
