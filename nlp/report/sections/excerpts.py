"""Excerpts: as much of a document as a page can afford, with the quoted sentence marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from nlp.report.escaping import plain

_WORD_SLACK = 24
_LONGEST_QUOTE = 800
_LEAST_LIMIT = 100


@dataclass(frozen=True)
class Excerpt:
    """A stretch of a text in three parts; `quote` is empty when nothing is quoted."""

    before: str
    quote: str
    after: str
    starts_late: bool
    """Text before the excerpt was left out."""
    ends_early: bool
    """Text after the excerpt was left out."""

    @property
    def cost(self) -> int:
        """Bytes it takes in a page, where a quotation stands alone and in its place."""
        return sum(map(page_bytes, (self.before, self.quote, self.quote, self.after)))


def page_bytes(text: str) -> int:
    """Bytes of a text in a page, after escaping and encoding."""
    return len(escape(plain(text)).encode())


def around(text: str, start: int, end: int, limit: int) -> Excerpt:
    """The text from `start` to `end` with about `limit` characters of what stands around it.

    What one side does not need goes to the other; cuts fall between words where a space is near.
    A quotation of more than 800 characters is shown up to there.
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
    """`around` with the limit halved, down to some words, until it costs at most `budget`."""
    part = around(text, start, end, limit)
    while part.cost > budget and limit > _LEAST_LIMIT:
        limit //= 2
        part = around(text, start, end, limit)
    return part


def line(text: str, limit: int) -> str:
    """The text on one line, cut between words with an ellipsis."""
    flat = " ".join(text[: 4 * limit].split())
    if len(flat) <= limit and len(text) <= 4 * limit:
        return flat
    return flat[: _word_end(flat, min(limit, len(flat)), 0)].rstrip() + "…"


def distinct(names: Sequence[str], limit: int) -> list[str]:
    """Names short enough for a chart, told apart if two are alike: charts merge equal names."""
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
