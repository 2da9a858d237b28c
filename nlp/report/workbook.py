"""The report as a workbook for a spreadsheet: Brief, Topics, Documents, Summaries, Rejected.

Only here is XlsxWriter used. It writes row by row, so that a million documents need little memory.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from nlp.errors import StorageError
from nlp.report.content import ReportContent
from nlp.report.sheets import limits, readable, write_sheet

SHEETS = ("Brief", "Topics", "Documents", "Summaries", "Rejected")
_FILES = {name: f"{name.lower()}.parquet" for name in SHEETS[1:]}
# XlsxWriter would write the time of the clock; a result that was not published has no time.
_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)
# Characters across: a line that is easy to read.
_BRIEF_WIDTH = 100


def write_workbook(content: ReportContent, path: Path, scratch: Path | None = None) -> None:
    """Write a report as one .xlsx file. The same content gives the same bytes.

    Texts are written as text, never as a formula or a link. `scratch` is the folder for temporary
    files of about the size of the tables, by default the system's. Raises `StorageError` if the
    file cannot be written.
    """
    import xlsxwriter

    try:
        # XlsxWriter leaves its temporary files behind after an error.
        with path.open("wb") as stream, TemporaryDirectory(dir=scratch) as temporary:
            options = {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "use_zip64": True,
                "tmpdir": temporary,
            }
            with xlsxwriter.Workbook(stream, options) as book:
                _fill(book, content)
    except OSError as error:
        raise StorageError(f"cannot write {str(path)!r}: {error.strerror or error}") from error


def _fill(book: Any, content: ReportContent) -> None:
    published = content.record.published
    created = datetime.fromisoformat(published.created) if published else _NO_TIME
    book.set_properties({"title": readable(content.title), "created": created})
    header = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})

    @cache
    def formats(number_format: str) -> Any:
        return book.add_format({"num_format": number_format, "valign": "top"})

    sheets = {name: book.add_worksheet(name) for name in SHEETS}
    tables = {
        "Topics": content.topics,
        "Documents": _documents(content),
        "Summaries": content.summaries,
        "Rejected": content.rejected,
    }
    notes = ["All times are in UTC."] if "timestamp" in content.documents else []
    for name, table in tables.items():
        notes += limits(name, write_sheet(sheets[name], table, formats, header), _FILES)
    _write_brief(book, sheets["Brief"], content, notes)


def _documents(content: ReportContent) -> pd.DataFrame:
    """Return the documents with their texts, after the columns of their topics."""
    table = content.documents.copy(deep=False)
    names = list(table.columns)
    place = names.index("second_probability") + 1 if "second_probability" in names else len(names)
    table.insert(place, "text", list(content.texts))
    return table


def _write_brief(book: Any, sheet: Any, content: ReportContent, notes: list[str]) -> None:
    wrap = {"text_wrap": True, "valign": "top", "num_format": "@"}
    title = book.add_format({**wrap, "bold": True, "font_size": 16})
    heading, plain = book.add_format({**wrap, "bold": True}), book.add_format(wrap)
    record = content.record
    lines = [(content.title, title)]
    if record.published:
        made = f"Run {record.published.run_id}, {record.published.created[:10]}"
        lines.append((made, plain))
    lines += [("", plain), *((line, plain) for line in record.brief.text.split("\n"))]
    for what, found in (("Read with care", record.warnings), ("About this workbook", notes)):
        if found:
            lines += [("", plain), (what, heading), *((line, plain) for line in found)]
    sheet.set_column(0, 0, _BRIEF_WIDTH)
    sheet.hide_gridlines(2)
    for row, (text, form) in enumerate(lines):
        sheet.write_string(row, 0, readable(text), form)
