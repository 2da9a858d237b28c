"""What a run remembers about topics: their history, their documents, their changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nlp.arrays import Ints
from nlp.errors import StorageError
from nlp.ingest.digests import Digests
from nlp.record import ChangeKind
from nlp.tracking.defaults import DEFAULTS

Profile = Mapping[str, float]


@dataclass(frozen=True)
class Size:
    """Size of a topic in one run."""

    run: int
    """Number of the run in its line of runs, from 1."""
    size: int
    share: float


@dataclass(frozen=True)
class Life:
    """What is known about one topic over all runs."""

    key: str
    label: str
    profile: Profile
    """Its characteristic terms and their weights."""
    history: tuple[Size, ...]
    """Its size in each run that had it, oldest first."""
    gone: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, read back by `from_json`."""
        return {
            "key": self.key,
            "label": self.label,
            "gone": self.gone,
            "terms": {term: round(weight, 6) for term, weight in self.profile.items()},
            "history": [[one.run, one.size, round(one.share, 6)] for one in self.history],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Life:
        """The life that `to_json` wrote; `StorageError` if the JSON is damaged."""
        try:
            return cls(
                key=str(value["key"]),
                label=str(value["label"]),
                profile={str(term): float(weight) for term, weight in value["terms"].items()},
                history=tuple(Size(int(r), int(n), float(s)) for r, n, s in value["history"]),
                gone=bool(value["gone"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StorageError(f"the last run's memory of its topics is damaged: {error}") from None


@dataclass(frozen=True)
class Past:
    """What the last run leaves to the next one: its topics, and topics that were gone earlier."""

    run: int
    """Its number in its line of runs, from 1."""
    lives: tuple[Life, ...]
    """One per topic of the last run, in its order, then the topics that were gone."""
    documents: Mapping[str, int]
    """Topic of each document, counted from 0, or `NO_TOPIC`; by `document_names`."""

    @property
    def alive(self) -> tuple[Life, ...]:
        """The topics of the last run."""
        return tuple(life for life in self.lives if not life.gone)


@dataclass(frozen=True)
class Change:
    """What happened to one topic since the last run."""

    kind: ChangeKind
    key: str
    topic: int | None
    """Counted from 0; None if the topic is gone."""
    before: int | None
    size: int | None
    others: tuple[str, ...] = ()
    """Keys of the topics it came from or went into."""

    def words(self, label_of: Mapping[str, str]) -> str | None:
        """The change in a few words for a table or a page; None if the topic stayed the same."""
        others = " and ".join(f"“{label_of.get(key, key)}”" for key in self.others)
        return {
            "same": None,
            "new": "new",
            "back": "back again",
            "gone": f"gone into {others}" if others else "gone",
            "split": f"split from {others}",
            "merged": f"took in {others}",
            "grown": f"grown from {self.before} to {self.size}",
            "shrunk": f"shrunk from {self.before} to {self.size}",
        }[self.kind]


@dataclass(frozen=True)
class Identity:
    """The key of each topic of a run, the changes since the last run, and the topics' profiles."""

    run: int
    """Number of this run in its line of runs, from 1."""
    keys: tuple[str, ...]
    changes: tuple[Change, ...]
    """One per topic in order, then one per topic that is gone; empty in a first run."""
    likeness: tuple[float, ...]
    """(n_topics,) likeness with the topic of the same key, 0 to 1; 0 for a new one."""
    profiles: tuple[Profile, ...] = field(repr=False, default=())


def document_names(digests: Digests) -> list[str]:
    """A name for each document that is the same in every run: a hash of its text and a counter.

    Not its id: record numbers change when a record is inserted, and an edited document is new. The
    counter distinguishes documents with equal texts. `digests`, (n_docs, n_bytes), are those of
    `nlp.ingest.digests.text_digests`.
    """
    seen: Counter[bytes] = Counter()
    names = []
    for row in digests:
        digest = row.tobytes()
        seen[digest] += 1
        names.append(f"{digest.hex()}-{seen[digest]}")
    return names


def remember(
    identity: Identity, labels: Sequence[str], sizes: Ints, past: Past | None = None
) -> tuple[Life, ...]:
    """What the next run is compared with: the topics of this run, then those that are gone."""
    n_documents = max(int(sizes.sum()), 1)
    known = {life.key: life for life in past.lives} if past else {}
    lives = []
    for topic, key in enumerate(identity.keys):
        size = Size(identity.run, int(sizes[topic]), float(sizes[topic] / n_documents))
        history = known[key].history if key in known else ()
        lives.append(
            Life(
                key=key,
                label=labels[topic],
                profile=identity.profiles[topic],
                history=(*history, size)[-DEFAULTS.longest_history :],
            )
        )
    present = set(identity.keys)
    gone = [replace(life, gone=True) for key, life in known.items() if key not in present]
    gone.sort(key=lambda life: life.history[-1].run if life.history else 0, reverse=True)
    return (*lives, *gone[: DEFAULTS.most_gone])
