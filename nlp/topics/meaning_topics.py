"""Topics of words and directions, and what they say about documents with vectors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, Singles, row_numbers, totals
from nlp.topics.inference import LEAST_PROBABILITY
from nlp.topics.meaning import Meaning, one_thread, sharpened
from nlp.topics.mixture import MixtureTopics


@dataclass(frozen=True)
class MeaningTopics(MixtureTopics):
    """`MixtureTopics` about documents whose places among the vectors are known.

    In every method `counts` has one row for each row of `places`.
    """

    meaning: Meaning
    places: Singles
    """(n_docs, n_kept) places of the documents asked about; zeros where there is no vector."""

    def log_scores(self, counts: sp.csr_matrix) -> Floats:
        """(n_docs, n_topics) log p(document, topic), up to a constant of the document."""
        return super().log_scores(counts) + self.meaning.evidence(self.places)

    def checked(self, shares: Floats, counts: sp.csr_matrix, term_counts: Ints) -> Floats:
        """`shares` as probabilities of being right; all equal where no topic explains a document.

        That is as `without_evidence` has it, the vector's likelihood ratio to a direction drawn by
        lot joining that of the words. Words and vectors say much the same, so their product is too
        sure of itself: a power below 1, `Meaning.certainty`, takes that back.
        """
        best = shares.argmax(axis=1)
        background = np.maximum(term_counts, 1) / np.maximum(term_counts, 1).sum()
        rows = row_numbers(counts)
        found = np.maximum(self.topic_term[best[rows], counts.indices], LEAST_PROBABILITY)
        ratio = np.bincount(
            rows,
            weights=(np.log(found) - np.log(background)[counts.indices]) * counts.data,
            minlength=len(shares),
        ).astype(np.float64)
        known = self.places.any(axis=1)
        strength, n_kept = self.meaning.concentration, self.places.shape[1]
        vector = self.meaning.evidence(self.places)[np.arange(len(shares)), best]
        # Mean of exp(c * cosine) over all directions: c^2 / (2 n_kept), to second order.
        ratio += np.where(known, vector - strength**2 / (2 * n_kept), 0.0)
        seen = known | (totals(counts, 1) > 0)
        unlikely = seen & (ratio <= 0) & (shares.max(axis=1) < 0.5)
        n_topics = shares.shape[1]
        probable = sharpened(shares, self.meaning.certainty)
        return np.where(unlikely[:, None], 1.0 / n_topics, probable)

    def log_likelihood(self, counts: sp.csr_matrix) -> Floats:
        """(n_docs,) log p(document, topic) of the best topic."""
        return np.asarray(self.log_scores(counts).max(axis=1), dtype=np.float64)

    def following(self, shares: Floats) -> Self:
        """The same topics with directions of the documents' `shares`, (n_docs, n_topics)."""
        with one_thread():
            sums = shares.T @ self.places.astype(np.float64)
        return replace(self, meaning=replace(self.meaning, sums=sums))
