"""Tokens of a corpus: words in sentences in documents, as ragged arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.arrays import Ints


@dataclass(frozen=True)
class Tokens:
    """What cleaning leaves of a corpus.

    Three levels of ragged arrays instead of lists of lists: a million documents fit in memory,
    and a checkpoint is a plain `.npz` file.
    """

    words: tuple[str, ...]
    """(n_words,) the distinct cleaned words, in order of first appearance."""
    codes: NDArray[np.int32]
    """(n_tokens,) index into `words` of every token, in reading order."""
    sentence_tokens: Ints
    """(n_sentences + 1,) sentence s owns `codes[sentence_tokens[s]:sentence_tokens[s + 1]]`."""
    document_sentences: Ints
    """(n_documents + 1,) document d owns sentences `document_sentences[d]` to `[d + 1]`."""
    spans: Ints
    """(n_sentences, 2) character offsets of each sentence in its document's original text."""

    @property
    def n_documents(self) -> int:
        """Documents, empty ones too."""
        return len(self.document_sentences) - 1

    @property
    def n_sentences(self) -> int:
        """Sentences of all documents."""
        return len(self.sentence_tokens) - 1

    @property
    def document_tokens(self) -> Ints:
        """(n_documents + 1,) document d owns `codes[document_tokens[d]:document_tokens[d + 1]]`."""
        return self.sentence_tokens[self.document_sentences]

    @property
    def document_lengths(self) -> Ints:
        """(n_documents,) tokens in each document."""
        return np.diff(self.document_tokens)

    @property
    def sentence_documents(self) -> Ints:
        """(n_sentences,) the document each sentence stands in."""
        return np.repeat(np.arange(self.n_documents), np.diff(self.document_sentences))

    def sentence_words(self, sentence: int) -> list[str]:
        """The words of one sentence."""
        start, end = self.sentence_tokens[sentence], self.sentence_tokens[sentence + 1]
        return [self.words[code] for code in self.codes[start:end]]

    def document_words(self) -> Iterator[list[str]]:
        """The words of each document in turn."""
        bounds = self.document_tokens
        for start, end in pairwise(bounds):
            yield [self.words[code] for code in self.codes[start:end]]

    def select(self, documents: NDArray[np.int64] | NDArray[np.bool_]) -> Tokens:
        """The tokens of some documents (indices or a mask), in the order given, same `words`."""
        rows = np.arange(self.n_documents)[documents]
        sentences = _gather(self.document_sentences, rows)
        tokens = _gather(self.sentence_tokens, sentences)
        return Tokens(
            words=self.words,
            codes=self.codes[tokens],
            sentence_tokens=_bounds(np.diff(self.sentence_tokens)[sentences]),
            document_sentences=_bounds(np.diff(self.document_sentences)[rows]),
            spans=self.spans[sentences],
        )

    def joined(self, other: Tokens) -> Tokens:
        """These documents, then the other's."""
        table = {word: code for code, word in enumerate(self.words)}
        codes = [table.setdefault(word, len(table)) for word in other.words]
        mapping = np.array(codes, dtype=np.int32)
        return Tokens(
            words=tuple(table),
            codes=np.concatenate([self.codes, mapping[other.codes]]).astype(np.int32),
            sentence_tokens=_bounds(
                np.concatenate([np.diff(self.sentence_tokens), np.diff(other.sentence_tokens)])
            ),
            document_sentences=_bounds(
                np.concatenate(
                    [np.diff(self.document_sentences), np.diff(other.document_sentences)]
                )
            ),
            spans=np.concatenate([self.spans, other.spans]),
        )

    def compact(self) -> Tokens:
        """The same documents with `words` as cleaning leaves them: by first use, none unused."""
        used, first = np.unique(self.codes, return_index=True)
        order = used[np.argsort(first, kind="stable")]
        mapping = np.zeros(len(self.words), dtype=np.int32)
        mapping[order] = np.arange(len(order), dtype=np.int32)
        return replace(
            self, words=tuple(self.words[code] for code in order), codes=mapping[self.codes]
        )

    def save(self, path: Path) -> None:
        """Write to one uncompressed `.npz` file, without pickle."""
        np.savez(
            path,
            words=np.frombuffer("\n".join(self.words).encode(), dtype=np.uint8),
            codes=self.codes,
            sentence_tokens=self.sentence_tokens,
            document_sentences=self.document_sentences,
            spans=self.spans,
        )

    @classmethod
    def load(cls, path: Path) -> Tokens:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            text = stored["words"].tobytes().decode()
            return cls(
                words=tuple(text.split("\n")) if text else (),
                codes=stored["codes"],
                sentence_tokens=stored["sentence_tokens"],
                document_sentences=stored["document_sentences"],
                spans=stored["spans"],
            )

    @classmethod
    def from_lists(
        cls,
        documents: Sequence[Sequence[Sequence[str]]],
        spans: Sequence[Sequence[tuple[int, int]]],
    ) -> Tokens:
        """Build from nested lists: documents of sentences of words, and each sentence's span."""
        table: dict[str, int] = {}
        codes = [
            [[table.setdefault(word, len(table)) for word in words] for words in document]
            for document in documents
        ]
        return cls.from_codes(tuple(table), codes, spans)

    @classmethod
    def from_codes(
        cls,
        words: tuple[str, ...],
        documents: Sequence[Sequence[Sequence[int]]],
        spans: Sequence[Sequence[tuple[int, int]]],
    ) -> Tokens:
        """Build from documents of sentences of indices into `words`, and each sentence's span."""
        sentences = [sentence for document in documents for sentence in document]
        n_tokens = sum(map(len, sentences))
        codes = np.fromiter(chain.from_iterable(sentences), dtype=np.int32, count=n_tokens)
        offsets = [span for document in spans for span in document]
        return cls(
            words=words,
            codes=codes,
            sentence_tokens=_bounds([len(sentence) for sentence in sentences]),
            document_sentences=_bounds([len(document) for document in documents]),
            spans=np.asarray(offsets, dtype=np.int64).reshape(-1, 2),
        )


def _bounds(lengths: Sequence[int] | Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, dtype=np.int64))]).astype(np.int64)


def _gather(bounds: Ints, rows: Ints) -> Ints:
    """Indices of all the members of `rows`, row after row."""
    starts, lengths = bounds[rows], np.diff(bounds)[rows]
    shifts = np.repeat(starts - _bounds(lengths)[:-1], lengths)
    return np.arange(len(shifts), dtype=np.int64) + shifts
