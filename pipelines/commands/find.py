"""`topicbrief find`: the documents of a finished run that speak of something."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from nlp.cleaning.reader import cleaner
from nlp.encoder import Encoder, open_encoder
from nlp.encoder.hub import PREFIX
from nlp.errors import InputError, StorageError, TopicbriefError
from nlp.record import RunRecord
from nlp.retrieval import Found, Request, Searchable, find
from nlp.tables import csv_text
from nlp.topics.model import TopicModel
from pipelines.commands.found_text import as_text, marked_words
from pipelines.commands.search_index import Tell, load_index
from pipelines.console import say
from pipelines.runs.document_rows import DocumentRows
from pipelines.runs.finished import run_vectors
from pipelines.runs.manifest import read_record

_COLUMNS = (
    *("rank", "doc_id", "topic_id", "topic", "score", "date"),
    *("sentence", "start", "end"),
)


def open_run(folder: Path, tell: Tell = say) -> Searchable:
    """Return what a search in a finished run reads; builds the search index if there is none."""
    record = read_record(folder)
    documents, model = DocumentRows(folder), TopicModel.load(folder / "model")
    index = load_index(folder, record, model, documents, tell)
    if not len(documents) == model.n_docs == index.n_docs:
        raise StorageError(
            f"the files of {str(folder)!r} do not belong together: {len(documents)} documents, "
            f"{model.n_docs} in the model, {index.n_docs} in the search index"
        )
    clean = cleaner(record.cleaning())
    encoder = _encoder(record, tell)
    vectors = run_vectors(folder)
    return Searchable(index, documents, model, _labels(folder), clean, vectors, encoder)


def _encoder(record: RunRecord, tell: Tell) -> Encoder | None:
    """The encoder that made the run's vectors, if it is on this machine; asks no network."""
    if record.encoder is None or record.config.encoder.startswith(PREFIX):
        return None
    try:
        encoder = open_encoder(record.config.encoder)
    except TopicbriefError as error:
        tell(f"the query is searched by words only: {error}")
        return None
    same = encoder is not None and encoder.identity == record.encoder.identity
    return encoder if same else None


def _labels(folder: Path) -> dict[int, str]:
    try:
        table = pd.read_parquet(folder / "topics.parquet", columns=["topic_id", "label"])
    except (OSError, ValueError) as error:
        raise StorageError(f"cannot read the topics of {str(folder)!r}: {error}") from error
    return dict(zip(table["topic_id"].tolist(), table["label"].tolist(), strict=True))


def conditions(written: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return (column, value) of each COL=VALUE; raises `InputError` if one has no =."""
    for one in written:
        if "=" not in one:
            raise InputError(f"where: {one!r} is not a condition: write it as COL=VALUE")
    return tuple((name, value) for name, _, value in (one.partition("=") for one in written))


def answer(
    folder: Path,
    request: Request,
    form: str = "text",
    mark: Callable[[str], str] | None = None,
    tell: Tell = say,
) -> str:
    """Return the answer to a request as text, json or csv; `mark` marks the query's words."""
    searched = open_run(folder, tell)
    found = find(searched, request)
    if found.unknown and request.query is not None and not found.words:
        tell("no word of the query occurs in the documents of this run")
    if form == "json":
        return as_json(found)
    if form == "csv":
        return as_csv(found).removesuffix("\n")
    return as_text(found, request, marked_words(found, searched.clean) if mark else (), mark)


def as_json(found: Found) -> str:
    """Return the documents found as a JSON list of objects."""
    return json.dumps([asdict(document) for document in found.documents], indent=2)


def as_csv(found: Found) -> str:
    """Return the documents found as CSV, one row per quotation."""
    rows = [
        (
            rank,
            one.doc_id,
            one.topic_id,
            one.topic,
            one.score,
            one.date or "",
            *asdict(said).values(),
        )
        for rank, one in enumerate(found.documents, start=1)
        for said in one.quotations
    ]
    return csv_text(pd.DataFrame(rows, columns=list(_COLUMNS)))
