"""`topicbrief assign`: assign topics of a finished run to new documents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nlp.arrays import Singles
from nlp.assignment import assign_topics
from nlp.config import Settings
from nlp.encoder.choice import open_encoder
from nlp.errors import InputError
from nlp.http.configuration import configure, settings_from
from nlp.ingest.corpus import Corpus, read_corpus
from nlp.tables import write_table
from nlp.topics.model import TopicModel
from pipelines.runs.finished import run_topic_names
from pipelines.runs.manifest import read_record

_SUFFIXES = (".csv", ".parquet")


def assign_source(folder: Path, source: str, out: Path, options: Mapping[str, str | None]) -> str:
    """Write the topics of a source's documents to `out`; returns one line that counts them.

    Raises `InputError` if `out` is neither a .csv nor a .parquet file.
    """
    if out.suffix not in _SUFFIXES:
        raise InputError(f"out: {str(out)!r} must end with {' or '.join(_SUFFIXES)}")
    settings = read_record(folder).cleaning()
    given = {name: value for name, value in options.items() if value is not None}
    reading = Settings.create(**{"text": settings.text, **settings_from(), **given})
    configure(reading)
    corpus = read_corpus([source], reading)
    model = TopicModel.load(folder / "model")
    names, vectors = run_topic_names(folder), _vectors(model, corpus, folder)
    table = assign_topics(model, corpus, names, settings, vectors=vectors)
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


def _vectors(model: TopicModel, corpus: Corpus, folder: Path) -> Singles | None:
    """Vectors of the documents by the run's own encoder, if its topics are of words and vectors."""
    record = read_record(folder)
    if model.meaning is None or record.encoder is None:
        return None
    encoder = open_encoder(record.config.encoder, record.config)
    if encoder is None or encoder.identity != record.encoder.identity:
        raise InputError(
            f"encoder: {record.config.encoder!r} is not the one of the run in {str(folder)!r} "
            f"({record.encoder.identity}): install it again, or make the run anew"
        )
    found = encoder.encode_documents(corpus.texts)
    vectors: Singles = np.where(found.unknown[:, None], np.float32(0), found.vectors)
    return vectors
