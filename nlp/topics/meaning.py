"""Where documents and topics lie among sentence vectors: the part of a model that words do not say.

A document's vector is centred, brought to the directions in which the corpus spreads most, and to
length 1. A topic is a direction there, of a von Mises-Fisher distribution: the probability of a
document grows with exp(concentration * cosine) (Banerjee et al. 2005, "Clustering on the unit
hypersphere using von Mises-Fisher distributions", equation 2.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nlp.arrays import Flags, Floats, Ints, Singles, one_thread
from nlp.errors import InputError

# Of 384 dimensions as many as lose nothing: with 64 stackoverflow_titles loses 0.01 of NMI, with
# 256 tickets does (benchmarks/meaning.py).
MOST_DIMENSIONS = 128
# A direction that fewer documents than this share is noise: 60 documents span 59 dimensions.
_DOCUMENTS_PER_DIMENSION = 4
# Rows that are projected at once: 6 MB of float64 at 384 dimensions.
_BLOCK = 2_048
_ARRAYS = ("centre", "basis", "sums", "known")


@dataclass(frozen=True)
class VectorSpace:
    """The centre of the vectors of a corpus, and the directions in which they spread most."""

    centre: Floats
    """(n_dims,) mean vector."""
    basis: Floats
    """(n_dims, n_kept) orthonormal columns."""

    @classmethod
    def of(cls, vectors: Singles) -> VectorSpace:
        """The space of a corpus's vectors, (n_docs, n_dims); rows of zeros do not count."""
        n_known, n_dims = max(int(vectors.any(axis=1).sum()), 1), vectors.shape[1]
        total, squares = np.zeros(n_dims), np.zeros((n_dims, n_dims))
        with one_thread():
            for block in _blocks(vectors):
                total += block.sum(axis=0)
                squares += block.T @ block
            centre = total / n_known
            spread = np.linalg.eigh(squares / n_known - np.outer(centre, centre))[1]
        n_kept = min(MOST_DIMENSIONS, n_dims, max(2, n_known // _DOCUMENTS_PER_DIMENSION))
        basis = spread[:, ::-1][:, :n_kept]
        # The sign of an eigenvector is free: the largest entry is made positive.
        largest = np.take_along_axis(basis, np.abs(basis).argmax(axis=0)[None], axis=0)
        return cls(centre, np.ascontiguousarray(basis * np.sign(largest)))

    def places(self, vectors: Singles) -> Singles:
        """(n_docs, n_kept) float32 of length 1; zeros for a document whose vector is zeros."""
        if vectors.shape[1] != len(self.centre):
            raise InputError(
                f"vectors have {vectors.shape[1]} dimensions, the model's have "
                f"{len(self.centre)}: use the encoder that it was fitted with"
            )
        found = np.zeros((len(vectors), self.basis.shape[1]), dtype=np.float32)
        with one_thread():
            for number, block in enumerate(_blocks(vectors)):
                part = (block - self.centre) @ self.basis
                part[~block.any(axis=1)] = 0.0
                length = np.sqrt((part * part).sum(axis=1, keepdims=True))
                start = number * _BLOCK
                found[start : start + len(part)] = part / np.where(length > 0, length, 1.0)
        return found


@dataclass(frozen=True)
class Meaning:
    """What a model knows of its topics beside their words."""

    space: VectorSpace
    sums: Floats
    """(n_topics, n_kept) expected sum of the places of each topic's documents."""
    known: Flags
    """(n_docs,) whether a vector of the document was there."""
    concentration: float
    """How much a cosine of 1 adds to the log probability of a topic."""
    certainty: float
    """Power of the posterior that makes probabilities shares of right answers, in (0, 1]."""
    encoder: str = ""
    """Identity of the encoder, so that vectors of another are not taken for its own."""

    def evidence(self, places: Singles) -> Floats:
        """(n_docs, n_topics) log ratio of the vectors' probability to a random direction's.

        0 for a document without a vector.
        """
        with one_thread():
            cosines = places @ directions(self.sums).astype(np.float32).T
        found = np.asarray(self.concentration * cosines, dtype=np.float64)
        found[places.any(axis=1)] -= self.random_evidence
        return found

    @property
    def random_evidence(self) -> float:
        """log mean of exp(concentration * cosine) over all directions, to second order."""
        return float(self.concentration**2 / (2 * self.sums.shape[1]))

    def chosen(self, topics: Ints) -> Meaning:
        """Of these topics only, in this order."""
        return replace(self, sums=np.ascontiguousarray(self.sums[topics]))

    def merged(self, into: Floats) -> Meaning:
        """With topics added up: `into` is (n_groups, n_topics), 1 where a topic goes."""
        return replace(self, sums=into @ self.sums)

    def faults(self, n_docs: int, n_topics: int) -> list[str]:
        """What does not fit together, in plain words."""
        n_dims, n_kept = self.space.basis.shape if self.space.basis.ndim == 2 else (0, 0)
        shapes = {
            "centre": (self.space.centre.shape, (n_dims,)),
            "sums": (self.sums.shape, (n_topics, n_kept)),
            "known": (self.known.shape, (n_docs,)),
        }
        faults = [
            f"meaning: {name} has shape {seen}, expected {expected}"
            for name, (seen, expected) in shapes.items()
            if seen != expected
        ]
        arrays = (self.space.centre, self.space.basis, self.sums)
        if not all(np.isfinite(array).all() for array in arrays):
            faults.append("meaning: a value is not finite")
        if not 0 < self.certainty <= 1 or not 0 <= self.concentration < np.inf:
            faults.append(
                f"meaning: certainty {self.certainty}, concentration {self.concentration}: "
                "expected one in (0, 1] and one of 0 or more"
            )
        return faults

    def to_arrays(self) -> dict[str, Any]:
        """What `from_arrays` reads, for an npz file."""
        return {"centre": self.space.centre, "basis": self.space.basis} | {
            "sums": self.sums, "known": self.known
        }  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The rest, for a JSON file."""
        return {
            "concentration": self.concentration,
            "certainty": self.certainty,
            "encoder": self.encoder,
        }

    @classmethod
    def from_stored(cls, arrays: Mapping[str, Any], header: Mapping[str, Any]) -> Meaning:
        """What `to_arrays` and `to_json` gave."""
        centre, basis, sums, known = (arrays[name] for name in _ARRAYS)
        return cls(
            VectorSpace(centre, basis),
            sums,
            known.astype(np.bool_),
            float(header["concentration"]),
            float(header["certainty"]),
            str(header["encoder"]),
        )


def directions(sums: Floats) -> Floats:
    """(n_topics, n_kept) rows of length 1; zeros for a topic without any vector."""
    length = np.sqrt((sums * sums).sum(axis=1, keepdims=True))
    return np.asarray(sums / np.where(length > 0, length, 1.0), dtype=np.float64)


def sharpened(shares: Floats, power: float) -> Floats:
    """Shares to a power, rows summing to 1 again."""
    raised = shares**power
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)


def _blocks(vectors: Singles) -> Iterator[Floats]:
    for start in range(0, len(vectors), _BLOCK):
        yield vectors[start : start + _BLOCK].astype(np.float64)
