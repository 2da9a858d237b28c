"""`topicbrief assign`: assign topics of a finished run to new documents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nlp.assignment import assign_topics
from nlp.config import Settings
from nlp.errors import InputError
from nlp.http.configuration import configure, settings_from
from nlp.ingest.corpus import read_corpus
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
    settings = read_record(folder).config
    given = {name: value for name, value in options.items() if value is not None}
    reading = Settings.create(**{"text": settings.text, **settings_from(), **given})
    configure(reading)
    corpus = read_corpus([source], reading)
    table = assign_topics(
        TopicModel.load(folder / "model"), corpus, run_topic_names(folder), settings
    )
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
