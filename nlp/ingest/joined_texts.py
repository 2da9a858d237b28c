"""A document's text out of several columns, and where in them a part of it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlp.ingest.values import as_text, is_missing, is_placeholder

SEPARATOR = "\n\n"
"""Stands between two columns' texts: a sentence does not go on over a blank line."""


@dataclass(frozen=True)
class Place:
    """A part of one column's text: `cells[column][start:end]`."""

    column: str
    start: int
    end: int


def join_texts(cells: Sequence[object]) -> str | None:
    """The texts of some columns of one record, joined; None if all of them are missing.

    Cells that are missing, empty or a placeholder are left out, with their separator.
    """
    parts = [part for cell in cells if (part := _part(cell))]
    if parts:
        return SEPARATOR.join(parts)
    # A placeholder alone is given back, so that the record is dropped for what it is.
    present = [as_text(cell) for cell in cells if not is_missing(cell)]
    return next((text for text in present if text.strip()), present[0] if present else None)


def places(cells: Mapping[str, object], start: int, end: int) -> list[Place]:
    """Where `text[start:end]` of a joined text stands in the columns it was joined from.

    `cells` are the record's values in those columns, in the order of `Reading.text`. One place, but
    for a part that reaches over a separator.
    """
    found = []
    begin = 0
    for column, cell in cells.items():
        part = _part(cell)
        if not part:
            continue
        first, last = max(start - begin, 0), min(end - begin, len(part))
        if first < last:
            found.append(Place(column, first, last))
        begin += len(part) + len(SEPARATOR)
    return found


def _part(cell: object) -> str:
    text = "" if is_missing(cell) else as_text(cell)
    return "" if not text.strip() or is_placeholder(text) else text
