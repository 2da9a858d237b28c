"""Words that occur evenly in the documents of all topics: they tell no topic from another."""

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
    """A word that stands evenly in the documents of all topics."""

    word: str
    documents: int
    """Documents it stands in."""
    divergence: float
    """Kullback-Leibler divergence of p(topic | word) from p(topic), in nats; 0 is quite even."""


def spread_words(model: TopicModel, counts: sp.csr_matrix) -> tuple[SpreadWord, ...]:
    """Words that no topic has more of than another, those in most documents first; at most 50.

    `counts`, (n_docs, n_terms), is what the model was fitted on. Listed is what stands in 5 % of
    the documents and tells less than 0.1 nats about the topic, by the topics of the documents it
    stands in. With few documents chance alone makes words look uneven: the list is then shorter.
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
        SpreadWord(model.terms[term], int(frequency[term]), round(float(told), 4))
        for term, told in zip(common.tolist(), divergence, strict=True)
        if told < _EVEN and " " not in model.terms[term]
    ]
    return tuple(sorted(found, key=lambda one: (-one.documents, one.word))[:_MOST_LISTED])
