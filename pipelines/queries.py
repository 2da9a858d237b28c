"""What a finished run can be asked: topics of new documents, its quality, who says what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from nlp.assignment import assign_topics
from nlp.cleaning.reader import clean
from nlp.cleaning.tokens import Tokens
from nlp.config import Settings
from nlp.errors import InputError, StorageError
from nlp.fitting.comparison import found_again, rival
from nlp.http.configuration import configure, settings_from
from nlp.ingest.corpus import read_corpus
from nlp.retrieval import build_index, with_parts
from nlp.tables import write_table
from nlp.topics.model import TopicModel
from nlp.topics.quality import measure
from nlp.vocabulary.phrases import join_phrases
from nlp.vocabulary.terms import count_known_terms
from pipelines.runs import read_manifest
from pipelines.steps import load_counts

_SUFFIXES = (".csv", ".parquet")


def assign_source(folder: Path, source: str, out: Path, options: Mapping[str, str | None]) -> str:
    """Write the topics of a source's documents to `out`; returns the account in one line."""
    if out.suffix not in _SUFFIXES:
        raise InputError(f"out: {str(out)!r} must end with {' or '.join(_SUFFIXES)}")
    settings = _settings(folder)
    given = {name: value for name, value in options.items() if value is not None}
    reading = Settings.create(**{"text": settings.text, **settings_from(), **given})
    configure(reading)
    corpus = read_corpus([source], reading)
    table = assign_topics(TopicModel.load(folder / "model"), corpus, settings)
    partial = out.with_name(f".{out.name}.partial{out.suffix}")
    try:
        write_table(table, partial)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    n_without = int((table["topic_id"] < 0).sum())
    dropped = ", ".join(f"{count} {reason}" for reason, count in corpus.dropped.items())
    return (
        f"{len(table)} documents of {corpus.records_in} records written to {out}; "
        f"{n_without} fit no topic; dropped: {dropped or 'none'}"
    )


def evaluate_run(folder: Path, label: str | None, refit: bool = True) -> dict[str, Any]:
    """Figures of quality of a finished run; with a label column, agreement with it too.

    `refit` fits twice more: from another seed, for the stability, and by NMF, to compare with.
    """
    documents = _documents(folder)
    if label is not None and label not in documents:
        columns = ", ".join(map(str, documents.columns))
        raise InputError(f"label: no column {label!r} in the run's documents (columns: {columns})")
    column = label or ("label" if "label" in documents else None)
    model = TopicModel.load(folder / "model")
    labels = None if column is None else documents[column].tolist()
    counts = _counts(folder)
    found = asdict(measure(model, counts, labels))
    if refit:
        found["stability"] = found_again(model, counts)
        found["nmf"] = asdict(rival(model, counts, labels))
    return {"model": model.kind, "n_topics": model.n_topics, "n_docs": model.n_docs, **found}


def find_documents(folder: Path, query: str | None, like: str | None, most: int) -> Iterator[str]:
    """One line for each document found, best first: id, topic, the sentence nearest the query."""
    if (query is None) == (like is None):
        raise InputError("query: give either words to look for or --like DOC_ID")
    documents, settings = _documents(folder), _settings(folder)
    model = TopicModel.load(folder / "model")
    terms, parts = with_parts(model.terms)
    counts = sp.csr_matrix(_counts(folder) @ parts[: len(model.terms)])
    if like is not None:
        rows = np.flatnonzero(documents["doc_id"] == like)
        if len(rows) == 0:
            raise InputError(f"like: no document {like!r} in this run")
        asked = counts[rows[0]]
    else:
        asked = count_known_terms(clean([query or ""], settings), terms) @ parts
    ranked = build_index(counts).best(asked, most + (like is not None))
    found = [row for row in ranked if documents["doc_id"].iloc[row] != like][:most]
    texts = [documents["text"].iloc[row] for row in found]
    tokens = join_phrases(clean(texts, settings), model.terms)
    for position, row in enumerate(found):
        sentence = _nearest_sentence(tokens, position, texts[position], asked, terms)
        one = documents.iloc[row]
        yield f"{one['doc_id']}\ttopic {one['topic_id']}\t{' '.join(sentence.split())}"


def _nearest_sentence(
    tokens: Tokens, document: int, text: str, asked: sp.csr_matrix, terms: tuple[str, ...]
) -> str:
    wanted = {terms[column] for column in asked.indices}
    first, last = tokens.document_sentences[document : document + 2]
    if first == last:
        return text
    best = max(range(first, last), key=lambda s: len(wanted & set(tokens.sentence_words(s))))
    start, end = tokens.spans[best]
    return text[start:end]


def _settings(folder: Path) -> Settings:
    return Settings.create(**read_manifest(folder)["config"])


def _documents(folder: Path) -> pd.DataFrame:
    read_manifest(folder)
    try:
        return pd.read_parquet(folder / "documents.parquet")
    except (OSError, ValueError) as error:
        raise StorageError(f"cannot read the documents of {str(folder)!r}: {error}") from error


def _counts(folder: Path) -> sp.csr_matrix:
    try:
        return load_counts(folder)
    except (OSError, ValueError, KeyError) as error:
        raise StorageError(f"cannot read the counts of {str(folder)!r}: {error}") from error
