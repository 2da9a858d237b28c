"""The manifest of a finished run: its record, with a hash of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from nlp.errors import InputError
from nlp.record import Publication, RunRecord

MANIFEST = "manifest.json"


def read_record(folder: Path) -> RunRecord:
    """Return the record of a finished run; raises `InputError` if `folder` is not one."""
    try:
        value = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{str(folder)!r} is not a finished run: {error}") from error
    if not isinstance(value, dict):
        raise InputError(
            f"{str(folder)!r} is not a finished run: {MANIFEST} does not hold a JSON object"
        )
    try:
        record = RunRecord.from_json(value)
    except InputError as error:
        raise InputError(f"cannot read the run in {str(folder)!r}: {error}") from None
    if record.published is None:
        raise InputError(f"{str(folder)!r} is not a finished run: {MANIFEST} has no run_id")
    return record


def publication(record: RunRecord) -> Publication:
    """Return where and when a run was published; raises `InputError` if it never was."""
    if record.published is None:
        raise InputError("this run was never published")
    return record.published


def write_manifest(record: RunRecord, folder: Path) -> None:
    """Write the manifest into a run's folder."""
    text = json.dumps(record.to_json(), ensure_ascii=False, indent=2, default=str)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", errors="replace")


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder by its relative path, sorted by path."""
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def readable_records(folders: list[Path]) -> Iterator[tuple[Path, RunRecord]]:
    """Yield each readable finished run; skips runs that are damaged or of another version."""
    for folder in folders:
        try:
            yield folder, read_record(folder)
        except InputError:
            continue


def check_files(folder: Path) -> list[str]:
    """Return the files of a finished run that are missing or differ from its manifest."""
    return [
        name
        for name, expected in read_record(folder).files.items()
        if not (folder / name).is_file() or sha256(folder / name) != expected
    ]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
