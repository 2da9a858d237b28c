"""The four tables of a run, and the functions that write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.spreadsheet import inert
from nlp.topics.model import NO_TOPIC, TopicModel

if TYPE_CHECKING:
    from nlp.summaries import TopicSummary

TOPIC_COLUMNS = (
    "topic_id", "key", "label", "size", "share", "top_terms", "coherence", "parent", "change",
    "history",
)  # fmt: skip
DOCUMENT_COLUMNS = (
    "doc_id", "topic_id", "topic_name", "probability", "second_topic_id", "second_probability",
)  # fmt: skip
SUMMARY_COLUMNS = ("topic_id", "topic_name", "rank", "sentence", "doc_id", "start", "end")
NO_TOPIC_KEY = "none"
NO_TOPIC_LABEL = "No topic"

# Not measured: the field's custom, and as many as coherence is computed from.
_TOP_TERMS = 10
# Digits after the point in CSV. Not measured: a share of one in ten thousand is all that a person
# reads; Parquet keeps every digit.
_CSV_DIGITS = 4
_OWN_NUMBERS = {
    TOPIC_COLUMNS: ("share", "coherence"),
    DOCUMENT_COLUMNS: ("probability", "second_probability"),
}
# Rows of a Parquet file that are read together: `find` shows ten documents, each from another
# group at worst, and then reads 10,000 rows and not a million.
_ROWS_IN_A_GROUP = 1_000


@dataclass(frozen=True)
class Named:
    """The columns of a topic in `topics_table` that do not come from the model."""

    key: str
    label: str
    """A person's name for it, or the name made from its terms."""
    change: str | None = None
    """Its change since the last run, in words; None if there is none."""
    history: str = ""
    """Its sizes in the last runs, oldest first, separated by spaces."""


def topics_table(
    model: TopicModel,
    coherence: Sequence[float],
    parents: Sequence[int],
    named: Sequence[Named],
) -> pd.DataFrame:
    """Return one row per topic; if documents fit no topic, a last row (topic_id -1) for them."""
    sizes = model.sizes()
    n_without = model.n_docs - int(sizes.sum())
    rows: list[tuple[Any, ...]] = [
        (
            topic + 1,
            name.key,
            name.label,
            int(sizes[topic]),
            sizes[topic] / model.n_docs,
            ", ".join(terms),
            float(coherence[topic]),
            parents[topic],
            name.change,
            name.history,
        )
        for topic, (name, terms) in enumerate(zip(named, model.top_terms(_TOP_TERMS), strict=True))
    ]
    if n_without:
        share = n_without / model.n_docs
        rows.append(
            (NO_TOPIC, NO_TOPIC_KEY, NO_TOPIC_LABEL, n_without, share, "", None, None, None, None)
        )
    table = pd.DataFrame(rows, columns=list(TOPIC_COLUMNS))
    return table.astype(
        {
            "share": "float64",
            "coherence": "float64",
            "parent": "Int64",
            "change": "str",
            "history": "str",
        }
    )


def documents_table(
    documents: pd.DataFrame, model: TopicModel, names: Sequence[str]
) -> pd.DataFrame:
    """Return one row per document: its topics, its text, then the other columns of the source.

    `names` holds the name of each topic, (n_topics,).
    """
    table = topics_of(documents["doc_id"].tolist(), model.doc_topic, model.labels(), names)
    return pd.concat([table, carried_columns(documents)], axis=1)


def carried_columns(documents: pd.DataFrame) -> pd.DataFrame:
    """Return the text and all other columns of the source; the rows are numbered from 0."""
    return documents.drop(columns="doc_id").reset_index(drop=True)


