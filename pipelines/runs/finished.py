"""The documents and counts of a finished run, read back from its folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from nlp.arrays import Singles
from nlp.encoder.store import load_store
from nlp.errors import StorageError
from nlp.topics.model import NO_TOPIC
from pipelines.runs.manifest import read_record
from pipelines.runs.store import DIGESTS, VECTORS, load_counts


def run_documents(folder: Path) -> pd.DataFrame:
    """Return the documents of a finished run; raises `StorageError` if they cannot be read."""
    read_record(folder)
    try:
        return pd.read_parquet(folder / "documents.parquet")
    except (OSError, ValueError) as error:
        raise StorageError(f"cannot read the documents of {str(folder)!r}: {error}") from error


def run_topic_names(folder: Path) -> list[str]:
    """Return the name of each topic of a finished run, (n_topics,).

    Raises `StorageError` if they cannot be read.
    """
    read_record(folder)
    try:
        topics = pd.read_parquet(folder / "topics.parquet", columns=["topic_id", "label"])
    except (OSError, ValueError) as error:
        raise StorageError(f"cannot read the topics of {str(folder)!r}: {error}") from error
    return topics.loc[topics["topic_id"] != NO_TOPIC, "label"].tolist()


def run_counts(folder: Path) -> sp.csr_matrix:
    """Return the counts of a finished run; raises `StorageError` if they cannot be read."""
    try:
        return load_counts(folder)
    except (OSError, ValueError, KeyError) as error:
        raise StorageError(f"cannot read the counts of {str(folder)!r}: {error}") from error


def run_vectors(folder: Path) -> Singles | None:
    """(n_docs, n_dims) the sentence vectors of a finished run; None if it has none."""
    store = load_store(folder / VECTORS)
    if store is None:
        return None
    try:
        rows = store.rows(np.load(folder / DIGESTS, allow_pickle=False))
    except (OSError, ValueError) as error:
        raise StorageError(f"cannot read the vectors of {str(folder)!r}: {error}") from error
    vectors: Singles = store.encoded.vectors[rows]
    return None if (rows < 0).any() else vectors
