"""The steps of the job, from a source to a result: ingest, clean, fit, summarize.

A `Plan` holds what differs between a run and a plain `analyze`: how documents are read and
cleaned, which earlier run is followed, and which conditions must be met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from nlp.analysis.conductor import Step
from nlp.analysis.description import describe
from nlp.analysis.encoding import Encoding, encode_documents, given_encoding
from nlp.analysis.result import Result
from nlp.arrays import Ints, Singles
from nlp.cleaning.boilerplate import Boilerplate, without_boilerplate
from nlp.cleaning.languages import Languages, find_languages
from nlp.cleaning.redaction import redact
from nlp.cleaning.tokens import Tokens
from nlp.config import Settings
from nlp.encoder.protocol import Encoder
from nlp.encoder.store import VectorStore
from nlp.errors import NoDocumentsError
from nlp.fitting.fit import Fit, continue_topics, fit_topics, uses_vectors
from nlp.ingest.corpus import Corpus
from nlp.ingest.digests import Digests, text_digests
from nlp.ingest.records import Reason
from nlp.progress import Progress
from nlp.record import DocumentAccount, InputRecord, Lineage, TopicNames
from nlp.topics.model import TopicModel
from nlp.tracking.identity import identify
from nlp.tracking.memory import Past, document_names
from nlp.tracking.merging import merge_named


@dataclass(frozen=True)
class Source:
    """What the step `ingest` reads besides the documents."""

    inputs: tuple[InputRecord, ...] = ()
    names: TopicNames = field(default_factory=TopicNames)
    """A person's choices for topics, as they were at the start of the run."""


@dataclass(frozen=True)
class Following:
    """An earlier run, compared with the documents of this run."""

    run_id: str
    documents: DocumentAccount
    refit: str | None
    """Why a new model is fitted; None if the earlier run's model is continued."""
    new_since_fit: int
    """Number of documents added between the last complete fit and that run."""
    waiting: frozenset[str]
    """Names of documents added since then that no topic explains."""
    rows: Callable[[list[str]], Ints]
    """Returns the row of each document in that run, by name; -1 for a document it did not have."""
    model: Callable[[], TopicModel]


@dataclass(frozen=True)
class FitNotes:
    """What a run stores of its fit besides the model."""

    follows: str | None = None
    refitted: bool = True
    documents: DocumentAccount | None = None
    new_since_fit: int = 0
    waiting: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def _tokenize(
    corpus: Corpus,
    _digests: Digests,
    languages: Languages,
    settings: Settings,
    progress: Progress,
) -> tuple[Tokens, int]:
    from nlp.cleaning.reader import clean_in

    return clean_in(corpus.texts, settings, languages, progress), len(corpus.documents)


