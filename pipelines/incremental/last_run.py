"""The earlier run that a new run follows: its topics, its documents, and when to refit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.config import Settings
from nlp.errors import InputError, StorageError
from nlp.record import DocumentAccount, RunRecord
from nlp.topics.model import NO_TOPIC, TopicModel
from nlp.tracking.memory import Life, Past, document_names
from pipelines.job import RunSettings
from pipelines.runs.folder import published_runs
from pipelines.runs.manifest import read_record, readable_records
from pipelines.runs.store import DIGESTS, MEMORY

# Not measured: when more than half of the documents are new, most of what the old topics were
# fitted on is gone, and they are no longer a good start.
MOST_NEW = 0.5
# If one of these settings changes, the user asks for other topics than the last run's.
_OTHER_TOPICS = ("model", "topics", "language", "spacy_model", "parts_of_speech", "phrases")


@dataclass(frozen=True)
class LastRun:
    """A finished run that a new run follows."""

    folder: Path
    record: RunRecord
    past: Past
    doc_ids: frozenset[str]
    new_since_fit: int
    """Number of documents added since its model was last fitted from the beginning."""
    waiting: frozenset[str] = frozenset()
    """Names of documents added since then that no topic explains."""

    @property
    def run_id(self) -> str:
        """The run id, which is the name of its folder."""
        return self.folder.name

    def model(self) -> TopicModel:
        """Load its topic model."""
        return TopicModel.load(self.folder / "model")

    def rows(self, names: list[str]) -> NDArray[np.int64]:
        """Return the row of each document in that run; -1 for a document it did not have."""
        places = {name: row for row, name in enumerate(self.past.documents)}
        return np.array([places.get(name, -1) for name in names], dtype=np.int64)

    def tables(self) -> tuple[pd.DataFrame, dict[int, str]]:
        """Return its documents (columns text, topic_id) and the key of each topic_id."""
        documents = pd.read_parquet(self.folder / "documents.parquet", columns=["text", "topic_id"])
        topics = pd.read_parquet(self.folder / "topics.parquet", columns=["topic_id", "key"])
        return documents, dict(zip(topics["topic_id"], topics["key"], strict=True))


def followed(home: Path, settings: RunSettings) -> Path | None:
    """Return the folder of the earlier run that a new run follows, or None.

    Raises `InputError` if the settings name a folder that is not a finished run.
    """
    if settings.follows == "none":
        return None
    if settings.follows == "latest":
        runs = published_runs(home)
        return next((folder for folder, _ in readable_records(runs[::-1])), None)
    folder = Path(settings.follows).expanduser()
    try:
        read_record(folder)
    except InputError as error:
        raise InputError(f"follows: {error}; use --follows none to follow no run") from None
    return folder


def load_last(folder: Path) -> LastRun | None:
    """Return the run in `folder`, or None if an old version wrote it, without memory of topics.

    Raises `StorageError` if its files are damaged.
    """
    path = folder / MEMORY
    if not path.is_file():
        return None
    try:
        memory = json.loads(path.read_text(encoding="utf-8"))
        documents = pd.read_parquet(folder / "documents.parquet", columns=["doc_id", "topic_id"])
        lives = tuple(Life.from_json(life) for life in memory["lives"])
        topics = documents["topic_id"].where(
            documents["topic_id"] == NO_TOPIC, documents["topic_id"] - 1
        )
        names = document_names(np.load(folder / DIGESTS, allow_pickle=False))
        return LastRun(
            folder=folder,
            record=read_record(folder),
            past=Past(int(memory["run"]), lives, dict(zip(names, topics.tolist(), strict=True))),
            doc_ids=frozenset(documents["doc_id"]),
            new_since_fit=int(memory["new_since_fit"]),
            waiting=frozenset(memory.get("waiting", ())),
        )
    except (OSError, KeyError, TypeError, ValueError, EOFError, InputError) as error:
        raise StorageError(
            f"cannot follow the run in {folder}: {error}; use --follows none to follow no run"
        ) from error


def account(last: LastRun, doc_ids: list[str], names: list[str]) -> DocumentAccount:
    """Count known, new, edited and deleted documents; edited means the same id, another text."""
    before = last.past.documents
    known = [name in before for name in names]
    edited = sum(
        not is_known and doc_id in last.doc_ids
        for doc_id, is_known in zip(doc_ids, known, strict=True)
    )
    n_known = sum(known)
    edited = min(edited, len(before) - n_known)
    return DocumentAccount(
        known=n_known,
        new=len(names) - n_known - edited,
        edited=edited,
        deleted=len(before) - n_known - edited,
    )


def reason_to_refit(
    last: LastRun | None,
    seen: DocumentAccount | None,
    settings: Settings,
    run_settings: RunSettings,
) -> str | None:
    """Return why a new model must be fitted, or None if the last run's model is continued."""
    if last is None or seen is None:
        return "no earlier run"
    if run_settings.refit == "always":
        return "fitted anew, as asked"
    before = last.record.config
    changed = [name for name in _OTHER_TOPICS if getattr(before, name) != getattr(settings, name)]
    if changed:
        return f"fitted anew: {', '.join(changed)} changed since run {last.run_id}"
    n_documents = seen.known + seen.new + seen.edited
    n_new = seen.new + seen.edited + last.new_since_fit
    if run_settings.refit == "auto" and n_new > MOST_NEW * n_documents:
        return f"fitted anew: {n_new} of {n_documents} documents are new since the last fit"
    return None
