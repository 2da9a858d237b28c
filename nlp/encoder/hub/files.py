"""What the Hub lists of a model: its commit, its files, their sizes and hashes."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.errors import StorageError


@dataclass(frozen=True)
class HubFile:
    """One file as the Hub lists it; a hash is empty where it lists none."""

    path: str
    size: int = 0
    sha256: str = ""
    """Of large files."""
    git_hash: str = ""
    """Of small ones: sha1 over `blob SIZE`, a zero byte and the content, as git names it."""


@dataclass(frozen=True)
class Listing:
    """The files of a model at one commit."""

    commit: str
    files: tuple[HubFile, ...]


def read_listing(path: Path, name: str) -> Listing:
    """The listing in a file that the Hub's `/api/models/...` answered.

    Raises `StorageError` if it is none: a proxy's page, another server's answer.
    """
    try:
        answer: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        commit = answer["sha"]
        if not re.fullmatch(r"[0-9a-f]{40}", commit):
            raise ValueError(f"commit {commit!r}")
        return Listing(commit, tuple(_read_file(entry) for entry in answer["siblings"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(
            f"encoder {name}: what came is no list of a model's files "
            f"({type(error).__name__}: {error}): check HF_ENDPOINT"
        ) from None


def _read_file(entry: dict[str, Any]) -> HubFile:
    lfs = entry.get("lfs") or {}
    return HubFile(
        path=str(entry["rfilename"]),
        size=int(entry.get("size") or lfs.get("size") or 0),
        sha256=str(lfs.get("sha256") or ""),
        git_hash="" if lfs else str(entry.get("blobId") or ""),
    )


def check_file(path: Path, listed: HubFile) -> bool:
    """Whether a file is what was listed; what a mirror does not list cannot be wrong."""
    content_size = path.stat().st_size
    if listed.size and content_size != listed.size:
        return False
    with path.open("rb") as stream:
        if listed.sha256:
            return hashlib.file_digest(stream, "sha256").hexdigest() == listed.sha256
        if len(listed.git_hash) == 40:
            # git's name of a file; not for security, which TLS and the commit give.
            total = hashlib.sha1(f"blob {content_size}\0".encode(), usedforsecurity=False)
            while block := stream.read(1 << 20):
                total.update(block)
            return total.hexdigest() == listed.git_hash
    return True
