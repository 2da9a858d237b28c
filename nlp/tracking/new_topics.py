"""New topics between two fits: documents that explain each other better than any topic does.

Candidates are put into groups by GSDMM; then each one chooses between the topics there are and the
groups, and groups are formed again from those that chose them, until nothing moves. A document's
probability under a group leaves the document itself out, and a small group is improbable
beforehand, so that a group wins only with words that no topic has. Every topic and group is
smoothed by the corpus (Dirichlet prior; Zhai & Lafferty 2004, "A study of smoothing methods for
language models", equation 6), which lets a topic of many tokens and a small group be compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, totals
from nlp.topics.inference import LEAST_PROBABILITY, group_tokens, smoothed
from nlp.topics.model import NO_TOPIC, TopicModel
from nlp.tracking.defaults import DEFAULTS


@dataclass(frozen=True)
class Births:
    """Topics that are to join those there are, and the documents they are made of."""

    groups: Ints
    """(n_docs,) number of each document's new topic, from 0; `NO_TOPIC` for most."""
    waiting: Ints
    """Rows of documents that no topic explains better than the corpus as a whole does."""

    @property
    def n_topics(self) -> int:
        """New topics."""
        return int(self.groups.max(initial=-1)) + 1

    def sizes(self) -> Ints:
        """(n_topics,) documents of each."""
        return np.bincount(self.groups[self.groups >= 0], minlength=self.n_topics)

    def tokens(self, counts: sp.csr_matrix) -> Floats:
        """(n_topics, n_terms) tokens of each term in each new topic."""
        return group_tokens(counts, self.groups, self.n_topics)


def no_births(n_docs: int) -> Births:
    """Nothing new."""
    return Births(np.full(n_docs, NO_TOPIC, dtype=np.int64), np.zeros(0, dtype=np.int64))


def find_births(
    last: TopicModel, counts: sp.csr_matrix, table: Floats, rows: Ints, candidates: Ints
) -> Births:
    """Groups among the `candidates`, rows of `counts`, that no topic of `last` explains as well.

    `table` holds the topics of `last` over today's terms, (n_topics, n_terms); `rows`, (n_docs,),
    is the row in `last` of each document, -1 for new ones. What candidates gave to the topics is
    taken out of them first. A group has at least five documents and a tenth of a mean topic's.
    """
    found = no_births(counts.shape[0])
    candidates = candidates[totals(counts[candidates], 1) > 0]
    if len(candidates) == 0:
        return found
    chosen = sp.csr_matrix(counts[candidates], dtype=np.float64)
    share = np.asarray(counts.sum(axis=0), dtype=np.float64).ravel() / counts.sum()
    background = DEFAULTS.corpus_smoothing * share
    tokens, sizes = _without(last, table, chosen, rows[candidates])
    topics = last.inference.with_terms(smoothed(tokens, background)).with_sizes(sizes)
    known = topics.log_likelihood(chosen)
    least = max(DEFAULTS.least_documents, round(DEFAULTS.least_share * last.n_docs / last.n_topics))
    chances = partial(topics.log_chances, chosen, background=background, n_corpus=counts.shape[0])
    labels = _settle(chosen, known, chances, least)
    # The corpus as a whole has no parameters of its own to learn, so nothing is left out of it.
    alone = chosen @ np.log(np.maximum(share, LEAST_PROBABILITY))
    poor = np.flatnonzero((labels == NO_TOPIC) & (known < alone))
    worst = np.argsort(known[poor] - alone[poor], kind="stable")[: DEFAULTS.most_waiting]
    found.groups[candidates] = labels
    return Births(found.groups, np.sort(candidates[poor[worst]]))


def _without(
    last: TopicModel, table: Floats, chosen: sp.csr_matrix, rows: Ints
) -> tuple[Floats, Floats]:
    """Tokens and documents of each topic of `last`, but for those of the candidates."""
    tokens = last.doc_lengths @ last.doc_topic
    sizes = last.doc_topic.sum(axis=0)
    old = rows >= 0
    shares = last.doc_topic[rows[old]]
    mine = np.asarray(chosen[old].T @ shares, dtype=np.float64).T
    return np.maximum(table * tokens[:, None] - mine, 0.0), np.maximum(
        sizes - shares.sum(axis=0), 0.5
    )


def _settle(
    chosen: sp.csr_matrix, known: Floats, chances: Callable[[Ints], Floats], least: int
) -> Ints:
    """Group of each candidate, `NO_TOPIC` for those that a topic explains as well."""
    from nlp.gsdmm.estimator import GSDMM

    if len(known) < least:
        return np.full(len(known), NO_TOPIC, dtype=np.int64)
    start = GSDMM(n_topics=None, alpha=None, beta=DEFAULTS.group_beta).fit(chosen)
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
        # Only now: the parts of a large group may be small at first.
        smallest = least if settled else smallest
    return _renumbered(labels, least)


def _renumbered(labels: Ints, least: int) -> Ints:
    """Groups of `least` documents or more, numbered from 0, the largest first."""
    sizes = np.bincount(labels[labels >= 0])
    order = [int(group) for group in np.argsort(-sizes, kind="stable") if sizes[group] >= least]
    place = np.full(len(sizes) + 1, NO_TOPIC, dtype=np.int64)
    place[order] = np.arange(len(order))
    return place[labels]
