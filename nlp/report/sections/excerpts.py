"""Excerpts: the part of a document that a page shows, with the quoted sentence marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from nlp.report.escaping import plain

# Characters. Not measured: how far a cut moves to fall between words (longer than most words),
_WORD_SLACK = 24
# how much of a quotation is shown (a long sentence has 60 words, about 400 characters),
_LONGEST_QUOTE = 800
# and how short an excerpt may become to stay within its budget (about a sentence).
_LEAST_LIMIT = 100


@dataclass(frozen=True)
class Excerpt:
    """A part of a text in three pieces; `quote` is empty if nothing is quoted."""

    before: str
    quote: str
    after: str
    starts_late: bool
    """The document has more text before the excerpt."""
    ends_early: bool
    """The document has more text after the excerpt."""

    @property
    def cost(self) -> int:
        """Bytes in a page, which shows the quotation twice: alone and inside the excerpt."""
        return sum(map(page_bytes, (self.before, self.quote, self.quote, self.after)))


def page_bytes(text: str) -> int:
    """Return the number of bytes of a text in a page, after escaping and encoding."""
    return len(escape(plain(text)).encode())


def around(text: str, start: int, end: int, limit: int) -> Excerpt:
    """Return text[start:end] with its surroundings, about `limit` characters in total.

    If the text ends early on one side, the other side gets more. Cuts fall between words if a
    space is near. Of a longer quotation, only the first 800 characters are shown.
    """
    end = min(end, start + _LONGEST_QUOTE)
    spare = max(limit - (end - start), 0)
    left = min(start, max(spare // 3, spare - (len(text) - end)))
    first = _word_start(text, start - left, start) if left < start else 0
    last = end + spare - left
    last = _word_end(text, last, end) if last < len(text) else len(text)
    return Excerpt(
        before=text[first:start],
        quote=text[start:end],
        after=text[end:last],
        starts_late=first > 0,
        ends_early=last < len(text),
    )


def affordable(text: str, start: int, end: int, limit: int, budget: int) -> Excerpt:
    """Return `around` with `limit` halved until it costs at most `budget` bytes (or is short)."""
    part = around(text, start, end, limit)
    while part.cost > budget and limit > _LEAST_LIMIT:
        limit //= 2
        part = around(text, start, end, limit)
    return part


def line(text: str, limit: int) -> str:
    """Return the text as one line of at most `limit` characters; a cut gets an ellipsis."""
    flat = " ".join(text[: 4 * limit].split())
    if len(flat) <= limit and len(text) <= 4 * limit:
        return flat
    return flat[: _word_end(flat, min(limit, len(flat)), 0)].rstrip() + "…"


def distinct(names: Sequence[str], limit: int) -> list[str]:
    """Return names cut to `limit` characters, and made distinct: charts merge equal names."""
    seen: dict[str, int] = {}
    short = []
    for name in names:
        text = line(plain(name), limit)
        seen[text] = seen.get(text, 0) + 1
        short.append(text + "\u200b" * (seen[text] - 1))
    return short


def _word_start(text: str, place: int, highest: int) -> int:
    for shift in range(min(_WORD_SLACK, highest - place)):
        if text[place + shift].isspace():
            return place + shift + 1
    return place


def _word_end(text: str, place: int, lowest: int) -> int:
    for shift in range(min(_WORD_SLACK, place - lowest)):
        if text[place - shift - 1].isspace():
            return place - shift - 1
    return place
