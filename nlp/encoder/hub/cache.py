"""Models that were fetched: where they are kept, whole or not at all.

CACHE/encoders/OWNER+NAME/refs/main    the commit that a name stood for when it was fetched
CACHE/encoders/OWNER+NAME/COMMIT/      its files, and `encoder.json` with their hashes
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from nlp.encoder.folder import file_hash
from nlp.encoder.hub.names import HubName
from nlp.errors import EncoderError
from nlp.http.configuration import cache_folder

MANIFEST = "encoder.json"
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Fetched:
    """A model on this disk."""

    name: HubName
    commit: str
    folder: Path
    n_bytes: int
    fetched: bool
    """Whether anything was fetched now."""


def cached(name: HubName) -> Fetched | None:
    """The model as it was fetched last, without asking the network."""
    place = home(name)
    commit = name.revision
    if not _COMMIT.fullmatch(commit):
        try:
            commit = _reference(name).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            return None
    folder = place / commit
    hashes = _read_hashes(folder)
    if not hashes:
        return None
    sizes = [(folder / path).stat().st_size for path in hashes if (folder / path).is_file()]
    return Fetched(name, commit, folder, sum(sizes), fetched=False)


def check_files(found: Fetched) -> str:
    """One hash over all files of a fetched model, each compared with what was fetched.

    Raises `EncoderError` if a file is missing or damaged.
    """
    for path, expected in _read_hashes(found.folder).items():
        if not (found.folder / path).is_file() or file_hash(found.folder / path) != expected:
            raise EncoderError(
                f"encoder {found.name}: {found.folder / path} is damaged: fetch "
                f"it again with 'topicbrief encoder {found.name}'"
            )
    return file_hash(found.folder / MANIFEST)


def intact(name: HubName) -> Fetched | None:
    """The model as it was fetched last, if every file of it is still what it was."""
    found = cached(name)
    try:
        return found if found and check_files(found) else None
    except EncoderError:
        return None


@contextmanager
def staging(name: HubName, commit: str) -> Iterator[Path]:
    """A folder that becomes a model's folder if nothing fails, and else leaves nothing."""
    place = home(name)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    stage = Path(tempfile.mkdtemp(dir=place, prefix=".partial-"))
    try:
        yield stage
        # What is there has no readable list of its files: it is not whole.
        shutil.rmtree(place / commit, ignore_errors=True)
        stage.rename(place / commit)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def home(name: HubName) -> Path:
    """Where all commits of a model are kept; no name holds a plus, so no two share a folder."""
    return cache_folder() / "encoders" / name.name.replace("/", "+")


def write_manifest(folder: Path, name: HubName, commit: str, hashes: Mapping[str, str]) -> None:
    """Note the files of a model and their hashes."""
    told = {"name": name.name, "commit": commit, "files": dict(hashes)}
    (folder / MANIFEST).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _reference(name: HubName) -> Path:
    return home(name) / "refs" / quote(name.revision, safe="")


def point(name: HubName, commit: str) -> None:
    """Note what a branch or tag stands for now."""
    if name.revision != commit:
        place = _reference(name)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = place.with_name(f".{place.name}")
        unfinished.write_text(commit, encoding="utf-8")
        unfinished.replace(place)


def _read_hashes(folder: Path) -> dict[str, str]:
    """The files of a fetched model and their hashes, or nothing."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {str(path): str(digest) for path, digest in files.items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return {}
