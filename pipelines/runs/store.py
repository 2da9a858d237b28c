"""The values of each step as files: the path of each, and how it is written and read.

An unfinished run keeps them in OUT/NAME/.cache/unfinished, so that the next run can continue from
the finished steps. Files that will be published are in its subfolder `publish` from the start.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pydantic import TypeAdapter

from nlp.analysis.encoding import Encoding
from nlp.analysis.result import Result
from nlp.analysis.steps import FitNotes, Source
from nlp.cleaning.boilerplate import Boilerplate
from nlp.cleaning.languages import Languages
from nlp.cleaning.tokens import Tokens
from nlp.encoder.store import load_store, save_store
from nlp.fitting.fit import Fit
from nlp.ingest.corpus import Corpus
from nlp.ingest.reading import Reading
from nlp.record import EncoderRecord, Lineage, RunRecord, TopicSearch
from nlp.report import Pages, write_workbook
from nlp.tables import write_table
from nlp.topics.model import TopicModel
from nlp.tracking.memory import Life
from nlp.tracking.new_topics import Births
from pipelines.runs.manifest import sha256

TABLES = ("topics", "documents", "summaries", "rejected")
COUNTS = Path("model") / "counts.npz"
"""(n_docs, n_terms) counts in the model's vocabulary, for `evaluate`."""
DIGESTS = Path("model") / "digests.npy"
"""(n_docs, 16) bytes: hashes of the texts, by which the next run recognises them."""
MEMORY = Path("model") / "continuity.json"
"""What the next run needs to recognise the topics of this run."""
VECTORS = Path("model") / "vectors.npz"
"""Sentence vectors by text, kept for the next run and for `topicbrief find`."""
PUBLISH = "publish"
WORKBOOK = "report.xlsx"
_FINISHED = "finished"


def write_json(path: Path, value: object) -> None:
    """Write a JSON file."""
    path.write_text(json.dumps(value, default=str), encoding="utf-8")


def read_json(path: Path) -> Any:
    """The value in a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Place:
    """How a value is written to a run's folder and read from it."""

    save: Callable[[Path, Any], None]
    load: Callable[[Path], Any]


class FolderStore:
    """The values of an unfinished run, in their own folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.publish = folder / PUBLISH

    def load(self, name: str) -> Any:
        """Return the value of that name."""
        return PLACES[name].load(self.folder)

    def save(self, step: str, values: Mapping[str, Any]) -> None:
        """Write the values of a step; when they are on disk, mark the step as finished."""
        (self.publish / "model").mkdir(parents=True, exist_ok=True)
        before = self._stamps()
        for name, value in values.items():
            PLACES[name].save(self.folder, value)
        written = [path for path, stamp in self._stamps().items() if before.get(path) != stamp]
        for path in written:
            flush(self.folder / path)
        marker = self.folder / f"{step}.{_FINISHED}"
        write_json(marker, {path: sha256(self.folder / path) for path in written})
        flush(marker)
        flush(self.folder)

    def has(self, step: str) -> bool:
        """Return whether a step is finished."""
        return (self.folder / f"{step}.{_FINISHED}").is_file()

    def finished(self) -> list[str]:
        """Return the names of the finished steps, in the order in which they finished."""
        markers = self.folder.glob(f"*.{_FINISHED}")
        return [path.stem for path in sorted(markers, key=lambda path: path.stat().st_mtime_ns)]

    def is_whole(self) -> bool:
        """Return whether every file still has the hash that the last step to write it recorded."""
        hashes: dict[str, str] = {}
        try:
            for step in self.finished():
                hashes |= read_json(self.folder / f"{step}.{_FINISHED}")
            return all(sha256(self.folder / path) == known for path, known in hashes.items())
        except (OSError, ValueError, TypeError):
            return False

    def _stamps(self) -> dict[str, tuple[int, int]]:
        found = {}
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and path.suffix != f".{_FINISHED}":
                state = path.stat()
                found[path.relative_to(self.folder).as_posix()] = (state.st_mtime_ns, state.st_ino)
        return found

    def forget(self, step: str) -> None:
        """Mark a step as not finished, so that it runs again."""
        (self.folder / f"{step}.{_FINISHED}").unlink(missing_ok=True)

    def clear(self) -> None:
        """Delete all values."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def hand_over(self, stage: Path) -> None:
        """Move the files to publish into a run's staging folder, on the same disk."""
        for path in sorted(self.publish.iterdir()):
            path.rename(stage / path.name)


