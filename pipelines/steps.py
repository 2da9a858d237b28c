"""The job as steps over a run folder: each reads the last step's files and writes its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import scipy.sparse as sp

from nlp.analysis import Result, describe, keep_worded, redacted
from nlp.cleaning.tokens import Tokens
from nlp.config import Settings
from nlp.errors import GateError, InputError, NoDocumentsError
from nlp.fitting.fit import Fit, continue_topics, fit_topics
from nlp.http.urls import masked
from nlp.ingest.corpus import Corpus, read_corpus
from nlp.progress import Progress, silent
from nlp.tables import write_table
from nlp.topics.model import TopicModel
from nlp.tracking.identity import identify
from nlp.tracking.memory import document_names
from nlp.tracking.merging import merge_named
from pipelines.incremental.last_run import (
    MEMORY,
    LastRun,
    account,
    followed,
    load_last,
    reason_to_refit,
)
from pipelines.incremental.new_rows import carried_run, extract, with_earlier
from pipelines.incremental.token_cache import clean_new
from pipelines.job import Job
from pipelines.review.alerts import (
    Alert,
    find_alerts,
    read_watch_list,
    watched_hash,
)
from pipelines.review.gates import check_coherence, check_share
from pipelines.review.topic_names import Names, load_names
from pipelines.runs.checkpoints import (
    COUNTS,
    TABLES,
    load_corpus,
    load_counts,
    load_result,
    read_json,
    save_corpus,
    write_json,
)
from pipelines.runs.fingerprints import describe_input, unchanged_while_reading
from pipelines.runs.folder import Run, publish
from pipelines.runs.manifest import read_manifest
from pipelines.runs.retention import prune


def ingest(run: Run, job: Job, progress: Progress = silent) -> None:
    """Read every source into documents and ledger."""
    try:
        corpus, inputs = _read(run, job, progress)
    except NoDocumentsError as error:
        _check_share(run, job, 0, error)
        raise
    _check_repeated(job, inputs)
    # Before cleaning, so that a source that shrank does not empty the cache.
    _check_share(run, job, len(corpus.documents))
    save_corpus(corpus, run.checkpoints)
    write_json(run.checkpoints / "inputs.json", inputs)
    names = Names.from_json(job.repeats["names"]) if job.repeats else load_names(run.home)
    write_json(run.checkpoints / "names.json", names.to_json())


def _read(run: Run, job: Job, progress: Progress) -> tuple[Corpus, list[dict[str, Any]]]:
    if job.upkeep.query is None:
        with unchanged_while_reading(job.sources):
            corpus = read_corpus(job.sources, job.settings, progress)
            return corpus, [describe_input(source) for source in job.sources]
    path, found = extract(run, job)
    last = carried_run(run, job)
    corpus = read_corpus([path], job.settings, progress, may_be_empty=True)
    if last is not None:
        corpus = with_earlier(corpus, last)
    return corpus.require_documents(), [found.to_json()]


def clean(run: Run, job: Job, progress: Progress = silent) -> None:
    """Turn the documents into tokens; those without a word are dropped, with their reason."""
    corpus = redacted(load_corpus(run.checkpoints), job.settings)
    cleaned = clean_new(
        corpus.texts, job.settings, run.home / ".cache", progress, scratch=run.checkpoints
    )
    try:
        corpus, tokens = keep_worded(corpus, cleaned.tokens)
    except NoDocumentsError as error:
        _check_share(run, job, 0, error)
        raise
    _check_share(run, job, len(corpus.documents))
    save_corpus(corpus, run.checkpoints)
    tokens.save(run.checkpoints / "tokens.npz")
    write_json(run.checkpoints / "cleaned.json", {"cleaned": cleaned.n_cleaned})


def fit(run: Run, job: Job, progress: Progress = silent) -> None:
    """Carry the last run's model on, or choose and fit one anew."""
    tokens = Tokens.load(run.checkpoints / "tokens.npz")
    documents = load_corpus(run.checkpoints).documents
    names = document_names(documents["text"].tolist())
    last = _last_run(run, job)
    seen = account(last, documents["doc_id"].tolist(), names) if last else None
    refit = reason_to_refit(last, seen, job.settings, job.upkeep)
    if last is not None and seen is not None and refit is None:
        why = f"goes on from run {last.run_id}: {seen.known} of {len(names)} documents are known"
        rows = last.rows(names)
        waiting = np.array([name in last.waiting for name in names], dtype=bool)
        fitted = continue_topics(tokens, job.settings, last.model(), rows, why, progress, waiting)
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
        "search": fitted.search,
        "follows": last.run_id if last else None,
        "refitted": refit is not None,
        "documents": seen.to_json() if seen else None,
        "new_since_fit": new_since_fit,
        "waiting": [names[row] for row in fitted.births.waiting] if fitted.births else [],
        "warnings": _without_topic(fitted, job.settings),
    }
    write_json(run.checkpoints / "fit.json", facts)


