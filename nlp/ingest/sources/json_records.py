"""JSON into records: an object a line, a list of objects, or a list inside an object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from nlp.errors import InputError
from nlp.ingest.column_names import is_known
from nlp.ingest.records import TEXT, Reason, Record
from nlp.ingest.tables.cells import printable

_DECODER = json.JSONDecoder()


def read_json(text: str, source: str) -> Iterator[Record]:
    """Records of JSON lines, or of a whole document that holds a list of records.

    A line that is no JSON object is one malformed record. Raises `InputError` for a document that
    holds several lists, of which none is clearly the records.
    """
    lines = text_lines(text)
    values = None if _is_lines(lines) else _documents(text)
    if values is None:
        return (_line_record(line, source, number) for number, line in enumerate(lines, start=1))
    records = _records_in(values, source)
    return (_value_record(value, source, number) for number, value in enumerate(records, start=1))


def text_lines(text: str) -> list[str]:
    """Lines without the blank ones at the end; carriage returns end a line only before a feed."""
    lines = text.rstrip("\r\n").split("\n")
    return [] if lines == [""] else [line.removesuffix("\r") for line in lines]


def _is_lines(lines: Sequence[str]) -> bool:
    """Whether the first line that is not blank, or the one after it, is a record by itself."""
    first = [line for line in lines[:100] if line.strip()][:2]
    found = [_loaded(line) for line in first]
    if len(first) == 1:
        return isinstance(found[0], str) or not lines
    return any(isinstance(value, (dict, str)) for value in found)


def _loaded(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _documents(text: str) -> list[object] | None:
    """The JSON values that a text is made of, one after the other; None if it is not."""
    values: list[object] = []
    place = 0
    try:
        while (place := _skip_blanks(text, place)) < len(text):
            value, place = _DECODER.raw_decode(text, place)
            values.append(value)
    except (ValueError, RecursionError):
        return None
    return values if any(isinstance(value, (list, dict)) for value in values) else None


def _skip_blanks(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n\ufeff":
        place += 1
    return place


def _records_in(values: Sequence[object], source: str) -> Sequence[object]:
    """The records of whole documents: the elements of lists, or the objects themselves."""
    if all(isinstance(value, list) for value in values):
        return [item for value in values if isinstance(value, list) for item in value]
    if len(values) == 1 and isinstance(values[0], dict):
        return _records_of(values[0], source)
    return values


def _records_of(value: Mapping[str, object], source: str) -> Sequence[object]:
    """The records of one object: its list of them, its columns, or itself."""
    names, rows = value.get("columns"), value.get("data")
    if isinstance(names, list) and isinstance(rows, list):  # pandas, orient="split"
        return [
            dict(zip(map(str, names), row, strict=False)) if isinstance(row, list) else row
            for row in rows
        ]
    lists = {
        name: items
        for name, items in value.items()
        if isinstance(items, list) and items and all(isinstance(item, dict) for item in items)
    }
    if len(lists) == 1:
        return next(iter(lists.values()))
    if len(lists) > 1:
        shown = ", ".join(printable(name) for name in lists)
        raise InputError(
            f"source: {source!r} holds several lists of records ({shown}): save the one you mean "
            "as a file of its own"
        )
    return _from_rows(value) or _from_columns(value) or [value]


def _from_rows(value: Mapping[str, object]) -> list[object]:
    """Records of an object that holds each under its key (pandas' orient="index", Firebase)."""
    rows = [row for row in value.values() if isinstance(row, dict)]
    if len(rows) < 2 or len(rows) < len(value) or any(map(is_known, value)):
        return []
    names = {str(name) for row in rows for name in row}
    if not any(map(is_known, names)):
        return []
    key = "key" if "key" not in names else "_key"
    return [{key: name, **row} for name, row in zip(value, rows, strict=True)]


def _from_columns(value: Mapping[str, object]) -> list[object]:
    """Rows of an object of columns, each an object or a list of as many values (pandas)."""
    columns = list(value.values())
    if len(columns) < 1 or not all(isinstance(column, (dict, list)) for column in columns):
        return []
    keys = [list(column) if isinstance(column, dict) else range(len(column)) for column in columns]  # type: ignore[arg-type]
    first = list(keys[0])
    if len(first) < 2 or any(list(other) != first for other in keys[1:]):
        return []
    if len(columns) == 1 and not all(str(key).isdigit() for key in first):
        return []
    return [{name: column[key] for name, column in value.items()} for key in first]  # type: ignore[index]


def _line_record(line: str, source: str, number: int) -> Record:
    if not line.strip():
        return Record(source, number, {}, Reason.BLANK)
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Record(source, number, {}, Reason.MALFORMED, f"not JSON: {error}")
    return _value_record(value, source, number)


def _value_record(value: object, source: str, number: int) -> Record:
    if isinstance(value, str):
        return Record(source, number, {TEXT: value})
    if isinstance(value, dict):
        return Record(source, number, value)
    kind = {list: "list", bool: "truth value", type(None): "null"}.get(type(value), "number")
    detail = f"a JSON {kind} where an object was expected"
    return Record(source, number, {}, Reason.MALFORMED, detail)
