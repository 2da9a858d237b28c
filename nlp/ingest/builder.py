"""Records taken in one by one; then documents, and the account of those that are none."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.config import SourceSettings
from nlp.errors import InputError
from nlp.ingest.columns import (
    Columns,
    find_columns,
    names_asked,
    nested_values,
    require_texts,
    text_names,
)
from nlp.ingest.dates import Dates, read_dates
from nlp.ingest.encoding import without_surrogates
from nlp.ingest.joined_texts import join_texts
from nlp.ingest.ledger import Dropped, ledger, refuse_malformed
from nlp.ingest.reading import Reading, TableReading
from nlp.ingest.records import Reason, Record
from nlp.ingest.tables.cells import printable
from nlp.ingest.values import as_text, column, is_missing, is_placeholder, texts, words_joined

# Names that the published tables use themselves.
_RESERVED = (
    *("doc_id", "text", "timestamp", "label"),
    *("topic_id", "topic_name", "probability", "second_topic_id", "second_probability"),
)
# Records that each bring names of their own are no table; beyond this, names are not carried.
_MOST_COLUMNS = 1_000


@dataclass(frozen=True)
class Settled:
    """What the records came to."""

    documents: pd.DataFrame
    rejected: pd.DataFrame
    warnings: tuple[str, ...] = ()
    reading: Reading = field(default_factory=Reading)


class CorpusBuilder:
    """The records read so far: columns of values, because a million dicts do not fit."""

    def __init__(self, settings: SourceSettings) -> None:
        # Of a path, any part may be the column's own name.
        self._asked = {
            ".".join(name.split(".")[:n])
            for given in names_asked(settings)
            for name in (given, *map(str.strip, given.split(",")))
            for n in range(1, 2 + name.count("."))
        }
        self._not_carried: set[str] = set()
        self.columns: dict[str, list[object]] = {}
        self.sources: list[str] = []
        self.numbers: list[int] = []
        self._unread: list[tuple[str, Record]] = []
        self._text: list[object] = []

    @property
    def n_records(self) -> int:
        """Records taken in, readable or not."""
        return len(self.numbers) + len(self._unread)

    def add(self, source: str, record: Record) -> None:
        """Take in a record; columns that it does not have are filled up later."""
        if record.reason is not None:
            self._unread.append((source, record))
            return
        row = len(self.numbers)
        for name, value in record.fields.items():
            values = self.columns.get(name)
            if values is None:
                if len(self.columns) >= _MOST_COLUMNS and name not in self._asked:
                    self._not_carried.add(name)
                    continue
                values = self.columns[name] = []
            if len(values) < row:
                values.extend([None] * (row - len(values)))
            values.append(value)
        self.sources.append(source)
        self.numbers.append(record.number)

    def add_columns(self, source: str, columns: dict[str, list[object]], n_records: int) -> None:
        """Take in a whole table, column by column; the builder must be empty."""
        self.columns = columns
        self.sources = [source] * n_records
        self.numbers = list(range(1, n_records + 1))

    def settle(
        self,
        settings: SourceSettings,
        *,
        several: bool,
        tables: Sequence[TableReading] = (),
        own_id: str | None = None,
        spare_id: str | None = None,
    ) -> Settled:
        """Documents, the ledger of the records that are none, and how they were read.

        `tables` is how the files were read; `own_id` and `spare_id` are as in `find_columns`.
        Raises `NoDocumentsError` if too many records are malformed, and `InputError` if a column
        asked for is missing, that of the text is not clear or that of the time holds no dates.
        """
        refuse_malformed(self._unread, self.n_records, settings.max_dropped)
        for values in self.columns.values():
            values.extend([None] * (len(self.numbers) - len(values)))
        if not self.numbers:
            documents = pd.DataFrame({"doc_id": texts([]), "text": texts([])}, dtype="str")
            rejected = ledger(self._dropped_unread(None, several))
            return Settled(documents, rejected, reading=Reading(tuple(tables)))
        self._reach_nested(settings)
        columns = find_columns(self.columns, settings, own_id, spare_id)
        doc_ids = self._doc_ids(columns, several)
        self._make_text(columns)
        reasons = _reasons(self._text, doc_ids)
        dropped = self._dropped_unread(columns, several)
        for row, reason in enumerate(reasons):
            if reason is not None:
                place = self.sources[row], self.numbers[row]
                dropped.append((*place, doc_ids[row], reason, _detail(reason, self._text[row])))
        kept = np.array([reason is None for reason in reasons], dtype=bool)
        documents, warnings, order = self._documents(columns, doc_ids, kept, settings)
        reading = Reading(
            tables=tuple(tables),
            text=columns.texts,
            id=columns.id,
            time=columns.time,
            label=columns.label,
            guessed=columns.guessed,
            date_order=order,
        )
        said = [warning for table in tables for warning in table.warnings]
        return Settled(documents, ledger(dropped), (*said, *columns.warnings, *warnings), reading)

    def _reach_nested(self, settings: SourceSettings) -> None:
        """Make a column of each path (`data.body`) that was asked for and is no column's name."""
        asked = [settings.id, settings.time, settings.label]
        if settings.text:
            asked += text_names(settings.text, list(self.columns))
        for name in asked:
            if name and name not in self.columns:
                values = nested_values(self.columns, name)
                if values is not None:
                    self.columns[name] = values

    def _make_text(self, columns: Columns) -> None:
        """The text of each record: one column's, or several columns' joined."""
        if len(columns.texts) == 1:
            values = self.columns[columns.texts[0]]
            kinds = {type(value) for value in values}
            plain = kinds <= {str, type(None), float}
            if not plain:
                require_texts(columns.texts[0], values)
            self._text = values if plain else [words_joined(value) for value in values]
        else:
            rows = zip(*(self.columns[name] for name in columns.texts), strict=True)
            self._text = [join_texts(row) for row in rows]

    def _dropped_unread(self, columns: Columns | None, several: bool) -> list[Dropped]:
        named = columns.id if columns else None
        return [
            (
                source,
                record.number,
                _doc_id(
                    record.fields.get(named) if named else None,
                    source,
                    record.number,
                    named,
                    several,
                ),
                record.reason or Reason.MALFORMED,
                record.detail,
            )
            for source, record in self._unread
        ]

    def _doc_ids(self, columns: Columns, several: bool) -> list[str]:
        values = self.columns[columns.id] if columns.id else [None] * len(self.numbers)
        return [
            _doc_id(value, source, number, columns.id, several)
            for value, source, number in zip(values, self.sources, self.numbers, strict=True)
        ]

    def _documents(
        self,
        columns: Columns,
        doc_ids: Sequence[str],
        kept: NDArray[np.bool_],
        settings: SourceSettings,
    ) -> tuple[pd.DataFrame, tuple[str, ...], str]:
        """The rows kept, warnings, and the order of days and months in their dates.

        Each column's raw values are let go as soon as it is made.
        """
        rows = np.flatnonzero(kept).tolist()
        roles = [columns.time, columns.label, *columns.carried]
        order = ""
        warnings: list[str] = []

        def chosen(whole: list[object]) -> list[object]:
            return whole if len(rows) == len(whole) else [whole[row] for row in rows]

        def values(name: str) -> list[object]:
            # One column may have two roles, as the text that is its own label.
            roles.remove(name)
            return chosen(self.columns[name] if name in roles else self.columns.pop(name))

        made: dict[str, pd.Series[Any]] = {
            "doc_id": pd.Series([doc_ids[row] for row in rows], dtype="str")
        }
        made["text"] = pd.Series(texts(chosen(self._text)), dtype="str")
        self._text = []
        if len(columns.texts) == 1 and columns.texts[0] not in roles:
            del self.columns[columns.texts[0]]
        if columns.time is not None:
            dates = read_dates(values(columns.time))
            _check_dates(dates, columns.time, asked=settings.time is not None)
            made["timestamp"], order = dates.stamps, dates.order
            warnings += dates.warnings(columns.time)
        if columns.label is not None:
            made["label"] = pd.Series(texts(values(columns.label)), dtype="str")
            if not made["label"].str.strip().fillna("").any():
                warnings.append(
                    f"column {columns.label!r} holds no label: agreement is not measured"
                )
        for name in columns.carried:
            made[_own_name(name, made)] = column(values(name))
        if self._not_carried:
            warnings.append(
                f"{len(self._not_carried)} columns beyond the first {_MOST_COLUMNS} are not carried"
            )
        index = pd.MultiIndex.from_arrays(
            [[self.sources[row] for row in rows], [self.numbers[row] for row in rows]],
            names=["source", "record"],
        )
        return pd.DataFrame(made).set_axis(index), tuple(warnings), order


