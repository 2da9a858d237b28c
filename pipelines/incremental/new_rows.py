"""Only rows that are new are fetched from a database; the earlier ones come from the last run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from nlp.config import Settings
from nlp.errors import StorageError
from nlp.http.urls import masked
from nlp.ingest.corpus import Corpus
from nlp.tables import DOCUMENT_COLUMNS
from pipelines.incremental.database import Extract, Query, fetch
from pipelines.incremental.last_run import followed
from pipelines.runs.folder import Run, name_from
from pipelines.runs.manifest import read_manifest

if TYPE_CHECKING:
    from pipelines.job import Job

# A row kept under other values of these is not what it would be today.
_SAME_ROWS = (
    *("text", "id", "time", "label", "redact"),
    *("language", "spacy_model", "parts_of_speech", "stop_words"),
)
_NOTE = "extract.json"


def extract(run: Run, job: Job) -> tuple[Path, Extract]:
    """The rows of a job's query as a file, fetched once for each run, and what they are."""
    path = run.checkpoints / f"{name_from(job.sources[0])}.jsonl"
    note = run.checkpoints / _NOTE
    if not note.is_file():
        last = carried_run(run, job)
        query = Query(
            sql=str(job.upkeep.query),
            id=job.settings.id,
            watermark=job.upkeep.watermark,
            since=read_manifest(last)["inputs"][0]["mark"] if last else None,
            most_bytes=job.settings.max_megabytes * 1_000_000,
        )
        found = fetch(job.sources[0], query, path)
        note.write_text(json.dumps(found.to_json()), encoding="utf-8")
    return path, Extract(**json.loads(note.read_text(encoding="utf-8")))


def carried_run(run: Run, job: Job) -> Path | None:
    """The run whose documents stand for the rows up to its mark; None if all rows are fetched."""
    last = followed(run.home, job.upkeep)
    if last is None or job.upkeep.watermark is None or job.upkeep.refit == "always":
        return None
    manifest = read_manifest(last)
    before = manifest.get("upkeep", {})
    same = (
        manifest.get("sources") == [masked(source) for source in job.sources]
        and all(before.get(name) == getattr(job.upkeep, name) for name in ("query", "watermark"))
        and all(manifest["config"][name] == _value(job.settings, name) for name in _SAME_ROWS)
        and manifest["inputs"][0].get("mark") is not None
    )
    return last if same else None


def with_earlier(corpus: Corpus, last: Path) -> Corpus:
    """The rows that were fetched, after those of the last run that they do not replace.

    A row replaces the earlier one of its id. Raises `StorageError` if the run is damaged.
    """
    try:
        documents = pd.read_parquet(last / "documents.parquet")
        rejected = pd.read_parquet(last / "rejected.parquet")
    except (OSError, ValueError) as error:
        raise StorageError(
            f"cannot go on from the rows in {last}: {error}; --follows none fetches all"
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


def unchanged_since(found: Extract, last: dict[str, Any]) -> bool:
    """Whether a database holds no row that the last run's extract had not."""
    if found.since is None:
        return bool(found.sha256 == last.get("sha256"))
    at_mark = (found.mark, found.sha256_at_mark) == (last.get("mark"), last.get("sha256_at_mark"))
    return at_mark and found.rows == found.rows_at_mark


def _joined(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Both tables; a column of numbers in the one and of text in the other becomes text."""
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


def _value(settings: Settings, name: str) -> Any:
    return settings.model_dump(mode="json")[name]
