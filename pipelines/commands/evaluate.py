"""`topicbrief evaluate`: the quality of a finished run."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from nlp.errors import InputError
from nlp.fitting.comparison import found_again, rival
from nlp.topics.model import TopicModel
from nlp.topics.quality import measure
from pipelines.runs.finished import run_counts, run_documents, run_vectors


def evaluate_run(folder: Path, label: str | None, refit: bool = True) -> dict[str, Any]:
    """Return the quality figures of a finished run; with a label column, agreement with it too.

    `refit` fits two more models: one with another seed, for the stability, and NMF, to compare
    with. Raises `InputError` for a label column that the run does not have.
    """
    documents = run_documents(folder)
    if label is not None and label not in documents:
        columns = ", ".join(map(str, documents.columns))
        raise InputError(f"label: no column {label!r} in the run's documents (columns: {columns})")
    column = label or ("label" if "label" in documents else None)
    model = TopicModel.load(folder / "model")
    labels = None if column is None else documents[column].tolist()
    counts = run_counts(folder)
    found = asdict(measure(model, counts, labels))
    if refit:
        found["stability"] = found_again(model, counts, run_vectors(folder))
        found["nmf"] = asdict(rival(model, counts, labels))
    return {"model": model.kind, "n_topics": model.n_topics, "n_docs": model.n_docs, **found}
