"""Words that are equally frequent in all topics: they do not distinguish topics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from nlp.topics.model import TopicModel

# Share of the documents: rarer words look uneven by chance and cost a reader nothing.
_COMMON = 0.05
# Nats. Not tuned: the word leaves the topics' shares within about a factor of e ** 0.45, as a
# divergence of 0.1 is about half the mean squared logarithm of that factor.
_EVEN = 0.1
# As many as someone reads through to choose stop words.
_MOST_LISTED = 50


@dataclass(frozen=True)
class SpreadWord:
    """A word that is equally frequent in all topics."""

    word: str
    documents: int
    """Number of documents that contain it."""
    divergence: float
    """Kullback-Leibler divergence of p(topic | word) from p(topic), in nats; 0 is even."""


def spread_words(model: TopicModel, counts: sp.csr_matrix) -> tuple[SpreadWord, ...]:
    """At most 50 words that are equally frequent in all topics, the most frequent first.

    `counts`, (n_docs, n_terms), is what the model was fitted on. A word is listed if at
    least 5 % of the documents contain it and their topics differ from those of all documents by
    less than 0.1 nats. In a small corpus chance makes words look uneven: the list is shorter.
    """
    if model.n_topics < 2 or counts.sum() == 0:
        return ()
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    common = np.flatnonzero(frequency >= _COMMON * max((np.diff(counts.indptr) > 0).sum(), 1))
    tokens = np.asarray((counts[:, common].T @ model.doc_topic), dtype=np.float64)
    given_word = tokens / tokens.sum(axis=1, keepdims=True)
    overall = model.doc_lengths @ model.doc_topic / model.doc_lengths.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(given_word > 0, given_word * np.log(given_word / overall), 0.0)
    divergence = np.maximum(parts.sum(axis=1), 0.0)
    found = [
        SpreadWord(model.terms[term], int(frequency[term]), round(float(nats), 4))
        for term, nats in zip(common.tolist(), divergence, strict=True)
        if nats < _EVEN and " " not in model.terms[term]
    ]
    return tuple(sorted(found, key=lambda one: (-one.documents, one.word))[:_MOST_LISTED])
