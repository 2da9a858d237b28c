"""The search index of a finished run: kept in OUT/NAME/.cache/search, built on first use.

It is no published file: its content follows from the run's files. The JSON file beside it names
their hashes, as the manifest has them, and its own; an index that does not fit is built again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from nlp.cleaning.reader import cleaner
from nlp.errors import StorageError
from nlp.record import RunRecord
from nlp.retrieval.index import SearchIndex, build_index
from nlp.topics.model import TopicModel
from pipelines.incremental.token_cache import signature
from pipelines.runs.document_rows import DocumentRows
from pipelines.runs.folder import SEARCH
from pipelines.runs.manifest import publication, sha256

_LAYOUT = 1
"""Version of the index; another one is built again."""
_SOURCES = ("documents.parquet", "model/model.npz")
_DAMAGED = (OSError, ValueError, KeyError, EOFError, TypeError)

Tell = Callable[[str], None]


def load_index(
    folder: Path, record: RunRecord, model: TopicModel, documents: DocumentRows, tell: Tell
) -> SearchIndex:
    """Return the search index of a run; builds it if there is none that fits, and says so."""
    home = _home(folder)
    path = home / SEARCH / f"{publication(record).run_id}.npz" if home else None
    expected = _identity(record)
    if path is not None and path.exists():
        try:
            return _read(path, expected)
        except _DAMAGED as error:
            tell(f"the search index is damaged or out of date and is built again: {error}")
    index = _build(folder, record, model, documents)
    if path is None:
        tell("the search index is not kept: this folder is not in the runs folder of its name")
        return index
    try:
        size = _write(path, index, expected)
    except OSError as error:
        tell(f"the search index cannot be kept in {path.parent}: {error.strerror or error}")
    else:
        tell(f"search index of {index.n_docs:,} documents built, {size / 1e6:.1f} MB")
    return index


def _home(folder: Path) -> Path | None:
    """OUT/NAME of a run's folder; None for a copy elsewhere."""
    runs = folder.resolve().parent
    return runs.parent if runs.name == "runs" else None


def _identity(record: RunRecord) -> dict[str, object]:
    files = {name: record.files.get(name) for name in _SOURCES}
    return {"layout": _LAYOUT, "files": files, "cleaning": signature(record.cleaning())}


def _read(path: Path, expected: dict[str, object]) -> SearchIndex:
    header = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = header.pop("sha256")
    if header != expected:
        raise ValueError("it belongs to other files or to another version")
    if found != sha256(path):
        raise ValueError("its content does not have its hash")
    return SearchIndex.load(path)


def _build(
    folder: Path, record: RunRecord, model: TopicModel, documents: DocumentRows
) -> SearchIndex:
    expected = record.files.get("documents.parquet")
    if expected is not None and sha256(folder / "documents.parquet") != expected:
        raise StorageError(
            f"documents.parquet in {str(folder)!r} does not have the hash in its manifest: "
            "restore the run, or run the analysis again"
        )
    texts = [str(text) for text in documents.columns(["text"])["text"]]
    return build_index(cleaner(record.cleaning())(texts), model.doc_topic)


def _write(path: Path, index: SearchIndex, identity: dict[str, object]) -> int:
    """Write index and header, each at once; return the size in bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_name(f".{path.stem}-{os.getpid()}.npz")
    header = written.with_suffix(".json")
    try:
        index.save(written)
        text = json.dumps({**identity, "sha256": sha256(written)}, sort_keys=True)
        header.write_text(text + "\n", encoding="utf-8")
        size = written.stat().st_size
        written.replace(path)
        header.replace(path.with_suffix(".json"))
    finally:
        written.unlink(missing_ok=True)
        header.unlink(missing_ok=True)
    return size
