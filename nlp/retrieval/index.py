"""The index of a corpus: words, space and topics together; a plain `.npz` file on disk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Singles
from nlp.cleaning.tokens import Tokens
from nlp.retrieval.space import Space, learn_space
from nlp.retrieval.words import count_all_words, rarity_of, word_weights


@dataclass(frozen=True)
class SearchIndex:
    """What a query is compared with; it holds no text."""

    words: tuple[str, ...]
    """(n_words,) every cleaned word of the documents, those that no topic counts too."""
    weights: sp.csc_matrix
    """(n_docs, n_words) float32, see `nlp.retrieval.words.word_weights`."""
    space: Space
    topics: Singles
    """(n_docs, n_topics) square roots of the topic shares of each document."""

    @property
    def n_docs(self) -> int:
        """Number of documents."""
        return int(self.weights.shape[0])

    @cached_property
    def columns(self) -> dict[str, int]:
        """The column of each word."""
        return {word: column for column, word in enumerate(self.words)}

    @cached_property
    def rarity(self) -> Floats:
        """(n_words,) inverse document frequency of each word, above 0."""
        return rarity_of(np.diff(self.weights.indptr), self.n_docs)

    def count(self, tokens: Tokens) -> sp.csr_matrix:
        """Return (n_texts, n_words) counts of the words of this index in other texts."""
        columns = np.array([self.columns.get(word, -1) for word in tokens.words], dtype=np.int64)
        counts = count_all_words(tokens)
        known = np.flatnonzero(columns >= 0)
        chosen = sp.csr_matrix(
            (np.ones(len(known), dtype=np.int32), (known, columns[known])),
            shape=(len(tokens.words), len(self.words)),
        )
        return sp.csr_matrix(counts @ chosen)

    def save(self, path: Path) -> None:
        """Write to one uncompressed `.npz` file, without pickle."""
        np.savez(
            path,
            words=np.frombuffer("\n".join(self.words).encode(), dtype=np.uint8),
            data=self.weights.data,
            indices=self.weights.indices,
            indptr=self.weights.indptr,
            axes=self.space.axes,
            documents=self.space.documents,
            topics=self.topics,
        )

    @classmethod
    def load(cls, path: Path) -> SearchIndex:
        """Return what `save` wrote; raises `ValueError`, `KeyError` or `OSError` if damaged."""
        with np.load(path, allow_pickle=False) as stored:
            text = stored["words"].tobytes().decode()
            words = tuple(text.split("\n")) if text else ()
            topics = stored["topics"]
            weights = sp.csc_matrix(
                (stored["data"], stored["indices"], stored["indptr"]),
                shape=(len(topics), len(words)),
            )
            return cls(words, weights, Space(stored["axes"], stored["documents"]), topics)


def build_index(tokens: Tokens, doc_topic: Floats) -> SearchIndex:
    """Return the index of documents, from their tokens and topic shares (n_docs, n_topics)."""
    counts = count_all_words(tokens)
    topics = np.sqrt(np.clip(doc_topic, 0, 1)).astype(np.float32)
    return SearchIndex(tokens.words, word_weights(counts), learn_space(counts), topics)
