"""Small runs of one name, made quickly: a few documents of six words on two or three subjects."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nlp.report import Pages
from pipelines import steps
from pipelines.options import read_options
from pipelines.runner import run_job

SUBJECTS = {
    "card": ["card", "payment", "declined", "bank", "limit", "charge", "money"],
    "parcel": ["parcel", "courier", "late", "delivery", "address", "door", "neighbour"],
    "login": ["password", "login", "reset", "account", "email", "link", "locked"],
}


def write(path: Path, n_documents: int = 60, first: int = 0, subjects: int = 3) -> Path:
    """A file of documents of six words each, two of three subjects by default."""
    lines = ["id,text"]
    for number in range(first, first + n_documents):
        words = list(SUBJECTS.values())[number % subjects]
        lines.append(f"d{number},{' '.join(random.Random(number).choices(words, k=6))}.")
    path.write_text("\n".join(lines) + "\n")
    return path


def run(source: Path, **flags: Any) -> Path:
    given = {"out": str(source.parent / "out"), "name": "demo", "topics": 3, **flags}
    options = read_options([str(source)] if "config" not in flags else [], given)
    return run_job(options.job, Path(options.out), quiet=True)


def manifest(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return value


def keys(folder: Path) -> Mapping[str, str]:
    topics = pd.read_parquet(folder / "topics.parquet").set_index("topic_id")["key"]
    documents = pd.read_parquet(folder / "documents.parquet").set_index("doc_id")["topic_id"]
    return {str(doc): str(topics[topic]) for doc, topic in documents.items()}


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs without their pages, which these tests do not look at."""
    monkeypatch.setattr(steps, "render_pages", lambda content: Pages("", ""))
