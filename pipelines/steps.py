"""The job as steps over a run folder: each reads the last step's files and writes its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd
import scipy.sparse as sp

from nlp.analysis import (
    Fit,
    Result,
    clean_corpus,
    continue_topics,
    describe,
    fit_topics,
)
from nlp.config import Settings
from nlp.continuity import document_names, identify
from nlp.corpus import Corpus, read_corpus
from nlp.http.addresses import is_url, masked
from nlp.progress import Progress, silent
from nlp.tables import write_table
from nlp.tokens import Tokens
from nlp.topics import TopicModel
from pipelines.history import MEMORY, LastRun, account, followed, load_last, reason_to_refit
from pipelines.runs import Run, publish
from pipelines.upkeep import Upkeep

_TABLES = ("topics", "documents", "summaries", "rejected")
COUNTS = "model/counts.npz"
"""(n_docs, n_terms) counts in the model's vocabulary, kept so that a run can be asked later."""


@dataclass(frozen=True)
class Job:
    """What is to be done: the sources and the settings."""

    name: str
    sources: tuple[str, ...]
    settings: Settings
    upkeep: Upkeep = field(default_factory=Upkeep)


def ingest(run: Run, job: Job, progress: Progress = silent) -> None:
    """Read every source into documents and ledger."""
    _save_corpus(read_corpus(job.sources, job.settings, progress), run.checkpoints)
    inputs = [_describe_input(source) for source in job.sources]
    _write_json(run.checkpoints / "inputs.json", inputs)


def clean(run: Run, job: Job, progress: Progress = silent) -> None:
    """Turn the documents into tokens; those without a word are dropped, with their reason."""
    corpus, tokens = clean_corpus(_load_corpus(run.checkpoints), job.settings, progress)
    _save_corpus(corpus, run.checkpoints)
    tokens.save(run.checkpoints / "tokens.npz")


def fit(run: Run, job: Job, progress: Progress = silent) -> None:
    """Carry the last run's model on, or choose and fit one anew."""
    tokens = Tokens.load(run.checkpoints / "tokens.npz")
    documents = _load_corpus(run.checkpoints).documents
    names = document_names(documents["text"].tolist())
    last = _last_run(run, job)
    seen = account(last, documents["doc_id"].tolist(), names) if last else None
    refit = reason_to_refit(last, seen, job.settings, job.upkeep)
    if last is not None and seen is not None and refit is None:
        why = f"goes on from run {last.run_id}: {seen.known} of {len(names)} documents are known"
        fitted = continue_topics(tokens, job.settings, last.model(), why, progress)
        new_since_fit = last.new_since_fit + seen.new + seen.edited
    else:
        fitted = fit_topics(tokens, job.settings, progress)
        if last is not None:
            fitted = replace(fitted, reason=f"{fitted.reason}; {refit}")
        new_since_fit = 0
    fitted.model.save(run.stage / "model")
    sp.save_npz(run.stage / COUNTS, fitted.counts)
    facts = {
        "reason": fitted.reason,
        "follows": last.run_id if last else None,
        "documents": seen.to_json() if seen else None,
        "new_since_fit": new_since_fit,
    }
    _write_json(run.checkpoints / "fit.json", facts)


def summarize(run: Run, job: Job, progress: Progress = silent) -> None:
    """Know the topics again, summarize and score them, and write the tables."""
    corpus = _load_corpus(run.checkpoints)
    tokens = Tokens.load(run.checkpoints / "tokens.npz")
    facts = _read_json(run.checkpoints / "fit.json")
    fitted = Fit(TopicModel.load(run.stage / "model"), load_counts(run.stage), facts["reason"])
    last = _last_run(run, job)
    past = last.past if last else None
    identity = identify(fitted.model, document_names(corpus.texts), past)
    result = describe(corpus, tokens, fitted, job.settings, progress, identity, past)
    for name in _TABLES:
        for suffix in (".csv", ".parquet"):
            write_table(getattr(result, name), run.stage / f"{name}{suffix}")
    memory = {
        "run": identity.run,
        "new_since_fit": facts["new_since_fit"],
        "lives": [life.to_json() for life in result.lives],
    }
    _write_json(run.stage / MEMORY, memory)
    continuity = {key: facts[key] for key in ("follows", "documents")} | {"run": identity.run}
    _write_json(run.checkpoints / "facts.json", {**result.facts, "continuity": continuity})


