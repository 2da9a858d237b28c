"""CSV and its relatives into records; one broken row costs that row and no other."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from nlp.ingest.column_names import unique
from nlp.ingest.reading import TableReading
from nlp.ingest.records import Reason, Record
from nlp.ingest.tables.cells import printable
from nlp.ingest.tables.dialects import Sample, find_dialect
from nlp.ingest.tables.layouts import FirstColumn
from nlp.ingest.tables.rows import Dialect, Rows, fields_of_any_size

# Written by spreadsheets as a first line of its own.
_SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?(?:\r\n|\r|\n)", re.IGNORECASE)

Note = Callable[[TableReading], None]


def read_delimited(
    text: str,
    source: str,
    separator: str | None = None,
    asked: Collection[str] = (),
    note: Note = lambda reading: None,
) -> Iterator[Record]:
    """Records of a table; separator, quotes and header are seen from its first records.

    `asked` are names that its header should hold; `note` is told what was seen. A row whose quotes
    or number of fields are wrong is one malformed record, with the fields that it has. Where a
    quote is opened and never closed as it should be, only the line it stands in is given up, and
    reading goes on with the next: the rest of the file is not taken for one huge field.
    """
    start, separator = _start(text, separator)
    with fields_of_any_size():
        sample = find_dialect(text, start, separator, asked)
        if not sample.rows:
            return
        rows = Rows(text, start, sample.dialect)
        above = [rows.any_row()[0] for _ in range(sample.layout.first)]
        raw = [name.strip() for name in above[-1]] if above else []
        names = unique(raw or [""] * sample.layout.width)
        note(_reading(source, sample, rows, names, text))
        yield from _records(rows, source, names, raw, sample)


def _start(text: str, separator: str | None) -> tuple[int, str | None]:
    """Where the first line begins, and the separator that a line of its own declares."""
    start = 0
    if declared := _SEPARATOR_LINE.match(text):
        separator, start = separator or declared[1], declared.end()
    while start < len(text) and text[start] in "\r\n":
        start += 1
    return start, separator


def _records(
    rows: Rows, source: str, names: Sequence[str], header: Sequence[str], sample: Sample
) -> Iterator[Record]:
    width, first_column = len(names), FirstColumn.of(sample.rows[sample.layout.first :], len(names))
    rows.begins_row = first_column.fits
    n_metadata = len(sample.layout.metadata)
    number = 0
    while not rows.at_end:
        number += 1
        row, fault = rows.row(width)
        if len(row) < width and row and not fault and not first_column.fits(row[0]):
            fault = (
                f"line {rows.line - 1}: {len(row)} fields, the header has {width}, and "
                f"{printable(row[0], 20)!r} is not like the first field of the others"
            )
        if fault:
            fields = dict(zip(names, row, strict=False))
            yield Record(source, number, fields, Reason.MALFORMED, fault)
        elif not row:
            yield Record(source, number, {}, Reason.BLANK)
        elif number <= n_metadata:
            fields = dict(zip(names, row, strict=False))
            yield Record(source, number, fields, Reason.METADATA, _METADATA)
        elif header and _bare(row[0]) == header[0] and [_bare(c) for c in row] == header:
            yield Record(source, number, {}, Reason.REPEATED_HEADER)
        elif len(row) < width:
            lacking = dict.fromkeys(names[len(row) :])
            yield Record(source, number, {**dict(zip(names, row, strict=False)), **lacking})
        else:
            yield Record(source, number, dict(zip(names, row, strict=True)))


def _bare(cell: str) -> str:
    """A cell without blanks; a file put behind another one brings its byte-order mark along."""
    return cell.strip().lstrip("\ufeff").strip('"').strip() if "\ufeff" in cell else cell.strip()


_METADATA = "describes the columns, as survey tools write it under the header"


def _reading(
    source: str, sample: Sample, rows: Rows, names: Sequence[str], text: str
) -> TableReading:
    layout = sample.layout
    warnings = [layout.doubt] if layout.doubt else []
    if layout.header is None:
        shown = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        warnings.append(f"no header: the first row looks like the others; columns are {shown}")
    return TableReading(
        source=source,
        kind="table",
        dialect=sample.dialect.in_words() if len(names) > 1 else "one column",
        header_line=None if layout.header is None else rows.line - 1,
        rows_above=layout.header or 0,
        metadata_rows=len(layout.metadata),
        columns=tuple(names),
        warnings=tuple(warnings),
    )


__all__ = ["Dialect", "Note", "read_delimited"]
