"""Topics of words and directions, and what they say about documents with vectors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, Singles, membership, one_thread, row_numbers, totals
from nlp.topics.inference import LEAST_PROBABILITY
from nlp.topics.meaning import Meaning, directions, sharpened
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

        That is as `without_evidence` has it, the vector's likelihood ratio to a random direction
        joining that of the words. Words and vectors say much the same, so their product is too
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
        ratio += self.meaning.evidence(self.places)[np.arange(len(shares)), best]
        seen = self.places.any(axis=1) | (totals(counts, 1) > 0)
        unlikely = seen & (ratio <= 0) & (shares.max(axis=1) < 0.5)
        n_topics = shares.shape[1]
        probable = sharpened(shares, self.meaning.certainty)
        # Some topic is always nearest: without a word of the corpus, a vector must make one topic
        # more probable than all others together.
        unlikely |= seen & (totals(counts, 1) == 0) & (probable.max(axis=1) < 0.5)
        return np.where(unlikely[:, None], 1.0 / n_topics, probable)

    def with_more(self, topic_term: Floats, sizes: Floats, groups: Ints) -> Self:
        """These topics, then new ones whose directions are those of their documents."""
        more = super().with_more(topic_term, sizes, groups)
        member = membership(groups, len(sizes))
        sums = np.asarray(member @ self.places.astype(np.float64))
        meaning = replace(self.meaning, sums=np.vstack([self.meaning.sums, sums]))
        return replace(more, meaning=meaning)

    def following(self, shares: Floats) -> Self:
        """The same topics, pointing to their documents; as before if no vector is known."""
        if not self.places.any():
            return self
        with one_thread():
            sums = shares.T @ self.places.astype(np.float64)
        return replace(self, meaning=replace(self.meaning, sums=sums))

    def remembered(self) -> Meaning:
        """What a model keeps of these topics and documents."""
        return replace(self.meaning, known=np.asarray(self.places.any(axis=1)))

    def log_chances(
        self, counts: sp.csr_matrix, groups: Ints, background: Floats, n_corpus: int
    ) -> Floats:
        """(n_docs, n_groups) as the interface says; each document is left out by itself."""
        scores = super().log_chances(counts, groups, background, n_corpus)
        member = membership(groups, int(groups.max()) + 1)
        places = self.places.astype(np.float64)
        sums = np.asarray(member @ places)
        scores += replace(self.meaning, sums=sums).evidence(self.places)
        inside = np.flatnonzero((groups >= 0) & self.places.any(axis=1))
        own = groups[inside]
        joint = directions(sums)[own]
        rest = directions(sums[own] - places[inside])
        # What the direction without the document says in place of the one with it.
        moved = np.einsum("ij,ij->i", rest - joint, places[inside])
        scores[inside, own] += self.meaning.concentration * moved
        return scores
