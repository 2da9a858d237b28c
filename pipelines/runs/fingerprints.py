"""The name, size and hash of each source that a run reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nlp.config import SourceSettings
from nlp.errors import StorageError, TopicbriefError
from nlp.http import local_copy
from nlp.http.urls import is_url
from nlp.record import InputRecord


def describe_inputs(
    sources: Sequence[str], settings: SourceSettings
) -> tuple[InputRecord, ...] | None:
    """Return name, size and hash of each source, after download; None if one cannot be read."""
    try:
        for source in sources:
            local_copy(source, settings)
        return tuple(describe_input(source) for source in sources)
    except (OSError, TopicbriefError):
        return None


def describe_input(source: str) -> InputRecord:
    """Return name, size and hash of a source; a folder's hash covers all names and files in it."""
    from nlp.http.download_cache import downloaded

    if is_url(source) and (fetched := downloaded(source)):
        return InputRecord(
            source=fetched.url,
            sha256=fetched.sha256,
            bytes=fetched.n_bytes,
            files=1,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
        )
    path = Path(source).expanduser()
    files = _files(path)
    digest = hashlib.sha256()
    size = 0
    for file in files:
        with file.open("rb") as stream:
            one = hashlib.file_digest(stream, "sha256")
        size += file.stat().st_size
        if path.is_dir():
            digest.update(f"{file.relative_to(path).as_posix()}\0{one.hexdigest()}\n".encode())
        else:
            digest = one
    return InputRecord(source, digest.hexdigest(), size, len(files))


@contextmanager
def unchanged_while_reading(sources: Sequence[str]) -> Iterator[None]:
    """Raise `StorageError` at the end if a source has changed: it may have been incomplete."""
    before = [_stamps(source) for source in sources]
    yield
    for source, stamps in zip(sources, before, strict=True):
        if _stamps(source) != stamps:
            raise StorageError(
                f"{source!r} changed while it was read: try again when the file is complete"
            )


def _stamps(source: str) -> list[tuple[str, int, int]] | None:
    path = Path(source).expanduser()
    try:
        return [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in _files(path)]
    except OSError:
        return None


def _files(path: Path) -> list[Path]:
    return sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
