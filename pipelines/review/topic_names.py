"""What a person decided about topics: their names, which are hidden, which are one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from nlp.errors import InputError, StorageError

FILE = "names.json"
_LONGEST = 100


@dataclass(frozen=True)
class Names:
    """A person's choices for the topics of one corpus, by key."""

    labels: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    merged: Mapping[str, str] = field(default_factory=dict)
    """The topic that each of these is part of."""

    def final(self, key: str) -> str:
        """The key of the topic that this one is part of, its own if of none."""
        while key in self.merged:
            key = self.merged[key]
        return key

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, in a fixed order."""
        return {
            "labels": dict(sorted(self.labels.items())),
            "hidden": sorted(self.hidden),
            "merged": dict(sorted(self.merged.items())),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Names:
        """Choices that `to_json` wrote; `StorageError` if they are damaged."""
        try:
            return cls(
                labels={str(key): str(label) for key, label in value["labels"].items()},
                hidden=frozenset(map(str, value["hidden"])),
                merged={str(key): str(into) for key, into in value["merged"].items()},
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise StorageError(f"names of topics are damaged: {error!r}") from None


def load_names(home: Path) -> Names:
    """The choices kept in OUT/NAME; none if nobody chose."""
    path = home / FILE
    try:
        return Names.from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Names()
    except (OSError, ValueError) as error:
        raise StorageError(f"cannot read {path}: {error}; mend or remove it") from error


def rename(home: Path, key: str, label: str) -> Names:
    """Give a topic a name; an empty one takes its name away."""
    label = " ".join(label.split())
    if len(label) > _LONGEST or not all(map(str.isprintable, label)):
        raise InputError(f"name: {label[:50]!r} is no name: at most {_LONGEST} characters")

    def change(names: Names) -> Names:
        others = {other: text for other, text in names.labels.items() if other != key}
        return replace(names, labels={**others, key: label} if label else others)

    return _change(home, change)


def hide(home: Path, key: str, hidden: bool = True) -> Names:
    """Leave a topic out of the report, or show it again."""

    def change(names: Names) -> Names:
        one = frozenset({key})
        return replace(names, hidden=names.hidden | one if hidden else names.hidden - one)

    return _change(home, change)


def merge(home: Path, key: str, into: str | None) -> Names:
    """Make a topic part of another from the next run on; None parts them again."""

    def change(names: Names) -> Names:
        merged = {other: whole for other, whole in names.merged.items() if other != key}
        if into is not None:
            if replace(names, merged=merged).final(into) == key:
                raise InputError(f"merge: {into!r} is already part of {key!r}: part them first")
            merged[key] = into
        return replace(names, merged=merged)

    return _change(home, change)


def _change(home: Path, change: Callable[[Names], Names]) -> Names:
    try:
        with FileLock(home / f".{FILE}.lock", timeout=10):
            names = change(load_names(home))
            text = json.dumps(names.to_json(), ensure_ascii=False, indent=2)
            written = home / f".{FILE}.new"
            written.write_text(text + "\n", encoding="utf-8")
            written.replace(home / FILE)
    except InputError:
        raise
    except OSError as error:
        raise StorageError(f"cannot keep names in {home}: {error}") from error
    return names
