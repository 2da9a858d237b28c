"""What the Hugging Face Hub answers, for the origin of `http_servers`: lists of files, files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from support.http_servers import Origin

COMMIT = "a" * 40
# The Hub keeps files from this size on in LFS, and lists their sha256.
_LARGE = 1_000


@dataclass
class Hub:
    """Models by their name; what is odd about the answers."""

    models: dict[str, dict[str, bytes]] = field(default_factory=dict)
    commits: dict[str, str] = field(default_factory=dict)
    lists_hashes: bool = True
    changed: dict[str, bytes] = field(default_factory=dict)
    """Paths that are served with another content than listed."""
    cut: set[str] = field(default_factory=set)
    """Paths whose line breaks once in the middle."""
    private: dict[str, str] = field(default_factory=dict)
    """Models that only a token opens."""

    def add(self, name: str, folder: Path, commit: str = COMMIT) -> None:
        """The files of a folder as a model, its `main` and `v1` at that commit."""
        files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
        self.models[name] = {path: file.read_bytes() for path, file in files.items()}
        self.commits[name] = commit


def list_files(origin: Origin, name: str, revision: str) -> None:
    """`/api/models/NAME/revision/REVISION?blobs=true`"""
    hub = origin.server.hub
    commit = hub.commits.get(name, "")
    token = hub.private.get(name)
    known = name in hub.models and unquote(revision) in ("main", "v1", commit)
    if not known and name in hub.models:
        return _json(origin, {"error": f"Invalid rev id: {revision}"}, 404)
    if not known or (token and origin.headers.get("Authorization") != f"Bearer {token}"):
        return _json(origin, {"error": "Repository not found"}, 401)
    siblings = [_entry(hub, path, data) for path, data in hub.models[name].items()]
    return _json(origin, {"id": name, "sha": commit, "siblings": siblings})


def _entry(hub: Hub, path: str, data: bytes) -> dict[str, object]:
    if not hub.lists_hashes:
        return {"rfilename": path}
    git = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    entry: dict[str, object] = {"rfilename": path, "size": len(data), "blobId": git}
    if len(data) >= _LARGE:
        entry["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return entry


def resolve(origin: Origin, name: str, commit: str, path: str) -> None:
    """`/NAME/resolve/COMMIT/PATH`: small files at once, large ones from where they are kept."""
    hub = origin.server.hub
    data = hub.models.get(name, {}).get(unquote(path))
    if data is None or commit != hub.commits[name]:
        return origin.send(b"Entry not found", 404)
    if len(data) >= _LARGE:
        return origin.send(b"", 302, Location=f"/cdn/{name}/{path}", X_Repo_Commit=commit)
    return origin.send(hub.changed.get(path, data), Content_Type="text/plain; charset=utf-8")


def serve_large(origin: Origin, name: str, path: str) -> None:
    """What `resolve` redirects to; it can send the rest of a file."""
    hub = origin.server.hub
    data = hub.changed.get(path, hub.models[name][path])
    etag = f'"{hashlib.sha256(data).hexdigest()}"'
    wanted = origin.headers.get("Range")
    if wanted:
        start = int(wanted.removeprefix("bytes=").rstrip("-"))
        place = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return origin.send(data[start:], 206, ETag=etag, Content_Range=place)
    if path in hub.cut and origin.tries() == 1:
        half = data[: len(data) // 2]
        origin.send(half, Content_Length=len(data), ETag=etag, Accept_Ranges="bytes")
        origin.close_connection = True
        return None
    return origin.send(
        data, ETag=etag, Accept_Ranges="bytes", Content_Type="application/octet-stream"
    )


def _json(origin: Origin, value: object, status: int = 200) -> None:
    origin.send(json.dumps(value).encode(), status, Content_Type="application/json")
