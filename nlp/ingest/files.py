"""Any source into raw records: one `Record` for each thing a person would call a record.

A record that cannot be read is yielded too, with its reason: nothing vanishes here.
"""

from __future__ import annotations

import gzip
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from nlp.config import SourceSettings
from nlp.errors import InputError, StorageError
from nlp.ingest.encoding import decode
from nlp.ingest.formats import READERS, format_of, too_large
from nlp.ingest.records import NAME, TEXT, Reason, Record

_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_GZIP = b"\x1f\x8b"
_READ_AT_ONCE = 16_000_000
# All that the standard library raises on damaged files and archives.
_DAMAGED = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError,
    struct.error, NotImplementedError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip


class _TooLargeError(StorageError):
    """More bytes than the user allows."""


def read_records(source: str | Path, settings: SourceSettings) -> Iterator[Record]:
    """Records of a file, a folder or an archive of text files.

    In folders and archives, what is hidden (its name begins with a full stop) is no record.
    Raises `InputError` for an address that cannot be a source and `StorageError` for one that
    cannot be read.
    """
    path = _local(source)
    if path.is_dir():
        return _read_folder(path, settings)
    if path.name.lower().endswith(_ARCHIVES):
        return _read_archive(path, _Budget(settings.max_megabytes))
    return _read_file(path, _format(path.name, settings), settings)


def _read_file(path: Path, kind: str, settings: SourceSettings) -> Iterator[Record]:
    try:
        with path.open("rb") as stream:
            data = _Budget(settings.max_megabytes).read(stream, path.name)
    except _TooLargeError:
        raise
    except _DAMAGED as error:
        raise StorageError(f"cannot read {str(path)!r}: {_cause(error)}") from error
    return READERS[kind](data, str(path), settings)


def _cause(error: BaseException) -> str:
    """What went wrong, in one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())


def _local(source: str | Path) -> Path:
    text = str(source)
    if "://" in text:
        scheme = text.split("://", 1)[0]
        raise InputError(
            f"source: {scheme}:// is not supported; give a file, folder or http(s) URL"
        )
    if not text.strip():
        raise InputError("source: the address is empty; give a file or folder")
    try:
        path = Path(text).expanduser()
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"source: no such file or folder: {text!r}") from None
    except PermissionError as error:
        raise StorageError(f"cannot read {text!r}: {_cause(error)}") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"source: not a usable path: {text!r} ({_cause(error)})") from error
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise InputError(f"source: neither a file nor a folder: {text!r}")
    return path


def _format(name: str, settings: SourceSettings) -> str:
    if settings.format != "auto":
        return settings.format
    kind = format_of(name)
    if kind is None:
        raise InputError(
            f"source: cannot tell the format of {name!r}: name it with --format "
            f"({', '.join(READERS)})"
        )
    return kind


class _Budget:
    """How many bytes may still be read, unpacked."""

    def __init__(self, megabytes: int) -> None:
        self._megabytes = megabytes
        self._left = megabytes * 1_000_000

    def read(self, stream: IO[bytes], name: str) -> bytes:
        """All bytes of a stream, unpacked if they are gzip."""
        head = stream.read(len(_GZIP))
        packed = head == _GZIP or name.lower().endswith(".gz")
        plain: IO[bytes] = _Again(head, stream)  # type: ignore[assignment]
        parts = []
        reader = gzip.GzipFile(fileobj=plain) if packed else plain
        # In parts: asked for all at once, Python reserves the whole limit before it reads.
        while part := reader.read(min(_READ_AT_ONCE, self._left + 1)):
            self._left -= len(part)
            if self._left < 0:
                raise _TooLargeError(too_large(name, self._megabytes))
            parts.append(part)
        return b"".join(parts)


class _Again:
    """A stream whose first bytes were read already: archives' streams cannot be wound back."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._stream.read(size)
        head, self._head = self._head, b""
        if size < 0:
            return head + self._stream.read()
        head, self._head = head[:size], head[size:]
        return head


def _read_folder(folder: Path, settings: SourceSettings) -> Iterator[Record]:
    for number, (name, fault) in enumerate(_files(folder), start=1):
        path, fields = folder / name, {NAME: name}
        special = "not a regular file" if path.exists() and not path.is_file() else ""
        budget = _Budget(settings.max_megabytes)
        try:
            if fault:
                raise OSError(fault)
            opener = partial(_opened, path)
            yield _file_record(str(folder), number, name, opener, budget, special)
        except OSError as error:
            detail = f"{name}: {_cause(error)}"
            yield Record(str(folder), number, fields, Reason.UNREADABLE, detail)


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")


def _files(folder: Path) -> list[tuple[str, str]]:
    """Paths inside a folder that are not hidden, sorted; a folder only if it cannot be entered."""
    found: dict[str, str] = {}

    def unreadable(error: OSError) -> None:
        found[Path(error.filename).relative_to(folder).as_posix()] = _cause(error)

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in (*files, *links):
            if not name.startswith("."):
                found[Path(parent, name).relative_to(folder).as_posix()] = ""
    if found.get("."):
        raise StorageError(f"cannot read {str(folder)!r}: {found['.']}")
    return sorted(found.items())


def _read_archive(path: Path, budget: _Budget) -> Iterator[Record]:
    """Members are read as streams; nothing is unpacked to disk, so no path can escape.

    An archive is one file: `max_megabytes` holds for all its members together.
    """
    members = _zip_members if path.name.lower().endswith(".zip") else _tar_members
    number = 0
    try:
        for name, special, opener in members(path):
            parts = PurePosixPath(name.replace("\\", "/")).parts
            if "__MACOSX" in parts or any(p.startswith(".") and p != ".." for p in parts):
                continue
            number += 1
            yield _file_record(str(path), number, name, opener, budget, special)
    except _TooLargeError:
        raise
    except _DAMAGED as error:
        raise StorageError(f"cannot read {str(path)!r}: {_cause(error)}") from error


Opener = Callable[[], IO[bytes]]
Member = tuple[str, str, Opener]


def _zip_members(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        for item in archive.infolist():
            if item.is_dir():
                continue
            mode = item.external_attr >> 16
            special = "a symbolic link" if stat.S_ISLNK(mode) else ""
            yield item.filename, special, partial(archive.open, item)


def _tar_members(path: Path) -> Iterator[Member]:
    with tarfile.open(path) as tar:
        for member in tar:
            if member.isdir():
                continue
            special = "" if member.isfile() else "a link" if member.issym() else "not a file"
            yield member.name, special, partial(_extracted, tar, member)


def _extracted(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = tar.extractfile(member)
    if stream is None:
        raise tarfile.ReadError("no data")
    return stream


def _file_record(
    source: str,
    number: int,
    name: str,
    opener: Opener,
    budget: _Budget,
    special: str,
) -> Record:
    fields = {NAME: name}
    if special:
        return Record(source, number, fields, Reason.UNSUPPORTED, f"{name}: {special}")
    if format_of(name) != "text":
        detail = f"{name}: only .txt, .text and .md files are read from a folder or an archive"
        return Record(source, number, fields, Reason.UNSUPPORTED, detail)
    try:
        with opener() as stream:
            text = decode(budget.read(stream, name))
    except _TooLargeError:
        raise
    except _DAMAGED as error:
        return Record(source, number, fields, Reason.UNREADABLE, f"{name}: {_cause(error)}")
    return Record(source, number, {NAME: name, TEXT: text})
