"""Topics of an admixture: each token of a document has a topic of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, row_numbers
from nlp.topics.inference import LEAST_PROBABILITY, FixedTopics, group_tokens, smoothed

# Weight of an unchanged document's last shares beside today's. With three quarters one draw in five
# of ten per cent more speeches kept 94.9 % of the paragraphs under their key, with four fifths at
# least 96.4 % (benchmarks.continuity, which asks for 95).
INERTIA = 0.8
# Not tuned: no table shows a change below 1e-6. A document between two similar topics would take
# many more iterations to get there, hence the bound.
_FOLD_IN_ITERATIONS = 100
_FOLD_IN_TOLERANCE = 1e-6
# Not tuned: topics change again after each round, so that their shares need few digits.
_EXPECT_ITERATIONS = 20
# Probabilities held at a time by `expect`: 32 megabytes.
_CELLS = 4_000_000
# Parts left out of the groups in turn, as in five-fold cross-validation.
_PARTS = 5


class AdmixtureTopics(FixedTopics):
    """Topics that documents mix; `prior` is the Dirichlet parameters of their shares."""

    def posterior(self, counts: sp.csr_matrix) -> Floats:
        """(n_docs, n_topics) shares by expectation-maximisation until they converge.

        The zero-order collapsed update of Asuncion et al. 2009 (CVB0, "On smoothing and inference
        for topic models", equation 17) with fixed topics: each token's responsibilities are
        proportional to (tokens of the document in the topic + prior) times the topic's probability
        of the term.
        """
        from nlp._kernels.fold_in import fold_in_documents

        shares: Floats = np.tile(self.prior / self.prior.sum(), (counts.shape[0], 1))
        fold_in_documents(
            counts.indptr,
            counts.indices,
            counts.data.astype(np.float64),
            np.ascontiguousarray(self.topic_term.T),
            self.prior,
            shares,
            _FOLD_IN_ITERATIONS,
            _FOLD_IN_TOLERANCE,
        )
        return shares

    def checked(self, shares: Floats, counts: sp.csr_matrix, term_counts: Ints) -> Floats:
        """`shares`: some mixture of topics explains any document."""
        return shares

    def log_likelihood(self, counts: sp.csr_matrix) -> Floats:
        """(n_docs,) log probability of each document given its shares of the topics."""
        return self.log_likelihood_given(self.posterior(counts), counts)

    def expect(self, counts: sp.csr_matrix) -> tuple[Floats, Floats]:
        """(n_docs, n_topics) shares and (n_topics, n_terms) expected tokens of the topics.

        The update of `posterior`, a fixed number of times, for a block of documents at once.
        """
        n_docs, n_topics = counts.shape[0], len(self.prior)
        shares = np.zeros((n_docs, n_topics))
        tokens = np.zeros((n_topics, counts.shape[1]))
        by_term = np.ascontiguousarray(self.topic_term.T)
        first = 0
        while first < n_docs:
            limit = counts.indptr[first] + max(_CELLS // n_topics, 1)
            after = int(np.searchsorted(counts.indptr, limit, side="right")) - 1
            last = min(max(after, first + 1), n_docs)
            shares[first:last], in_block = _expect_block(counts[first:last], by_term, self.prior)
            tokens += in_block
            first = last
        return shares, tokens

    def with_sizes(self, sizes: Floats) -> Self:
        """The same topics: how many documents have one as their first says little of its prior."""
        return self

    def with_more(self, topic_term: Floats, sizes: Floats, groups: Ints) -> Self:
        """These topics, then new ones with the mean prior of these."""
        return replace(
            self,
            topic_term=np.vstack([self.topic_term, topic_term]),
            prior=np.concatenate([self.prior, np.full(len(topic_term), self.prior.mean())]),
        )

    def carried_on(self, shares: Floats, last_shares: Floats, rows: Ints) -> Floats:
        """`shares`, unchanged documents leaning on their last ones by `INERTIA`.

        Without it the first of several topics changes with small differences between two fits.
        """
        known = rows >= 0
        leaning = shares.copy()
        leaning[known] *= 1 - INERTIA
        leaning[known, : last_shares.shape[1]] += INERTIA * last_shares[rows[known]]
        return leaning

    def log_chances(
        self, counts: sp.csr_matrix, groups: Ints, background: Floats, n_corpus: int
    ) -> Floats:
        """(n_docs, n_groups) as the interface says, the groups being topics beside these.

        -inf in a group that is not the document's first topic. A fifth of the documents at a time
        is left out of the groups: to leave out one by one would cost a fit for each.
        """
        n_groups, n_topics = int(groups.max()) + 1, len(self.prior)
        sizes = np.bincount(groups[groups >= 0], minlength=n_groups).astype(np.float64)
        scores = np.full((len(groups), n_groups), -np.inf)
        part = np.arange(len(groups)) % _PARTS
        for number in range(_PARTS):
            others = np.where(part == number, -1, groups)
            terms = smoothed(group_tokens(counts, others, n_groups), background)
            here = np.flatnonzero(part == number)
            wider, chosen = self.with_more(terms, sizes, others), counts[here]
            shares = wider.posterior(chosen)
            first = shares.argmax(axis=1) - n_topics
            inside = np.flatnonzero(first >= 0)
            found, group = wider.log_likelihood_given(shares, chosen)[inside], first[inside]
            scores[here[inside], group] = found + np.log(sizes[group] / n_corpus)
        return scores


def _expect_block(block: sp.csr_matrix, by_term: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """Shares (n_docs, n_topics) and expected tokens (n_topics, n_terms) of some documents."""
    n_docs, n_terms = block.shape
    rows = row_numbers(block)
    n_stored, places = len(rows), np.arange(len(rows))
    likelihood = by_term[block.indices]
    weights = block.data.astype(np.float64)[:, None]
    by_document = sp.csr_matrix((np.ones(n_stored), places, block.indptr), (n_docs, n_stored))
    shares = np.tile(prior / prior.sum(), (n_docs, 1))
    for _ in range(_EXPECT_ITERATIONS):
        joint = shares[rows] * likelihood
        joint *= weights / np.maximum(joint.sum(axis=1, keepdims=True), LEAST_PROBABILITY)
        shares = np.asarray(by_document @ joint) + prior
        shares /= shares.sum(axis=1, keepdims=True)
    of_term = sp.csr_matrix((np.ones(n_stored), (block.indices, places)), (n_terms, n_stored))
    return shares, np.asarray(of_term @ joint).T
