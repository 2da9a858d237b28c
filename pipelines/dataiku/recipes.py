"""What a recipe in Dataiku calls: learn topics from a dataset, or give topics to new rows."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import dataiku.insights
import pandas as pd

from nlp.analysis import Result, clean_corpus, describe, fit_topics
from nlp.assignment import assign_topics
from nlp.columns import find_columns
from nlp.config import CleaningSettings, Settings
from nlp.corpus import REJECTED_COLUMNS, Corpus, frame_corpus
from nlp.errors import InputError, NoDocumentsError
from nlp.progress import Progress
from nlp.tables import DOCUMENT_COLUMNS, SUMMARY_COLUMNS, TOPIC_COLUMNS
from pipelines.dataiku.datasets import Source, slices, target_partition, write_dataset
from pipelines.dataiku.folders import StoredModel, load_model, save_model, save_report
from pipelines.dataiku.notice import notice_page
from pipelines.dataiku.schemas import Schema, own_schema

logger = logging.getLogger(__name__)

CHUNK_ROWS = 50_000
INSIGHT_MEGABYTES = 20.0
_LOG_SECONDS = 10.0
_MEGABYTE = 1_000_000
_OWN_DOCUMENT_COLUMNS = (*DOCUMENT_COLUMNS, "text", "timestamp", "label")
_ASSIGNED = (
    "topic_id", "topic_key", "topic_label", "probability", "second_topic_id", "second_probability",
)  # fmt: skip
_RENAMED = "source_"


@dataclass(frozen=True)
class Outputs:
    """Names of the datasets to fill and, if wanted, of a folder and a static insight."""

    topics: str
    documents: str
    summaries: str
    rejected: str | None = None
    folder: str | None = None
    insight: str | None = None
    title: str = "Topics"
    insight_megabytes: float = INSIGHT_MEGABYTES
    """A larger report is not published as an insight; a page that says so is."""


def run_recipe(
    source: str,
    outputs: Outputs,
    *,
    keep: Sequence[str] | None = None,
    when_empty: Literal["write", "fail"] = "write",
    chunk_rows: int = CHUNK_ROWS,
    **options: Any,
) -> Result | None:
    """Topics, documents, summaries and report of a dataset, written to their outputs.

    `keep` names the columns that documents carry along (all, if not given); `options` are those of
    `nlp.analyze`. Without a usable text the outputs are written empty, with their schema, and None
    comes back, or `NoDocumentsError` is raised with `when_empty="fail"`. Raises `InputError` for a
    bad option or a missing column before any row is read.
    """
    settings = Settings.create(**options)
    data = Source(source)
    data.require(settings, keep or ())
    if keep is not None and settings.text is None:
        raise InputError("text: name the text column if only some columns are kept")
    try:
        result = _analyze(data, settings, keep, chunk_rows)
    except NoDocumentsError as error:
        if when_empty == "fail":
            raise
        _write_nothing(data, outputs, settings, keep, str(error))
        return None
    _write_tables(data, outputs, result, chunk_rows)
    _publish(outputs, result)
    return result


def run_assignment(
    source: str, folder: str, output: str, *, text: str | None = None, chunk_rows: int = CHUNK_ROWS
) -> int:
    """Give every row of a dataset its topic under the folder's newest model; returns the rows.

    The output has the input's rows and columns, in order, and the topic beside them: -1 where no
    topic fits or there is no text. Memory holds one chunk at a time. `text` is the column's name
    where it differs from the one that the topics were learned from.
    """
    stored = load_model(folder)
    data = Source(source)
    column = text or stored.settings.get("text")
    data.require(Settings.create(text=column))
    if column is None:
        raise InputError("text: the model does not say which column it was learned from: name it")
    names = {name: _RENAMED + name if name in _ASSIGNED else name for name in data.columns}
    schema: Schema = [{**known, "name": names[known["name"]]} for known in data.schema]
    schema += own_schema(_ASSIGNED)
    tables = (
        pd.concat([chunk.rename(columns=names), _assign(stored, chunk[column])], axis=1)
        for chunk in _numbered(data.chunks(chunk_rows))
    )
    return write_dataset(output, schema, tables)


def _analyze(
    data: Source, settings: Settings, keep: Sequence[str] | None, chunk_rows: int
) -> Result:
    columns = _columns(data, settings, keep)
    chunks = list(data.chunks(chunk_rows, columns))
    if not any(map(len, chunks)):
        raise NoDocumentsError(f"no usable documents: dataset {data.name!r} has no rows")
    corpus = frame_corpus(pd.concat(chunks, ignore_index=True), settings)
    del chunks
    corpus, tokens = clean_corpus(corpus, settings, _log("clean"))
    fitted = fit_topics(tokens, settings, _log("fit"))
    logger.info("fit: %s topics (%s)", fitted.model.n_topics, fitted.reason)
    result = describe(corpus, tokens, fitted, settings, _log("summarize"))
    for warning in result.facts["warnings"]:
        logger.warning("%s", warning)
    return result


def _write_tables(data: Source, outputs: Outputs, result: Result, rows: int) -> None:
    names = list(result.documents.columns)
    write_dataset(outputs.topics, own_schema(TOPIC_COLUMNS), [result.topics])
    write_dataset(
        outputs.documents, _documents_schema(names, data.schema), slices(result.documents, rows)
    )
    write_dataset(outputs.summaries, own_schema(SUMMARY_COLUMNS), [result.summaries])
    if outputs.rejected:
        write_dataset(outputs.rejected, own_schema(REJECTED_COLUMNS), slices(result.rejected, rows))


def _write_nothing(
    data: Source, outputs: Outputs, settings: Settings, keep: Sequence[str] | None, why: str
) -> None:
    """Empty outputs; a page that says why. The folder's last model stays for the other recipe."""
    logger.warning("%s: the outputs are written empty", why)
    names = _names_without_rows(_columns(data, settings, keep), settings)
    documents = _documents_schema(names, data.schema)
    write_dataset(outputs.topics, own_schema(TOPIC_COLUMNS), [])
    write_dataset(outputs.documents, documents, [])
    write_dataset(outputs.summaries, own_schema(SUMMARY_COLUMNS), [])
    if outputs.rejected:
        write_dataset(outputs.rejected, own_schema(REJECTED_COLUMNS), [])
    page = notice_page(outputs.title, why)
    if outputs.folder:
        save_report(outputs.folder, page, target_partition(outputs.documents))
    if outputs.insight:
        _save_insight(outputs, page)