def summarize(run: Run, job: Job, progress: Progress = silent) -> None:
    """Know the topics again, summarize and score them, and write the tables."""
    corpus = load_corpus(run.checkpoints)
    tokens = Tokens.load(run.checkpoints / "tokens.npz")
    facts = read_json(run.checkpoints / "fit.json")
    names = Names.from_json(read_json(run.checkpoints / "names.json"))
    last = _last_run(run, job)
    past = last.past if last else None
    model = TopicModel.load(run.stage / "model")
    identity = identify(model, document_names(corpus.texts), past)
    if names.merged:
        model, identity = merge_named(model, identity, names.final)
        model.save(run.stage / "model")
    fitted = Fit(model, load_counts(run.stage), facts["reason"], facts["search"])
    result = describe(
        corpus, tokens, fitted, job.settings, progress, identity, past, names.labels, names.hidden
    )
    check_coherence(result.facts["quality"]["mean_npmi"], job.upkeep.min_coherence)
    for name in TABLES:
        for suffix in (".csv", ".parquet"):
            write_table(getattr(result, name), run.stage / f"{name}{suffix}")
    memory = {
        "run": identity.run,
        "new_since_fit": facts["new_since_fit"],
        "waiting": facts["waiting"],
        "lives": [life.to_json() for life in result.lives],
    }
    write_json(run.stage / MEMORY, memory)
    continuity = {key: facts[key] for key in ("follows", "refitted", "documents")}
    continuity |= {"run": identity.run, **read_json(run.checkpoints / "cleaned.json")}
    found = {
        **result.facts,
        "continuity": continuity,
        "names": names.to_json(),
        "hidden": [t + 1 for t, key in enumerate(identity.keys) if key in names.hidden],
        "warnings": [*result.facts["warnings"], *facts["warnings"]],
        "alerts": [alert.to_json() for alert in _alerts(job, result, last)],
    }
    write_json(run.checkpoints / "facts.json", found)


def _without_topic(fitted: Fit, settings: Settings) -> list[str]:
    """Subjects that would have become topics, had their number not been asked for."""
    if settings.topics == "auto" or fitted.births is None or not fitted.births.n_topics:
        return []
    text = (
        f"{fitted.births.sizes().sum()} documents share subjects that none of the "
        f"{settings.topics} topics asked for explains: ask for more, or for --topics auto"
    )
    return [text]


def _check_repeated(job: Job, inputs: Sequence[Mapping[str, Any]]) -> None:
    """A run is repeated on what it read, or not at all."""
    if job.repeats is None:
        return
    before = {one["source"]: one["sha256"] for one in job.repeats["inputs"]}
    other = [one["source"] for one in inputs if before.get(one["source"]) != one["sha256"]]
    if other:
        raise InputError(
            f"config: {other[0]!r} is not what run {job.repeats['run_id']} read: name the source "
            "too if the run is to be made with today's"
        )


def _check_share(run: Run, job: Job, n_documents: int, cause: Exception | None = None) -> None:
    folder = followed(run.home, job.upkeep)
    n_before = read_manifest(folder)["records_kept"] if folder else None
    try:
        check_share(n_documents, n_before, job.upkeep.min_documents_share)
    except GateError as error:
        raise error from cause


def _alerts(job: Job, result: Result, last: LastRun | None) -> list[Alert]:
    if job.upkeep.watch is None:
        return []
    watches = read_watch_list(Path(job.upkeep.watch))
    return find_alerts(
        watches, result.documents, result.topics, *(last.tables() if last else (None, None))
    )


def _last_run(run: Run, job: Job) -> LastRun | None:
    folder = followed(run.home, job.upkeep)
    return load_last(folder) if folder else None


def report(run: Run, job: Job, progress: Progress = silent) -> None:
    """Write the page people read, and the pyLDAvis view."""
    from nlp.report import render_pyldavis

    facts = {**_run_facts(run, job), **read_json(run.checkpoints / "facts.json")}
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
    """Publish what the steps left, and remove runs that are not to be kept; the run's folder."""
    facts = {**_run_facts(run, job), **read_json(run.checkpoints / "facts.json")}
    folder = publish(run, {**facts, "timings": dict(timings)})
    prune(run.home, job.upkeep.keep_runs, job.upkeep.keep_days)
    return folder


def timed(step: Callable[[Run, Job, Progress], None]) -> Callable[[Run, Job, Progress], float]:
    """The same step, returning the seconds it took."""

    def run_step(run: Run, job: Job, progress: Progress) -> float:
        start = perf_counter()
        step(run, job, progress)
        return round(perf_counter() - start, 3)

    return run_step


def _run_facts(run: Run, job: Job) -> dict[str, Any]:
    return {
        "name": job.name,
        "run_id": run.run_id,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "sources": [masked(source) for source in job.sources],
        "inputs": read_json(run.checkpoints / "inputs.json"),
        "upkeep": job.upkeep.model_dump(mode="json"),
        "watched": watched_hash(job.upkeep.watch),
    }
