"""What a person may ask of the documents, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nlp.arrays import Flags
from nlp.errors import raise_faults
from nlp.ingest.dates import read_dates
from nlp.ingest.values import as_text, is_missing

DATE = "timestamp"
"""The column of `documents` that holds the dates."""


@dataclass(frozen=True)
class Request:
    """A query, or a document to compare with, and which documents may be found."""

    query: str | None = None
    like: str | None = None
    """doc_id of a document: find those that resemble it."""
    topic: int | None = None
    """topic_id: only documents of this topic; -1 for those without a topic."""
    since: str | None = None
    """Only documents of this date and later."""
    where: tuple[tuple[str, str], ...] = ()
    """(column, value): only documents with all of these values."""
    top: int = 10
    """Most documents to return."""

    def check(self, columns: Sequence[str], topic_ids: Sequence[int]) -> None:
        """Raise `InputError` that names every fault, for documents with these columns."""
        faults = []
        if (self.query is None) == (self.like is None):
            faults.append("query: give either QUERY or --like DOC_ID, and not both")
        if self.query is not None and not self.query.strip():
            faults.append("query: it is empty: give at least one word")
        if self.topic is not None and self.topic not in topic_ids:
            known = ", ".join(map(str, topic_ids))
            faults.append(f"topic: this run has no topic {self.topic}: its topics are {known}")
        if self.top < 1:
            faults.append(f"top: {self.top} is too small: give at least 1")
        if self.since is not None and self._since() is None:
            faults.append(f"since: {self.since!r} is not a date: write it as 2026-01-31")
        elif self.since is not None and DATE not in columns:
            faults.append("since: the documents have no date: run again with --time COL")
        names = ", ".join(columns)
        faults += [
            f"where: no column {name!r}: the columns are {names}"
            for name, _ in self.where
            if name not in columns
        ]
        raise_faults(faults)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `documents` that decide which documents may be found."""
        names = [name for name, _ in self.where]
        names += ["topic_id"] * (self.topic is not None) + [DATE] * (self.since is not None)
        return tuple(dict.fromkeys(names))

    def allowed(self, table: pd.DataFrame) -> Flags:
        """Return (n_docs,) which documents may be found; `table` has at least `columns`."""
        allowed = np.ones(len(table), dtype=np.bool_)
        if self.topic is not None:
            allowed &= table["topic_id"].to_numpy() == self.topic
        since = None if self.since is None else self._since()
        if since is not None:
            allowed &= (pd.to_datetime(table[DATE], utc=True) >= since).to_numpy(np.bool_)
        for name, value in self.where:
            allowed &= np.array([_is(cell, value) for cell in table[name]], dtype=np.bool_)
        return allowed

    def _since(self) -> pd.Timestamp | None:
        stamp = read_dates([self.since]).stamps.iloc[0]
        return None if pd.isna(stamp) else stamp


def _is(cell: object, value: str) -> bool:
    """Whether a cell has a value as a person writes it; an empty value means a missing one."""
    return ("" if is_missing(cell) else as_text(cell)) == value
