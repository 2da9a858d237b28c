"""Chooses the documents that a page shows, and how much of each: limited in rows and bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nlp.report.content import ReportContent
from nlp.report.escaping import cell
from nlp.report.sections.excerpts import Excerpt, affordable, line, page_bytes

# Not measured: more rows than a person reads; documents.csv has all of them.
MOST_ROWS = 1_000
# These keep the page below 2 MB, small enough to send by e-mail: 1.32 MB for 20 topics and 10,000
# documents (benchmarks/results/report.json). How they divide the bytes is not measured.
TABLE_BYTES, QUOTES_BYTES, OPENINGS_BYTES = 360_000, 400_000, 120_000
# Not measured: representative documents per topic, for a first impression.
REPRESENTATIVES = 3
# Bytes of HTML tags in a row of the table: an estimate, between a row without a second topic and
# one with all columns.
_ROW_MARKUP = 130
# Characters of a document's beginning and of a further column in the table. Not measured: they
# fit on two lines and in a narrow column.
_LINE, _CELL = 160, 40
# Characters around a quotation and of a representative document, if the bytes suffice. Not
# measured: about a page, and about a paragraph.
_MOST_CONTEXT, _OPENING = 2_400, 900
# Not measured: further columns of the source that fit in the table.
_MOST_CARRIED = 3
_CONTRACT = (
    "doc_id", "topic_id", "topic_name", "probability", "second_topic_id", "second_probability",
    "timestamp",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One document in the table of documents."""

    row: int
    doc_id: str
    topic_id: int
    probability: float
    second_topic_id: int | None
    date: str
    carried: tuple[str, ...]
    line: str

    @property
    def cost(self) -> int:
        """Bytes in a page, approximately."""
        return _ROW_MARKUP + sum(map(page_bytes, (self.doc_id, *self.carried, self.line)))


@dataclass(frozen=True)
class Table:
    """The table of documents, limited in rows and bytes."""

    rows: tuple[Row, ...]
    total: int
    carried: tuple[str, ...]
    """Names of the further columns of the source that it shows."""


@dataclass(frozen=True)
class Quote:
    """A quoted sentence in its document."""

    rank: int
    row: int
    doc_id: str
    date: str
    excerpt: Excerpt


@dataclass(frozen=True)
class Representative:
    """A document that represents its topic."""

    row: int
    doc_id: str
    date: str
    probability: float
    excerpt: Excerpt


def table(content: ReportContent) -> Table:
    """Return the most probable documents of every topic, sorted by topic.

    Topics take turns, so that each has about as many rows, until a limit of rows or bytes.
    """
    carried = _carried(content.documents)
    chosen: list[Row] = []
    spent = 0
    for row in by_turns(content.documents):
        entry = _row(content, row, carried)
        spent += entry.cost
        if len(chosen) == MOST_ROWS or (spent > TABLE_BYTES and chosen):
            break
        chosen.append(entry)
    chosen.sort(
        key=lambda entry: (entry.topic_id < 0, entry.topic_id, -entry.probability, entry.row)
    )
    return Table(tuple(chosen), len(content.documents), carried)


def quotes(content: ReportContent, frame: pd.DataFrame, budget: int) -> list[Quote]:
    """Return every quoted sentence of `frame` in its document, in about `budget` bytes in total."""
    rows, share = content.rows, budget // max(len(frame), 1)
    columns = zip(frame["doc_id"], frame["start"], frame["end"], strict=True)
    return [
        _quote(content, rows[str(doc_id)], rank, int(start), int(end), share)
        for rank, (doc_id, start, end) in enumerate(columns, start=1)
    ]


def representatives(
    content: ReportContent, without: Sequence[set[int]]
) -> dict[int, list[Representative]]:
    """Return, by topic_id, the beginnings of its most probable documents.

    `without` holds, for each topic, the rows to leave out since they are already quoted.
    """
    found: dict[int, list[Representative]] = {}
    share = OPENINGS_BYTES // (REPRESENTATIVES * content.model.n_topics)
    order = _surest(content.documents)
    topic_of = content.documents["topic_id"].to_numpy()
    for row in order:
        topic = int(topic_of[row])
        shown = found.setdefault(topic, [])
        if topic > 0 and len(shown) < REPRESENTATIVES and row not in without[topic - 1]:
            record = content.documents.iloc[row].to_dict()
            shown.append(
                Representative(
                    row=row,
                    doc_id=str(record["doc_id"]),
                    date=_date(record),
                    probability=float(record["probability"]),
                    excerpt=affordable(content.texts[row], 0, 0, _OPENING, share),
                )
            )
    return found


def by_turns(documents: pd.DataFrame) -> Iterator[int]:
    """Yield rows: the most probable document of each topic, then the second of each, and so on."""
    order = _surest(documents)
    topics = documents["topic_id"].to_numpy()[order]
    turn = pd.Series(topics).groupby(topics).cumcount().to_numpy()
    yield from (int(order[place]) for place in np.argsort(turn, kind="stable"))


def _date(record: Mapping[Any, Any]) -> str:
    """Return the date of a document as YYYY-MM-DD, or ""."""
    time = record.get("timestamp")
    return "" if time is None or pd.isna(time) else f"{pd.Timestamp(time):%Y-%m-%d}"


def _surest(documents: pd.DataFrame) -> list[int]:
    probabilities = documents["probability"].fillna(0.0).to_numpy(dtype=np.float64)
    return [int(row) for row in np.argsort(-probabilities, kind="stable")]


def _carried(documents: pd.DataFrame) -> tuple[str, ...]:
    names = [str(name) for name in documents.columns if name not in _CONTRACT]
    return tuple(names[:_MOST_CARRIED])


def _row(content: ReportContent, row: int, carried: Sequence[str]) -> Row:
    record: dict[Any, Any] = content.documents.iloc[row].to_dict()
    second = record.get("second_topic_id")
    return Row(
        row=row,
        doc_id=str(record["doc_id"]),
        topic_id=int(record["topic_id"]),
        probability=float(record["probability"]),
        second_topic_id=None if second is None or pd.isna(second) or second < 1 else int(second),
        date=_date(record),
        carried=tuple(line(str(cell(record[name])), _CELL) for name in carried),
        line=line(content.texts[row], _LINE),
    )


def _quote(content: ReportContent, row: int, rank: int, start: int, end: int, share: int) -> Quote:
    record: dict[Any, Any] = content.documents.iloc[row].to_dict()
    return Quote(
        rank=rank,
        row=row,
        doc_id=str(record["doc_id"]),
        date=_date(record),
        excerpt=affordable(content.texts[row], start, end, _MOST_CONTEXT, share),
    )
