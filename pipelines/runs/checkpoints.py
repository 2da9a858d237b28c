"""What one step leaves for the next, and what a finished run keeps, as files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import scipy.sparse as sp

from nlp.analysis import Result
from nlp.config import Settings
from nlp.errors import StorageError
from nlp.ingest.corpus import Corpus
from nlp.topics.model import TopicModel
from pipelines.runs.manifest import read_manifest

TABLES = ("topics", "documents", "summaries", "rejected")
COUNTS = "model/counts.npz"
"""(n_docs, n_terms) counts in the model's vocabulary, kept so that a run can be asked later."""


def load_result(folder: Path, facts: Mapping[str, Any]) -> Result:
    """A result from the files of a run."""
    topics, documents, summaries, rejected = (
        pd.read_parquet(folder / f"{name}.parquet") for name in TABLES
    )
    model = TopicModel.load(folder / "model")
    return Result(topics, documents, summaries, rejected, model, facts)


def load_counts(folder: Path) -> sp.csr_matrix:
    """The counts that a run's model was fitted on."""
    return sp.csr_matrix(sp.load_npz(folder / COUNTS))


def run_settings(folder: Path) -> Settings:
    """The settings that a finished run was made with."""
    return Settings.create(**read_manifest(folder)["config"])


def run_documents(folder: Path) -> pd.DataFrame:
    """The documents of a finished run; `StorageError` if they cannot be read."""
    read_manifest(folder)
    try:
        return pd.read_parquet(folder / "documents.parquet")
    except (OSError, ValueError) as error:
        raise StorageError(f"cannot read the documents of {str(folder)!r}: {error}") from error


def run_counts(folder: Path) -> sp.csr_matrix:
    """The counts of a finished run; `StorageError` if they cannot be read."""
    try:
        return load_counts(folder)
    except (OSError, ValueError, KeyError) as error:
        raise StorageError(f"cannot read the counts of {str(folder)!r}: {error}") from error


def save_corpus(corpus: Corpus, folder: Path) -> None:
    """Write documents, rejected records and the account."""
    corpus.documents.to_parquet(folder / "documents.parquet")
    corpus.rejected.to_parquet(folder / "rejected.parquet", index=False)
    ledger = {"records_in": corpus.records_in, "warnings": list(corpus.warnings)}
    write_json(folder / "ledger.json", ledger)


def load_corpus(folder: Path) -> Corpus:
    """What `save_corpus` wrote."""
    ledger = read_json(folder / "ledger.json")
    return Corpus(
        documents=pd.read_parquet(folder / "documents.parquet"),
        rejected=pd.read_parquet(folder / "rejected.parquet"),
        records_in=ledger["records_in"],
        warnings=tuple(ledger["warnings"]),
    )


def write_json(path: Path, value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write a JSON file."""
    path.write_text(json.dumps(value, default=str), encoding="utf-8")


def read_json(path: Path) -> Any:
    """The value in a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))
