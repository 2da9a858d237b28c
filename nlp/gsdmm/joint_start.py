"""Fine groups of documents by vectors alone: where the mixture of words and meaning starts."""

from __future__ import annotations

import numpy as np

from nlp.arrays import Floats, Ints, Singles, membership
from nlp.topics.meaning import directions

# Candidates for each next centre (Arthur & Vassilvitskii 2007 draw one; of a few the one that
# leaves the documents nearest to a centre is taken, as scikit-learn does).
_CANDIDATES = 3
# By then fewer than one document in a hundred moves.
_STEPS = 10
# Documents compared with all centres at a time.
_BLOCK = 8_192


def group_by_vectors(places: Singles, n_groups: int, random: np.random.Generator) -> Ints:
    """(n_docs,) group of each document, -1 where it has no vector.

    Spherical k-means (Dhillon & Modha 2001) from k-means++ centres; `places` is (n_docs, n_kept),
    rows of length 1, or zeros.
    """
    seen = np.flatnonzero(places.any(axis=1))
    groups = np.full(len(places), -1, dtype=np.int64)
    if len(seen) == 0:
        return groups
    known = places[seen]
    centres = _spread_centres(known, min(n_groups, len(seen)), random)
    for _ in range(_STEPS):
        nearest = _nearest(known, centres)
        sums = np.asarray(membership(nearest, len(centres)) @ known.astype(np.float64))
        centres = directions(sums).astype(np.float32)
    groups[seen] = np.unique(_nearest(known, centres), return_inverse=True)[1]
    return groups


def _spread_centres(known: Singles, n_groups: int, random: np.random.Generator) -> Singles:
    """k-means++: each next centre is drawn by how far documents are from those there are."""
    chosen = [int(random.integers(len(known)))]
    far = _distances(known, known[chosen])[:, 0]
    while len(chosen) < n_groups and far.sum() > 0:
        drawn = np.searchsorted(np.cumsum(far), random.random(_CANDIDATES) * far.sum())
        candidates = np.minimum(drawn, len(known) - 1)
        left = np.minimum(far[:, None], _distances(known, known[candidates]))
        best = int(left.sum(axis=0).argmin())
        far = left[:, best]
        chosen.append(int(candidates[best]))
    return known[chosen]


def _distances(known: Singles, centres: Singles) -> Floats:
    return np.maximum(1.0 - (known @ centres.T).astype(np.float64), 0.0)


def _nearest(known: Singles, centres: Singles) -> Ints:
    parts = [
        (known[start : start + _BLOCK] @ centres.T).argmax(axis=1)
        for start in range(0, len(known), _BLOCK)
    ]
    return np.concatenate(parts).astype(np.int64)