def _last_run(run: Run, job: Job) -> LastRun | None:
    folder = followed(run.home, job.upkeep)
    return load_last(folder) if folder else None


def report(run: Run, job: Job, progress: Progress = silent) -> None:
    """Write the page people read, and the pyLDAvis view."""
    from nlp.report import render_pyldavis

    facts = {**_run_facts(run, job), **_read_json(run.checkpoints / "facts.json")}
    result = load_result(run.stage, facts)
    (run.stage / "pyldavis.html").write_text(render_pyldavis(result.model), encoding="utf-8")
    progress(1, 2)
    result.write_report(run.stage / "report.html", title=job.name)
    progress(2, 2)


STEPS: Mapping[str, Callable[[Run, Job, Progress], None]] = {
    "ingest": ingest,
    "clean": clean,
    "fit": fit,
    "summarize": summarize,
    "report": report,
}


def finish(run: Run, job: Job, timings: Mapping[str, float]) -> Path:
    """Publish what the steps left; returns the run's folder."""
    facts = {**_run_facts(run, job), **_read_json(run.checkpoints / "facts.json")}
    return publish(run, {**facts, "timings": dict(timings)})


def timed(step: Callable[[Run, Job, Progress], None]) -> Callable[[Run, Job, Progress], float]:
    """The same step, returning the seconds it took."""

    def run_step(run: Run, job: Job, progress: Progress) -> float:
        start = perf_counter()
        step(run, job, progress)
        return round(perf_counter() - start, 3)

    return run_step


def load_result(folder: Path, facts: Mapping[str, Any]) -> Result:
    """A result from the files of a run."""
    topics, documents, summaries, rejected = (
        pd.read_parquet(folder / f"{name}.parquet") for name in _TABLES
    )
    model = TopicModel.load(folder / "model")
    return Result(topics, documents, summaries, rejected, model, facts)


def load_counts(folder: Path) -> sp.csr_matrix:
    """The counts that a run's model was fitted on."""
    return sp.csr_matrix(sp.load_npz(folder / COUNTS))


def _run_facts(run: Run, job: Job) -> dict[str, Any]:
    return {
        "name": job.name,
        "run_id": run.run_id,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "sources": [masked(source) for source in job.sources],
        "inputs": _read_json(run.checkpoints / "inputs.json"),
    }


def _describe_input(source: str) -> dict[str, Any]:
    """Name, size and hash of a source; a folder's hash is that of its files' names and hashes."""
    from nlp.http.downloads import downloaded

    if is_url(source) and (fetched := downloaded(source)):
        told = {"source": fetched.url, "sha256": fetched.sha256, "bytes": fetched.n_bytes}
        return {**told, "files": 1, "etag": fetched.etag, "last_modified": fetched.last_modified}
    path = Path(source).expanduser()
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    size = 0
    for file in files:
        with file.open("rb") as stream:
            one = hashlib.file_digest(stream, "sha256")
        size += file.stat().st_size
        if path.is_dir():
            digest.update(f"{file.relative_to(path).as_posix()}\0{one.hexdigest()}\n".encode())
        else:
            digest = one
    return {"source": source, "sha256": digest.hexdigest(), "bytes": size, "files": len(files)}


def _save_corpus(corpus: Corpus, folder: Path) -> None:
    corpus.documents.to_parquet(folder / "documents.parquet")
    corpus.rejected.to_parquet(folder / "rejected.parquet", index=False)
    ledger = {"records_in": corpus.records_in, "warnings": list(corpus.warnings)}
    _write_json(folder / "ledger.json", ledger)


def _load_corpus(folder: Path) -> Corpus:
    ledger = _read_json(folder / "ledger.json")
    return Corpus(
        documents=pd.read_parquet(folder / "documents.parquet"),
        rejected=pd.read_parquet(folder / "rejected.parquet"),
        records_in=ledger["records_in"],
        warnings=tuple(ledger["warnings"]),
    )


def _write_json(path: Path, value: Mapping[str, Any] | Sequence[Any]) -> None:
    path.write_text(json.dumps(value, default=str), encoding="utf-8")


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
