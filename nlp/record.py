"""The record of a run: all that is known of it besides its tables and its model.

One writer (`RunRecord.to_json`), one reader (`RunRecord.from_json`), one schema version. It is
created once per run; page, manifest and artifacts read the same values from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from nlp.config import Settings
from nlp.errors import InputError
from nlp.topics.quality import Quality
from nlp.topics.spread_words import SpreadWord

SCHEMA = 2
"""Version of the JSON layout; a run of another version cannot be read."""

ChangeKind = Literal["same", "new", "back", "gone", "split", "merged", "grown", "shrunk"]


@dataclass(frozen=True)
class Account:
    """What became of every record: in = kept + the sum of dropped."""

    records_in: int
    records_kept: int
    records_dropped: Mapping[str, int]
    """Records dropped for each reason."""

    @property
    def n_dropped(self) -> int:
        """Records that are not among the documents."""
        return sum(self.records_dropped.values())


@dataclass(frozen=True)
class TopicSearch:
    """The search for the number of topics."""

    chosen: int
    scores: tuple[tuple[int, float], ...]
    """Every number tried, ascending, and its score; higher is better."""
    stability: float | None = None
    """Mean `nlp.topics.quality.stability` of pairs of its fits; None if none was fitted."""


@dataclass(frozen=True)
class ModelRecord:
    """Which model was fitted, and why."""

    kind: str
    n_topics: int
    seed: int
    reason: str
    params: Mapping[str, Any]
    """What it was fitted with and what it learned; JSON values only."""
    search: TopicSearch | None = None


@dataclass(frozen=True)
class KeyedLabel:
    """A topic of this run or of an earlier one."""

    key: str
    label: str


@dataclass(frozen=True)
class TopicChange:
    """What became of one topic since the last run."""

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
    """The topics it came from or went into."""
    text: str | None
    """The change in words."""


@dataclass(frozen=True)
class TopicNames:
    """A person's choices for the topics of one corpus, by key."""

    labels: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)
    """The topic that each of these is part of."""

    def final(self, key: str) -> str:
        """The key of the topic that this one is part of; its own if it is part of none."""
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
class DocumentAccount:
    """Documents of a run beside those of the run it follows; an edited one counts only once."""

    known: int
    new: int
    edited: int
    deleted: int


@dataclass(frozen=True)
class Lineage:
    """A run's place in its line of runs."""

    run: int
    """Its number, from 1."""
    follows: str | None
    """The run whose topics it continued or was compared with."""
    refitted: bool
    documents: DocumentAccount | None
    cleaned: int
    """Texts that had to be cleaned; the others were known from the last run."""


@dataclass(frozen=True)
class InputRecord:
    """One source as it was read."""

    source: str
    """Its name or address, without secrets."""
    sha256: str
    bytes: int
    files: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    rows: int | None = None
    """Rows of a database, likewise the next four."""
    since: Mapping[str, Any] | None = None
    mark: Mapping[str, Any] | None = None
    """The watermark's highest value: `type` (number, text, date or datetime) and `value`."""
    rows_at_mark: int | None = None
    sha256_at_mark: str | None = None


@dataclass(frozen=True)
class Alert:
    """A term or topic of the watch list that occurs more often than before."""

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
    """Where and when a run was published, from what, and what people decided about it."""

    name: str
    run_id: str
    created: str
    """ISO 8601, UTC."""
    sources: tuple[str, ...]
    """As named by the user, without secrets."""
    inputs: tuple[InputRecord, ...]
    run_settings: Mapping[str, Any]
    """How the run deals with the runs before it (`pipelines.job.RunSettings`)."""
    lineage: Lineage
    names: TopicNames
    hidden: tuple[int, ...]
    """topic_id of each topic that a person left out of the page."""
    alerts: tuple[Alert, ...]
    watched: str | None = None
    """Hash of the watch list."""
    same_as: str | None = None
    """The run whose files these are, if nothing was new."""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Seconds per step."""


@dataclass(frozen=True)
class RunRecord:
    """All that is known of a run besides its tables and its model."""

    account: Account
    config: Settings
    model: ModelRecord
    quality: Quality
    spread_words: tuple[SpreadWord, ...]
    changes: tuple[TopicChange, ...]
    """Topics that stayed the same are left out."""
    history: Mapping[str, tuple[tuple[int, int, float], ...]]
    """For each topic's key: run, documents and share, oldest run first."""
    brief: tuple[Quotation, ...]
    headlines: tuple[str, ...]
    """(n_topics,) a line of each topic."""
    tree: tuple[tuple[float, float, float, float], ...]
    """(n_topics - 1,) merges of topics as in scipy.cluster.hierarchy."""
    warnings: tuple[str, ...]
    versions: Mapping[str, str]
    published: Publication | None = None
    """None for a result that was never published, as `analyze` returns it."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Path -> SHA-256 of every other file of the run."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: the manifest. Its contract keeps the account and the publication on top."""
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
        """A record that `to_json` wrote; `InputError` if it is damaged or of another version."""
        if value.get("schema") != SCHEMA:
            raise InputError(
                f"it was written by another version of topicbrief (schema "
                f"{value.get('schema')!r}, this version reads {SCHEMA})"
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