@dataclass(frozen=True)
class Plan:
    """What is analysed, and how; the defaults are those of a plain `analyze`."""

    settings: Settings
    read: Callable[[Progress], tuple[Corpus, Source]]
    tokenize: Callable[[Corpus, Digests, Languages, Settings, Progress], tuple[Tokens, int]] = (
        _tokenize
    )
    """Returns the tokens of all documents, and the number of texts that were cleaned for them."""
    accept: Callable[[int], None] = lambda n_documents: None
    """Raises `GateError` if there are too few documents."""
    follow: Callable[[list[str], list[str]], Following | None] = lambda doc_ids, names: None
    """Returns the earlier run to continue, compared with these doc_ids and document names."""
    known_vectors: Callable[[], VectorStore | None] = lambda: None
    """Vectors that the earlier run kept."""
    past_is_meant: Callable[[], bool] = lambda: False
    """Whether the earlier run's topics are of words and vectors."""
    encoder: Encoder | None = None
    """The caller's own encoder, in place of the one that the settings name."""
    vectors: Callable[[Corpus], Singles] | None = None
    """Returns the caller's own vectors of these documents, in place of an encoder's."""
    only: str | None = None
    """The language whose documents alone are analysed; None for all documents."""
    past: Callable[[], Past | None] = lambda: None
    """Returns the earlier run's memory of its topics."""

    def steps(self) -> tuple[Step, ...]:
        """The steps of this plan, in order."""
        return (
            Step("ingest", (), ("source", "records", "digests", "languages"), self._ingest),
            Step(
                "clean",
                ("records", "digests", "languages"),
                ("rows", "rejected", "doc_ids", "names", "tokens", "n_cleaned", "boilerplate"),
                self._clean,
            ),
            Step(
                "encode",
                ("records", "digests", "languages", "rows", "tokens"),
                ("encoding",),
                self._encode,
            ),
            Step(
                "fit", ("doc_ids", "names", "tokens", "encoding"), ("fit", "fit_notes"), self._fit
            ),
            Step(
                "summarize",
                (
                    *("source", "records", "languages", "rows", "rejected", "names", "tokens"),
                    *("n_cleaned", "boilerplate", "encoding", "fit", "fit_notes"),
                ),
                ("result", "lineage"),
                self._summarize,
            ),
        )

    def _ingest(self, progress: Progress) -> tuple[Source, Corpus, Digests, Languages]:
        try:
            corpus, source = self.read(progress)
        except NoDocumentsError as error:
            self._refuse(error)
            raise
        # Before cleaning: otherwise a source that has shrunk would empty the cache.
        self.accept(len(corpus.documents))
        corpus = redacted(corpus) if self.settings.redact else corpus
        if self.only is not None:
            corpus = in_language(corpus, self.only)
        languages = find_languages(corpus.texts, self.settings.language)
        corpus = replace(corpus, warnings=(*corpus.warnings, *languages.warnings))
        return source, corpus, text_digests(corpus.texts), languages

    def _clean(
        self, progress: Progress, records: Corpus, digests: Digests, languages: Languages
    ) -> tuple[Ints, pd.DataFrame, list[str], list[str], Tokens, int, tuple[Boilerplate, ...]]:
        tokens, n_cleaned = self.tokenize(records, digests, languages, self.settings, progress)
        # Over all documents, new and known: what is repeated depends on all of them.
        tokens, left_out = without_boilerplate(tokens, records.texts)
        has_word = tokens.document_lengths > 0
        kept = records.reject(~has_word, Reason.NO_WORDS)
        try:
            kept.require_documents()
        except NoDocumentsError as error:
            self._refuse(error)
            raise
        self.accept(len(kept.documents))
        rows = np.flatnonzero(has_word)
        names = document_names(digests[rows])
        doc_ids = kept.documents["doc_id"].tolist()
        tokens = tokens.select(has_word)
        return rows, kept.rejected, doc_ids, names, tokens, n_cleaned, left_out

    def _refuse(self, cause: NoDocumentsError) -> None:
        """Raise the error of the gate, if one is set: it says more than `NoDocumentsError`."""
        try:
            self.accept(0)
        except Exception as error:
            raise error from cause

    def _encode(
        self,
        progress: Progress,
        records: Corpus,
        digests: Digests,
        languages: Languages,
        rows: Ints,
        tokens: Tokens,
    ) -> tuple[Encoding]:
        if self.vectors is not None:
            return (given_encoding(self.vectors(records.select(rows))),)
        if not (self.past_is_meant() or uses_vectors(tokens, self.settings)):
            return (Encoding(),)
        corpus = records.select(rows)
        found = encode_documents(
            corpus,
            digests[rows],
            languages.main,
            self.settings,
            self.known_vectors(),
            progress,
            self.encoder,
        )
        return (found,)

    def _fit(
        self,
        progress: Progress,
        doc_ids: list[str],
        names: list[str],
        tokens: Tokens,
        encoding: Encoding,
    ) -> tuple[Fit, FitNotes]:
        vectors = encoding.vectors
        seen = self.follow(doc_ids, names)
        if seen is None:
            fitted = fit_topics(tokens, self.settings, progress, vectors)
            return fitted, FitNotes(warnings=_fewer_topics(fitted, self.settings))
        if seen.refit is not None:
            fitted = fit_topics(tokens, self.settings, progress, vectors)
            fitted = replace(fitted, reason=f"{fitted.reason}; {seen.refit}")
            return fitted, FitNotes(
                follows=seen.run_id,
                documents=seen.documents,
                warnings=_fewer_topics(fitted, self.settings),
            )
        why = (
            f"goes on from run {seen.run_id}: {seen.documents.known} of {len(names)} documents "
            "are known"
        )
        waiting = np.array([name in seen.waiting for name in names], dtype=bool)
        rows = seen.rows(names)
        fitted = continue_topics(
            tokens, self.settings, seen.model(), rows, why, progress, waiting, vectors
        )
        notes = FitNotes(
            follows=seen.run_id,
            refitted=False,
            documents=seen.documents,
            new_since_fit=seen.new_since_fit + seen.documents.new + seen.documents.edited,
            waiting=tuple(names[row] for row in fitted.births.waiting) if fitted.births else (),
            warnings=_without_topic(fitted, self.settings),
        )
        return fitted, notes

    def _summarize(
        self,
        progress: Progress,
        source: Source,
        records: Corpus,
        languages: Languages,
        rows: Ints,
        rejected: pd.DataFrame,
        names: list[str],
        tokens: Tokens,
        n_cleaned: int,
        boilerplate: tuple[Boilerplate, ...],
        encoding: Encoding,
        fitted: Fit,
        notes: FitNotes,
    ) -> tuple[Result, Lineage]:
        corpus = records.select(rows, rejected)
        past = self.past()
        identity = identify(fitted.model, names, past)
        if source.names.merged:
            model, identity = merge_named(fitted.model, identity, source.names.final)
            fitted = replace(fitted, model=model)
        result = describe(
            corpus, tokens, fitted, self.settings, languages, identity, past, source.names, progress
        )
        record = replace(
            result.record,
            encoder=encoding.record,
            boilerplate=boilerplate,
            warnings=(*result.record.warnings, *encoding.warnings, *notes.warnings),
        )
        result = replace(result, record=record)
        lineage = Lineage(identity.run, notes.follows, notes.refitted, notes.documents, n_cleaned)
        return result, lineage


