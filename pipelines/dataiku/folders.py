"""Reports and models in a Dataiku managed folder, on any storage (only streams are used)."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dataiku
import pandas as pd

from nlp.analysis import Result
from nlp.errors import StorageError
from nlp.topics.model import TopicModel

REPORT = "report.html"
MODEL = "model.zip"
_MODEL_FILES = ("model.npz", "model.json")
# Of a model that was fitted with sentence vectors.
_MORE_MODEL_FILES = ("meaning.npz",)
_SETTINGS = "settings.json"
_TOPICS = "topics.json"


@dataclass(frozen=True)
class StoredModel:
    """A topic model, with the settings and names that new rows need."""

    model: TopicModel
    settings: Mapping[str, Any]
    topics: pd.DataFrame
    """One row per topic: topic_id, key, label."""


def save_report(folder: str, html: str, partition: str = "") -> None:
    """Write the page to the folder, below the partition's path if there is a partition."""
    stream = io.BytesIO(html.encode("utf-8"))
    dataiku.Folder(folder).upload_stream(_path(partition, REPORT), stream)


def save_model(folder: str, result: Result, partition: str = "") -> None:
    """Write the model and its settings to the folder, as one file so that they always match."""
    with tempfile.TemporaryDirectory() as scratch:
        result.model.save(Path(scratch))
        more = [name for name in _MORE_MODEL_FILES if (Path(scratch) / name).is_file()]
        named = result.topics[["topic_id", "key", "label"]].to_dict(orient="records")
        archive = Path(scratch) / MODEL
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name in (*_MODEL_FILES, *more):
                bundle.write(Path(scratch) / name, name)
            bundle.writestr(_SETTINGS, result.record.cleaning().model_dump_json())
            bundle.writestr(_TOPICS, json.dumps(named))
        with archive.open("rb") as stream:
            dataiku.Folder(folder).upload_stream(_path(partition, MODEL), stream)


def load_model(folder: str) -> StoredModel:
    """The folder's newest model; `StorageError` if there is none or it is damaged."""
    handle = dataiku.Folder(folder)
    paths = _newest_first(handle, MODEL)
    if not paths:
        raise StorageError(
            f"folder {folder!r} holds no {MODEL}: build the recipe that learns the topics first"
        )
    with tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch) / MODEL
        with handle.get_download_stream(paths[0]) as stream, archive.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        try:
            with zipfile.ZipFile(archive) as bundle:
                more = [name for name in _MORE_MODEL_FILES if name in bundle.namelist()]
                for name in (*_MODEL_FILES, *more):
                    (Path(scratch) / name).write_bytes(bundle.read(name))
                settings = json.loads(bundle.read(_SETTINGS))
                topics = pd.DataFrame(json.loads(bundle.read(_TOPICS)))
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise StorageError(f"cannot read {paths[0]} of folder {folder!r}: {error}") from error
        return StoredModel(TopicModel.load(Path(scratch)), settings, topics)


def list_reports(folder: str) -> list[str]:
    """Paths of the folder's reports, newest first."""
    return _newest_first(dataiku.Folder(folder), REPORT)


def read_report(folder: str, path: str) -> bytes:
    """The content of one of `list_reports`; `StorageError` for any other path."""
    handle = dataiku.Folder(folder)
    if path not in _newest_first(handle, REPORT):
        raise StorageError(f"folder {folder!r} holds no report {path!r}")
    with handle.get_download_stream(path) as stream:
        page: bytes = stream.read()
    return page


def _newest_first(handle: Any, name: str) -> list[str]:
    paths = [path for path in handle.list_paths_in_partition() if path.endswith(f"/{name}")]
    if len(paths) < 2:
        return paths
    return sorted(paths, key=lambda path: (-_modified(handle, path), path))


def _modified(handle: Any, path: str) -> int:
    return int(handle.get_path_details(path=path).get("lastModified") or 0)


def _path(partition: str, name: str) -> str:
    return f"/{partition}/{name}" if partition else f"/{name}"
