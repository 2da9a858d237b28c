"""What a run read: the name, size and hash of each source."""

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
    """Name, size and hash of each source, fetched if need be; None if one cannot be had."""
    try:
        for source in sources:
            local_copy(source, settings)
        return tuple(describe_input(source) for source in sources)
    except (OSError, TopicbriefError):
        return None


def describe_input(source: str) -> InputRecord:
    """Name, size and hash of a source; a folder's hash is that of its files' names and hashes."""
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
    """Raise `StorageError` at the end if a source was written to meanwhile: it may be half."""
    before = [_stamps(source) for source in sources]
    yield
    for source, stamps in zip(sources, before, strict=True):
        if _stamps(source) != stamps:
            raise StorageError(
                f"{source!r} was written to while it was read: try again when it is complete"
            )


def _stamps(source: str) -> list[tuple[str, int, int]] | None:
    path = Path(source).expanduser()
    try:
        return [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in _files(path)]
    except OSError:
        return None


def _files(path: Path) -> list[Path]:
    return sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
