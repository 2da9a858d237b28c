"""A text as it is counted, and where each of its characters stands in the original.

Cleaning decodes `&uuml;`, joins words cut at a line's end and takes markup away. Summaries quote
the original, so every change keeps account of positions: `span` leads back from the changed text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from nlp.arrays import Ints

Edit = tuple[int, int, str]
"""Start, end and what takes the place of the characters between them."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """A changed text with the original position of each character."""

    text: str
    starts: Ints | None = None
    """(n,) where each character's original begins; None while every position is its own."""
    ends: Ints | None = None
    """(n,) where each character's original ends."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the original of `text[start:end]`, which holds a character at least."""
        if self.starts is None or self.ends is None:
            return start, end
        return int(self.starts[start]), int(self.ends[end - 1])

    def edited(self, edits: Iterable[Edit]) -> Self:
        """The text after edits, given in reading order without overlap.

        A replacement of the same length keeps each position. Any other one stands for all that it
        replaces; where it is empty, the characters are gone.
        """
        changes = [edit for edit in edits if edit[0] < edit[1]]
        if not changes:
            return self
        pieces, done = [], 0
        for start, end, replacement in changes:
            pieces += [self.text[done:start], replacement]
            done = end
        text = "".join([*pieces, self.text[done:]])
        if all(end - start == len(replacement) for start, end, replacement in changes):
            return type(self)(text, self.starts, self.ends)
        return type(self)(text, *self._positions(changes))

    def _positions(self, changes: list[Edit]) -> tuple[Ints, Ints]:
        length = len(self.text)
        starts = np.arange(length, dtype=np.int64) if self.starts is None else self.starts
        ends = np.arange(1, length + 1, dtype=np.int64) if self.ends is None else self.ends
        new_starts, new_ends, done = [], [], 0
        for start, end, replacement in changes:
            new_starts.append(starts[done:start])
            new_ends.append(ends[done:start])
            if len(replacement) == end - start:
                new_starts.append(starts[start:end])
                new_ends.append(ends[start:end])
            elif replacement:
                new_starts.append(np.full(len(replacement), starts[start]))
                new_ends.append(np.full(len(replacement), ends[end - 1]))
            done = end
        return (
            np.concatenate([*new_starts, starts[done:]]),
            np.concatenate([*new_ends, ends[done:]]),
        )

    def replaced(
        self, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str | None]
    ) -> Self:
        """The text with each match of a pattern replaced; a match answered by None stays."""
        found = ((match, replacement(match)) for match in pattern.finditer(self.text))
        return self.edited((*match.span(), new) for match, new in found if new is not None)


def blank(match: re.Match[str]) -> str:
    """As many spaces as the match has characters."""
    return " " * (match.end() - match.start())
