"""The sentences of a document that answer a query, word for word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nlp.arrays import Singles
from nlp.cleaning.tokens import Tokens

_MOST_SENTENCES = 3


@dataclass(frozen=True)
class Passage:
    """A sentence of a document: `text[start:end] == sentence`."""

    sentence: str
    start: int
    end: int


def passages(
    text: str,
    tokens: Tokens,
    document: int,
    wanted: Mapping[str, float],
    nearness: Singles | None = None,
) -> tuple[Passage, ...]:
    """Return one to three sentences of a document, the best one first.

    `wanted` has the query's words and how rare each one is; `nearness` is (n_sentences,) the cosine
    of each sentence of the document with the query. The best sentence has the rarest words of the
    query, and the nearest meaning; a further one is quoted only if it adds a word of the query. A
    document without sentences is quoted whole.
    """
    first, last = tokens.document_sentences[document : document + 2].tolist()
    if first == last:
        return (Passage(text, 0, len(text)),)
    said = [wanted.keys() & set(tokens.sentence_words(s)) for s in range(first, last)]
    most = sum(wanted[word] for word in set().union(*said)) or 1.0
    near = nearness.tolist() if nearness is not None else [0.0] * len(said)
    missing, chosen = set(wanted), list[int]()
    while len(chosen) < _MOST_SENTENCES:
        gains = [sum(wanted[word] for word in sorted(words & missing)) / most for words in said]
        best = max(range(len(said)), key=lambda s: (gains[s] + near[s], -s))
        if chosen and gains[best] == 0:
            break
        chosen.append(best)
        missing -= said[best]
        near[best] = -1.0
    return tuple(_passage(text, *tokens.spans[first + s].tolist()) for s in chosen)


def _passage(text: str, start: int, end: int) -> Passage:
    return Passage(text[start:end], start, end)
