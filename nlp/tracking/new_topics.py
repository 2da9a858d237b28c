"""New topics between two fits: documents that explain each other better than any topic does.

GSDMM divides the candidates into groups. Then each candidate chooses the most probable of the
existing topics and the groups, and the groups are formed again from the candidates that chose them,
until no candidate moves. The probability of a document in a group does not count the document
itself, and a small group has a small prior probability: a group wins only with words that no topic
has. Every topic and group is
smoothed by the corpus (Dirichlet prior; Zhai & Lafferty 2004, "A study of smoothing methods for
language models", equation 6), which lets a topic of many tokens and a small group be compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, Singles, totals
from nlp.topics.inference import LEAST_PROBABILITY, group_tokens, smoothed
from nlp.topics.model import NO_TOPIC, TopicModel
from nlp.tracking.defaults import DEFAULTS


@dataclass(frozen=True)
class Births:
    """New topics, and the documents that they consist of."""

    groups: Ints
    """(n_docs,) new topic of each document, counted from 0; `NO_TOPIC` for most documents."""
    waiting: Ints
    """Rows of documents that no topic explains better than the frequencies of the corpus do."""

    @property
    def n_topics(self) -> int:
        """Number of new topics."""
        return int(self.groups.max(initial=-1)) + 1

    def sizes(self) -> Ints:
        """(n_topics,) number of documents of each."""
        return np.bincount(self.groups[self.groups >= 0], minlength=self.n_topics)

    def tokens(self, counts: sp.csr_matrix) -> Floats:
        """(n_topics, n_terms) tokens of each term in each new topic."""
        return group_tokens(counts, self.groups, self.n_topics)


def no_births(n_docs: int) -> Births:
    """No new topics."""
    return Births(np.full(n_docs, NO_TOPIC, dtype=np.int64), np.zeros(0, dtype=np.int64))


def find_births(
    last: TopicModel,
    counts: sp.csr_matrix,
    table: Floats,
    rows: Ints,
    candidates: Ints,
    vectors: Singles | None = None,
) -> Births:
    """New topics among the `candidates`, rows of `counts`, that topics of `last` explain worse.

    `table` holds the topics of `last` over today's terms, (n_topics, n_terms); `rows`, (n_docs,),
    is the row in `last` of each document, -1 for new ones. The topics are used without the tokens
    of the candidates. A group has at least five documents and a tenth of a mean topic's.
    `vectors`, (n_docs, n_dims), count if `last` was fitted with some.
    """
    found = no_births(counts.shape[0])
    vectors = None if last.meaning is None else vectors
    speaks = totals(counts[candidates], 1) > 0
    if vectors is not None:
        speaks |= vectors[candidates].any(axis=1)
    candidates = candidates[speaks]
    if len(candidates) == 0:
        return found
    chosen = sp.csr_matrix(counts[candidates], dtype=np.float64)
    share = np.asarray(counts.sum(axis=0), dtype=np.float64).ravel() / counts.sum()
    background = DEFAULTS.corpus_smoothing * share
    tokens, sizes = _without(last, table, chosen, rows[candidates])
    seen = None if vectors is None else vectors[candidates]
    topic_term = smoothed(tokens, background)
    topics = last.inference_for(len(candidates), seen).with_terms(topic_term).with_sizes(sizes)
    known = topics.log_likelihood(chosen)
    # A vector is always near to some topic: by words alone it shows that no topic explains them.
    in_words = known
    if seen is not None:
        in_words = last.inference.with_terms(topic_term).with_sizes(sizes).log_likelihood(chosen)
    least = max(DEFAULTS.least_documents, round(DEFAULTS.least_share * last.n_docs / last.n_topics))
    chances = partial(topics.log_chances, chosen, background=background, n_corpus=counts.shape[0])
    labels = _settle(chosen, seen, known, chances, least)
    # The frequencies of the whole corpus are fixed, so that no document need be left out of them.
    alone = chosen @ np.log(np.maximum(share, LEAST_PROBABILITY))
    poor = np.flatnonzero((labels == NO_TOPIC) & (in_words < alone))
    worst = np.argsort(in_words[poor] - alone[poor], kind="stable")[: DEFAULTS.most_waiting]
    found.groups[candidates] = labels
    return Births(found.groups, np.sort(candidates[poor[worst]]))


def _without(
    last: TopicModel, table: Floats, chosen: sp.csr_matrix, rows: Ints
) -> tuple[Floats, Floats]:
    """Tokens and documents of each topic of `last`, without those of the candidates."""
    tokens = last.doc_lengths @ last.doc_topic
    sizes = last.doc_topic.sum(axis=0)
    old = rows >= 0
    shares = last.doc_topic[rows[old]]
    mine = np.asarray(chosen[old].T @ shares, dtype=np.float64).T
    return np.maximum(table * tokens[:, None] - mine, 0.0), np.maximum(
        sizes - shares.sum(axis=0), 0.5
    )


def _settle(
    chosen: sp.csr_matrix,
    vectors: Singles | None,
    known: Floats,
    chances: Callable[[Ints], Floats],
    least: int,
) -> Ints:
    """Group of each candidate; `NO_TOPIC` if an existing topic explains it as well."""
    from nlp.gsdmm.estimator import GSDMM

    if len(known) < least:
        return np.full(len(known), NO_TOPIC, dtype=np.int64)
    # With vectors a number is needed: left open it would be one for readers, too few to start with.
    fine = None if vectors is None else max(len(known) // DEFAULTS.documents_per_group, 2)
    start = GSDMM(n_topics=fine, alpha=None, beta=DEFAULTS.group_beta).fit(chosen, vectors=vectors)
    labels: Ints = start.labels_.astype(np.int64)
    smallest = DEFAULTS.least_documents
    for done in range(2 * DEFAULTS.settling_rounds):
        labels = _renumbered(labels, smallest)
        if labels.max(initial=NO_TOPIC) < 0:
            return labels
        scores = chances(labels)
        now = np.where(scores.max(axis=1) > known, scores.argmax(axis=1), NO_TOPIC)
        settled = (
            np.array_equal(now, labels)
            or done % DEFAULTS.settling_rounds == DEFAULTS.settling_rounds - 1
        )
        labels = now
        if settled and smallest == least:
            break
        # Only now: a large group may consist of small parts at first.
        smallest = least if settled else smallest
    return _renumbered(labels, least)


def _renumbered(labels: Ints, least: int) -> Ints:
    """Groups with at least `least` documents, numbered from 0 by size, the largest first."""
    sizes = np.bincount(labels[labels >= 0])
    order = [int(group) for group in np.argsort(-sizes, kind="stable") if sizes[group] >= least]
    place = np.full(len(sizes) + 1, NO_TOPIC, dtype=np.int64)
    place[order] = np.arange(len(order))
    return place[labels]