def topics_of(
    doc_ids: Sequence[str],
    doc_topic: NDArray[np.float64],
    labels: NDArray[np.int64],
    names: Sequence[str],
) -> pd.DataFrame:
    """Return the two most probable topics of each document; -1 for a document without topic."""
    order = np.argsort(-doc_topic, axis=1, kind="stable")
    rows = np.arange(len(doc_topic))
    first, fits = order[:, 0], labels != NO_TOPIC
    second = order[:, 1] if doc_topic.shape[1] > 1 else np.full(len(order), NO_TOPIC)
    second_fits = fits & (second != NO_TOPIC)
    second_probability = np.where(second != NO_TOPIC, doc_topic[rows, second], 0.0)
    topic_ids = np.where(fits, first + 1, NO_TOPIC)
    return pd.DataFrame(
        {
            "doc_id": list(doc_ids),
            "topic_id": topic_ids,
            "topic_name": topic_names(topic_ids, names),
            "probability": np.clip(doc_topic[rows, first], 0.0, 1.0),
            "second_topic_id": np.where(second_fits, second + 1, NO_TOPIC),
            "second_probability": np.clip(np.where(second_fits, second_probability, 0.0), 0, 1),
        }
    )


def topic_names(
    topic_ids: Sequence[int] | NDArray[np.int64], names: Sequence[str]
) -> pd.Series[str]:
    """Return the name of the topic of each topic_id; "No topic" for -1."""
    # An index of 0 for -1: topic_id counts from 1, so it is free.
    listed = np.array([NO_TOPIC_LABEL, *names], dtype=object)
    return pd.Series(listed[np.maximum(np.asarray(topic_ids, dtype=np.int64), 0)], dtype="str")


def summaries_table(
    summaries: Sequence[TopicSummary], doc_ids: Sequence[str], names: Sequence[str]
) -> pd.DataFrame:
    """Return one row per quoted sentence, the best sentence of each topic first.

    `names` holds the name of each topic, (n_topics,).
    """
    rows = [
        (
            *(summary.topic + 1, names[summary.topic], rank),
            *(one.sentence, doc_ids[one.doc], one.start, one.end),
        )
        for summary in summaries
        for rank, one in enumerate(summary.citations, start=1)
    ]
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))


def renamed(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return a table of documents or summaries with other names of the topics."""
    return table.assign(topic_name=topic_names(table["topic_id"].to_numpy(), names).to_numpy())


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table by its suffix: `.csv` (made for a spreadsheet) or `.parquet` (raw).

    The CSV begins with a byte-order mark: without it, Excel garbles every letter beyond ASCII.
    """
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False, engine="pyarrow", row_group_size=_ROWS_IN_A_GROUP)
    else:
        path.write_bytes(csv_text(table).encode("utf-8-sig"))


def csv_text(table: pd.DataFrame) -> str:
    """Return the table as CSV; a cell that a spreadsheet would run begins with an apostrophe.

    Our own shares, probabilities and coherences have four digits; carried columns stay as they are.
    """
    safe = table.copy()
    for name in _own_numbers(table):
        safe[name] = safe[name].round(_CSV_DIGITS)
    safe.columns = pd.Index([inert(str(name)) for name in table.columns])
    for position, dtype in enumerate(table.dtypes):
        if not (pd.api.types.is_numeric_dtype(dtype) or isinstance(dtype, pd.DatetimeTZDtype)):
            column = table.iloc[:, position].astype("object")
            safe.isetitem(position, column.map(_inert, na_action="ignore").to_numpy())
    buffer = io.StringIO()
    safe.to_csv(
        buffer,
        index=False,
        lineterminator="\n",
        # Otherwise a cell with a lone carriage return is not quoted, and ends the row.
        quoting=csv.QUOTE_NONNUMERIC,
    )
    return buffer.getvalue()


def _own_numbers(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns of decimals that are ours: a carried column may be called "share" too."""
    for columns, numbers in _OWN_NUMBERS.items():
        if tuple(table.columns[: len(columns)]) == columns:
            return numbers
    return ()


def _inert(value: object) -> object:
    return inert(value) if isinstance(value, str) else value
