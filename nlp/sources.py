"""Any source into raw records: one `Record` for each thing a person would call a record.

A record that cannot be read is yielded too, with its reason: nothing vanishes here.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from nlp.config import SourceSettings
from nlp.encoding import decode
from nlp.errors import InputError, StorageError


class Reason(StrEnum):
    """Why a record was dropped: a closed list."""

    MALFORMED = "malformed_record"
    BLANK = "blank_line"
    MISSING = "missing_text"
    EMPTY = "empty_text"
    NO_WORDS = "no_words"
    DUPLICATE_ID = "duplicate_id"
    UNSUPPORTED = "unsupported_file"
    UNREADABLE = "unreadable_file"


@dataclass(frozen=True, slots=True)
class Record:
    """One raw record, or the reason why there is none."""

    source: str
    number: int
    """Counted from 1 within its source."""
    fields: Mapping[str, object]
    reason: Reason | None = None
    detail: str = ""


TEXT = "text"
"""The one column of a source that has no columns."""
NAME = "file"
"""The column that holds the path of a text file inside its folder or archive."""

_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
}
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_UNREADABLE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, tarfile.TarError)


def read_records(source: str | Path, settings: SourceSettings) -> Iterator[Record]:
    """Records of a file, a folder or an archive of text files.

    Raises `InputError` for an address that cannot be a source and `StorageError` for one that
    cannot be read.
    """
    path = _local(source)
    try:
        if path.is_dir():
            yield from _read_folder(path, settings)
        elif path.name.lower().endswith(_ARCHIVES):
            yield from _read_archive(path, settings)
        else:
            kind = _format(path.name, settings)
            with path.open("rb") as stream:
                yield from _READERS[kind](_unpacked(stream, path.name, settings), str(source))
    except _UNREADABLE as error:
        if isinstance(error, StorageError):
            raise
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise StorageError(f"cannot read {str(source)!r}: {reason}") from error


def _local(source: str | Path) -> Path:
    text = str(source)
    if "://" in text:
        scheme = text.split("://", 1)[0]
        raise InputError(f"source: {scheme}:// addresses are not supported; give a file or folder")
    path = Path(text).expanduser()
    try:
        exists = path.exists()
    except (OSError, ValueError) as error:
        raise InputError(f"source: not a usable path: {text!r} ({error})") from error
    if not exists:
        raise InputError(f"source: no such file or folder: {text!r}")
    if not (path.is_dir() or path.is_file()):
        raise InputError(f"source: neither a file nor a folder: {text!r}")
    return path


def _format(name: str, settings: SourceSettings) -> str:
    if settings.format != "auto":
        return settings.format
    kind = _kind(name)
    if kind is None:
        raise InputError(
            f"source: cannot tell the format of {name!r}: name it with --format "
            f"({', '.join(_READERS)})"
        )
    return kind


def _kind(name: str) -> str | None:
    return _SUFFIXES.get(Path(name.lower().removesuffix(".gz")).suffix)


def _unpacked(stream: BinaryIO, name: str, settings: SourceSettings) -> bytes:
    """All bytes of a stream, unpacked if it is gzip, up to the limit set."""
    limit = settings.max_megabytes * 1_000_000
    reader: BinaryIO = stream
    if name.lower().endswith(".gz"):
        reader = gzip.GzipFile(fileobj=stream)  # type: ignore[assignment]
    data = reader.read(limit + 1)
    if len(data) > limit:
        raise StorageError(
            f"{name!r} holds more than {settings.max_megabytes} MB: raise max_megabytes to read it"
        )
    return data


def _read_folder(folder: Path, settings: SourceSettings) -> Iterator[Record]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    members = (
        (path.relative_to(folder).as_posix(), path)
        for path in files
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    for number, (name, path) in enumerate(members, start=1):
        yield _file_record(str(folder), number, name, path.open, settings)


def _read_archive(path: Path, settings: SourceSettings) -> Iterator[Record]:
    """Members are read as streams; nothing is unpacked to disk, so no path can escape."""
    if path.name.lower().endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            for number, item in enumerate(i for i in archive.infolist() if not i.is_dir()):
                opener = _opener(archive.open, item)
                yield _file_record(str(path), number + 1, item.filename, opener, settings)
        return
    with tarfile.open(path) as tar:
        for number, member in enumerate(m for m in tar if m.isfile()):
            opener = _opener(tar.extractfile, member)
            yield _file_record(str(path), number + 1, member.name, opener, settings)


def _opener(function: Callable[..., object], item: object) -> Callable[..., object]:
    return lambda _mode="rb": function(item)


def _file_record(
    source: str,
    number: int,
    name: str,
    opener: Callable[..., object],
    settings: SourceSettings,
) -> Record:
    if _kind(name) != "text":
        detail = f"{name}: only .txt, .text and .md files are read from a folder or an archive"
        return Record(source, number, {NAME: name}, Reason.UNSUPPORTED, detail)
    try:
        with opener("rb") as stream:  # type: ignore[attr-defined]
            text = decode(_unpacked(stream, name, settings))
    except (*_UNREADABLE, RuntimeError, NotImplementedError) as error:
        return Record(source, number, {NAME: name}, Reason.UNREADABLE, f"{name}: {error}")
    return Record(source, number, {NAME: name, TEXT: text})


def _read_text(data: bytes, source: str) -> Iterator[Record]:
    if data:
        yield Record(source, 1, {NAME: Path(source).name, TEXT: decode(data)})


def _read_lines(data: bytes, source: str) -> Iterator[Record]:
    for number, line in enumerate(_lines(decode(data)), start=1):
        reason = None if line.strip() else Reason.BLANK
        yield Record(source, number, {TEXT: line}, reason)


def _read_jsonl(data: bytes, source: str) -> Iterator[Record]:
    for number, line in enumerate(_lines(decode(data)), start=1):
        if not line.strip():
            yield Record(source, number, {}, Reason.BLANK)
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Record(source, number, {}, Reason.MALFORMED, f"not JSON: {error}")
            continue
        if isinstance(value, str):
            yield Record(source, number, {TEXT: value})
        elif isinstance(value, dict):
            yield Record(source, number, value)
        else:
            detail = f"a JSON {type(value).__name__} where an object was expected"
            yield Record(source, number, {}, Reason.MALFORMED, detail)


def _lines(text: str) -> list[str]:
    """Lines without the blank ones at the end; only line feeds end a line."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    return [] if lines == [""] else lines


