"""A sheet of an Excel workbook into records; dates and numbers stay what they are.

Read by calamine: openpyxl takes ten times as long.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from nlp.errors import InputError, StorageError
from nlp.ingest.column_names import unique
from nlp.ingest.reading import TableReading
from nlp.ingest.records import Reason, Record
from nlp.ingest.tables.layouts import filled_width, find_layout

_CELL = re.compile(rb"\sr=[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_READ_AT_ONCE = 16_000_000
# calamine holds the whole rectangle of a sheet, empty cells too, at 32 bytes each: 1.6 GB.
_MOST_CELLS = 50_000_000
_ROWS_SAMPLED = 300

Note = Callable[[TableReading], None]


def read_spreadsheet(
    data: bytes,
    source: str,
    most_bytes: int,
    sheet: str | None = None,
    asked: Collection[str] = (),
    note: Note = lambda reading: None,
) -> Iterator[Record]:
    """Records of the sheet named, or of the only one that is not empty.

    Raises `InputError` if there are several or none of this name, and `StorageError` for a workbook
    that cannot be read or holds more than `most_bytes` unpacked.
    """
    name, rows = _sheet_rows(data, source, most_bytes, sheet)
    texts = [[_as_text(cell) for cell in row] for row in rows[:_ROWS_SAMPLED]]
    layout = find_layout([row if any(c.strip() for c in row) else [] for row in texts], asked)
    header = texts[layout.header] if layout.header is not None else []
    names = unique([cell.strip() for cell in header] or [""] * layout.width)
    warnings = [layout.doubt] if layout.doubt else []
    if layout.header is None and names:
        warnings.append(
            f"no header: the first row looks like the others; columns are {names[0]} to {names[-1]}"
        )
    note(
        TableReading(
            source=source,
            kind="spreadsheet",
            header_line=None if layout.header is None else layout.header + 1,
            rows_above=layout.header or 0,
            metadata_rows=len(layout.metadata),
            sheet=name,
            columns=tuple(names),
            warnings=tuple(warnings),
        )
    )
    return _records(rows[layout.first :], names, header, len(layout.metadata), source)


def _records(
    rows: Sequence[Sequence[object]],
    names: Sequence[str],
    header: Sequence[str],
    n_metadata: int,
    source: str,
) -> Iterator[Record]:
    for number, row in enumerate(rows, start=1):
        values = [None if cell == "" else cell for cell in row]
        fields = dict(zip(names, values, strict=False))
        if all(value is None for value in values):
            yield Record(source, number, {}, Reason.BLANK)
        elif number <= n_metadata:
            yield Record(source, number, fields, Reason.METADATA, "describes the columns")
        elif header and [_as_text(cell) for cell in row] == header:
            yield Record(source, number, {}, Reason.REPEATED_HEADER)
        elif any(value is not None for value in values[len(names) :]):
            detail = (
                f"{filled_width([_as_text(c) for c in row])} cells, the header has {len(names)}"
            )
            yield Record(source, number, fields, Reason.MALFORMED, detail)
        else:
            yield Record(source, number, fields)


def _as_text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _sheet_rows(
    data: bytes, source: str, most_bytes: int, sheet: str | None
) -> tuple[str, list[list[Any]]]:
    import python_calamine as calamine

    try:
        plain = _without_bombs(data, source, most_bytes) if data[:2] == b"PK" else data
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(plain))
        name = _chosen(book, source, sheet)
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (InputError, StorageError):
        raise
    except calamine.PasswordError:
        raise InputError(f"source: {source!r} is locked by a password: save it without") from None
    except (calamine.CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError) as error:
        raise StorageError(f"cannot read {source!r}: {_cause(error)}") from error
    except BaseException as error:
        # A fault inside calamine comes as a class of its own that is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise StorageError(f"cannot read {source!r}: the workbook is damaged") from None
    return name, [[_whole(cell) for cell in row] for row in rows]


def _whole(cell: Any) -> Any:
    """Excel has no whole numbers: those that are become ones, so that ids need no `.0`."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _cause(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if text.isascii() and text.isprintable() else "the workbook is damaged"


def _chosen(book: Any, source: str, sheet: str | None) -> str:
    """The name of the sheet to read."""
    shown = ", ".join(repr(name) for name in book.sheet_names[:20])
    if sheet is not None:
        if sheet not in book.sheet_names:
            raise InputError(f"sheet: no sheet {sheet!r} in {source!r} (sheets: {shown})")
        return sheet
    visible = [
        one.name for one in book.sheets_metadata if str(one.visible).endswith("Visible")
    ] or list(book.sheet_names)
    # A sheet of one row holds no record.
    filled = [name for name in visible if book.get_sheet_by_name(name).height > 1]
    if len(filled) > 1:
        raise InputError(
            f"sheet: cannot tell which sheet of {source!r} holds the documents (sheets: {shown}): "
            "name it with --sheet"
        )
    if not (filled or visible):
        raise InputError(f"source: {source!r} has no sheet")
    return str((filled or visible)[0])


def _without_bombs(data: bytes, source: str, most_bytes: int) -> bytes:
    """The workbook packed anew without compression: nothing in it can grow when it is read.

    Raises `StorageError` if it holds more than `most_bytes` or too large a rectangle of cells.
    """
    left, made = most_bytes, io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(made, "w") as plain:
        for item in packed.infolist():
            if item.is_dir() or item.filename.startswith("xl/media/"):
                continue
            parts = []
            with packed.open(item) as stream:
                while part := stream.read(min(_READ_AT_ONCE, left + 1)):
                    left -= len(part)
                    if left < 0:
                        raise StorageError(
                            f"{source!r} holds more than {most_bytes // 1_000_000} MB: raise "
                            "max_megabytes to read it"
                        )
                    parts.append(part)
            content = b"".join(parts)
            if item.filename.startswith("xl/worksheets/"):
                _check_rectangle(content, source)
            plain.writestr(item.filename, content)
    return made.getvalue()


def _check_rectangle(sheet: bytes, source: str) -> None:
    found = _CELL.findall(sheet)
    rows = max((int(row) for _, row in found), default=0)
    columns = max((_number(name) for name in {name for name, _ in found}), default=0)
    if rows * columns > _MOST_CELLS:
        raise StorageError(
            f"cannot read {source!r}: a sheet spans {rows} rows and {columns} columns; clear the "
            "cells far from the table, or save it as CSV"
        )


def _number(column: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number
