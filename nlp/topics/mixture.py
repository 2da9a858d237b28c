"""Topics of a mixture: one topic wrote the whole document."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, row_numbers
from nlp.topics.inference import FixedTopics, group_tokens, smoothed, without_evidence


class MixtureTopics(FixedTopics):
    """Topics of which each document has one; `prior` is the expected documents of each."""

    def log_scores(self, counts: sp.csr_matrix) -> Floats:
        """(n_docs, n_topics) log p(document, topic), up to a constant of the document."""
        with np.errstate(divide="ignore"):
            log_term = np.log(np.maximum(self.topic_term, np.finfo(np.float64).tiny))
            log_prior = np.log(self.prior / self.prior.sum())
        scores: Floats = np.asarray(counts @ log_term.T, dtype=np.float64) + log_prior
        return scores

    def posterior(self, counts: sp.csr_matrix) -> Floats:
        """(n_docs, n_topics) p(topic | document), computed in logarithms."""
        scores = self.log_scores(counts)
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        return scores

    def checked(self, shares: Floats, counts: sp.csr_matrix, term_counts: Ints) -> Floats:
        """`shares`, all equal for documents that `without_evidence` finds no topic for."""
        return without_evidence(shares, counts, self.topic_term, term_counts)

    def log_likelihood(self, counts: sp.csr_matrix) -> Floats:
        """(n_docs,) log p(document, topic) of the best topic."""
        return np.asarray(self.log_scores(counts).max(axis=1), dtype=np.float64)

    def expect(self, counts: sp.csr_matrix) -> tuple[Floats, Floats]:
        """(n_docs, n_topics) shares and (n_topics, n_terms) expected tokens of the topics."""
        shares = self.posterior(counts)
        return shares, np.asarray(counts.T @ shares, dtype=np.float64).T

    def with_sizes(self, sizes: Floats) -> Self:
        """The same topics with `sizes` as their prior."""
        return replace(self, prior=sizes)

    def with_more(self, topic_term: Floats, sizes: Floats, groups: Ints) -> Self:
        """These topics, then new ones with `sizes` as their prior."""
        return replace(
            self,
            topic_term=np.vstack([self.topic_term, topic_term]),
            prior=np.concatenate([self.prior, sizes]),
        )

    def carried_on(self, shares: Floats, last_shares: Floats, rows: Ints) -> Floats:
        """`shares`: a document of one topic seldom moves between two that are nearly as likely."""
        return shares

    def log_chances(
        self, counts: sp.csr_matrix, groups: Ints, background: Floats, n_corpus: int
    ) -> Floats:
        """(n_docs, n_groups) as the interface says; each document is left out by itself."""
        n_groups = int(groups.max()) + 1
        tokens = group_tokens(counts, groups, n_groups)
        sizes = np.bincount(groups[groups >= 0], minlength=n_groups).astype(np.float64)
        log_term = np.log(smoothed(tokens, background))
        scores: Floats = np.asarray(counts @ log_term.T, dtype=np.float64)
        scores += np.log(sizes / n_corpus)
        members = np.flatnonzero(groups >= 0)
        inside, own = counts[members], groups[members]
        rows = row_numbers(inside)
        totals = tokens.sum(axis=1) + background.sum()
        rest = tokens[own[rows], inside.indices] - inside.data + background[inside.indices]
        left = totals[own] - np.asarray(inside.sum(axis=1)).ravel()
        terms = inside.data * (np.log(rest) - np.log(left)[rows])
        alone = np.bincount(rows, terms, minlength=len(members))
        # Half a document: a group of one is not impossible once its only member is left out.
        scores[members, own] = alone + np.log(np.maximum(sizes[own] - 1, 0.5) / n_corpus)
        return scores
