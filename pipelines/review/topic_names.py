"""A person's choices for topics: names, hidden topics and merged topics."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError

from nlp.errors import InputError, StorageError
from nlp.record import TopicNames

FILE = "names.json"
# Not measured: a name is the heading of a topic's card and should fit on one line.
_LONGEST = 100
_READER = TypeAdapter(TopicNames)


def load_names(home: Path) -> TopicNames:
    """Return the choices stored in OUT/NAME; empty if there are none.

    Raises `StorageError` if the file is damaged.
    """
    path = home / FILE
    try:
        return _READER.validate_json(path.read_bytes())
    except FileNotFoundError:
        return TopicNames()
    except (OSError, ValidationError) as error:
        raise StorageError(
            f"cannot read {path}: {' '.join(str(error).split())}; correct or delete this file"
        ) from error


def rename(home: Path, key: str, label: str) -> TopicNames:
    """Store a name for a topic; an empty name removes it.

    Raises `InputError` for a name that is too long or has control characters.
    """
    label = " ".join(label.split())
    if len(label) > _LONGEST or not all(map(str.isprintable, label)):
        raise InputError(
            f"name: {label[:50]!r} cannot be a topic's name: use at most {_LONGEST} printable "
            "characters"
        )

    def change(names: TopicNames) -> TopicNames:
        others = {other: text for other, text in names.labels.items() if other != key}
        kept = {**others, key: label} if label else others
        return replace(names, labels=dict(sorted(kept.items())))

    return _change(home, change)


def hide(home: Path, key: str, hidden: bool = True) -> TopicNames:
    """Hide a topic in the report, or show it again."""

    def change(names: TopicNames) -> TopicNames:
        others = set(names.hidden) - {key}
        return replace(names, hidden=tuple(sorted(others | {key} if hidden else others)))

    return _change(home, change)


def merge(home: Path, key: str, into: str | None) -> TopicNames:
    """Merge a topic into another from the next run on; None undoes it.

    Raises `InputError` if the other topic is already part of this topic.
    """

    def change(names: TopicNames) -> TopicNames:
        merged = {other: whole for other, whole in names.merged.items() if other != key}
        if into is not None:
            if replace(names, merged=merged).final(into) == key:
                raise InputError(
                    f"merge: {into!r} is already part of {key!r}: undo that first with --part"
                )
            merged[key] = into
        return replace(names, merged=dict(sorted(merged.items())))

    return _change(home, change)


def _change(home: Path, change: Callable[[TopicNames], TopicNames]) -> TopicNames:
    try:
        with FileLock(home / f".{FILE}.lock", timeout=10):
            names = change(load_names(home))
            text = json.dumps(asdict(names), ensure_ascii=False, indent=2)
            written = home / f".{FILE}.new"
            written.write_text(text + "\n", encoding="utf-8")
            written.replace(home / FILE)
    except InputError:
        raise
    except OSError as error:
        raise StorageError(f"cannot store the names of topics in {home}: {error}") from error
    return names
