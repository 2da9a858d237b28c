"""Any source into raw records: one `Record` for each thing a person would call a record.

A record that cannot be read is yielded too, with its reason: nothing vanishes here.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from nlp.config import SourceSettings
from nlp.errors import InputError, StorageError
from nlp.ingest.columns import names_asked
from nlp.ingest.records import Record
from nlp.ingest.sources.archives import archive_kind, read_archive, read_folder
from nlp.ingest.sources.formats import READERS, Note, ignore
from nlp.ingest.sources.recognition import recognise
from nlp.ingest.sources.streams import DAMAGED, Budget, TooLargeError, cause


def read_records(
    source: str | Path, settings: SourceSettings, note: Note = ignore
) -> Iterator[Record]:
    """Records of a file, a folder or an archive; `note` is told how each file was read.

    In folders and archives, what is hidden (its name begins with a full stop) is no record.
    Raises `InputError` for an address that cannot be a source and `StorageError` for one that
    cannot be read.
    """
    path = _local(source)
    if path.is_dir():
        return read_folder(path, settings, note)
    if settings.format == "auto" and (kind := archive_kind(path)):
        return read_archive(path, kind, settings, note)
    return _read_file(path, settings, note)


def _read_file(path: Path, settings: SourceSettings, note: Note) -> Iterator[Record]:
    try:
        with path.open("rb") as stream:
            data = Budget(settings.max_megabytes).read(stream, path.name)
    except TooLargeError:
        raise
    except DAMAGED as error:
        raise StorageError(f"cannot read {str(path)!r}: {cause(error)}") from error
    kind = recognise(data, path.name, settings.format, names_asked(settings))
    return READERS[kind](data, str(path), settings, note)


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
        raise StorageError(f"cannot read {text!r}: {cause(error)}") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"source: not a usable path: {text!r} ({cause(error)})") from error
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise InputError(f"source: neither a file nor a folder: {text!r}")
    return path
