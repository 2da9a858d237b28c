"""Run folders: a lock per name, a staging folder on the same disk, and the atomic publication."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from nlp.errors import InputError, LockedError, StorageError
from nlp.http.urls import is_url
from nlp.record import RunRecord
from pipelines.runs.manifest import MANIFEST, hashes, write_manifest
from pipelines.runs.store import flush

_STAGE = ".staging-"
_UNFINISHED = Path(".cache") / "unfinished"
_SCRATCH = Path(".cache") / "scratch"
SEARCH = Path(".cache") / "search"
"""The folder, in OUT/NAME, of the search indexes of runs: RUN_ID.npz and RUN_ID.json."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Run:
    """One unfinished run; its staging folder becomes `runs/RUN_ID` when it is published."""

    home: Path
    """OUT/NAME"""
    run_id: str
    created: str
    """ISO 8601, UTC: when the run began."""

    @property
    def stage(self) -> Path:
        """The staging folder: files wait here for publication."""
        return self.home / "runs" / f"{_STAGE}{self.run_id}"

    @property
    def unfinished(self) -> Path:
        """The folder with the values of finished steps; the next run may continue from it."""
        return self.home / _UNFINISHED

    @property
    def scratch(self) -> Path:
        """The folder for temporary files; empty at the start of a run, deleted at its end."""
        return self.home / _SCRATCH

    @property
    def published(self) -> Path:
        """The folder of the run after publication."""
        return self.home / "runs" / self.run_id


def check_name(name: str) -> str:
    """Return `name`; raises `InputError` if it cannot be the name of a folder."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"name: {name!r} cannot name a run: use at most 100 letters, digits, '.', '_' and "
            "'-', and begin with a letter or digit"
        )
    return name


def name_from(source: str) -> str:
    """Return a run's name made from its source: `data/tickets.csv.gz` gives `tickets`."""
    plain = urlsplit(source).path or "documents" if is_url(source) else source
    stem = re.split(r"[/\\]", plain.rstrip("/\\"))[-1].split("?")[0]
    while Path(stem).suffix and len(Path(stem).suffix) <= 8:
        stem = Path(stem).stem
    cleaned = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")
    return cleaned[:100] or "documents"


@contextmanager
def open_run(out: Path, name: str) -> Iterator[Run]:
    """Yield a new run with its staging folder, which is deleted at the end if not published.

    Raises `LockedError` if another run of this name is running, and `StorageError` if the folder
    cannot be written.
    """
    home = out.expanduser().absolute() / check_name(name)
    try:
        (home / "runs").mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / ".lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise LockedError(
            f"another run of {name!r} is running in {home}: wait for it, or choose another --name"
        ) from None
    except OSError as error:
        raise StorageError(f"cannot write to {home}: {error.strerror or error}") from error
    try:
        _remove_stale(home)
        now = datetime.now(UTC)
        run = Run(home, _new_id(home, now), now.isoformat(timespec="seconds"))
        run.stage.mkdir(parents=True)
        shutil.rmtree(run.scratch, ignore_errors=True)
        run.scratch.mkdir(parents=True)
        try:
            yield run
        finally:
            shutil.rmtree(run.stage, ignore_errors=True)
            shutil.rmtree(run.scratch, ignore_errors=True)
    finally:
        lock.release()


def publish(run: Run, record: RunRecord) -> Path:
    """Hash the staged files, write the manifest, and point `latest` to this run.

    Returns the folder of the published run.
    """
    write_manifest(replace(record, files=hashes(run.stage)), run.stage)
    for path in run.stage.rglob("*"):
        flush(path)
    run.stage.rename(run.published)
    flush(run.published.parent)
    _point_latest(run)
    return run.published


def _point_latest(run: Run) -> None:
    link = run.home / f".latest-{run.run_id}"
    link.symlink_to(Path("runs") / run.run_id)
    link.replace(run.home / "latest")
    flush(run.home)


def published_runs(home: Path) -> list[Path]:
    """Return the finished runs of one name, oldest first."""
    folders = (home / "runs").glob("[!.]*") if (home / "runs").is_dir() else ()
    return sorted(folder for folder in folders if (folder / MANIFEST).is_file())


def _new_id(home: Path, time: datetime) -> str:
    """Return the UTC time as an id; always after the last run's id, even if the clock went back."""
    now = time.strftime("%Y%m%dT%H%M%SZ")
    last = max((folder.name for folder in (home / "runs").glob("[!.]*")), default="")
    if now > last:
        return now
    stamp, _, count = last.partition("-")
    return f"{stamp}-{int(count or 1) + 1:04d}"


def _remove_stale(home: Path) -> None:
    """Delete staging folders of killed runs; this run holds the lock, so nobody uses them."""
    for folder in (home / "runs").glob(f"{_STAGE}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for link in home.glob(".latest-*"):
        link.unlink(missing_ok=True)
