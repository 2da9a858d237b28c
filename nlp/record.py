"""The record of a run: all facts about it besides its tables and its model.

It has one writer (`RunRecord.to_json`), one reader (`RunRecord.from_json`) and one schema version.
It is created once per run; page, manifest and Prefect artifacts read the same values from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from nlp.cleaning.boilerplate import Boilerplate
from nlp.config import Settings
from nlp.errors import InputError
from nlp.ingest.reading import Reading
from nlp.topics.quality import Quality
from nlp.topics.spread_words import SpreadWord

SCHEMA = 2
"""Version of the JSON layout; `from_json` refuses any other version."""

ChangeKind = Literal["same", "new", "back", "gone", "split", "merged", "grown", "shrunk"]


@dataclass(frozen=True)
class Account:
    """The account of all records: records_in = records_kept + the sum of records_dropped."""

    records_in: int
    records_kept: int
    records_dropped: Mapping[str, int]
    """Number of records dropped for each reason."""

    @property
    def n_dropped(self) -> int:
        """Number of records that did not become documents."""
        return sum(self.records_dropped.values())


@dataclass(frozen=True)
class TopicSearch:
    """The search for the number of topics."""

    chosen: int
    scores: tuple[tuple[int, float], ...]
    """(number of topics, score) of every number tried, ascending; a higher score is better."""
    stability: float | None = None
    """Mean `nlp.topics.quality.stability` over pairs of fits; None if there are no such pairs."""


@dataclass(frozen=True)
class ModelRecord:
    """The fitted model, and why it was chosen."""

    kind: str
    n_topics: int
    seed: int
    reason: str
    params: Mapping[str, Any]
    """Its given and its learned parameters; JSON values only."""
    search: TopicSearch | None = None


@dataclass(frozen=True)
class EncoderRecord:
    """Which encoder turned the documents into sentence vectors."""

    name: str
    identity: str
    """Name and hash; empty if unknown."""
    n_dims: int
    n_encoded: int
    """Texts that were encoded; the vectors of the others were known from the last run."""
    n_learned: int
    """Texts of very many whose vectors were predicted from their words (`encoder.student`)."""
    n_truncated: int
    """Documents of which the encoder read only the beginning."""
    n_unknown: int
    """Documents of which the encoder knows nothing: empty, emoji, another script."""


@dataclass(frozen=True)
class KeyedLabel:
    """A topic of this run or of an earlier one."""

    key: str
    label: str


@dataclass(frozen=True)
class TopicChange:
    """The change of one topic since the last run."""

    kind: ChangeKind
    key: str
    topic_id: int | None
    """None for a topic that is gone."""
    label: str
    before: int | None
    """Documents in the last run."""
    size: int | None
    """Documents in this run."""
    others: tuple[KeyedLabel, ...]
    """The topics that it came from or went into."""
    text: str | None
    """The change in words."""


@dataclass(frozen=True)
class TopicNames:
    """A person's choices for the topics of one corpus, by key."""

    labels: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)
    """For each merged topic, the topic that it is part of."""

    def final(self, key: str) -> str:
        """Return the key of the topic that this topic is part of; else `key` itself."""
        while key in self.merged:
            key = self.merged[key]
        return key


@dataclass(frozen=True)
class Quotation:
    """A sentence of a document, word for word."""

    topic_id: int
    rank: int
    sentence: str
    doc_id: str
    start: int
    end: int


@dataclass(frozen=True)
class Brief:
    """The whole result in at most 120 words, made from figures and from quotations."""

    text: str
    """All of it as plain text: the figures in the first line, then one quotation in each line."""
    figures: tuple[str, ...]
    """Sentences of figures."""
    quotations: tuple[Quotation, ...]
    """At most one sentence of each topic that matters most."""


@dataclass(frozen=True)
class DocumentAccount:
    """Documents of a run compared with the run it follows; an edited document counts only once."""

    known: int
    new: int
    edited: int
    deleted: int


@dataclass(frozen=True)
class Lineage:
    """The position of a run in a series of runs, each of which follows the one before."""

    run: int
    """Its number in the series, from 1."""
    follows: str | None
    """The earlier run that it continues or is compared with."""
    refitted: bool
    documents: DocumentAccount | None
    cleaned: int
    """Number of texts that were cleaned; the others were in the cache of the last run."""


@dataclass(frozen=True)
class InputRecord:
    """One source, as the run read it."""

    source: str
    """Its name or address, without secrets."""
    sha256: str
    bytes: int
    files: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    rows: int | None = None
    """Rows of a database; this and the next four fields are None for other sources."""
    since: Mapping[str, Any] | None = None
    mark: Mapping[str, Any] | None = None
    """The watermark's highest value: `type` (number, text, date or datetime) and `value`."""
    rows_at_mark: int | None = None
    sha256_at_mark: str | None = None


