"""What one cell of a table looks like: nothing, a number, a date, a code or words."""

from __future__ import annotations

import re

from nlp.ingest.dates import is_date

_NUMBER = re.compile(r"[-+]?[€$£]?\s?\d[\d.,' \u00a0]*(?:[eE][-+]?\d+)?\s?[%€$£]?")
_RUNS = re.compile(r"[A-Z]+|[a-z]+|[0-9]+|[^\W\d_]+")
# A cell longer than this is words; nothing more is asked of it.
_LONGEST_CODE = 60


def kind(cell: str) -> str:
    """`empty`, `number`, `date` or `words`."""
    text = cell.strip()
    if not text:
        return "empty"
    if len(text) > _LONGEST_CODE:
        return "words"
    if is_date(text) and not text.isdigit():
        return "date"
    return "number" if _NUMBER.fullmatch(text) else "words"


def shape(cell: str) -> str:
    """A code's shape, runs of letters and digits as one sign each: `TK-0017` gives `A-9`."""
    return _RUNS.sub(_sign, cell.strip()[:_LONGEST_CODE])


def _sign(run: re.Match[str]) -> str:
    text = run[0]
    return "9" if text[0].isdigit() else "A" if text.isupper() else "a"


def printable(text: str, length: int = 60) -> str:
    """A part of a cell or line that can be shown: in one line, nothing that a terminal obeys."""
    shown = "".join(c if c.isprintable() else "·" for c in " ".join(text[: 4 * length].split()))
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"