def _read_csv(data: bytes, source: str) -> Iterator[Record]:
    return _read_table(decode(data), source, delimiter=None)


def _read_tsv(data: bytes, source: str) -> Iterator[Record]:
    return _read_table(decode(data), source, delimiter="\t")


def _read_table(text: str, source: str, delimiter: str | None) -> Iterator[Record]:
    text = text.rstrip("\r\n")
    if not text:
        return
    delimiter = delimiter or _delimiter(text)
    with _fields_of_any_size():
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        header = _unique([name.strip() for name in next(rows)])
        for number, row in enumerate(rows, start=1):
            if not row:
                yield Record(source, number, {}, Reason.BLANK)
            elif len(row) != len(header):
                detail = f"{len(row)} fields, the header has {len(header)}"
                yield Record(source, number, {}, Reason.MALFORMED, detail)
            else:
                yield Record(source, number, dict(zip(header, row, strict=True)))


def _delimiter(text: str) -> str:
    """The separator that stands most often in the header line, outside of quotes."""
    header = text.split("\n", 1)[0]
    bare = "".join(header.split('"')[::2])
    return max(",;\t|", key=bare.count)


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    for position, name in enumerate(names):
        base = name or f"column_{position + 1}"
        seen[base] = seen.get(base, 0) + 1
        names[position] = base if seen[base] == 1 else f"{base}_{seen[base]}"
    return names


@contextmanager
def _fields_of_any_size() -> Iterator[None]:
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _read_parquet(data: bytes, source: str) -> Iterator[Record]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, ValueError) as error:
        raise StorageError(f"cannot read {source!r}: {str(error).splitlines()[0]}") from error
    number = 0
    for batch in table.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            number += 1
            yield Record(source, number, row)


_READERS: dict[str, Callable[[bytes, str], Iterator[Record]]] = {
    "csv": _read_csv,
    "tsv": _read_tsv,
    "jsonl": _read_jsonl,
    "parquet": _read_parquet,
    "text": _read_text,
    "lines": _read_lines,
}