def in_language(corpus: Corpus, language: str) -> Corpus:
    """Return the corpus with only the documents of a language; the others are rejected."""
    languages = find_languages(corpus.texts)
    told = languages.of_documents or (languages.main,) * len(corpus.documents)
    others = np.array([one != language for one in told], dtype=bool)
    return corpus.reject(others, Reason.OTHER_LANGUAGE).require_documents()


def redacted(corpus: Corpus) -> Corpus:
    """Return the corpus with personal numbers and addresses masked in every text."""
    return replace(
        corpus,
        documents=_redacted_texts(corpus.documents),
        rejected=_redacted_texts(corpus.rejected),
    )


def _redacted_texts(table: pd.DataFrame) -> pd.DataFrame:
    table = table.copy()
    for name in table.columns.difference(["doc_id", "source", "record", "reason"]):
        if pd.api.types.is_string_dtype(table[name]):
            table[name] = table[name].map(redact, na_action="ignore")
    return table


def _fewer_topics(fitted: Fit, settings: Settings) -> tuple[str, ...]:
    """That the number of topics asked for was not met, and by what."""
    found = fitted.model.n_topics
    if settings.topics == "auto" or found >= settings.topics:
        return ()
    text = (
        f"{settings.topics} topics were asked for, {found} were found: {fitted.counts.shape[0]} "
        f"documents of {fitted.counts.shape[1]} different terms fill no more"
    )
    return (text,)


def _without_topic(fitted: Fit, settings: Settings) -> tuple[str, ...]:
    """Return a warning if new subjects fit no topic and the number of topics is fixed."""
    if settings.topics == "auto" or fitted.births is None or not fitted.births.n_topics:
        return ()
    text = (
        f"{fitted.births.sizes().sum()} documents have new subjects that none of the "
        f"{settings.topics} topics explains: raise --topics, or use --topics auto"
    )
    return (text,)
