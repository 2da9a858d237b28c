"""The sentences a summary may quote: readable, not repeated, and no more than can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.tokens import Tokens

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_SENTENCES = 300
LONGEST = 400
_FEWEST_WORDS = 3


@dataclass(frozen=True)
class Pool:
    """Sentences that may be quoted, in reading order."""

    sentences: tuple[str, ...]
    documents: Ints
    """(n,) index of each sentence's document in the texts."""
    spans: Ints
    """(n, 2) `texts[documents[i]][spans[i, 0]:spans[i, 1]] == sentences[i]`."""
    words: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.sentences)


def gather(
    tokens: Tokens,
    texts: Sequence[str],
    documents: Ints,
    weights: Floats,
    limit: int = MOST_SENTENCES,
) -> Pool:
    """The sentences of some documents that a summary may quote, at most `limit`.

    `weights` (n_documents,) says how well each of `documents` shows the topic: where there are too
    many sentences, those of the best documents stay. A sentence that repeats an earlier one is
    left out; one too long to read is cut at a word, and only used if there is no other.
    """
    part = tokens.select(documents)
    lengths = np.diff(part.sentence_tokens)
    owners = part.sentence_documents
    characters = part.spans[:, 1] - part.spans[:, 0]
    usable = lengths > 0
    readable = usable & (lengths >= _FEWEST_WORDS) & (characters <= LONGEST)
    wanted = np.flatnonzero(readable if readable.any() else usable)
    order = wanted[np.argsort(-weights[owners[wanted]], kind="stable")]
    seen: set[str] = set()
    rows = []
    for row in order:
        text = texts[documents[owners[row]]]
        start, end = trimmed(text, *part.spans[row])
        sentence = text[start:end]
        key = " ".join(sentence.casefold().split())
        if key and key not in seen:
            seen.add(key)
            words = tuple(part.sentence_words(int(row)))
            rows.append((int(row), sentence, int(documents[owners[row]]), (start, end), words))
        if len(rows) == limit:
            break
    rows.sort()
    return Pool(
        sentences=tuple(row[1] for row in rows),
        documents=np.array([row[2] for row in rows], dtype=np.int64),
        spans=np.array([row[3] for row in rows], dtype=np.int64).reshape(-1, 2),
        words=tuple(row[4] for row in rows),
    )


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without blanks at its ends, cut at a word where it is longer than a reader bears."""
    sentence = text[start : min(end, start + 4 * LONGEST)]
    start = start + len(sentence) - len(sentence.lstrip())
    sentence = sentence.strip()
    if len(sentence) > LONGEST:
        at = max(sentence.rfind(" ", LONGEST // 2, LONGEST), sentence.rfind("\n", 0, LONGEST))
        sentence = sentence[: at if at > 0 else LONGEST].rstrip()
    return int(start), int(start + len(sentence))
