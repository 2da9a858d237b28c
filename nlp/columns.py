"""Which column means what: named by the user, or guessed where there is no doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from nlp.config import SourceSettings
from nlp.errors import InputError, raise_faults

_TEXT_NAMES = (
    "text", "body", "content", "message", "description", "comment", "document", "review",
    "question", "abstract", "ticket", "article", "feedback", "summary", "title",
)  # fmt: skip
_ID_NAMES = ("doc_id", "id", "document_id", "ticket_id", "uuid", "guid", "key", "file")
_TIME_NAMES = (
    "timestamp", "created_at", "date", "datetime", "time", "created", "published", "published_at",
    "day",
)  # fmt: skip
_LABEL_NAMES = ("label",)
_SAMPLE = 1_000
_CLEARLY_LONGER = 3.0


@dataclass(frozen=True)
class Columns:
    """The column of each role, and those that are only carried along."""

    text: str
    id: str | None
    time: str | None
    label: str | None
    carried: tuple[str, ...]


def find_columns(rows: Sequence[Mapping[str, object]], settings: SourceSettings) -> Columns:
    """The roles of the columns of `rows`; one `InputError` names every column that is missing."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    asked = {role: getattr(settings, role) for role in ("text", "id", "time", "label")}
    raise_faults(
        [
            _missing(role, name, names)
            for role, name in asked.items()
            if name is not None and name not in names
        ]
    )
    text = asked["text"] or _guess_text(rows, names)
    others = [name for name in names if name != text]
    id_ = asked["id"] or _guess_id(rows, others)
    time = asked["time"] or _guess(others, _TIME_NAMES)
    label = asked["label"] or _guess(others, _LABEL_NAMES)
    used = {text, id_, time, label}
    carried = tuple(name for name in names if name not in used)
    return Columns(text=text, id=id_, time=time, label=label, carried=carried)


def _guess(names: Sequence[str], known: Sequence[str]) -> str | None:
    """The first of the known names that a column has, whatever its case."""
    lowered = {name.lower(): name for name in reversed(names)}
    return next((lowered[name] for name in known if name in lowered), None)


def _guess_id(rows: Sequence[Mapping[str, object]], names: Sequence[str]) -> str | None:
    """A column with a known name, only if it really tells the rows apart."""
    name = _guess(names, _ID_NAMES)
    if name is None:
        return None
    values = [str(row.get(name)) for row in rows if row.get(name) is not None]
    return name if len(values) == len(rows) == len(set(values)) else None


def _guess_text(rows: Sequence[Mapping[str, object]], names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    lowered = [name.lower() for name in names]
    matches = [names[lowered.index(known)] for known in _TEXT_NAMES if known in lowered]
    if len(matches) == 1:
        return matches[0]
    candidates = matches or names
    words = sorted(((_mean_words(rows, name), name) for name in candidates), reverse=True)
    if words[0][0] > 0 and words[0][0] >= _CLEARLY_LONGER * words[1][0]:
        return words[0][1]
    raise InputError(
        f"text: cannot tell which column holds the text (columns: {', '.join(names)}): "
        "name it with --text"
    )


def _mean_words(rows: Sequence[Mapping[str, object]], name: str) -> float:
    step = max(1, len(rows) // _SAMPLE)
    values = [row.get(name) for row in rows[::step]]
    return sum(len(value.split()) for value in values if isinstance(value, str)) / len(values)


def _missing(role: str, name: str, names: Sequence[str]) -> str:
    close = get_close_matches(name, names, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"{role}: no column {name!r} (columns: {', '.join(names)}){hint}"
