"""Detects that inputs, settings and versions are the last run's, and publishes its files again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from nlp.analysis.description import versions
from nlp.errors import StorageError
from nlp.http.urls import masked
from nlp.record import DocumentAccount, InputRecord, Publication, RunRecord
from pipelines.incremental.last_run import followed
from pipelines.incremental.new_rows import extract, unchanged_since
from pipelines.job import Job, RunSettings
from pipelines.review.alerts import watched_hash
from pipelines.review.topic_names import load_names
from pipelines.runs.fingerprints import describe_inputs
from pipelines.runs.folder import Run, publish
from pipelines.runs.manifest import check_files, publication, read_record
from pipelines.runs.retention import prune


def unchanged_run(run: Run, job: Job) -> Path | None:
    """Return the last run if this run would only repeat it; reads no documents to decide."""
    if job.upkeep.follows != "latest" or job.upkeep.refit == "always":
        return None
    last = followed(run.home, job.upkeep)
    if last is None:
        return None
    record = read_record(last)
    # Compare the inputs last: hashing them is the slow part.
    if not _same_question(run, job, record) or not _same_inputs(run, job, record):
        return None
    return None if check_files(last) else last


def publish_again(run: Run, job: Job, last: Path) -> Path:
    """Publish the last run's files again, with a new manifest; returns the new run's folder."""
    record = read_record(last)
    link_files(last, record.files, run.stage)
    now = republication(run, publication(record), record.account.records_kept)
    folder = publish(run, replace(record, published=now))
    prune(run.home, job.upkeep.keep_runs, job.upkeep.keep_days)
    return folder


def republication(run: Run, published: Publication, n_documents: int) -> Publication:
    """Return the publication of a run that publishes an earlier run's documents again."""
    nothing_new = DocumentAccount(n_documents, new=0, edited=0, deleted=0)
    return replace(
        published,
        run_id=run.run_id,
        created=run.created,
        same_as=published.same_as or published.run_id,
        timings={},
        lineage=replace(published.lineage, documents=nothing_new, cleaned=0),
    )


def link_files(folder: Path, names: Iterable[str], stage: Path) -> None:
    """Put the files of a finished run into a staging folder, without a copy where possible."""
    for name in names:
        target = stage / name
        target.parent.mkdir(parents=True, exist_ok=True)
        _link(folder / name, target)


def _same_question(run: Run, job: Job, record: RunRecord) -> bool:
    """Return whether sources, settings, versions, topic names and watch list are the record's."""
    published = publication(record)
    return (
        published.sources == tuple(masked(source) for source in job.sources)
        # Compared as stored: network settings do not affect the result and are not stored.
        and record.config.model_dump(mode="json") == job.settings.model_dump(mode="json")
        and RunSettings.create(**published.run_settings) == job.upkeep
        and record.versions == versions()
        and published.names == load_names(run.home)
        and published.watched == watched_hash(job.upkeep.watch)
    )


def _same_inputs(run: Run, job: Job, record: RunRecord) -> bool:
    before: tuple[InputRecord, ...] = publication(record).inputs
    if job.upkeep.query is None:
        return describe_inputs(job.sources, job.settings) == before
    try:
        _, found = extract(run, job)
    except StorageError:
        return False
    return unchanged_since(found, before[0])


def _link(source: Path, target: Path) -> None:
    """Hard-link the file, or copy it if the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
