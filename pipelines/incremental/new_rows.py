"""Fetches only new rows from a database and takes the earlier rows from the last run."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd

from nlp.errors import StorageError
from nlp.http.urls import masked
from nlp.ingest.corpus import Corpus
from nlp.record import InputRecord
from nlp.tables import DOCUMENT_COLUMNS
from pipelines.incremental.database import Extract, Query, fetch
from pipelines.incremental.last_run import followed
from pipelines.job import Job, RunSettings
from pipelines.runs.folder import Run, name_from
from pipelines.runs.manifest import publication, read_record

# If one of these settings has changed, the last run's rows are not those that a new run would get.
_SAME_ROWS = (
    *("text", "id", "time", "label", "redact"),
    *("language", "spacy_model", "parts_of_speech", "stop_words"),
)
_NOTE = "extract.json"


def extract(run: Run, job: Job) -> tuple[Path, Extract]:
    """Return the file with the rows of a job's query, fetched once per run, and their account."""
    path = run.scratch / f"{name_from(job.sources[0])}.jsonl"
    note = run.scratch / _NOTE
    if not note.is_file():
        last = carried_run(run, job)
        query = Query(
            sql=str(job.upkeep.query),
            id=job.settings.id,
            watermark=job.upkeep.watermark,
            since=publication(read_record(last)).inputs[0].mark if last else None,
            most_bytes=job.settings.max_megabytes * 1_000_000,
        )
        found = fetch(job.sources[0], query, path)
        note.write_text(json.dumps(asdict(found)), encoding="utf-8")
    return path, Extract(**json.loads(note.read_text(encoding="utf-8")))


def carried_run(run: Run, job: Job) -> Path | None:
    """Return the run whose documents replace the rows up to its mark; None to fetch all rows."""
    last = followed(run.home, job.upkeep)
    if last is None or job.upkeep.watermark is None or job.upkeep.refit == "always":
        return None
    record = read_record(last)
    published = publication(record)
    before = RunSettings.create(**published.run_settings)
    same = (
        published.sources == tuple(masked(source) for source in job.sources)
        and (before.query, before.watermark) == (job.upkeep.query, job.upkeep.watermark)
        and all(getattr(record.config, one) == getattr(job.settings, one) for one in _SAME_ROWS)
        and published.inputs[0].mark is not None
    )
    return last if same else None


def with_earlier(corpus: Corpus, last: Path) -> Corpus:
    """Return the last run's documents followed by the fetched rows.

    A fetched row replaces the earlier document of the same id. Raises `StorageError` if the run
    is damaged.
    """
    try:
        documents = pd.read_parquet(last / "documents.parquet")
        rejected = pd.read_parquet(last / "rejected.parquet")
    except (OSError, ValueError) as error:
        raise StorageError(
            f"cannot read the earlier rows in {last}: {error}; use --follows none to fetch all rows"
        ) from error
    fetched = {*corpus.documents["doc_id"], *corpus.rejected["doc_id"]}
    documents = documents[~documents["doc_id"].isin(fetched)]
    rejected = rejected[~rejected["doc_id"].isin(fetched)]
    documents = documents.drop(columns=[name for name in DOCUMENT_COLUMNS if name != "doc_id"])
    documents.index = pd.MultiIndex.from_arrays(
        [[last.name] * len(documents), range(1, len(documents) + 1)], names=["source", "record"]
    )
    return replace(
        corpus,
        documents=_joined(documents, corpus.documents),
        rejected=_joined(rejected, corpus.rejected),
        records_in=corpus.records_in + len(documents) + len(rejected),
    )


def unchanged_since(found: Extract, last: InputRecord) -> bool:
    """Return whether the database has no row that the last run's extract lacks."""
    if found.since is None:
        return found.sha256 == last.sha256
    at_mark = (found.mark, found.sha256_at_mark) == (last.mark, last.sha256_at_mark)
    return at_mark and found.rows == found.rows_at_mark


def _joined(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Return both tables as one; a column whose type differs between them becomes text."""
    if earlier.empty or later.empty:
        filled = later if earlier.empty else earlier
        return filled.reindex(columns=earlier.columns.union(later.columns, sort=False))
    for name in earlier.columns.intersection(later.columns):
        if len({_sort(table[name]) for table in (earlier, later)}) > 1:
            earlier, later = (
                table.assign(**{name: table[name].astype("str")}) for table in (earlier, later)
            )
    return pd.concat([earlier, later])


def _sort(column: pd.Series[Any]) -> str:
    if pd.api.types.is_numeric_dtype(column):
        return "numbers"
    return "times" if pd.api.types.is_datetime64_any_dtype(column) else "texts"
