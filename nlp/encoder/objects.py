"""Vectors and encoders that a caller brings: checked before they are used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from nlp.arrays import Flags, Singles
from nlp.encoder.protocol import Encoded, Encoder
from nlp.encoder.texts import check_texts
from nlp.errors import InputError
from nlp.progress import Progress, silent

# Texts that are given to a foreign encoder at once, between two reports of progress; rows whose
# length is taken at once.
_BATCH = 1_000


class Encodes(Protocol):
    """Anything with `.encode(list of str)`: sentence-transformers, model2vec, your own."""

    def encode(self, texts: list[str], /) -> Any:
        """One vector for each text."""


def check_vectors(vectors: Any, n_docs: int, what: str = "vectors") -> Singles:
    """(n_docs, n_dims) float32 with rows of length 1, from any array of numbers.

    A row of zeros stays one: it says nothing of its document. What was given is not changed.
    Raises `InputError` for another shape, NaN or infinity, or what is no array of numbers.
    """
    try:
        given = np.asarray(vectors)
        if given.ndim == 0:
            raise TypeError
        if given.dtype.kind not in "fiub":
            given = given.astype(np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{what}: no array of numbers but {type(vectors).__name__}") from None
    if given.ndim != 2 or given.shape[0] != n_docs or given.shape[1] == 0:
        raise InputError(
            f"{what}: shape {given.shape}, expected ({n_docs}, n_dims): one row for each document"
        )
    units = np.empty(given.shape, dtype=np.float32)
    bad: list[int] = []
    for start in range(0, n_docs, _BATCH):
        part = given[start : start + _BATCH].astype(np.float64)
        rows = np.flatnonzero(~np.isfinite(part).all(axis=1))
        if len(rows):
            bad += (start + rows).tolist()
            continue
        # A sum of squares beyond the largest number would make a row zero.
        largest = np.abs(part).max(axis=1, keepdims=True)
        part /= np.where(largest > 0, largest, 1)
        length = np.sqrt((part * part).sum(axis=1, keepdims=True))
        units[start : start + _BATCH] = part / np.where(length > 0, length, 1)
    if bad:
        raise InputError(
            f"{what}: {len(bad):,} rows hold NaN or infinity, the first is row {bad[0]}: give "
            "finite numbers, or zeros where nothing is known"
        )
    return units


def as_encoder(given: Encoder | Encodes) -> Encoder:
    """An encoder of the library, or any object with `.encode(list of str)` made one.

    Raises `InputError` for anything else.
    """
    if isinstance(given, Encoder):
        return given
    if not callable(getattr(given, "encode", None)) or isinstance(given, str | bytes):
        raise InputError(
            f"encoder: {type(given).__name__} has no .encode: give an object that turns a list of "
            "texts into an array with one row for each"
        )
    return _ForeignEncoder(given)


@dataclass
class _ForeignEncoder:
    """An object with `.encode`, whose vectors are checked and brought to length 1."""

    given: Encodes
    language: str | None = None
    max_pieces: int | None = None
    # Nobody knows whether another object of this class gives the same vectors.
    identity: str = ""
    n_dims: int = 0

    @property
    def name(self) -> str:
        return type(self.given).__name__

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> Singles:
        return self.encode_documents(texts, progress).vectors

    def encode_documents(self, texts: Sequence[str], progress: Progress = silent) -> Encoded:
        """Vectors of distinct texts, in batches; which were cut is not known."""
        check_texts(texts)
        numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        distinct = list(numbers)
        parts = []
        for start in range(0, len(distinct), _BATCH):
            batch = distinct[start : start + _BATCH]
            found = check_vectors(self.given.encode(batch), len(batch), f"encoder {self.name}")
            if self.n_dims and found.shape[1] != self.n_dims:
                raise InputError(
                    f"encoder {self.name}: {found.shape[1]} dimensions after {self.n_dims}: it "
                    "must always give the same number"
                )
            self.n_dims = found.shape[1]
            parts.append(found)
            progress(start + len(batch), len(distinct))
        rows = np.fromiter((numbers[text] for text in texts), dtype=np.int64, count=len(texts))
        vectors = np.concatenate(parts) if parts else np.zeros((0, self.n_dims), dtype=np.float32)
        none: Flags = np.zeros(len(texts), dtype=np.bool_)
        return Encoded(vectors[rows], none, none.copy())
