"""Any source into documents and the ledger: the account of every record."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.columns import Columns, find_columns
from nlp.config import SourceSettings
from nlp.encoding import without_surrogates
from nlp.errors import NoDocumentsError
from nlp.progress import Progress, silent
from nlp.sources import Reason, Record, read_records

REJECTED_COLUMNS = ("source", "record", "doc_id", "reason", "detail")
_OWN_COLUMNS = ("doc_id", "text", "timestamp", "label")
# Names that the published tables use themselves.
_RESERVED = (
    *_OWN_COLUMNS,
    "topic_id",
    "probability",
    "second_topic_id",
    "second_probability",
)
_KEPT_TYPES = ({int}, {int, float}, {bool}, {pd.Timestamp})
_PROGRESS_EVERY = 10_000


@dataclass(frozen=True)
class Corpus:
    """The documents kept, and every record that was not."""

    documents: pd.DataFrame
    """doc_id, text, timestamp and label if there are any, then every other column, as text."""
    rejected: pd.DataFrame
    """source, record, doc_id, reason, detail: a row for each record dropped."""
    records_in: int
    warnings: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        """The text of each document."""
        return list(self.documents["text"])

    @property
    def dropped(self) -> dict[str, int]:
        """Records dropped for each reason."""
        return dict(sorted(Counter(self.rejected["reason"]).items()))

    def reject(self, rows: NDArray[np.bool_], reason: Reason) -> Corpus:
        """The same corpus with some documents (a mask) moved to the rejected ones."""
        if not rows.any():
            return self
        gone = self.documents[rows]
        ledger = pd.DataFrame(
            {
                "source": gone.index.get_level_values("source"),
                "record": gone.index.get_level_values("record"),
                "doc_id": gone["doc_id"].to_numpy(),
                "reason": str(reason),
                "detail": [_excerpt(text) for text in gone["text"]],
            }
        )
        rejected = pd.concat([self.rejected, ledger]) if len(self.rejected) else ledger
        rejected = rejected.sort_values(["source", "record"], kind="stable", ignore_index=True)
        return replace(self, documents=self.documents[~rows], rejected=rejected)

    def require_documents(self) -> Corpus:
        """This corpus, or `NoDocumentsError` with the account if nothing is left."""
        if len(self.documents):
            return self
        account = ", ".join(f"{reason}: {count}" for reason, count in self.dropped.items())
        raise NoDocumentsError(
            f"no usable documents: {self.records_in} records read"
            + (f", all dropped ({account})" if account else "")
            + "; check the source and the text column"
        )


def read_corpus(
    sources: Sequence[str | Path],
    settings: SourceSettings | None = None,
    progress: Progress = silent,
) -> Corpus:
    """Documents and ledger of files, folders and archives.

    Raises `InputError` for a bad address or column, `StorageError` for a source that cannot be
    read and `NoDocumentsError` if no record has a text.
    """
    settings = settings or SourceSettings()
    records: list[Record] = []
    for source, name in zip(sources, _short_names(sources), strict=True):
        for record in read_records(source, settings):
            records.append(replace(record, source=name))
            if len(records) % _PROGRESS_EVERY == 0:
                progress(len(records), 0)
    return _build(records, settings)


def _short_names(sources: Sequence[str | Path]) -> list[str]:
    """Each source's last part, so that tables do not depend on the working directory."""
    names = [Path(source).name or str(source) for source in sources]
    return names if len(set(names)) == len(names) else [str(source) for source in sources]


def frame_corpus(frame: pd.DataFrame, settings: SourceSettings | None = None) -> Corpus:
    """Documents and ledger of a DataFrame's rows; `frame` itself is not changed."""
    settings = settings or SourceSettings()
    names = [str(name) for name in frame.columns]
    rows: Iterator[tuple[object, ...]] = zip(
        *(frame.iloc[:, column].tolist() for column in range(len(names))), strict=True
    )
    records = [
        Record("frame", number, dict(zip(names, row, strict=True)))
        for number, row in enumerate(rows, start=1)
    ]
    return _build(records, settings)


def _build(records: Sequence[Record], settings: SourceSettings) -> Corpus:
    usable = [record for record in records if record.reason is None]
    if not usable:
        return Corpus(_no_documents(), _ledger(records), len(records)).require_documents()
    columns = find_columns([record.fields for record in usable], settings)
    judged = _judge(records, columns)
    kept = [record for record in judged if record.reason is None]
    documents, warnings = _documents(kept, columns)
    corpus = Corpus(documents, _ledger(judged), len(records), warnings)
    return corpus.require_documents()


