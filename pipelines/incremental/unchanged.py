"""A run whose inputs, settings and versions are the last run's: nothing new, and the proof."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nlp.analysis import versions
from nlp.errors import StorageError
from nlp.http.urls import masked
from pipelines.incremental.last_run import Account, followed
from pipelines.incremental.new_rows import extract, unchanged_since
from pipelines.job import Job
from pipelines.review.alerts import watched_hash
from pipelines.review.topic_names import load_names
from pipelines.runs.fingerprints import describe_inputs
from pipelines.runs.folder import Run, publish
from pipelines.runs.manifest import check_files, read_manifest
from pipelines.runs.retention import prune


def unchanged_run(run: Run, job: Job) -> Path | None:
    """The last run if this one could only repeat it, found out without reading a document."""
    if job.upkeep.follows != "latest" or job.upkeep.refit == "always":
        return None
    last = followed(run.home, job.upkeep)
    if last is None:
        return None
    manifest = read_manifest(last)
    if _decisive(manifest) != _now(run, job, manifest):
        return None
    return None if check_files(last) else last


def publish_again(run: Run, job: Job, last: Path) -> Path:
    """Publish the last run's files once more, under a manifest that says when and why."""
    manifest = read_manifest(last)
    for name in manifest["files"]:
        target = run.stage / name
        target.parent.mkdir(parents=True, exist_ok=True)
        _link(last / name, target)
    nothing_new = Account(manifest["records_kept"], new=0, edited=0, deleted=0).to_json()
    now = {
        "run_id": run.run_id,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "same_as": manifest.get("same_as") or manifest["run_id"],
        "timings": {},
        "continuity": {**manifest["continuity"], "documents": nothing_new, "cleaned": 0},
    }
    folder = publish(run, {**manifest, **now})
    prune(run.home, job.upkeep.keep_runs, job.upkeep.keep_days)
    return folder


def _decisive(manifest: dict[str, Any]) -> list[object]:
    names = ("sources", "inputs", "config", "upkeep", "versions", "names", "watched")
    return [manifest.get(name) for name in names]


def _now(run: Run, job: Job, manifest: dict[str, Any]) -> list[object]:
    """What `_decisive` would be of a run made now."""
    # Hashing is the slow part: settle the rest first.
    rest = {
        "sources": [masked(source) for source in job.sources],
        "inputs": manifest.get("inputs"),
        "config": job.settings.model_dump(mode="json"),
        "upkeep": job.upkeep.model_dump(mode="json"),
        "versions": versions(),
        "names": load_names(run.home).to_json(),
        "watched": watched_hash(job.upkeep.watch),
    }
    if list(rest.values()) == _decisive(manifest):
        rest["inputs"] = _inputs_now(run, job, manifest)
    else:
        rest["inputs"] = None
    return list(rest.values())


def _inputs_now(run: Run, job: Job, manifest: dict[str, Any]) -> list[dict[str, Any]] | None:
    if job.upkeep.query is None:
        return describe_inputs(job.sources, job.settings)
    try:
        _, found = extract(run, job)
    except StorageError:
        return None
    before: list[dict[str, Any]] = manifest["inputs"]
    return before if unchanged_since(found, before[0]) else [found.to_json()]


def _link(source: Path, target: Path) -> None:
    """One more name for the same bytes; a copy where the disk cannot."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
