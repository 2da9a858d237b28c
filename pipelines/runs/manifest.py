"""The manifest of a finished run: what it read, how it was made, and a hash of every file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from nlp.errors import InputError

MANIFEST = "manifest.json"


def check_files(folder: Path) -> list[str]:
    """Files of a finished run that are missing or not what its manifest says."""
    files = read_manifest(folder).get("files", {})
    return [
        name
        for name, expected in files.items()
        if not (folder / name).is_file() or sha256(folder / name) != expected
    ]


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a finished run, or `InputError` if `folder` is none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{str(folder)!r} is not a finished run: {error}") from error
    if not isinstance(manifest, dict):
        raise InputError(f"{str(folder)!r} is not a finished run: its manifest is no object")
    return manifest


def sha256(path: Path) -> str:
    """The hash of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
