"""Folders and archives (zip, tar) into records: of text files, or of the tables they hold."""

from __future__ import annotations

import os
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from nlp.config import SourceSettings
from nlp.errors import InputError, StorageError
from nlp.ingest.encoding import decode
from nlp.ingest.reading import TableReading
from nlp.ingest.records import NAME, TEXT, Reason, Record
from nlp.ingest.sources.formats import READERS, Note
from nlp.ingest.sources.recognition import TABLES, ZIP, format_of, office_part, recognise
from nlp.ingest.sources.streams import DAMAGED, Budget, TooLargeError, cause
from nlp.ingest.sources.subtitles import subtitle_text

_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
# Texts that come along with tables and are no documents themselves.
_COMPANION = re.compile(r"(?:readme|licen[cs]e|notice|changelog|copying|metadata)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Member:
    """One file of a folder or an archive."""

    name: str
    size: int
    opener: Callable[[], IO[bytes]]
    special: str = ""
    """Why it is no file that can be read; empty if it is one."""
    fault: str = ""
    """Why it cannot be opened."""


def archive_kind(path: Path) -> str | None:
    """`zip` or `tar`; a zip by its content, unless it is a workbook."""
    name = path.name.lower()
    if name.endswith(_TARS):
        return "tar"
    try:
        with path.open("rb") as stream:
            is_zip = stream.read(len(ZIP)) == ZIP
    except OSError as error:
        raise StorageError(f"cannot read {str(path)!r}: {cause(error)}") from error
    if not is_zip:
        return "zip" if name.endswith(".zip") else None
    what = office_part(path)
    if what is None or (name.endswith(".zip") and what != "excel"):
        return "zip"
    return None


def read_folder(folder: Path, settings: SourceSettings, note: Note) -> Iterator[Record]:
    """Records of a folder's files, `max_megabytes` for each; a bad file costs itself only."""
    members = list(_folder_members(folder))
    yield from _records(str(folder), members, settings, note, None)


def read_archive(path: Path, kind: str, settings: SourceSettings, note: Note) -> Iterator[Record]:
    """Records of an archive's files; `max_megabytes` holds for all of them together.

    They are read as streams; nothing is unpacked to disk, so no path can escape.
    """
    try:
        with zipfile.ZipFile(path) if kind == "zip" else tarfile.open(path) as archive:
            members = [
                member
                for member in (
                    _zip_members(archive)
                    if isinstance(archive, zipfile.ZipFile)
                    else _tar_members(archive)
                )
                if not _is_hidden(member.name)
            ]
            yield from _records(str(path), members, settings, note, Budget(settings.max_megabytes))
    except (TooLargeError, InputError):
        raise
    except DAMAGED as error:
        raise StorageError(f"cannot read {str(path)!r}: {cause(error)}") from error


def _records(
    source: str,
    members: Sequence[_Member],
    settings: SourceSettings,
    note: Note,
    shared: Budget | None,
) -> Iterator[Record]:
    """Records of text files, or of tables if these hold more; the others are accounted for."""
    tables = _holds_tables(members)
    if not tables:
        note(TableReading(source, "text files"))
    number = 0
    for member in members:
        budget = shared or Budget(settings.max_megabytes)
        try:
            data = _content(member, budget, tables)
            found = (
                _table_records(data, member.name, settings, note)
                if tables
                else iter([Record(source, 1, {NAME: member.name, TEXT: _text(data, member.name)})])
            )
            for record in found:
                number += 1
                yield Record(source, number, record.fields, record.reason, record.detail)
        except _UnsupportedError as error:
            number += 1
            yield _refused(source, number, member, Reason.UNSUPPORTED, str(error))
        except DAMAGED as error:
            if isinstance(error, TooLargeError) and shared is not None:
                raise
            number += 1
            yield _refused(source, number, member, Reason.UNREADABLE, cause(error))


class _UnsupportedError(Exception):
    """A file that is not read, and why."""


def _refused(source: str, number: int, member: _Member, reason: Reason, why: str) -> Record:
    return Record(source, number, {NAME: member.name}, reason, f"{member.name}: {why}")


def _holds_tables(members: Sequence[_Member]) -> bool:
    """Whether tables hold more bytes than texts do; a README beside them does not count."""
    sizes = {True: 0, False: 0}
    for member in members:
        kind = format_of(member.name)
        companion = _COMPANION.match(PurePosixPath(member.name).name)
        if kind and not (member.special or member.fault or companion):
            sizes[kind in TABLES] += 1 + member.size
    return sizes[True] > sizes[False]


def _content(member: _Member, budget: Budget, tables: bool) -> bytes:
    kind = format_of(member.name)
    if member.fault:
        raise OSError(member.fault)
    if member.special:
        raise _UnsupportedError(member.special)
    if tables and kind not in TABLES:
        raise _UnsupportedError("only tables are read where there are some")
    if not tables and kind not in ("text", "subtitles"):
        raise _UnsupportedError(
            "only .txt, .text and .md files (and subtitles) are read beside text files"
        )
    with member.opener() as stream:
        return budget.read(stream, member.name)


def _text(data: bytes, name: str) -> str:
    text = decode(data)
    return subtitle_text(text) if format_of(name) == "subtitles" else text


def _table_records(
    data: bytes, name: str, settings: SourceSettings, note: Note
) -> Iterator[Record]:
    kind = recognise(data, name, settings.format, frozenset())
    return READERS[kind](data, name, settings, note)


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "__MACOSX" in parts or any(p.startswith(".") and p != ".." for p in parts)


def _folder_members(folder: Path) -> Iterator[_Member]:
    for name, fault in _files(folder):
        path = folder / name
        try:
            special = "not a regular file" if path.exists() and not path.is_file() else ""
            size = path.stat().st_size if not fault else 0
        except OSError as error:
            special, size, fault = "", 0, cause(error)
        yield _Member(name, size, partial(_opened, path), special, fault)


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")


def _files(folder: Path) -> list[tuple[str, str]]:
    """Paths inside a folder that are not hidden, sorted; a folder only if it cannot be entered."""
    found: dict[str, str] = {}

    def unreadable(error: OSError) -> None:
        found[Path(error.filename).relative_to(folder).as_posix()] = cause(error)

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in (*files, *links):
            if not name.startswith("."):
                found[Path(parent, name).relative_to(folder).as_posix()] = ""
    if found.get("."):
        raise StorageError(f"cannot read {str(folder)!r}: {found['.']}")
    return sorted(found.items())


def _zip_members(archive: zipfile.ZipFile) -> Iterator[_Member]:
    for item in archive.infolist():
        if not item.is_dir():
            mode = item.external_attr >> 16
            special = "a symbolic link" if stat.S_ISLNK(mode) else ""
            yield _Member(item.filename, item.file_size, partial(archive.open, item), special)


def _tar_members(tar: tarfile.TarFile) -> Iterator[_Member]:
    for member in tar:
        if not member.isdir():
            special = "" if member.isfile() else "a link" if member.issym() else "not a file"
            yield _Member(member.name, member.size, partial(_extracted, tar, member), special)


def _extracted(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = tar.extractfile(member)
    if stream is None:
        raise tarfile.ReadError("no data")
    return stream
