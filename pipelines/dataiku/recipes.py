"""The functions that a Dataiku recipe calls: learn topics, or assign topics to new rows."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from nlp.analysis import Result
from nlp.analysis.frame import analyze_frame
from nlp.assignment import assign_topics
from nlp.config import CleaningSettings, Settings
from nlp.errors import InputError, NoDocumentsError
from nlp.ingest.corpus import Corpus
from nlp.ingest.ledger import REJECTED_COLUMNS
from nlp.progress import Progress
from nlp.tables import DOCUMENT_COLUMNS, SUMMARY_COLUMNS, TOPIC_COLUMNS
from pipelines.dataiku.datasets import (
    Source,
    slices,
    target_partition,
    write_dataset,
)
from pipelines.dataiku.folders import StoredModel, load_model
from pipelines.dataiku.publication import Destination, publish, publish_notice
from pipelines.dataiku.schemas import beside, own_schema

logger = logging.getLogger(__name__)

# Rows in memory at once: about 50 MB of texts of a kilobyte each.
CHUNK_ROWS = 50_000
# Often enough to show that a job is alive, rarely enough to keep its log short.
_LOG_SECONDS = 10.0
_ASSIGNED = (
    "topic_id", "topic_name", "topic_key", "probability", "second_topic_id", "second_probability",
)  # fmt: skip


@dataclass(frozen=True)
class Outputs:
    """Names of the datasets to write, and the destination of the report."""

    topics: str
    documents: str
    summaries: str
    rejected: str | None = None
    report: Destination = field(default_factory=Destination)


def run_recipe(
    source: str,
    outputs: Outputs,
    *,
    text: str,
    keep: Sequence[str] | None = None,
    when_empty: Literal["write", "fail"] = "write",
    chunk_rows: int = CHUNK_ROWS,
    **options: Any,
) -> Result | None:
    """Topics, documents, summaries and report of a dataset, written to their outputs.

    `keep` names the columns to copy to the documents (default: all). `options` are those of
    `nlp.analyze`, but no column is guessed, because the outputs' schema must not depend on one
    night's data. If no row has a usable text, the outputs are written empty with their schema and
    None is returned; with `when_empty="fail"`, `NoDocumentsError` is raised. Raises `InputError`
    for a bad option or a missing column before any row is read.
    """
    settings = Settings.create(text=text, **options)
    data = Source(source)
    data.require(settings, chunk_rows, keep or ())
    roles = [name for name in data.columns if name in _roles(settings)]
    carried = [
        name for name in data.columns if name not in roles and (keep is None or name in keep)
    ]
    work = _Work(data, outputs, settings, roles, carried, chunk_rows)
    try:
        result, documents = work.analyze()
    except NoDocumentsError as error:
        if when_empty == "fail":
            raise
        logger.warning("%s: the outputs are written empty", error)
        work.write_nothing(str(error))
        return None
    work.write(result, documents)
    return result


def run_assignment(
    source: str, folder: str, output: str, *, text: str | None = None, chunk_rows: int = CHUNK_ROWS
) -> int:
    """Write each row of a dataset with its topic under the folder's newest model; returns the rows.

    The output has the input's rows and columns in order, then the topic's columns: topic -1 where
    no topic fits or the text is missing. Only one chunk is in memory at a time. `text` is the name
    of the text column, if it differs from the column that the topics were learned from.
    """
    stored = load_model(folder)
    data = Source(source)
    column = text or stored.settings["text"]
    data.require(Settings.create(text=column), chunk_rows)
    names, schema = beside(data.schema, _ASSIGNED)
    tables = (
        pd.concat([chunk.rename(columns=names), _assign(stored, chunk[column])], axis=1)
        for chunk in data.chunks(chunk_rows)
    )
    return write_dataset(output, [*schema, *own_schema(_ASSIGNED)], tables)


@dataclass(frozen=True)
class _Work:
    """One run of the recipe that learns topics: its input, settings and outputs."""

    data: Source
    outputs: Outputs
    settings: Settings
    roles: Sequence[str]
    carried: Sequence[str]
    chunk_rows: int

    def analyze(self) -> tuple[Result, pd.DataFrame]:
        """The result, and its documents with the copied columns, their values as stored."""
        columns = [*self.roles, *self.carried]
        chunks = [part for part in self.data.chunks(self.chunk_rows, columns) if len(part)]
        if not chunks:
            raise NoDocumentsError(f"no usable documents: dataset {self.data.name} has no rows")
        frame = pd.concat(chunks, ignore_index=True)
        del chunks
        result, corpus = analyze_frame(frame[list(self.roles)], self.settings, _log)
        model = result.record.model
        logger.info("fit: %s topics (%s)", model.n_topics, model.reason)
        for warning in result.record.warnings:
            logger.warning("%s", warning)
        rows = corpus.documents.index.get_level_values("record").to_numpy(np.int64) - 1
        names, _ = beside(self._carried_schema(), self._own())
        carried = frame[list(self.carried)].iloc[rows].reset_index(drop=True)
        return result, pd.concat([result.documents, carried.rename(columns=names)], axis=1)

    def write(self, result: Result, documents: pd.DataFrame) -> None:
        """Write the outputs, then publish the report."""
        self._write_tables(result.topics, documents, result.summaries, result.rejected)
        publish(self.outputs.report, result, target_partition(self.outputs.documents))

    def write_nothing(self, why: str) -> None:
        """Write empty outputs with their schema, and a page with the reason."""
        self._write_tables(None, None, None, None)
        publish_notice(self.outputs.report, why, target_partition(self.outputs.documents))

    def _write_tables(self, *tables: pd.DataFrame | None) -> None:
        outputs = self.outputs
        names = (outputs.topics, outputs.documents, outputs.summaries, outputs.rejected)
        _, carried = beside(self._carried_schema(), self._own())
        schemas = (
            own_schema(TOPIC_COLUMNS),
            [*own_schema(self._own()), *carried],
            own_schema(SUMMARY_COLUMNS),
            own_schema(REJECTED_COLUMNS),
        )
        for name, schema, table in zip(names, schemas, tables, strict=True):
            if name is not None:
                parts = () if table is None else slices(table, self.chunk_rows)
                write_dataset(name, schema, parts)

    def _own(self) -> list[str]:
        dated = ["timestamp"] if self.settings.time else []
        labelled = ["label"] if self.settings.label else []
        return [*DOCUMENT_COLUMNS, "text", *dated, *labelled]

    def _carried_schema(self) -> list[dict[str, Any]]:
        return [column for column in self.data.schema if column["name"] in self.carried]


def _roles(settings: Settings) -> list[str]:
    roles = [settings.text, settings.id, settings.time, settings.label]
    named = [name for name in roles if name]
    if len(set(named)) != len(named):
        raise InputError(f"text, id, time and label must be different columns (seen: {named})")
    return named


def _assign(stored: StoredModel, column: pd.Series[Any]) -> pd.DataFrame:
    """The topics of one chunk's texts, in the columns `_ASSIGNED`."""
    texts = ["" if pd.isna(value) else str(value) for value in column]
    documents = pd.DataFrame({"doc_id": [""] * len(texts), "text": texts})
    corpus = Corpus(documents, pd.DataFrame(columns=list(REJECTED_COLUMNS)), len(texts))
    settings = {key: stored.settings[key] for key in CleaningSettings.model_fields}
    labels = stored.topics.set_index("topic_id")["label"]
    names = [str(labels[topic]) for topic in range(1, stored.model.n_topics + 1)]
    topics = assign_topics(stored.model, corpus, names, CleaningSettings(**settings))
    named = topics[["topic_id"]].merge(stored.topics, on="topic_id", how="left")
    topics["topic_key"] = named["key"]
    return topics[list(_ASSIGNED)]


def _log(step: str) -> Progress:
    """A progress callback that writes to the job's log every few seconds."""
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _LOG_SECONDS:
            last = time.monotonic()
            logger.info("%s: %s of %s", step, f"{done:,}", f"{total:,}" if total else "?")

    return report
