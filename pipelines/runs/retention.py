"""Which finished runs are kept, and the removal of the others."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.runs.folder import published_runs
from pipelines.runs.manifest import publication, readable_records

_GOING = ".removing-"


def prune(
    home: Path,
    keep_runs: int | None = None,
    keep_days: float | None = None,
    now: datetime | None = None,
) -> list[str]:
    """Remove runs beyond a number or older than an age; the ids of those removed.

    The last run always stays. A run that found nothing new does not count towards the number; it
    stays as long as the one before it. A run from the future, by a clock set back, is not old.
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
        # Renamed first, so that a half-removed run is never taken for a finished one.
        going = home / "runs" / f"{_GOING}{run_id}"
        (home / "runs" / run_id).rename(going)
        shutil.rmtree(going, ignore_errors=True)
    return removed[::-1]
