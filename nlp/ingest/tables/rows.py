"""Lines of a table into rows; one broken row costs that row and no other."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

_LINE_END = re.compile(r"\r\n|\r|\n")
# Private characters of Unicode: texts do not hold them, and one that does gets others.
_PRIVATE = range(0xE000, 0xF8FF)


@dataclass(frozen=True)
class Dialect:
    """How fields are kept apart."""

    separator: str | None
    """None for a table of one column."""
    quote: str | None = '"'
    backslash: bool = False
    r"""Whether a quote within quotes is written `\"`; doubled ones are read in any case."""
    spaces: bool = False
    """Whether blanks after a separator are no part of the field."""

    def in_words(self) -> str:
        """The dialect as a person would say it."""
        names = {"\t": "tab", " ": "blank", None: "none"}
        said = f"separator {names.get(self.separator, repr(self.separator))}"
        if self.quote != '"':
            said += f", quotes {self.quote or 'none'}"
        return said + (r", quotes inside written \"" if self.backslash else "")


class Lines:
    """The lines of a text, with a place that can be gone back to."""

    def __init__(self, text: str, start: int, change: Callable[[str], str] | None = None) -> None:
        self._text = text
        self._change = change
        # Looking for one character is three times as fast as for any of three line ends.
        self._only_feeds = text.count("\r") == text.count("\r\n")
        self._end = len(text)
        while self._end > start and text[self._end - 1] in "\r\n":
            self._end -= 1
        self.place = start, 1 + len(_LINE_END.findall(text, 0, start))
        """Where the next line starts, and its number as an editor counts."""

    @property
    def at_end(self) -> bool:
        """Whether all lines are read but for blank ones at the end."""
        return self.place[0] >= self._end

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        position, number = self.place
        if position >= self._end:
            raise StopIteration
        if self._only_feeds:
            end = self._text.find("\n", position, self._end) + 1 or self._end
        else:
            found = _LINE_END.search(self._text, position)
            end = found.end() if found else self._end
        self.place = end, number + 1
        line = self._text[position:end]
        return self._change(line) if self._change else line


class Rows:
    """Rows of a table: read strictly, and leniently where one line alone makes sense."""

    def __init__(self, text: str, start: int, dialect: Dialect) -> None:
        self._escapes = _Escapes(text, dialect.separator) if dialect.backslash else None
        self._lines = Lines(text, start, self._escapes.hide if self._escapes else None)
        self._options = {
            "delimiter": dialect.separator or _unused(text, 1)[0],
            "quotechar": dialect.quote,
            "quoting": csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
            "skipinitialspace": dialect.spaces,
        }
        self._quote = dialect.quote or ""
        self.begins_row: Callable[[str], bool] = lambda field: True
        """Whether a row may begin with this field; by default with any."""
        self._reader = csv.reader(self._lines, strict=True, **self._options)  # type: ignore[arg-type]

    @property
    def at_end(self) -> bool:
        """Whether all rows are read."""
        return self._lines.at_end

    @property
    def line(self) -> int:
        """The number of the next line, counted from 1."""
        return self._lines.place[1]

    def any_row(self) -> tuple[list[str], bool]:
        """The next row whatever its width, and whether its quotes are as they should be."""
        row = self._strict()
        if row is None:
            return self._plain(self._lenient()[0]), False
        return self._plain(row), True

    def row(self, width: int) -> tuple[list[str], str]:
        """The next row, and what is wrong with it if it does not have `width` fields.

        Fields beyond the width that are empty are left out; a row of one line may be shorter.
        """
        start = self._lines.place
        row, closed = self._strict(), True
        if row is None:
            row, closed = self._lenient()
        if closed and (not row or len(row) == width):
            return self._plain(row), ""
        if closed and len(row) > width and not any(field.strip() for field in row[width:]):
            return self._plain(row[:width]), ""
        first, last = start[1], self._lines.place[1] - 1
        if not closed or (first < last and self._swallowed_rows(start, width)):
            return self._plain(row), f"line {first}: a quote is not closed"
        if len(row) < width:
            odd = self._odd_quotes(row)
            return self._plain(row), f"line {first}: a quote is not closed" if odd else ""
        where = f"line {first}" if first == last else f"lines {first} to {last}"
        return self._plain(row), f"{where}: {len(row)} fields, the header has {width}"

    def _odd_quotes(self, row: Sequence[str]) -> bool:
        """Whether a field holds a quote without its partner: a part of a text that was quoted."""
        return any(field.count(self._quote or '"') % 2 for field in row)

    def _plain(self, row: list[str]) -> list[str]:
        return [self._escapes.show(field) for field in row] if self._escapes else row

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
        reader = csv.reader([line, ""], **self._options)  # type: ignore[arg-type]
        row = next(reader)
        return row, reader.line_num == 1 and line.count(self._quote or '"') % 2 == 0

    def _swallowed_rows(self, start: tuple[int, int], width: int) -> bool:
        """Whether the line after the one at `start` is a good row: then reading goes on there.

        A stray quote takes in all up to the next quote; if that reads as rows, it is rows.
        """
        after = self._lines.place
        self._lines.place = start
        next(self._lines)
        second = self._lines.place
        row = self._strict()
        good = (
            row is not None
            and len(row) == width
            and self.begins_row(row[0])
            and not self._odd_quotes(row)
        )
        self._lines.place = second if good else after
        return good


class _Escapes:
    r"""Hides `\\`, `\"` and `\` before a separator from the reader, and shows what they stand for.

    Python's own escape character would take the backslash from `C:\new` too.
    """

    def __init__(self, text: str, separator: str | None) -> None:
        written = ["\\\\", '\\"', *([f"\\{separator}"] if separator else [])]
        signs = _unused(text, len(written))
        self._pairs = list(zip(written, signs, strict=True))
        self._meant = {ord(sign): one[1:] for one, sign in self._pairs}
        self._signs = frozenset(signs)

    def hide(self, line: str) -> str:
        if "\\" in line:
            for written, sign in self._pairs:
                line = line.replace(written, sign)
        return line

    def show(self, field: str) -> str:
        return field if self._signs.isdisjoint(field) else field.translate(self._meant)


def _unused(text: str, count: int) -> list[str]:
    """Characters that a text does not hold; a text that holds all of them was made to do so."""
    free = (chr(code) for code in _PRIVATE if chr(code) not in text)
    found = list(islice(free, count))
    return found if len(found) == count else [chr(code) for code in _PRIVATE[:count]]


@contextmanager
def fields_of_any_size() -> Iterator[None]:
    """Within it, Python's csv module reads fields of more than 131,072 characters."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)
