"""Which topics a document has, given fixed topics: the posterior of both kinds of model."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, row_numbers

_FOLD_IN_ITERATIONS = 100
_FOLD_IN_TOLERANCE = 1e-6


def mixture_posterior(counts: sp.csr_matrix, topic_term: Floats, prior: Floats) -> Floats:
    """p(topic | document) when one topic wrote the whole document, computed in logarithms."""
    with np.errstate(divide="ignore"):
        log_term = np.log(np.maximum(topic_term, np.finfo(np.float64).tiny))
        log_prior = np.log(prior / prior.sum())
    scores: Floats = np.asarray(counts @ log_term.T, dtype=np.float64) + log_prior
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    return scores


def without_evidence(
    shares: Floats, counts: sp.csr_matrix, topic_term: Floats, term_counts: Ints
) -> Floats:
    """`shares`, with 1 / n_topics for documents that no topic explains.

    These are where the best topic makes the words no likelier than the corpus at large does (its
    likelihood ratio to the frequencies of all words, (n_terms,) `term_counts`, is at most 1), and
    is not even more likely than all the others together.
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


def fold_in(counts: sp.csr_matrix, topic_term: Floats, prior: Floats) -> Floats:
    """Topic shares of each document under fixed topics, by expectation-maximisation.

    The zero-order collapsed update of Asuncion et al. 2009 (CVB0, "On smoothing and inference for
    topic models", equation 17) with fixed topics: each token's responsibilities are proportional
    to (tokens of the document in the topic + prior) times the topic's probability of the term.
    """
    from nlp._kernels.fold_in import fold_in_documents

    shares: Floats = np.tile(prior / prior.sum(), (counts.shape[0], 1))
    fold_in_documents(
        counts.indptr,
        counts.indices,
        counts.data.astype(np.float64),
        np.ascontiguousarray(topic_term.T),
        prior,
        shares,
        _FOLD_IN_ITERATIONS,
        _FOLD_IN_TOLERANCE,
    )
    return shares
