"""Records taken in one by one; then documents, and the account of those that are none."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.config import SourceSettings
from nlp.ingest.columns import Columns, find_columns
from nlp.ingest.dates import read_dates
from nlp.ingest.encoding import without_surrogates
from nlp.ingest.records import Reason, Record
from nlp.ingest.values import as_text, column, is_missing, texts

REJECTED_COLUMNS = ("source", "record", "doc_id", "reason", "detail")
# Names that the published tables use themselves.
_RESERVED = (
    *("doc_id", "text", "timestamp", "label"),
    *("topic_id", "topic_name", "probability", "second_topic_id", "second_probability"),
)
# Records that each bring names of their own are no table; beyond this, names are not carried.
_MOST_COLUMNS = 1_000

Dropped = tuple[str, int, str | None, Reason, str]
"""source, record, doc_id, reason, detail"""


class CorpusBuilder:
    """The records read so far: columns of values, because a million dicts do not fit."""

    def __init__(self, settings: SourceSettings) -> None:
        self._asked = {settings.text, settings.id, settings.time, settings.label}
        self._not_carried: set[str] = set()
        self.columns: dict[str, list[object]] = {}
        self.sources: list[str] = []
        self.numbers: list[int] = []
        self._unread: list[tuple[str, Record]] = []
        self.roles: dict[str, str] = {}

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
        self, settings: SourceSettings, *, several: bool
    ) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
        """Documents, the ledger of the records that are none, and warnings.

        Raises `InputError` if a column asked for is missing or that of the text is not clear.
        """
        for values in self.columns.values():
            values.extend([None] * (len(self.numbers) - len(values)))
        if not self.numbers:
            documents = pd.DataFrame({"doc_id": texts([]), "text": texts([])}, dtype="str")
            return documents, ledger(self._dropped_unread(None, several)), ()
        columns = find_columns(self.columns, settings)
        self.roles = columns.roles()
        doc_ids = self._doc_ids(columns, several)
        reasons = _reasons(self.columns[columns.text], doc_ids)
        dropped = self._dropped_unread(columns, several)
        for row, reason in enumerate(reasons):
            if reason is not None:
                detail = "an earlier record has this id" if reason is Reason.DUPLICATE_ID else ""
                place = self.sources[row], self.numbers[row]
                dropped.append((*place, doc_ids[row], reason, detail))
        kept = np.array([reason is None for reason in reasons], dtype=bool)
        documents, warnings = self._documents(columns, doc_ids, kept)
        return documents, ledger(dropped), (*columns.warnings, *warnings)

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
        self, columns: Columns, doc_ids: Sequence[str], kept: NDArray[np.bool_]
    ) -> tuple[pd.DataFrame, tuple[str, ...]]:
        """The rows kept; each column's raw values are let go as soon as it is made."""
        rows = np.flatnonzero(kept).tolist()
        roles = [columns.text, columns.time, columns.label, *columns.carried]
        warnings: list[str] = []

        def values(name: str) -> list[object]:
            # One column may have two roles, as the text that is its own label.
            roles.remove(name)
            whole = self.columns[name] if name in roles else self.columns.pop(name)
            return whole if len(rows) == len(whole) else [whole[row] for row in rows]

        made: dict[str, pd.Series[Any]] = {
            "doc_id": pd.Series([doc_ids[row] for row in rows], dtype="str")
        }
        made["text"] = pd.Series(texts(values(columns.text)), dtype="str")
        if columns.time is not None:
            dates = read_dates(values(columns.time))
            made["timestamp"] = dates.stamps
            warnings += dates.warnings(columns.time)
        if columns.label is not None:
            made["label"] = pd.Series(texts(values(columns.label)), dtype="str")
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
        return pd.DataFrame(made).set_axis(index), tuple(warnings)


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
        elif not as_text(value).strip():
            reasons.append(Reason.EMPTY)
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


def ledger(dropped: Iterable[Dropped]) -> pd.DataFrame:
    """The table of records dropped, by source and record."""
    rows = sorted(dropped, key=lambda row: (row[0], row[1]))
    columns = list(zip(*rows, strict=True)) or [()] * len(REJECTED_COLUMNS)
    table = pd.DataFrame(
        {name: list(values) for name, values in zip(REJECTED_COLUMNS, columns, strict=True)}
    )
    for name in ("source", "doc_id", "reason", "detail"):
        table[name] = pd.Series(texts([v and str(v) for v in table[name]]), dtype="str")
    return table.astype({"record": "int64"})