def _check_dates(dates: Dates, name: str, *, asked: bool) -> None:
    """Raise `InputError` if a column that was asked for holds more of other things than dates."""
    n_present = int(dates.stamps.notna().sum()) + dates.n_bad
    if asked and dates.n_bad * 2 > n_present:
        shown = ", ".join(repr(printable(value, 30)) for value in dates.bad)
        raise InputError(
            f"time: {dates.n_bad} of {n_present} values of column {printable(name)!r} are no dates "
            f"(such as {shown}): name another column with --time, or none"
        )


def _detail(reason: Reason, text: object) -> str:
    if reason is Reason.DUPLICATE_ID:
        return "an earlier record has this id"
    return printable(as_text(text)) if reason is Reason.PLACEHOLDER else ""


def _doc_id(value: object, source: str, number: int, named: str | None, several: bool) -> str:
    """The record's own id; else its number, with its source where numbers might be ids too."""
    if not is_missing(value) and (own := as_text(value).strip()):
        return own
    return f"{source}:{number}" if several or named else str(number)


def _reasons(values: Sequence[object], doc_ids: Sequence[str]) -> list[Reason | None]:
    """Why each record is to be dropped, if it is; only kept ones reserve their id."""
    reasons: list[Reason | None] = []
    seen: set[str] = set()
    for value, doc_id in zip(values, doc_ids, strict=True):
        if is_missing(value):
            reasons.append(Reason.MISSING)
            continue
        text = as_text(value)
        if not text.strip():
            reasons.append(Reason.EMPTY)
        elif is_placeholder(text):
            reasons.append(Reason.PLACEHOLDER)
        elif doc_id in seen:
            reasons.append(Reason.DUPLICATE_ID)
        else:
            seen.add(doc_id)
            reasons.append(None)
    return reasons


def _own_name(name: str, taken: Container[str]) -> str:
    name = without_surrogates(name)
    while name in _RESERVED or name in taken:
        name = f"source_{name}"
    return name