def flush(path: Path) -> None:
    """Wait until a file or a folder is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _save_records(folder: Path, corpus: Corpus) -> None:
    corpus.documents.to_parquet(folder / "records.parquet")
    corpus.rejected.to_parquet(folder / "unread.parquet", index=False)
    write_json(
        folder / "ledger.json",
        {
            "records_in": corpus.records_in,
            "warnings": list(corpus.warnings),
            "reading": corpus.reading.to_json(),
        },
    )


def _load_records(folder: Path) -> Corpus:
    ledger = read_json(folder / "ledger.json")
    return Corpus(
        documents=pd.read_parquet(folder / "records.parquet"),
        rejected=pd.read_parquet(folder / "unread.parquet"),
        records_in=ledger["records_in"],
        warnings=tuple(ledger["warnings"]),
        reading=Reading.from_json(ledger["reading"]),
    )


def _save_encoding(folder: Path, encoding: Encoding) -> None:
    record = asdict(encoding.record) if encoding.record else None
    write_json(folder / "encoding.json", {"record": record, "warnings": list(encoding.warnings)})
    if encoding.store is not None and encoding.rows is not None:
        save_store(encoding.store, folder / PUBLISH / VECTORS)
        np.save(folder / "vector_rows.npy", encoding.rows, allow_pickle=False)


def _load_encoding(folder: Path) -> Encoding:
    stored = read_json(folder / "encoding.json")
    record = TypeAdapter(EncoderRecord | None).validate_python(stored["record"])
    warnings = tuple(stored["warnings"])
    if not (folder / "vector_rows.npy").is_file():
        return Encoding(record, warnings=warnings)
    rows = np.load(folder / "vector_rows.npy", allow_pickle=False)
    return Encoding(record, load_store(folder / PUBLISH / VECTORS), rows, warnings)


def _save_fit(folder: Path, fit: Fit) -> None:
    published = folder / PUBLISH
    fit.model.save(published / "model")
    sp.save_npz(published / COUNTS, fit.counts)
    search = asdict(fit.search) if fit.search else None
    write_json(folder / "fit.json", {"reason": fit.reason, "search": search})
    if fit.births is not None:
        np.savez(folder / "births.npz", groups=fit.births.groups, waiting=fit.births.waiting)


def _load_fit(folder: Path) -> Fit:
    published, stored, births = folder / PUBLISH, read_json(folder / "fit.json"), None
    if (folder / "births.npz").is_file():
        with np.load(folder / "births.npz", allow_pickle=False) as arrays:
            births = Births(arrays["groups"], arrays["waiting"])
    return Fit(
        TopicModel.load(published / "model"),
        load_counts(published),
        stored["reason"],
        TypeAdapter(TopicSearch | None).validate_python(stored["search"]),
        births,
    )


def _save_result(folder: Path, result: Result) -> None:
    published = folder / PUBLISH
    write_tables(result, published)
    # Written again: topics that a person merged are merged after the fit.
    result.model.save(published / "model")
    write_json(folder / "lives.json", [life.to_json() for life in result.lives])
    write_json(folder / "record.json", result.record.to_json())


def write_tables(result: Result, folder: Path, names: Sequence[str] = TABLES) -> None:
    """Write the tables of these names as CSV and as Parquet."""
    for name in names:
        for suffix in (".csv", ".parquet"):
            write_table(getattr(result, name), folder / f"{name}{suffix}")


def _load_result(folder: Path) -> Result:
    record = RunRecord.from_json(read_json(folder / "record.json"))
    lives = tuple(Life.from_json(life) for life in read_json(folder / "lives.json"))
    return load_result(folder / PUBLISH, record, lives)


def load_result(folder: Path, record: RunRecord, lives: tuple[Life, ...] = ()) -> Result:
    """Return a result from the files of a run."""
    topics, documents, summaries, rejected = (
        pd.read_parquet(folder / f"{name}.parquet") for name in TABLES
    )
    model = TopicModel.load(folder / "model")
    return Result(topics, documents, summaries, rejected, model, record, lives)


def load_counts(folder: Path) -> sp.csr_matrix:
    """Return the (n_docs, n_terms) counts that a run's model was fitted on."""
    return sp.csr_matrix(sp.load_npz(folder / COUNTS))


