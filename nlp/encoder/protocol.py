"""What every encoder offers, and what encoding gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from nlp.arrays import Flags, Singles
from nlp.progress import Progress, silent


@dataclass(frozen=True)
class Encoded:
    """Sentence vectors of documents and what the encoder did not see of them."""

    vectors: Singles
    """(n_docs, n_dims) float32, rows of length 1; a row of zeros says nothing."""
    truncated: Flags
    """(n_docs,) whether the end of a document was left out."""
    unknown: Flags
    """(n_docs,) whether the encoder knows nothing of a document: empty, emoji, foreign script."""

    @property
    def n_truncated(self) -> int:
        """How many documents were cut."""
        return int(self.truncated.sum())

    @property
    def n_unknown(self) -> int:
        """Of how many documents the encoder knows nothing."""
        return int(self.unknown.sum())


@runtime_checkable
class Encoder(Protocol):
    """Texts into sentence vectors."""

    @property
    def name(self) -> str:
        """The name that people know it by."""

    @property
    def identity(self) -> str:
        """Name and hash: two encoders of one identity give the same vectors. Empty if unknown."""

    @property
    def n_dims(self) -> int:
        """Length of a vector."""

    @property
    def language(self) -> str | None:
        """The one language it was made for, as "en"; None if it says nothing or reads several."""

    @property
    def max_pieces(self) -> int | None:
        """Most word pieces that are read of a text; None if unknown."""

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> Singles:
        """The vectors alone: (n_docs, n_dims) float32, rows of length 1."""

    def encode_documents(self, texts: Sequence[str], progress: Progress = silent) -> Encoded:
        """Vectors, and which documents were cut or not understood."""
