"""Which column means what: named by the user, or guessed where there is no doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from nlp.config import SourceSettings
from nlp.errors import InputError, raise_faults
from nlp.ingest.dates import read_dates
from nlp.ingest.values import as_text, is_missing

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
_ROLES = ("text", "id", "time", "label")
_SAMPLE = 1_000
_CLEARLY_LONGER = 3.0
_NAMES_SHOWN = 20
_LONGEST_NAME = 60

Table = Mapping[str, Sequence[object]]
"""Columns of equal length by their names."""


@dataclass(frozen=True)
class Columns:
    """The column of each role, and those that are only carried along."""

    text: str
    id: str | None
    time: str | None
    label: str | None
    carried: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    """Columns that look like a role and were not taken for it."""

    def roles(self) -> dict[str, str]:
        """Return the column of each role that has one."""
        columns = {"text": self.text, "id": self.id, "time": self.time, "label": self.label}
        return {role: name for role, name in columns.items() if name is not None}


def find_columns(table: Table, settings: SourceSettings) -> Columns:
    """The roles of the columns of `table`; one `InputError` names every column that is missing."""
    names = list(table)
    asked = require_columns(names, settings)
    text = asked["text"] or _guess_text(table)
    others = [name for name in names if name not in {text, *asked.values()}]
    id_, id_warnings = (asked["id"], ()) if asked["id"] else _guess_id(table, others)
    others = [name for name in others if name != id_]
    time, time_warnings = (asked["time"], ()) if asked["time"] else _guess_time(table, others)
    label = asked["label"] or _guess([name for name in others if name != time], _LABEL_NAMES)
    used = {text, id_, time, label}
    carried = tuple(name for name in names if name not in used)
    warnings = (*id_warnings, *time_warnings)
    return Columns(text=text, id=id_, time=time, label=label, carried=carried, warnings=warnings)


def require_columns(names: Sequence[str], settings: SourceSettings) -> dict[str, str | None]:
    """The column asked for in each role; one `InputError` names every one that is missing."""
    asked: dict[str, str | None] = {role: getattr(settings, role) for role in _ROLES}
    raise_faults(
        [
            _missing(role, name, names)
            for role, name in asked.items()
            if name is not None and name not in names
        ]
    )
    return asked


def _guess(names: Sequence[str], known: Sequence[str]) -> str | None:
    """The first of the known names that a column has, whatever its case."""
    lowered = {name.strip().lower(): name for name in reversed(names)}
    return next((lowered[name] for name in known if name in lowered), None)


def _guess_id(table: Table, names: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """A column with a known name, only if it really tells the rows apart."""
    name = _guess(names, _ID_NAMES)
    if name is None:
        return None, ()
    values = [as_text(value).strip() for value in table[name] if not is_missing(value)]
    n_rows, n_values = len(table[name]), len(set(values) - {""})
    if n_values == n_rows:
        return name, ()
    warning = (
        f"column {_shown(name)} does not name the documents: {n_rows - n_values} of {n_rows} "
        "values repeat or are missing; rows are numbered instead (--id takes the column anyway)"
    )
    return None, (warning,)


def _guess_time(table: Table, names: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """A column with a known name, only if most of its values are dates."""
    name = _guess(names, _TIME_NAMES)
    if name is None:
        return None, ()
    present = [value for value in table[name] if not is_missing(value) and value != ""]
    sample = present[:: max(1, len(present) // _SAMPLE)]
    if not sample:
        return None, ()
    if read_dates(sample).n_bad * 2 <= len(sample):
        return name, ()
    return None, (f"column {_shown(name)} is not taken for the time: most values are no dates",)


def _guess_text(table: Table) -> str:
    names = list(table)
    words = {name: _mean_words(table[name]) for name in names}
    if len(names) == 1:
        return names[0]
    matches = [name for name in names if name.strip().lower() in _TEXT_NAMES]
    candidates = matches or names
    if candidates:
        best = max(candidates, key=lambda name: words[name])
        rivals = [words[name] for name in candidates if name != best]
        strangers = [words[name] for name in names if name not in candidates]
        if (
            words[best] > 0
            and all(words[best] >= _CLEARLY_LONGER * rival for rival in rivals)
            and all(_CLEARLY_LONGER * words[best] > stranger for stranger in strangers)
        ):
            return best
    raise InputError(
        f"text: cannot tell which column holds the text (columns: {_listed(names)}): "
        "name it with --text"
    )


def _mean_words(values: Sequence[object]) -> float:
    sample = values[:: max(1, len(values) // _SAMPLE)]
    return sum(len(v.split()) for v in sample if isinstance(v, str)) / max(1, len(sample))


def _missing(role: str, name: str, names: Sequence[str]) -> str:
    close = get_close_matches(name, names, n=1)
    hint = f"; did you mean {_shown(close[0])}?" if close else ""
    return f"{role}: no column {_shown(name)} (columns: {_listed(names)}){hint}"


def _listed(names: Sequence[str]) -> str:
    """The names in one line of bearable length."""
    if not names:
        return "none"
    shown = ", ".join(_shown(name)[1:-1] for name in names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown}, … {len(names)} in all"


def _shown(name: str) -> str:
    return repr(name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…")