def write_pages(pages: Pages, folder: Path) -> None:
    """Write the pages of a run and its brief."""
    (folder / "report.html").write_text(pages.report, encoding="utf-8")
    (folder / "pyldavis.html").write_text(pages.pyldavis, encoding="utf-8")
    (folder / "brief.md").write_text(pages.brief, encoding="utf-8")


def _load_pages(folder: Path) -> Pages:
    return Pages(
        (folder / PUBLISH / "report.html").read_text(encoding="utf-8"),
        (folder / PUBLISH / "pyldavis.html").read_text(encoding="utf-8"),
        (folder / PUBLISH / "brief.md").read_text(encoding="utf-8"),
    )


def _json(name: str, kind: Any) -> Place:
    adapter = TypeAdapter(kind)

    def save(folder: Path, value: Any) -> None:
        (folder / name).write_bytes(adapter.dump_json(value))

    return Place(save, lambda folder: adapter.validate_json((folder / name).read_bytes()))


def _array(path: str | Path) -> Place:
    return Place(
        lambda folder, value: np.save(folder / path, value, allow_pickle=False),
        lambda folder: np.load(folder / path, allow_pickle=False),
    )


PLACES: Mapping[str, Place] = {
    "source": _json("source.json", Source),
    "records": Place(_save_records, _load_records),
    "digests": _array("digests.npy"),
    "languages": _json("languages.json", Languages),
    "rows": _array("rows.npy"),
    "rejected": Place(
        lambda folder, table: table.to_parquet(folder / "rejected.parquet", index=False),
        lambda folder: pd.read_parquet(folder / "rejected.parquet"),
    ),
    "doc_ids": _json("doc_ids.json", list[str]),
    "names": _json("names.json", list[str]),
    "tokens": Place(
        lambda folder, tokens: tokens.save(folder / "tokens.npz"),
        lambda folder: Tokens.load(folder / "tokens.npz"),
    ),
    "n_cleaned": _json("cleaned.json", int),
    "boilerplate": _json("boilerplate.json", tuple[Boilerplate, ...]),
    "encoding": Place(_save_encoding, _load_encoding),
    "fit": Place(_save_fit, _load_fit),
    "fit_notes": _json("fit_notes.json", FitNotes),
    "result": Place(_save_result, _load_result),
    "lineage": _json("lineage.json", Lineage),
    "record": Place(
        lambda folder, record: write_json(folder / "published.json", record.to_json()),
        lambda folder: RunRecord.from_json(read_json(folder / "published.json")),
    ),
    "memory": Place(
        lambda folder, memory: write_json(folder / PUBLISH / MEMORY, memory),
        lambda folder: read_json(folder / PUBLISH / MEMORY),
    ),
    "texts": _array(Path(PUBLISH) / DIGESTS),
    "pages": Place(lambda folder, pages: write_pages(pages, folder / PUBLISH), _load_pages),
    # Written from what a report shows; nothing reads it back but its path.
    "workbook": Place(
        lambda folder, content: write_workbook(content, folder / PUBLISH / WORKBOOK, folder),
        lambda folder: folder / PUBLISH / WORKBOOK,
    ),
}
"""Every value that a run stores between steps, by name."""