@dataclass(frozen=True)
class Alert:
    """A term or topic of the watch list that occurs more often than before, and the message."""

    subject: str
    kind: Literal["term", "topic"]
    key: str | None
    """Key of the topic; None for a term."""
    now: int
    before: int
    than: str
    text: str


@dataclass(frozen=True)
class Publication:
    """The publication of a run: its name, time, sources, alerts, and people's choices."""

    name: str
    run_id: str
    created: str
    """ISO 8601, UTC."""
    sources: tuple[str, ...]
    """As the user gave them, without secrets."""
    inputs: tuple[InputRecord, ...]
    run_settings: Mapping[str, Any]
    """How the run uses earlier runs (`pipelines.job.RunSettings`)."""
    lineage: Lineage
    names: TopicNames
    hidden: tuple[int, ...]
    """topic_id of each topic that a person hid."""
    alerts: tuple[Alert, ...]
    watched: str | None = None
    """Hash of the watch list."""
    same_as: str | None = None
    """If nothing was new: the run whose files were published again."""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Seconds per step."""


@dataclass(frozen=True)
class RunRecord:
    """All facts about a run besides its tables and its model."""

    account: Account
    config: Settings
    model: ModelRecord
    encoder: EncoderRecord | None
    """None if documents were compared by their words alone."""
    quality: Quality
    spread_words: tuple[SpreadWord, ...]
    changes: tuple[TopicChange, ...]
    """Changes since the last run, without topics that stayed the same."""
    history: Mapping[str, tuple[tuple[int, int, float], ...]]
    """By topic key: (number of the run, documents, share) for each run, oldest first."""
    brief: Brief
    headlines: tuple[str, ...]
    """(n_topics,) one sentence per topic."""
    tree: tuple[tuple[float, float, float, float], ...]
    """(n_topics - 1,) merges of topics as in scipy.cluster.hierarchy."""
    warnings: tuple[str, ...]
    versions: Mapping[str, str]
    published: Publication | None = None
    """None for a result that is not published, such as that of `analyze`."""
    automatic_names: tuple[str, ...] = ()
    """(n_topics,) the name of each topic that topicbrief made, also where a person chose one."""
    reading: Reading = field(default_factory=Reading)
    """How the sources were read, and which column means what."""
    boilerplate: tuple[Boilerplate, ...] = ()
    """Repeated sentences, such as footers, that are not counted."""
    languages: Mapping[str, float] = field(default_factory=dict)
    """Share of the documents in each language, the largest first."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Path -> SHA-256 of every other file of the run."""

    def cleaning(self) -> Settings:
        """Return the settings for other texts, with the language that this run was cleaned for."""
        found = next(iter(self.languages), None)
        if self.config.language != "auto" or found is None:
            return self.config
        return self.config.model_copy(update={"language": found})

    def to_json(self) -> dict[str, Any]:
        """Return the manifest as JSON values.

        Account and publication are fields at the top level: users rely on this layout.
        """
        nested: dict[str, Any] = asdict(self)
        nested["config"] = self.config.model_dump(mode="json")
        published = nested.pop("published") or {}
        account, files = nested.pop("account"), nested.pop("files")
        model = nested["model"]
        seed, n_topics = model.pop("seed"), model.pop("n_topics")
        return {
            "schema": SCHEMA,
            **published,
            **account,
            "model_kind": model["kind"],
            "n_topics": n_topics,
            "seed": seed,
            **nested,
            "files": files,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> RunRecord:
        """Return a record from the values that `to_json` wrote.

        Raises `InputError` if they are damaged or from another schema version.
        """
        if value.get("schema") != SCHEMA:
            raise InputError(
                f"another version of topicbrief wrote it (its schema is {value.get('schema')!r}, "
                f"this version reads {SCHEMA}): run the analysis again with this version"
            )
        top = {key: item for key, item in value.items() if key not in ("schema", "model_kind")}
        try:
            top["account"] = {one.name: top.pop(one.name) for one in fields(Account)}
            model = {name: top.pop(name) for name in ("seed", "n_topics")}
            top["model"] = {**top["model"], **model}
            if "run_id" in top:
                names = [one.name for one in fields(Publication)]
                top["published"] = {name: top.pop(name) for name in names}
            return _READER.validate_python(top)
        except (KeyError, TypeError, ValidationError) as error:
            raise InputError(f"its manifest is damaged: {' '.join(str(error).split())}") from None


_READER = TypeAdapter(RunRecord)
