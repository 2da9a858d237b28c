"""CSV and TSV into records; one broken row costs that row and no other."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from nlp.ingest.records import Reason, Record

_SEPARATORS = ",;\t|"
# Written by spreadsheets as a first line of its own.
_SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?(?:\r\n|\r|\n)", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")


def read_delimited(text: str, source: str, separator: str | None = None) -> Iterator[Record]:
    """Records of a table whose first line names the columns; the separator is seen from it.

    A row whose quotes or number of fields are wrong is one malformed record. Where a quote is
    opened and never closed as it should be, only the line it stands in is given up, and reading
    goes on with the next: the rest of the file is not taken for one huge field.
    """
    start = 0
    if declared := _SEPARATOR_LINE.match(text):
        separator, start = separator or declared[1], declared.end()
    while start < len(text) and text[start] in "\r\n":
        start += 1
    lines = _Lines(text, start)
    if lines.at_end:
        return
    rows = _Rows(lines, separator or _separator(next(_Lines(text, start))))
    with _fields_of_any_size():
        header = rows.header()
        number = 0
        while not lines.at_end:
            number += 1
            row, fault = rows.row(len(header))
            if fault:
                yield Record(source, number, {}, Reason.MALFORMED, fault)
            elif not row:
                yield Record(source, number, {}, Reason.BLANK)
            else:
                yield Record(source, number, dict(zip(header, row, strict=True)))


def unique(names: list[str]) -> list[str]:
    """Column names that differ: empty ones are named by their place, repeated ones numbered."""
    found: dict[str, None] = {}
    for position, name in enumerate(names, start=1):
        base = name or f"column_{position}"
        candidate, repeat = base, 1
        while candidate in found or (repeat > 1 and candidate in names):
            repeat += 1
            candidate = f"{base}_{repeat}"
        found[candidate] = None
    return list(found)


class _Lines:
    """The lines of a text, with a place that can be gone back to."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._end = len(text)
        while self._end > start and text[self._end - 1] in "\r\n":
            self._end -= 1
        self.place = start, 1 + len(_LINE_END.findall(text, 0, start))
        """Where the next line starts, and its number as an editor counts."""

    @property
    def at_end(self) -> bool:
        """Whether all lines are read but for blank ones at the end."""
        return self.place[0] >= self._end

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        position, number = self.place
        if position >= self._end:
            raise StopIteration
        found = _LINE_END.search(self._text, position)
        end = found.end() if found else self._end
        self.place = end, number + 1
        return self._text[position:end]


class _Rows:
    """Rows of a table: read strictly, and leniently where one line alone makes sense."""

    def __init__(self, lines: _Lines, separator: str) -> None:
        self._lines = lines
        self._separator = separator
        self._reader = csv.reader(lines, delimiter=separator, strict=True)

    def header(self) -> list[str]:
        """The names in the first row."""
        row = self._strict() or self._lenient()[0]
        return unique([name.strip() for name in row])

    def row(self, width: int) -> tuple[list[str], str]:
        """The next row, and what is wrong with it if it does not have `width` fields."""
        start = self._lines.place
        row, closed = self._strict(), True
        if row is None:
            row, closed = self._lenient()
        if closed and (not row or len(row) == width):
            return row, ""
        first, last = start[1], self._lines.place[1] - 1
        if not closed or (first < last and self._swallowed_rows(start, width)):
            return row, f"line {first}: a quote is not closed"
        where = f"line {first}" if first == last else f"lines {first} to {last}"
        return row, f"{where}: {len(row)} fields, the header has {width}"

    def _strict(self) -> list[str] | None:
        """The next row; or nothing, from where it was, if its quotes are wrong."""
        start = self._lines.place
        try:
            return next(self._reader)
        except csv.Error:
            self._lines.place = start
            return None

    def _lenient(self) -> tuple[list[str], bool]:
        """The next line as a row whatever its quotes, and whether they are closed at its end."""
        line = next(self._lines)
        # The empty second line is asked for only where the first one ends in quotes.
        reader = csv.reader([line, ""], delimiter=self._separator)
        return next(reader), reader.line_num == 1 and line.count('"') % 2 == 0

    def _swallowed_rows(self, start: tuple[int, int], width: int) -> bool:
        """Whether the line after the one at `start` is a good row: then reading goes on there.

        A stray quote takes in all up to the next quote; if that reads as rows, it is rows.
        """
        after = self._lines.place
        self._lines.place = start
        next(self._lines)
        second = self._lines.place
        row = self._strict()
        good = row is not None and len(row) == width
        self._lines.place = second if good else after
        return good


def _separator(header: str) -> str:
    """The separator that stands most often in the header line, outside of quotes."""
    bare = "".join(header.split('"')[::2])
    return max(_SEPARATORS, key=bare.count)


@contextmanager
def _fields_of_any_size() -> Iterator[None]:
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)
