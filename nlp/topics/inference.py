"""What given topics say about documents: one interface for every kind of topic model.

`MixtureTopics` (each document has one topic) and `AdmixtureTopics` (each document mixes topics)
implement it. Code that works with any `TopicModel` asks `TopicModel.inference`, never the kind.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, membership, row_numbers
from nlp.errors import InputError

# Nearly the smallest normal float64: a probability of 0 must not become -inf or a division by 0.
LEAST_PROBABILITY = 1e-300
# Keeps a term that the corpus lacks from being impossible; beside any real count it is nothing.
_LEAST_COUNT = 1e-12


@dataclass(frozen=True)
class FixedTopics(ABC):
    """Topics that do not change, and what they say about documents.

    `counts` is a CSR matrix (n_docs, n_terms) in every method. Methods return arrays of their own
    and change nothing they are given.
    """

    topic_term: Floats
    """(n_topics, n_terms) probability of each term in each topic; rows sum to 1."""
    prior: Floats
    """(n_topics,) pseudo-counts of each topic before a document is read."""

    @abstractmethod
    def posterior(self, counts: sp.csr_matrix) -> Floats:
        """(n_docs, n_topics) share of each topic in each document; rows sum to 1."""

    @abstractmethod
    def checked(self, shares: Floats, counts: sp.csr_matrix, term_counts: Ints) -> Floats:
        """`shares`, but all equal where no topic explains the document, if a model can say that.

        `term_counts`, (n_terms,), is how often each term occurs in the corpus of the topics.
        """

    def assign(self, counts: sp.csr_matrix, term_counts: Ints) -> Floats:
        """(n_docs, n_topics) `posterior`, `checked`: the answer for new documents."""
        return self.checked(self.posterior(counts), counts, term_counts)

    @abstractmethod
    def log_likelihood(self, counts: sp.csr_matrix) -> Floats:
        """(n_docs,) log probability of each document under the topics that fit it best."""

    def with_terms(self, topic_term: Floats) -> Self:
        """The same topics with other probabilities of terms."""
        return replace(self, topic_term=topic_term)

    def log_likelihood_given(self, shares: Floats, counts: sp.csr_matrix) -> Floats:
        """(n_docs,) log probability of each document's tokens, given its shares of the topics."""
        rows = row_numbers(counts)
        mixed = np.einsum("ij,ij->i", shares[rows], self.topic_term.T[counts.indices])
        weighted = counts.data * np.log(np.maximum(mixed, LEAST_PROBABILITY))
        return np.bincount(rows, weighted, minlength=counts.shape[0]).astype(np.float64)

    # Continuing from the last model: expectation-maximisation.

    @abstractmethod
    def expect(self, counts: sp.csr_matrix) -> tuple[Floats, Floats]:
        """(n_docs, n_topics) shares and (n_topics, n_terms) expected tokens of the topics."""

    @abstractmethod
    def with_sizes(self, sizes: Floats) -> Self:
        """The same topics with `sizes`, (n_topics,) expected documents of each."""

    @abstractmethod
    def with_more(self, topic_term: Floats, sizes: Floats, groups: Ints) -> Self:
        """These topics, then new ones: `topic_term` over the same terms and expected documents.

        `groups`, (n_docs,), is each document's new topic, from 0; -1 for documents of none.
        """

    def following(self, shares: Floats) -> Self:
        """The same topics where the documents are that have these shares of them.

        Words and sizes are set by `with_terms` and `with_sizes`; this is for what else they have.
        """
        return self

    @abstractmethod
    def carried_on(self, shares: Floats, last_shares: Floats, rows: Ints) -> Floats:
        """`shares`, where unchanged documents may lean on the shares they had in the last run.

        `rows`, (n_docs,), is the row of each document in `last_shares`, -1 if it is new or changed.
        Columns of `last_shares` are the first topics here.
        """

    # Birth of new topics.

    @abstractmethod
    def log_chances(
        self, counts: sp.csr_matrix, groups: Ints, background: Floats, n_corpus: int
    ) -> Floats:
        """(n_docs, n_groups) log probability that each document belongs to each group.

        `groups`, (n_docs,), is the present group of each document, -1 for none; a document does not
        count in its own group. A group's terms are smoothed by `background`, (n_terms,)
        pseudo-counts; its probability beforehand is its share of the `n_corpus` documents.
        """


def held_out_log_likelihood(topics: FixedTopics, counts: sp.csr_matrix) -> float:
    """Mean log probability of a token that inference did not see: half of each document's.

    Every second token of a document, in the order of the columns, is predicted from the others
    (document completion: Wallach, Murray, Salakhutdinov and Mimno 2009, "Evaluation methods for
    topic models", section 5.1). `InputError` if no document has two tokens.
    """
    ends = np.cumsum(counts.data)
    starts_of_documents = np.concatenate([[0], ends])[counts.indptr[:-1]]
    ends = ends - starts_of_documents[row_numbers(counts)]
    seen, unseen = counts.copy(), counts.copy()
    seen.data = (ends + 1) // 2 - (ends - counts.data + 1) // 2
    unseen.data = counts.data - seen.data
    n_unseen = int(unseen.sum())
    if n_unseen == 0:
        raise InputError("no document has two tokens: half of each one's are predicted")
    shares = topics.posterior(seen)
    return float(topics.log_likelihood_given(shares, unseen).sum() / n_unseen)


def group_tokens(counts: sp.csr_matrix, groups: Ints, n_groups: int) -> Floats:
    """(n_groups, n_terms) tokens of each term in each group of documents, -1 being none."""
    return np.asarray((membership(groups, n_groups) @ counts).toarray(), dtype=np.float64)


def smoothed(tokens: Floats, background: Floats) -> Floats:
    """Probabilities of terms from `tokens`, (n_topics, n_terms), with pseudo-counts (n_terms,).

    Zhai and Lafferty 2004, "A study of smoothing methods for language models", equation 6.
    """
    totals = tokens.sum(axis=1, keepdims=True) + background.sum()
    return np.asarray((tokens + np.maximum(background, _LEAST_COUNT)) / totals, dtype=np.float64)


def without_evidence(
    shares: Floats, counts: sp.csr_matrix, topic_term: Floats, term_counts: Ints
) -> Floats:
    """`shares`, with 1 / n_topics for each document that no topic explains.

    No topic explains a document if two things hold: its words are no more probable under its best
    topic than under the frequencies of the whole corpus (`term_counts`, (n_terms,)), and that topic
    has a share below one half.
    """
    n_docs, n_topics = shares.shape
    background = np.maximum(term_counts, 1) / np.maximum(term_counts, 1).sum()
    rows = row_numbers(counts)
    best = shares.argmax(axis=1)[rows]
    evidence = np.log(np.maximum(topic_term[best, counts.indices], np.finfo(np.float64).tiny))
    evidence -= np.log(background)[counts.indices]
    ratio = np.bincount(rows, weights=evidence * counts.data, minlength=n_docs)
    unlikely = (ratio <= 0) & (shares.max(axis=1) < 0.5) & (np.diff(counts.indptr) > 0)
    return np.where(unlikely[:, None], 1.0 / n_topics, shares)
