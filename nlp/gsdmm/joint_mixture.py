"""A mixture of words and meaning: each cluster has a word distribution and a direction.

A document's weight for a cluster is the product of three: the cluster's size, its words'
probability of the document's words, and exp(concentration * cosine) of the document's place and
the cluster's direction (von Mises-Fisher with one concentration for all; Banerjee et al. 2005).
Of all published kin nearest to Gopal & Yang 2014, "Von Mises-Fisher clustering models", with words
beside the directions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, Singles, membership
from nlp.gsdmm.mixture import Mixture
from nlp.topics.meaning import directions

# Documents whose scores are held at a time: 8 MB at 500 clusters.
_BLOCK = 4_096
# Documents that each cluster has beforehand: of no weight beside those it gets.
ALPHA = 1.0


@dataclass(frozen=True)
class Documents:
    """What is seen of documents: words and places among the vectors."""

    counts: sp.csr_matrix
    """(n_docs, n_terms)"""
    places: Singles
    """(n_docs, n_kept) rows of length 1, or zeros where no vector is known."""

    def __len__(self) -> int:
        return int(self.counts.shape[0])

    def some(self, rows: Ints) -> Documents:
        """These rows only."""
        return Documents(self.counts[rows], self.places[rows])

    def blocks(self) -> Iterator[tuple[slice, sp.csr_matrix, Singles]]:
        """Rows, a few thousand at a time."""
        for start in range(0, len(self), _BLOCK):
            rows = slice(start, min(start + _BLOCK, len(self)))
            yield rows, self.counts[rows].astype(np.float32), self.places[rows]


@dataclass(frozen=True)
class Expected:
    """One expectation step."""

    mixture: JointMixture
    """The clusters counted anew."""
    log_likelihood: float
    """Of all documents, up to a constant of the corpus and the concentration."""


@dataclass(frozen=True)
class JointMixture:
    """Clusters as what is expected in them."""

    words: Mixture
    sums: Floats
    """(n_clusters, n_kept) expected sum of the places of the documents."""
    concentration: float

    @classmethod
    def of_groups(
        cls, documents: Documents, groups: Ints, beta: float, concentration: float
    ) -> JointMixture:
        """Clusters of whole documents; -1 is in none."""
        member = membership(groups, int(groups.max(initial=-1)) + 1)
        tokens = np.ascontiguousarray((member @ documents.counts).toarray().T, dtype=np.float64)
        sizes = np.asarray(member.sum(axis=1), dtype=np.float64).ravel()
        sums = np.asarray(member @ documents.places.astype(np.float64))
        return cls(Mixture(tokens, sizes, ALPHA, beta), sums, concentration)

    @property
    def n_clusters(self) -> int:
        """Clusters, empty ones too."""
        return len(self.words.sizes)

    def merged(self, groups: Ints, beta: float, concentration: float) -> JointMixture:
        """Clusters of one group, (n_clusters,) counted from 0, made one."""
        into = np.eye(int(groups.max()) + 1)[groups]
        words = Mixture(
            np.ascontiguousarray(self.words.tokens @ into),
            self.words.sizes @ into,
            self.words.alpha,
            beta,
        )
        return JointMixture(words, into.T @ self.sums, concentration)

    def refine(self, documents: Documents, n_steps: int) -> JointMixture:
        """The mixture after some steps of expectation-maximisation."""
        mixture = self
        for _ in range(n_steps):
            mixture = mixture.expect(documents).mixture
        return mixture

    def expect(self, documents: Documents) -> Expected:
        """One step; the clusters counted anew and how likely the documents were before it."""
        tokens = np.zeros_like(self.words.tokens)
        sums, sizes, total = np.zeros_like(self.sums), np.zeros_like(self.words.sizes), 0.0
        for _, counts, places, scores in self._scores(documents):
            best = scores.max(axis=1, keepdims=True)
            np.exp(scores - best, out=scores)
            mass = scores.sum(axis=1, keepdims=True)
            scores /= mass
            total += float(best.sum(dtype=np.float64) + np.log(mass.astype(np.float64)).sum())
            sizes += scores.sum(axis=0, dtype=np.float64)
            tokens += counts.T @ scores
            sums += scores.T @ places
        words = replace(self.words, tokens=tokens, sizes=sizes)
        return Expected(replace(self, words=words, sums=sums), total)

    def labels(self, documents: Documents) -> Ints:
        """(n_docs,) most probable cluster of each document."""
        labels = np.zeros(len(documents), dtype=np.int64)
        for rows, _, _, scores in self._scores(documents):
            labels[rows] = scores.argmax(axis=1)
        return labels

    def _scores(
        self, documents: Documents
    ) -> Iterator[tuple[slice, sp.csr_matrix, Singles, Singles]]:
        """Logarithms of the weights, block by block."""
        log_term = np.ascontiguousarray(np.log(self.words.topic_term.T), dtype=np.float32)
        towards = (self.concentration * directions(self.sums).T).astype(np.float32)
        log_prior = np.log(self.words.prior / self.words.prior.sum()).astype(np.float32)
        for rows, counts, places in documents.blocks():
            scores = counts @ log_term
            scores += places @ towards
            scores += log_prior
            yield rows, counts, places, scores
