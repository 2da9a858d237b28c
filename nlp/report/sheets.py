"""Writes one table as a sheet of a workbook: text as text, real numbers and dates, a filter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

# Excel's limits ("Excel specifications and limits", Microsoft); XlsxWriter keeps the one of 32,767
# characters in a cell itself.
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
MOST_CHARACTERS = 32_767
# A whole number of more digits loses its last ones in a spreadsheet, which holds 15.
_EXACT = 10**15
# The first year of a spreadsheet's calendar.
_FIRST_YEAR = 1900
# Rows in memory at once: about 10 MB of texts of a kilobyte each.
_CHUNK = 10_000
# Characters that XML 1.0 forbids, and halves of surrogate pairs.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Characters across. Not measured: what the usual content needs.
_WIDTHS = {
    "topic_id": 9, "topic_name": 28, "label": 28, "top_terms": 60, "text": 90, "sentence": 90,
    "doc_id": 16, "key": 16, "change": 30, "history": 24, "timestamp": 17, "detail": 60,
    "second_topic_id": 12, "second_probability": 12, "source": 28, "reason": 18,
}  # fmt: skip
_USUAL_WIDTH = 14
_NUMBERS = {
    "share": "0.0%",
    "probability": "0.0000",
    "second_probability": "0.0000",
    "coherence": "0.0000",
}
# What XlsxWriter returns for a text that it had to shorten.
_CUT = -2
_AS_TEXT, _DAY, _MINUTE = "@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"

Format = Any
"""A format of XlsxWriter, which has no types."""
FormatOf = Callable[[str], Format]
"""Returns the format of a number format, such as `0.0%`."""


@dataclass(frozen=True)
class Written:
    """What a sheet holds of its table."""

    rows: int
    total: int
    cut: int
    """Number of cells whose text is longer than a cell holds."""
    columns_left: int


def write_sheet(sheet: Any, table: pd.DataFrame, formats: FormatOf, header: Format) -> Written:
    """Write a table into an empty sheet of XlsxWriter, as far as a sheet holds it."""
    columns_left = max(0, table.shape[1] - MOST_COLUMNS)
    table = table.iloc[:, :MOST_COLUMNS]
    n_rows = min(len(table), MOST_ROWS - 1)
    dated: list[Format | None] = []
    for place, name in enumerate(table.columns):
        text = readable(str(name))
        sheet.write_string(0, place, text, header)
        kind = _number_format(text, table.iloc[:, place])
        sheet.set_column(place, place, _WIDTHS.get(text, _USUAL_WIDTH), formats(kind))
        dated.append(None if kind in (_DAY, _MINUTE) else formats(_MINUTE))
    cut = 0
    for number, row in enumerate(_rows(table.iloc[:n_rows]), start=1):
        for place, value in enumerate(row):
            if value is not None:
                cut += _write(sheet, number, place, value, dated[place]) == _CUT
    sheet.freeze_panes(1, 0)
    if table.shape[1]:
        sheet.autofilter(0, 0, n_rows, table.shape[1] - 1)
        # An id of digits is text on purpose: no green corner in each cell.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
    return Written(n_rows, len(table), cut, columns_left)


def readable(text: str) -> str:
    """Return the text without the characters that a workbook cannot hold.

    XlsxWriter takes a text from <r> to </r> for its own markup and writes it unescaped; a space at
    its end makes it plain text again.
    """
    text = _FORBIDDEN.sub("", text)
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def _number_format(name: str, column: pd.Series[Any]) -> str:
    if isinstance(column.dtype, pd.DatetimeTZDtype) or column.dtype.kind == "M":
        times = column.dropna()
        return _DAY if (times == times.dt.normalize()).all() else _MINUTE
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _NUMBERS.get(name, "General")
    # A cell of text that somebody edits stays text, also if it begins with an equals sign.
    return _AS_TEXT


def _rows(table: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Yield the rows, None for a missing value."""
    for start in range(0, len(table), _CHUNK):
        part = table.iloc[start : start + _CHUNK]
        columns = []
        for place in range(part.shape[1]):
            column = part.iloc[:, place].astype("object")
            columns.append(column.where(column.notna(), None).tolist())
        yield from zip(*columns, strict=True)


def _write(sheet: Any, row: int, place: int, value: Any, dated: Format | None) -> int:
    """Write one cell; returns XlsxWriter's answer, `_CUT` for a text that was too long.

    `dated` is the format of a date, None if the column has it.
    """
    if isinstance(value, str):
        return int(sheet.write_string(row, place, readable(value)))
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return int(sheet.write_boolean(row, place, value))
    if isinstance(value, (int, float, Decimal)) and -_EXACT < value < _EXACT:
        return int(sheet.write_number(row, place, float(value)))
    if isinstance(value, date) and value.year >= _FIRST_YEAR:
        when = _utc(value) if isinstance(value, datetime) else value
        return int(sheet.write_datetime(row, place, when, dated))
    return int(sheet.write_string(row, place, readable(str(value))))


def _utc(when: datetime) -> datetime:
    """Return the time in UTC, without its time zone: a spreadsheet knows none."""
    offset = when.utcoffset()
    return when if offset is None else (when - offset).replace(tzinfo=None)


def limits(name: str, written: Written, elsewhere: Mapping[str, str]) -> list[str]:
    """Return what a sheet leaves out, in sentences; `elsewhere` names the file that has it all."""
    where = elsewhere.get(name, "the table")
    said = []
    if written.rows < written.total:
        said.append(
            f"{name} holds the first {written.rows:,} of {written.total:,} rows, as many as a "
            f"sheet can hold; {where} has all of them."
        )
    if written.columns_left:
        said.append(
            f"{name} lacks the last {written.columns_left:,} columns: a sheet can hold "
            f"{MOST_COLUMNS:,}; {where} has all of them."
        )
    if written.cut:
        cells = "1 text ends" if written.cut == 1 else f"{written.cut:,} texts end"
        said.append(
            f"In {name}, {cells} early: a cell can hold {MOST_CHARACTERS:,} characters; {where} "
            "has the whole text."
        )
    return said
