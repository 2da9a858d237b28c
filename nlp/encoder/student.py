"""Sentence vectors of very many documents: some are encoded, a linear student does the rest.

Encoding costs about a thousand times what counting words costs. Beyond `MOST_ENCODED` documents a
sample is encoded, and a ridge regression from its words and pairs of words to its vectors (Hoerl &
Kennard 1970) stands in for the encoder on all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nlp.arrays import Flags, Singles, one_thread
from nlp.encoder.protocol import Encoded, Encoder
from nlp.progress import Progress, silent

# A hundred thousand short documents take two minutes on two cores.
MOST_ENCODED = 100_000
# Documents that teach. k-means on vectors of unseen documents of banking77: NMI 0.68 after 1,000,
# 0.73 after 3,000, 0.75 after 6,000, 0.79 after 12,000 of them; the teacher's own give 0.78.
TAUGHT = 30_000
# One and two words that stand in two documents of the sample at least; the commonest of them.
_MOST_TERMS = 60_000
# Weight of the penalty; not tuned.
_PENALTY = 1.0
# Of the regression's residual: beyond that the vectors' second decimals no longer change.
_TOLERANCE = 1e-3
# Documents whose vectors are predicted at a time: 12 MB of them.
_BLOCK = 8_192


@dataclass(frozen=True)
class Student:
    """Vectors from words, as an encoder's documents taught them."""

    terms: Any
    """scikit-learn's `TfidfVectorizer`, fitted."""
    weights: Singles
    """(n_terms, n_dims)"""

    def encode(self, texts: Sequence[str]) -> Singles:
        """(n_texts, n_dims) float32 of length 1; zeros for a text without a known word."""
        found = np.zeros((len(texts), self.weights.shape[1]), dtype=np.float32)
        for start in range(0, len(texts), _BLOCK):
            part = self.terms.transform(texts[start : start + _BLOCK]) @ self.weights
            length = np.sqrt((part * part).sum(axis=1, keepdims=True))
            found[start : start + len(part)] = part / np.where(length > 0, length, 1)
        return found


@dataclass(frozen=True)
class Taught:
    """Vectors of all documents, and how many of them the encoder itself gave."""

    encoded: Encoded
    n_encoded: int


def learn(texts: Sequence[str], vectors: Singles) -> Student:
    """A student of these texts' vectors, (n_texts, n_dims)."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge

    terms = TfidfVectorizer(
        ngram_range=(1, 2),
        min_df=2,
        max_features=_MOST_TERMS,
        sublinear_tf=True,
        dtype=np.float32,
    )
    known = terms.fit_transform(texts)
    ridge = Ridge(alpha=_PENALTY, fit_intercept=False, solver="sparse_cg", tol=_TOLERANCE)
    with one_thread():
        ridge.fit(known, vectors)
    return Student(terms, np.ascontiguousarray(ridge.coef_.T, dtype=np.float32))


def encode_many(
    encoder: Encoder,
    texts: Sequence[str],
    seed: int = 0,
    progress: Progress = silent,
    most_encoded: int = MOST_ENCODED,
    n_taught: int = TAUGHT,
) -> Taught:
    """Vectors of all texts: the encoder's own up to `most_encoded` of them, else a student's too.

    The documents that teach are drawn by `seed` and keep the vectors of the encoder. `progress` is
    told texts that the encoder is given.
    """
    if len(texts) <= most_encoded:
        return Taught(encoder.encode_documents(texts, progress), len(texts))
    drawn = np.random.default_rng(seed).choice(len(texts), n_taught, replace=False)
    rows = np.sort(drawn)
    sample = [texts[row] for row in rows]
    given = encoder.encode_documents(sample, progress)
    vectors = learn(sample, given.vectors).encode(texts)
    vectors[rows] = given.vectors
    truncated = np.zeros(len(texts), dtype=np.bool_)
    unknown: Flags = np.asarray(~vectors.any(axis=1))
    truncated[rows] = given.truncated
    return Taught(replace(given, vectors=vectors, truncated=truncated, unknown=unknown), n_taught)


@dataclass(frozen=True)
class ThriftyEncoder:
    """An encoder that leaves most of very many texts to a student; else the encoder itself."""

    teacher: Encoder
    seed: int = 0

    @property
    def name(self) -> str:
        """The teacher's."""
        return self.teacher.name

    @property
    def identity(self) -> str:
        """The teacher's: a student stands in for it, so that later runs can go on with both."""
        return self.teacher.identity

    @property
    def n_dims(self) -> int:
        """The teacher's."""
        return self.teacher.n_dims

    @property
    def language(self) -> str | None:
        """The teacher's."""
        return self.teacher.language

    @property
    def max_pieces(self) -> int | None:
        """The teacher's."""
        return self.teacher.max_pieces

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> Singles:
        """The vectors alone: (n_docs, n_dims) float32, rows of length 1."""
        return self.encode_documents(texts, progress).vectors

    def encode_documents(self, texts: Sequence[str], progress: Progress = silent) -> Encoded:
        """Vectors, and which documents were cut or not understood."""
        return encode_many(self.teacher, texts, self.seed, progress).encoded
