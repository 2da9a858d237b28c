"""The plan of a run: the steps of `nlp.analysis` plus files, the last run, gates and pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from nlp.analysis.conductor import Step
from nlp.analysis.description import hidden_ids
from nlp.analysis.result import Result
from nlp.analysis.steps import FitNotes, Following, Plan, Source
from nlp.arrays import Ints
from nlp.cleaning.languages import Languages
from nlp.cleaning.tokens import Tokens
from nlp.config import Settings
from nlp.encoder.store import VectorStore, load_store
from nlp.errors import InputError
from nlp.http.urls import masked
from nlp.ingest.corpus import Corpus, read_corpus
from nlp.ingest.digests import Digests
from nlp.progress import Progress
from nlp.record import Alert, InputRecord, Lineage, Publication, RunRecord
from nlp.report import Pages, ReportContent, render_pages
from nlp.tracking.memory import Past
from pipelines.incremental.last_run import (
    LastRun,
    account,
    followed,
    load_last,
    reason_to_refit,
)
from pipelines.incremental.new_rows import carried_run, extract, with_earlier
from pipelines.incremental.token_cache import clean_new
from pipelines.job import Job
from pipelines.review.alerts import find_alerts, read_watch_list, watched_hash
from pipelines.review.gates import check_coherence, check_share
from pipelines.review.topic_names import load_names
from pipelines.runs.fingerprints import describe_input, unchanged_while_reading
from pipelines.runs.folder import Run
from pipelines.runs.manifest import publication, read_record
from pipelines.runs.store import VECTORS, FolderStore

STEPS = ("ingest", "clean", "encode", "fit", "summarize", "report")
"""Names of the steps of a run, in order."""


class RunPlan:
    """What a run does at each step. It loads the earlier run that it follows once."""

    def __init__(self, run: Run, job: Job) -> None:
        self.run = run
        self.job = job
        self.store = FolderStore(run.unfinished)

    @cached_property
    def last(self) -> LastRun | None:
        """The earlier run that this run follows, or None."""
        folder = followed(self.run.home, self.job.upkeep)
        return load_last(folder) if folder else None

    def steps(self) -> tuple[Step, ...]:
        """The steps of this run, in order."""
        plan = Plan(
            settings=self.job.settings,
            read=self._read,
            tokenize=self._tokenize,
            accept=self._accept,
            follow=self._follow,
            known_vectors=self._known_vectors,
            past_is_meant=self._past_is_meant,
            only=self.job.part,
            past=self._past,
        )
        report = Step(
            "report", ("source", "result", "lineage", "fit_notes", "digests", "rows"),
            ("memory", "texts", "record", "pages", "workbook"), self._report,
        )  # fmt: skip
        return (*plan.steps(), report)

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(step for step in self.steps() if step.name == name)

    def _read(self, progress: Progress) -> tuple[Corpus, Source]:
        corpus, inputs = self._read_sources(progress)
        _check_repeated(self.job, inputs)
        repeated = self.job.repeats
        names = publication(repeated).names if repeated else load_names(self.run.home)
        return corpus, Source(inputs, names)

    def _read_sources(self, progress: Progress) -> tuple[Corpus, tuple[InputRecord, ...]]:
        job = self.job
        if job.upkeep.query is None:
            with unchanged_while_reading(job.sources):
                corpus = read_corpus(job.sources, job.settings, progress)
                return corpus, tuple(describe_input(source) for source in job.sources)
        path, found = extract(self.run, job)
        last = carried_run(self.run, job)
        corpus = read_corpus([path], job.settings, progress, may_be_empty=True)
        if last is not None:
            corpus = with_earlier(corpus, last)
        return corpus.require_documents(), (found.record(),)

    def _tokenize(
        self,
        corpus: Corpus,
        digests: Digests,
        languages: Languages,
        settings: Settings,
        progress: Progress,
    ) -> tuple[Tokens, int]:
        cache = self.run.home / ".cache"
        cleaned = clean_new(
            corpus.texts, digests, languages, settings, cache, progress, scratch=self.run.scratch
        )
        return cleaned.tokens, cleaned.n_cleaned

    def _accept(self, n_documents: int) -> None:
        folder = followed(self.run.home, self.job.upkeep)
        n_before = read_record(folder).account.records_kept if folder else None
        check_share(n_documents, n_before, self.job.upkeep.min_documents_share)

    def _follow(self, doc_ids: list[str], names: list[str]) -> Following | None:
        last = self.last
        if last is None:
            return None
        seen = account(last, doc_ids, names)
        return Following(
            run_id=last.run_id,
            documents=seen,
            refit=reason_to_refit(last, seen, self.job.settings, self.job.upkeep),
            new_since_fit=last.new_since_fit,
            waiting=last.waiting,
            rows=last.rows,
            model=last.model,
        )

    def _known_vectors(self) -> VectorStore | None:
        return load_store(self.last.folder / VECTORS) if self.last else None

    def _past_is_meant(self) -> bool:
        return self.last is not None and self.last.model().meaning is not None

    def _past(self) -> Past | None:
        return self.last.past if self.last else None

    def _report(
        self,
        progress: Progress,
        source: Source,
        result: Result,
        lineage: Lineage,
        notes: FitNotes,
        digests: Digests,
        rows: Ints,
    ) -> tuple[dict[str, Any], Digests, RunRecord, Pages, ReportContent]:
        check_coherence(result.record.quality.mean_npmi, self.job.upkeep.min_coherence)
        record = replace(result.record, published=self._publication(source, result, lineage))
        result = replace(result, record=record)
        content = result.report_content(self.job.title)
        pages = render_pages(content)
        progress(1, 1)
        return _memory(result, lineage, notes), digests[rows], record, pages, content

    def _publication(self, source: Source, result: Result, lineage: Lineage) -> Publication:
        keys = [life.key for life in result.lives if not life.gone]
        return Publication(
            name=self.job.name,
            run_id=self.run.run_id,
            created=self.run.created,
            sources=tuple(masked(one) for one in self.job.sources),
            inputs=source.inputs,
            run_settings=self.job.upkeep.model_dump(mode="json"),
            lineage=lineage,
            names=source.names,
            hidden=hidden_ids(keys, source.names),
            alerts=self._alerts(result),
            watched=watched_hash(self.job.upkeep.watch),
        )

    def _alerts(self, result: Result) -> tuple[Alert, ...]:
        if self.job.upkeep.watch is None:
            return ()
        watches = read_watch_list(Path(self.job.upkeep.watch))
        before = self.last.tables() if self.last else (None, None)
        return tuple(find_alerts(watches, result.documents, result.topics, *before))


def _memory(result: Result, lineage: Lineage, notes: FitNotes) -> dict[str, Any]:
    """Return what the next run needs to recognise the topics of this run."""
    return {
        "run": lineage.run,
        "new_since_fit": notes.new_since_fit,
        "waiting": list(notes.waiting),
        "lives": [life.to_json() for life in result.lives],
    }


def _check_repeated(job: Job, inputs: tuple[InputRecord, ...]) -> None:
    """Raise `InputError` if a run is to be repeated and its inputs have changed."""
    if job.repeats is None:
        return
    repeated = publication(job.repeats)
    before = {one.source: one.sha256 for one in repeated.inputs}
    other = [one.source for one in inputs if before.get(one.source) != one.sha256]
    if other:
        raise InputError(
            f"config: {other[0]!r} has changed since run {repeated.run_id} read it: name the "
            "source on the command line to analyse its present content"
        )


def signature(run: Run, job: Job, versions: Mapping[str, str]) -> str:
    """Return, as text, all that determines the values of a run's steps except the inputs' content.

    Two runs of the same inputs and the same signature give the same values at every step.
    """
    last = followed(run.home, job.upkeep)
    names = publication(job.repeats).names if job.repeats else load_names(run.home)
    value = {
        "sources": [masked(source) for source in job.sources],
        "settings": job.settings.model_dump(mode="json"),
        "run_settings": job.upkeep.model_dump(mode="json"),
        "versions": dict(versions),
        "names": repr(names),
        "follows": last.name if last else None,
        "repeats": publication(job.repeats).run_id if job.repeats else None,
    }
    return json.dumps(value, sort_keys=True, default=str)
