"""Publishes the last run again with the names that people chose since then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nlp.analysis.renaming import rename_topics
from nlp.errors import StorageError
from nlp.record import RunRecord
from nlp.report import render_pages, write_workbook
from nlp.tracking.memory import Life
from pipelines.incremental.unchanged import link_files, republication
from pipelines.review.topic_names import load_names
from pipelines.runs.folder import Run, open_run, publish, published_runs
from pipelines.runs.manifest import check_files, publication, read_record
from pipelines.runs.store import (
    MEMORY,
    WORKBOOK,
    load_result,
    read_json,
    write_json,
    write_pages,
    write_tables,
)

_NAMED_TABLES = ("topics", "documents", "summaries")


def publish_renamed(home: Path) -> Path:
    """Publish the last run in OUT/NAME again with the present names; returns the new folder.

    A finished run never changes: this is a new run with the same model, and `latest` points to it.
    Raises `LockedError` if a run of this name is running, and `StorageError` if the last run's
    files are damaged.
    """
    with open_run(home.parent, home.name) as run:
        last = published_runs(home)[-1]
        damaged = check_files(last)
        if damaged:
            raise StorageError(f"{last / damaged[0]} is missing or differs from the manifest")
        return publish(run, _stage(run, last))


def _stage(run: Run, last: Path) -> RunRecord:
    """Write the files of the new run into its staging folder and return its record."""
    record, memory = read_record(last), read_json(last / MEMORY)
    lives = tuple(Life.from_json(life) for life in memory["lives"])
    before = replace(load_result(last, record, lives), record=record)
    result = rename_topics(before, load_names(run.home))
    published = republication(run, publication(result.record), record.account.records_kept)
    result = replace(result, record=replace(result.record, published=published))
    title = published.run_settings.get("title") or published.name
    written = [f"{name}{suffix}" for name in _NAMED_TABLES for suffix in (".csv", ".parquet")]
    written += ["report.html", "pyldavis.html", "brief.md", WORKBOOK, MEMORY.as_posix()]
    link_files(last, [name for name in record.files if name not in written], run.stage)
    content = result.report_content(title)
    write_tables(result, run.stage, _NAMED_TABLES)
    write_pages(render_pages(content), run.stage)
    write_workbook(content, run.stage / WORKBOOK, run.scratch)
    memory["lives"] = [life.to_json() for life in result.lives]
    write_json(run.stage / MEMORY, memory)
    return result.record
