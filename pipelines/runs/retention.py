"""Deletes finished runs that are too many or too old."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.runs.folder import SEARCH, published_runs
from pipelines.runs.manifest import publication, readable_records

_GOING = ".removing-"


def prune(
    home: Path,
    keep_runs: int | None = None,
    keep_days: float | None = None,
    now: datetime | None = None,
) -> list[str]:
    """Delete runs beyond a number or older than an age in days; returns the ids of deleted runs.

    The last run is never deleted. A run that found nothing new does not count towards the number,
    and is kept as long as the run before it. A run dated in the future (the clock was set back)
    is not old.
    """
    for rest in (home / "runs").glob(f"{_GOING}*"):
        shutil.rmtree(rest, ignore_errors=True)
    runs = published_runs(home)
    if not runs or (keep_runs is None and keep_days is None):
        return []
    oldest = (now or datetime.now(UTC)) - timedelta(days=keep_days) if keep_days else None
    removed, n_kept = [], 0
    for folder, record in readable_records(runs[::-1]):
        published = publication(record)
        too_many = keep_runs is not None and n_kept >= keep_runs
        too_old = oldest is not None and datetime.fromisoformat(published.created) < oldest
        if folder != runs[-1] and folder != (home / "latest").resolve() and (too_many or too_old):
            removed.append(folder.name)
        elif not published.same_as:
            n_kept += 1
    for run_id in removed:
        # The search index has the words of the documents.
        for index in (home / SEARCH).glob(f"{run_id}.*"):
            index.unlink(missing_ok=True)
        # Rename first, so that a partly deleted run never looks like a finished run.
        going = home / "runs" / f"{_GOING}{run_id}"
        (home / "runs" / run_id).rename(going)
        shutil.rmtree(going, ignore_errors=True)
    return removed[::-1]
