"""Which documents a page shows, and how much of each: bounded in rows and in bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nlp.report.content import ReportContent
from nlp.report.escaping import cell
from nlp.report.sections.excerpts import Excerpt, affordable, line, page_bytes

MOST_ROWS = 1_000
TABLE_BYTES = 360_000
QUOTES_BYTES = 400_000
OPENINGS_BYTES = 120_000
REPRESENTATIVES = 3
_ROW_MARKUP = 130
_LINE = 160
_CELL = 40
_MOST_CONTEXT = 2_400
_OPENING = 900
_CONTRACT = (
    "doc_id", "topic_id", "probability", "second_topic_id", "second_probability", "timestamp",
)  # fmt: skip
_MOST_CARRIED = 3


@dataclass(frozen=True)
class Row:
    """One document in the table."""

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
        """Bytes it takes in a page, about."""
        return _ROW_MARKUP + sum(map(page_bytes, (self.doc_id, *self.carried, self.line)))


@dataclass(frozen=True)
class Table:
    """The bounded table of documents."""

    rows: tuple[Row, ...]
    total: int
    carried: tuple[str, ...]
    """Names of the carried columns it shows."""


@dataclass(frozen=True)
class Quote:
    """A cited sentence in its document."""

    rank: int
    row: int
    doc_id: str
    date: str
    excerpt: Excerpt


@dataclass(frozen=True)
class Representative:
    """A document that stands for its topic."""

    row: int
    doc_id: str
    date: str
    probability: float
    excerpt: Excerpt


def table(content: ReportContent) -> Table:
    """The surest documents of every topic in turn until rows or bytes run out, in topic order."""
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
    """Every cited sentence of a frame in its document, all in about `budget` bytes of a page."""
    rows, share = content.rows, budget // max(len(frame), 1)
    columns = zip(frame["doc_id"], frame["start"], frame["end"], strict=True)
    return [
        _quote(content, rows[str(doc_id)], rank, int(start), int(end), share)
        for rank, (doc_id, start, end) in enumerate(columns, start=1)
    ]


def representatives(
    content: ReportContent, without: Sequence[set[int]]
) -> dict[int, list[Representative]]:
    """By topic, the openings of its surest documents that are not quoted already."""
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
    """Rows: the surest document of each topic, then the second surest of each, and so on."""
    order = _surest(documents)
    topics = documents["topic_id"].to_numpy()[order]
    turn = pd.Series(topics).groupby(topics).cumcount().to_numpy()
    yield from (int(order[place]) for place in np.argsort(turn, kind="stable"))


def _date(record: Mapping[Any, Any]) -> str:
    """The day of a document, or an empty text."""
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
