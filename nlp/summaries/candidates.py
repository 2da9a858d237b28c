"""The sentences that a summary may quote: readable, distinct, few enough to compare in pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.arrays import Flags, Floats, Ints
from nlp.cleaning.tokens import Tokens
from nlp.summaries.readability import LONGEST, dangling, noise, readable

# Pairs of sentences are compared: the cost of a topic must not grow with the square of its size.
# 100,000 sentences take 0.3 to 3.4 CPU seconds (benchmarks/results/summaries.json).
MOST_SENTENCES = 1_000
# One word says nothing; more than 60 are a list or a table, not a sentence.
_FEWEST_WORDS, _MOST_WORDS = 2, 60
# Words of weight 0 added to each mean: without them a sentence of one topic word scores highest.
_PADDING = 3.0
# Rows examined per sentence wanted: a topic of log lines has no readable one, and 100,000 of them
# cost 8 CPU seconds without this limit and less than 1 with it.
_LOOKED_AT = 10


@dataclass(frozen=True)
class Pool:
    """Sentences that may be quoted, in reading order."""

    sentences: tuple[str, ...]
    documents: Ints
    """(n,) index of each sentence's document in the texts."""
    spans: Ints
    """(n, 2) `texts[documents[i]][spans[i, 0]:spans[i, 1]] == sentences[i]`."""
    words: tuple[tuple[str, ...], ...]
    weights: Floats
    """(n,) how typical of the topic each sentence is, as `TopicSentences.weights`."""
    titles: Flags
    """(n,) whether a sentence is the first of several in its document."""
    dangling: Flags
    """(n,) whether a sentence refers to sentences around it."""

    def __len__(self) -> int:
        return len(self.sentences)


@dataclass(frozen=True)
class TopicSentences:
    """The sentences of some documents, weighted by how typical of a topic they are."""

    tokens: Tokens
    texts: Sequence[str]
    documents: Ints
    weights: Floats
    """(n_sentences,) mean weight of a sentence's words times the weight of its document."""

    @classmethod
    def create(
        cls,
        tokens: Tokens,
        texts: Sequence[str],
        documents: Ints,
        document_weights: Floats,
        word_weights: Floats,
    ) -> TopicSentences:
        """Sentences of `documents`; `document_weights` (n_documents,), `word_weights` (n_words,).

        The mean counts `_PADDING` more words, of weight 0: otherwise a sentence of a single word of
        the topic would have the highest weight.
        """
        part = tokens.select(documents)
        sums = np.concatenate([[0.0], np.cumsum(word_weights[part.codes])])[part.sentence_tokens]
        means = np.diff(sums) / (np.diff(part.sentence_tokens) + _PADDING)
        return cls(part, texts, documents, means * document_weights[part.sentence_documents])

    def gather(self, limit: int = MOST_SENTENCES, enough: int = 1) -> Pool:
        """At most `limit` readable sentences: half by highest weight, half spread over the rest.

        The highest weights alone would repeat the topic's commonest words and hide all else.

        A sentence is readable if `readability.readable` accepts it and, unless it is the whole
        document, it has at least half the median number of words ("He agreed." says little alone).
        Of sentences with the same cleaned words one is kept. If fewer than `enough` are readable,
        headings and fragments are added, shortened at a word if they are too long; if there are
        none of these either, any line with a word.
        """
        lengths = np.diff(self.tokens.sentence_tokens)
        usual = np.median(lengths[lengths > 0]) if lengths.any() else 0
        alone = (np.diff(self.tokens.document_sentences) == 1)[self.tokens.sentence_documents]
        shortest = np.where(alone, _FEWEST_WORDS, np.maximum(_FEWEST_WORDS, usual / 2))
        fits = (lengths >= shortest) & (lengths <= _MOST_WORDS)
        fits &= np.diff(self.tokens.spans, axis=1).ravel() <= LONGEST
        pool = self._take(_spread(self._by_weight(fits), limit), readable, limit)
        if len(pool) >= enough:
            return pool
        rows = _spread(self._by_weight(lengths > 0), limit)
        wider = self._take(rows, lambda sentence, alone: not noise(sentence), limit)
        return wider if len(wider) else self._take(rows, lambda sentence, alone: True, limit)

    def lines(self, accept: Callable[[str], bool], limit: int) -> Pool:
        """At most `limit` sentences and headings that `accept` accepts, by descending weight."""
        rows = self._by_weight(np.diff(self.tokens.sentence_tokens) >= _FEWEST_WORDS)
        return self._take(rows, lambda sentence, alone: accept(sentence), limit)

    def _by_weight(self, wanted: Flags) -> Ints:
        rows = np.flatnonzero(wanted)
        return rows[np.argsort(-self.weights[rows], kind="stable")]

    def _take(self, rows: Ints, accept: Callable[[str, bool], bool], limit: int) -> Pool:
        seen: set[bytes] = set()
        taken: list[int] = []
        spans: list[tuple[int, int]] = []
        for row, text, span, alone in self._spans(rows[: _LOOKED_AT * limit]):
            if len(taken) == limit:
                break
            start, end = self.tokens.sentence_tokens[row : row + 2]
            words = self.tokens.codes[start:end].tobytes()
            if words not in seen and accept(text[span[0] : span[1]], alone):
                seen.add(words)
                taken.append(row)
                spans.append(span)
        return self._pool(np.array(taken, dtype=np.int64), np.array(spans).reshape(-1, 2))

    def _spans(self, rows: Ints) -> Iterator[tuple[int, str, tuple[int, int], bool]]:
        owners = self.tokens.sentence_documents
        alone = np.diff(self.tokens.document_sentences) == 1
        for row in rows.tolist():
            text = self.texts[self.documents[owners[row]]]
            span = trimmed(text, *self.tokens.spans[row].tolist())
            if span[0] < span[1]:
                yield row, text, span, bool(alone[owners[row]])

    def _pool(self, rows: Ints, spans: Ints) -> Pool:
        order = np.argsort(rows)
        rows, spans = rows[order], spans[order].astype(np.int64)
        owners = self.tokens.sentence_documents[rows]
        sentences = tuple(
            self.texts[document][start:end]
            for document, (start, end) in zip(self.documents[owners], spans.tolist(), strict=True)
        )
        bounds = self.tokens.document_sentences
        places = rows - bounds[owners]
        several = np.diff(bounds)[owners] > 1
        return Pool(
            sentences=sentences,
            documents=self.documents[owners],
            spans=spans,
            words=tuple(tuple(self.tokens.sentence_words(row)[:_MOST_WORDS]) for row in rows),
            weights=self.weights[rows],
            titles=several & (places == 0),
            dangling=several & np.array(list(map(dangling, sentences, places)), dtype=bool),
        )


def _spread(rows: Ints, limit: int) -> Ints:
    """The first half of `limit` rows, then every n-th row of the rest, then the others."""
    rest = rows[limit // 2 :]
    step = max(1, len(rest) // max(limit, 1))
    places = np.arange(len(rest))
    order = np.lexsort((places, places % step))
    return np.concatenate([rows[: limit // 2], rest[order]])


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without blanks at its ends, shortened at a word to at most `LONGEST` characters."""
    piece = text[start : min(end, start + 4 * LONGEST)]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if len(piece) > LONGEST:
        blank = piece.rfind(" ", LONGEST // 2, LONGEST)
        piece = piece[: blank if blank > 0 else LONGEST].rstrip()
    return start, start + len(piece)
