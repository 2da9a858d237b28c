"""Which column means what: named by the user, or guessed where there is no doubt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import islice

from nlp.config import SourceSettings
from nlp.errors import InputError, raise_faults
from nlp.ingest.column_names import (
    ID_NAMES,
    LABEL_NAMES,
    STRONG_TEXT_NAMES,
    TEXT_NAMES,
    TIME_NAMES,
    names_a_time,
    names_an_id,
    plain_name,
)
from nlp.ingest.dates import is_date, read_dates
from nlp.ingest.values import as_text, is_missing

_ROLES = ("text", "id", "time", "label")
# Values of a column that its kind and its mean of words are seen from.
_SAMPLE = 1_000
# Values that are enough to see that a column holds dates or codes.
_FEW = 200
# A subject line has about six words and a message thirty; two columns nearer than this are alike.
_CLEARLY_LONGER = 3.0
# Fewer words on the average are names and headings, not sentences.
_SENTENCE_WORDS = 4
# Of a column of codes nearly every value is one word with a digit.
_NEARLY_ALL = 0.9
_NAMES_SHOWN = 20
_LONGEST_NAME = 60
# Objects in objects that are looked into for a path that may be meant.
_DEEPEST = 4

Table = Mapping[str, Sequence[object]]
"""Columns of equal length by their names."""


@dataclass(frozen=True)
class Columns:
    """The column of each role, and those that are only carried along."""

    text: str
    """The names of the columns that hold it, joined by commas."""
    id: str | None
    time: str | None
    label: str | None
    carried: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    """Columns that look like a role and were not taken for it."""
    texts: tuple[str, ...] = ()
    """The columns whose texts are joined; they are carried too if there are several."""
    guessed: tuple[str, ...] = ()
    """The roles that nobody asked for."""

    def roles(self) -> dict[str, str]:
        """Return the column of each role that has one."""
        columns = {"text": self.text, "id": self.id, "time": self.time, "label": self.label}
        return {role: name for role, name in columns.items() if name is not None}


def find_columns(
    table: Table, settings: SourceSettings, own_id: str | None = None, spare_id: str | None = None
) -> Columns:
    """The roles of the columns of `table`; one `InputError` names every column that is missing.

    `own_id` is a column that names the records if its values all differ, `spare_id` one that does
    so where no other does: the named and the unnamed index of a DataFrame.
    """
    names = list(table)
    asked = require_columns(names, settings)
    taken = {asked[role] for role in ("id", "time", "label")}
    rest = {name: table[name] for name in names if name not in taken}
    warnings: list[str] = []
    if settings.text is not None:
        texts = text_names(settings.text, names)
    else:
        guess, warning = _guess_text(rest)
        texts, warnings = (guess,), [*warning]
    others = [name for name in names if name not in {*texts, *taken}]
    id_, more = (asked["id"], ()) if asked["id"] else _guess_id(table, others, own_id, spare_id)
    warnings += more
    others = [name for name in others if name != id_]
    time, more = (asked["time"], ()) if asked["time"] else _guess_time(table, others)
    warnings += more
    label = asked["label"] or _guess([name for name in others if name != time], LABEL_NAMES)
    used = {id_, time, label, *(texts if len(texts) == 1 else ())}
    carried = tuple(name for name in names if name not in used and (name != spare_id))
    found = {"text": texts, "id": id_, "time": time, "label": label}
    guessed = tuple(role for role, got in found.items() if got and getattr(settings, role) is None)
    return Columns(",".join(texts), id_, time, label, carried, tuple(warnings), texts, guessed)


def names_asked(settings: SourceSettings) -> frozenset[str]:
    """The names that the user gave, that of the text as it was given: a header holds them."""
    names = (settings.text, settings.id, settings.time, settings.label)
    return frozenset(name for name in names if name)


def text_names(asked: str, names: Sequence[str]) -> tuple[str, ...]:
    """The columns that `--text` names: one, or several kept apart by commas."""
    if asked in names:
        return (asked,)
    parts = tuple(dict.fromkeys(part.strip() for part in asked.split(",") if part.strip()))
    return parts or (asked,)


def require_columns(names: Sequence[str], settings: SourceSettings) -> dict[str, str | None]:
    """The column asked for in each role; one `InputError` names every one that is missing."""
    asked: dict[str, str | None] = {role: getattr(settings, role) for role in _ROLES}
    wanted = [(role, name) for role, name in asked.items() if name is not None and role != "text"]
    if settings.text is not None:
        wanted = [*(("text", name) for name in text_names(settings.text, names)), *wanted]
    raise_faults([_missing(role, name, names) for role, name in wanted if name not in names])
    return asked


def nested_values(table: Table, path: str) -> list[object] | None:
    """The values at a path such as `data.body` or `data.0.text`; None if no record has one."""
    parts = path.split(".")
    for split in range(len(parts) - 1, 0, -1):
        root = ".".join(parts[:split])
        if root in table:
            found = [_at(value, parts[split:]) for value in table[root]]
            return None if all(value is None for value in found) else found
    return None


def require_texts(name: str, values: Sequence[object]) -> None:
    """Raise `InputError` if a column holds nothing but objects, or lists of them, with texts."""
    sample = list(islice(_present(values), _FEW))
    objects = sum(
        isinstance(value, Mapping)
        or (isinstance(value, (list, tuple)) and any(isinstance(v, (Mapping, list)) for v in value))
        for value in sample
    )
    if sample and objects == len(sample) and (paths := _paths(name, values)):
        shown = ", ".join(f"--text {_shown(path)[1:-1]}" for path in paths[:3])
        raise InputError(
            f"text: column {_shown(name)} holds objects, not texts: inside them there is {shown}"
        )


def _at(value: object, steps: Sequence[str]) -> object:
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, (list, tuple)) and step.isdecimal() and int(step[:9]) < len(value):
            value = value[int(step[:9])]
        else:
            return None
    return value


def _guess(names: Sequence[str], known: Sequence[str]) -> str | None:
    """The first of the known names that a column has, however it is written."""
    plain = {plain_name(name): name for name in reversed(names)}
    return next((plain[name] for name in known if name in plain), None)


def _guess_id(
    table: Table, names: Sequence[str], own: str | None, spare: str | None
) -> tuple[str | None, Sequence[str]]:
    """A column whose name says that it is one, only if it really tells the rows apart."""
    if own in names and _repeated(table[str(own)]) == 0:
        return own, ()
    known = _guess(names, ID_NAMES)
    candidates = [name for name in names if name != known and names_an_id(name)]
    for name in filter(None, [known, *candidates]):
        if _repeated(table[name]) == 0:
            return name, ()
    if spare in table and _repeated(table[str(spare)]) == 0:
        return spare, ()
    if known is None:
        return None, ()
    n_rows = len(table[known])
    warning = (
        f"column {_shown(known)} does not name the documents: {_repeated(table[known])} of {n_rows}"
        " values repeat or are missing; rows are numbered instead (--id takes the column anyway)"
    )
    return None, (warning,)


def _repeated(values: Sequence[object]) -> int:
    """How many rows a column does not tell from the others."""
    found = {as_text(value).strip() for value in values if not is_missing(value)}
    return len(values) - len(found - {""})


def _guess_time(table: Table, names: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """A column whose name says that it is one, only if most of its values are dates."""
    ordered = [found for name in TIME_NAMES if (found := _guess(names, (name,)))]
    others = [name for name in names if name not in ordered and names_a_time(name)]
    dated = [name for name in ordered if _mostly_dates(table[name])]
    if dated:
        return dated[0], ()
    dated = [name for name in others if _mostly_dates(table[name])]
    if len(dated) == 1:
        return dated[0], ()
    if dated:
        shown = " and ".join(_shown(name) for name in dated[:3])
        return None, (f"no column is taken for the time: {shown} hold dates (--time names one)",)
    odd = [name for name in ordered if any(True for _ in _present(table[name]))]
    return None, tuple(
        f"column {_shown(name)} is not taken for the time: most values are no dates"
        for name in odd[:1]
    )


def _present(values: Sequence[object]) -> Iterator[object]:
    return (value for value in values if not is_missing(value) and value != "")


def _mostly_dates(values: Sequence[object]) -> bool:
    present = list(_present(values))
    sample = present[:: max(1, len(present) // _SAMPLE)]
    return bool(sample) and read_dates(sample).n_bad * 2 <= len(sample)


def _guess_text(table: Table) -> tuple[str, Sequence[str]]:
    """The one column that can be the text, and a word on one that is called so and is not it."""
    names = list(table)
    words = {name: _mean_words(table[name]) for name in names}
    able = [name for name in names if not _is_other(name, table[name])]
    if len(names) == 1 and able:
        return names[0], ()
    matches = [name for name in able if plain_name(name) in TEXT_NAMES]
    candidates = matches or able
    if candidates:
        best = max(candidates, key=lambda name: words[name])
        rivals = [name for name in candidates if name != best]
        strangers = [name for name in able if name not in candidates]
        if (
            words[best] > 0
            and all(words[best] >= _CLEARLY_LONGER * words[rival] for rival in rivals)
            and all(_CLEARLY_LONGER * words[best] > words[name] for name in strangers)
            and (_is_strong(best) or not any(_rivals(words, name, best) for name in strangers))
        ):
            return best, _passed_over(best, rivals, words)
    raise InputError(_doubt(table, able, words))


def _is_strong(name: str) -> bool:
    return plain_name(name) in STRONG_TEXT_NAMES


def _rivals(words: Mapping[str, float], name: str, best: str) -> bool:
    """Whether a column holds sentences too, not much shorter than those of `best`."""
    return words[name] >= _SENTENCE_WORDS and _CLEARLY_LONGER * words[name] > words[best]


def _passed_over(best: str, rivals: Sequence[str], words: Mapping[str, float]) -> list[str]:
    return [
        f"column {_shown(name)} is not taken for the text: {_shown(best)} has {words[best]:.0f} "
        f"words a record, it has {words[name]:.0f} (--text takes it, or joins both)"
        for name in rivals
        if _is_strong(name) and words[name] > 0
    ]


def _doubt(table: Table, able: Sequence[str], words: Mapping[str, float]) -> str:
    """Why no column is taken, and what can be said instead."""
    message = f"text: cannot tell which column holds the text (columns: {_listed(list(table))}): "
    longest = max((words[name] for name in able), default=0)
    plausible = [name for name in able if 0 < longest <= _CLEARLY_LONGER * words[name]]
    paths = [path for name in table for path in _paths(name, table[name])]
    if len(plausible) > 1:
        two = sorted(plausible, key=lambda name: -words[name])[:2]
        first, second = (_shown(name)[1:-1] for name in sorted(two, key=list(table).index))
        return (
            f"{message}{first!r} and {second!r} both may: --text {first}, --text {second}, or "
            f"--text {first},{second} to join them"
        )
    if paths and not plausible:
        shown = ", ".join(f"--text {_shown(path)[1:-1]}" for path in paths[:3])
        return f"{message}name it with --text; inside objects there is {shown}"
    return f"{message}name it with --text"


def _paths(name: str, values: Sequence[object], depth: int = 0) -> list[str]:
    """Paths to the texts inside a column of objects, the longest texts first."""
    found = _measured_paths(name, values, depth)
    return [path for words, path in sorted(found, key=lambda one: -one[0])]


def _measured_paths(name: str, values: Sequence[object], depth: int = 0) -> list[tuple[float, str]]:
    objects = [value for value in islice(values, _FEW) if isinstance(value, Mapping)]
    if not objects or depth == _DEEPEST:
        return []
    keys = list(dict.fromkeys(str(key) for value in objects for key in value))[:_NAMES_SHOWN]
    found: list[tuple[float, str]] = []
    for key in keys:
        inner = [value.get(key) for value in objects]
        if (words := _mean_words(inner)) > 0:
            found.append((words, f"{name}.{key}"))
        found += _measured_paths(f"{name}.{key}", inner, depth + 1)
    return found


def _is_other(name: str, values: Sequence[object]) -> bool:
    """Whether a column plainly holds dates or codes, which are never the text."""
    if _is_strong(name):
        return False
    sample = list(islice(_present(values), _FEW))
    if not sample:
        return False
    dates = sum(
        isinstance(value, date) or (isinstance(value, str) and is_date(value)) for value in sample
    )
    codes = sum(
        isinstance(value, (int, float))
        or (isinstance(value, str) and len(value.split()) == 1 and any(c.isdigit() for c in value))
        for value in sample
    )
    single = all(isinstance(value, str) and len(value.split()) <= 1 for value in sample)
    return (
        2 * dates >= len(sample)
        or codes >= _NEARLY_ALL * len(sample)
        or (single and names_an_id(name))
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
