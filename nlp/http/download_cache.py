"""The cache of downloads: one folder per URL with the finished file and its metadata."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from nlp.errors import StorageError, TopicbriefError
from nlp.http.configuration import cache_folder
from nlp.http.urls import masked

# A monthly job still finds its last download; a source that was dropped leaves the disk.
_KEPT_DAYS = 30
_META = "download.json"


@dataclass(frozen=True)
class Download:
    """A URL's content as a file."""

    url: str
    """Without its secrets."""
    path: Path
    n_bytes: int
    sha256: str
    etag: str = ""
    last_modified: str = ""
    fetched: bool = True
    """True if it was fetched now; False if the server answered that it has not changed."""


def downloaded(url: str) -> Download | None:
    """The last download of an address, from the cache alone, or None."""
    return known(_place(url), url)


def _place(url: str) -> Path:
    """The folder of a URL; its name is a hash, so that it shows no secret."""
    return cache_folder() / "downloads" / hashlib.sha256(url.encode()).hexdigest()[:32]


@contextmanager
def entry(url: str) -> Iterator[Path]:
    """The folder of a URL, locked for this process; `StorageError` if it cannot be locked."""
    folder = _place(url)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _forget_old(folder.parent)
        lock = FileLock(f"{folder}.lock", timeout=0)
        with lock:
            folder.mkdir(exist_ok=True, mode=0o700)
            yield folder
    except Timeout:
        raise StorageError(f"{masked(url)} is being fetched by another run: try later") from None
    except OSError as error:
        if isinstance(error, TopicbriefError):
            raise
        raise StorageError(
            f"cannot keep {masked(url)} in {folder}: {error.strerror or type(error).__name__}; "
            "set TOPICBRIEF_CACHE to a folder that can be written"
        ) from None


@contextmanager
def temporary(folder: Path) -> Iterator[Path]:
    """An empty file in the cache folder; removed at the end unless it was moved."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".partial-")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def keep(folder: Path, file: Path, done: Download) -> Download:
    """Move a finished file into the cache and remove files of earlier versions."""
    # The hash in the path: a process that still reads an earlier version keeps its own file.
    place = folder / done.sha256[:16]
    place.mkdir(exist_ok=True, mode=0o700)
    kept = replace(done, path=file.replace(place / done.path.name))
    meta = {**asdict(kept), "path": kept.path.relative_to(folder).as_posix()}
    unfinished = folder / f".{_META}"
    unfinished.write_text(json.dumps(meta), encoding="utf-8")
    unfinished.replace(folder / _META)
    for other in folder.iterdir():
        if other.is_dir() and other != place:
            shutil.rmtree(other, ignore_errors=True)
    return kept


def renew(folder: Path, kept: Download) -> Download:
    """The same download, with its age reset so that it is kept for another month."""
    (folder / _META).touch()
    return kept


def known(folder: Path, url: str) -> Download | None:
    """The cached download of a URL, or None if there is none or its checksum is wrong."""
    try:
        values = json.loads((folder / _META).read_text(encoding="utf-8"))
        found = Download(**{**values, "path": folder / values["path"], "url": masked(url)})
        with found.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found if digest == found.sha256 else None


def _forget_old(parent: Path) -> None:
    """Remove downloads that no run has used for `_KEPT_DAYS`."""
    oldest = time.time() - _KEPT_DAYS * 86_400
    for meta in parent.glob(f"*/{_META}"):
        if meta.stat().st_mtime < oldest:
            shutil.rmtree(meta.parent, ignore_errors=True)