def _columns(data: Source, settings: Settings, keep: Sequence[str] | None) -> list[str]:
    if keep is None:
        return data.columns
    wanted = {settings.text, settings.id, settings.time, settings.label, *keep}
    return [name for name in data.columns if name in wanted]


def _names_without_rows(columns: Sequence[str], settings: Settings) -> list[str]:
    """The columns that documents would have: those of one made-up row."""
    text = find_columns({name: [None] for name in columns}, settings).text
    row = {**dict.fromkeys(columns), text: "x"}
    documents = frame_corpus(pd.DataFrame([row], dtype="object"), settings).documents
    return [*DOCUMENT_COLUMNS, *documents.columns.drop("doc_id")]


def _documents_schema(names: Sequence[str], source: Schema) -> Schema:
    """The library's columns in its types, those carried along in the input's."""
    known = {column["name"]: column for column in source}
    schema = []
    for name in names:
        original = name
        while original not in known and original.startswith(_RENAMED):
            original = original.removeprefix(_RENAMED)
        if name in _OWN_DOCUMENT_COLUMNS or original not in known:
            schema += own_schema([name])
        else:
            schema.append({**known[original], "name": name})
    return schema


def _publish(outputs: Outputs, result: Result) -> None:
    if not (outputs.folder or outputs.insight):
        return
    page = result.report_html(outputs.title)
    if outputs.folder:
        partition = target_partition(outputs.documents)
        save_report(outputs.folder, page, partition)
        save_model(outputs.folder, result, partition)
    if outputs.insight:
        megabytes = len(page.encode()) / _MEGABYTE
        if megabytes > outputs.insight_megabytes:
            where = (
                f"in the folder {outputs.folder}" if outputs.folder else "in no folder: name one"
            )
            why = f"The report, {megabytes:.0f} MB, is too large for an insight; it is {where}."
            logger.warning("%s", why)
            page = notice_page(outputs.title, why, result.topics)
        _save_insight(outputs, page)


def _save_insight(outputs: Outputs, page: str) -> None:
    dataiku.insights.save_data(outputs.insight, page.encode(), "text/html", label=outputs.title)


def _numbered(chunks: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    return (chunk.reset_index(drop=True) for chunk in chunks)


def _assign(stored: StoredModel, column: pd.Series[Any]) -> pd.DataFrame:
    """The topics of one chunk's texts, in columns that no other has."""
    texts = ["" if pd.isna(value) else str(value) for value in column]
    documents = pd.DataFrame({"doc_id": [""] * len(texts), "text": texts})
    corpus = Corpus(documents, pd.DataFrame(columns=list(REJECTED_COLUMNS)), len(texts))
    settings = {key: stored.settings[key] for key in CleaningSettings.model_fields}
    topics = assign_topics(stored.model, corpus, CleaningSettings(**settings))
    named = topics[["topic_id"]].merge(stored.topics, on="topic_id", how="left")
    topics["topic_key"], topics["topic_label"] = named["key"], named["label"]
    return topics[list(_ASSIGNED)]


def _log(step: str) -> Progress:
    """Progress of a step in the job's log, every few seconds."""
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _LOG_SECONDS:
            last = time.monotonic()
            logger.info("%s: %s of %s", step, f"{done:,}", f"{total:,}" if total else "?")

    return report