def _judge(records: Sequence[Record], columns: Columns) -> list[Record]:
    """Give every record its `doc_id`, and a reason if it is not to be kept."""
    judged: list[Record] = []
    seen: set[str] = set()
    several = len({record.source for record in records}) > 1
    for record in records:
        doc_id = _doc_id(record, columns, several)
        reason, detail = record.reason, record.detail
        text = record.fields.get(columns.text)
        if reason is None:
            if _is_missing(text):
                reason = Reason.MISSING
            elif not _as_text(text).strip():
                reason = Reason.EMPTY
            elif doc_id in seen:
                reason, detail = Reason.DUPLICATE_ID, "an earlier record has the same id"
            else:
                seen.add(doc_id)
        fields = {**record.fields, _DOC_ID: doc_id}
        judged.append(Record(record.source, record.number, fields, reason, detail))
    return judged


_DOC_ID = "\x00doc_id"


def _doc_id(record: Record, columns: Columns, several: bool) -> str:
    if columns.id is not None:
        value = record.fields.get(columns.id)
        if not _is_missing(value) and _as_text(value).strip():
            return _as_text(value).strip()
    number = str(record.number)
    return f"{record.source}:{number}" if several else number


def _documents(records: Sequence[Record], columns: Columns) -> tuple[pd.DataFrame, tuple[str, ...]]:
    index = pd.MultiIndex.from_arrays(
        [[record.source for record in records], [record.number for record in records]],
        names=["source", "record"],
    )
    data: dict[str, object] = {
        "doc_id": _strings(records, _DOC_ID),
        "text": _strings(records, columns.text),
    }
    warnings: list[str] = []
    if columns.time is not None:
        values = [record.fields.get(columns.time) for record in records]
        stamps = _timestamps(values)
        n_bad = int((stamps.isna() & pd.Series([not _is_missing(v) for v in values])).sum())
        if n_bad:
            warnings.append(f"{n_bad} values of column {columns.time!r} are not dates")
        data["timestamp"] = stamps.to_numpy()
    if columns.label is not None:
        data["label"] = _strings(records, columns.label)
    for name in columns.carried:
        data[_own_name(name, data)] = _carried([record.fields.get(name) for record in records])
    frame = pd.DataFrame(data).set_axis(index)
    if "timestamp" in frame:
        frame["timestamp"] = pd.to_datetime(frame["timestamp"], utc=True)
    return frame, tuple(warnings)


def _timestamps(values: Sequence[object]) -> pd.Series[pd.Timestamp]:
    """Dates in UTC, `NaT` where there is none; a date without a time zone is taken as UTC."""
    texts = pd.Series([None if _is_missing(v) else str(v) for v in values], dtype="object")
    return pd.to_datetime(texts, utc=True, errors="coerce", format="mixed")


def _strings(records: Iterable[Record], column: str) -> list[str | None]:
    values = (record.fields.get(column) for record in records)
    return [None if _is_missing(value) else _as_text(value) for value in values]


def _carried(values: Sequence[object]) -> pd.Series[Any]:
    """A column as it came: numbers, booleans and dates keep their type, all else becomes text."""
    kinds = {type(value) for value in values if not _is_missing(value)}
    if kinds and any(kinds <= one for one in _KEPT_TYPES):
        present = [None if _is_missing(value) else value for value in values]
        return pd.Series(present, dtype="object").convert_dtypes()
    texts = [None if _is_missing(value) else _as_text(value) for value in values]
    return pd.Series(texts, dtype="str")


def _own_name(name: str, taken: Mapping[str, object]) -> str:
    name = without_surrogates(name)
    while name in _RESERVED or name in taken:
        name = f"source_{name}"
    return name


def _ledger(records: Iterable[Record]) -> pd.DataFrame:
    rows = [
        (
            record.source,
            record.number,
            record.fields.get(_DOC_ID),
            str(record.reason),
            without_surrogates(record.detail),
        )
        for record in records
        if record.reason is not None
    ]
    return pd.DataFrame(rows, columns=list(REJECTED_COLUMNS))


def _no_documents() -> pd.DataFrame:
    return pd.DataFrame({"doc_id": [], "text": []})


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, (dict, list)):
        return without_surrogates(json.dumps(value, ensure_ascii=False, default=str))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _excerpt(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
