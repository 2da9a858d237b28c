"""Dirichlet parameters learned from counts, by Minka's fixed point.

Minka 2000 ("Estimating a Dirichlet distribution", equation 55), as Wallach, Mimno and McCallum 2009
("Rethinking LDA: why priors matter") use it: asymmetric over topics, symmetric over terms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from nlp.arrays import Floats
from nlp.lda.defaults import DEFAULTS


def learn_alpha(doc_topic: NDArray[Any], alpha: Floats) -> Floats:
    """Prior of each topic, (K,), from the tokens of each document in each topic (n_docs, K)."""
    n_topics = doc_topic.shape[1]
    places = np.flatnonzero(doc_topic)
    values = doc_topic.ravel()[places].astype(np.int64)
    pairs, times = np.unique(values * n_topics + places % n_topics, return_counts=True)
    counts, topics = np.divmod(pairs, n_topics)
    lengths, documents = np.unique(doc_topic.sum(axis=1), return_counts=True)
    for _ in range(DEFAULTS.prior_iterations):
        total = alpha.sum()
        gained = times * (digamma(counts + alpha[topics]) - digamma(alpha[topics]))
        spent = (documents * (digamma(lengths + total) - digamma(total))).sum()
        if spent <= 0:
            break
        before = alpha
        alpha = before * np.bincount(topics, gained, minlength=n_topics) / spent
        alpha = np.clip(alpha, *DEFAULTS.prior_range)
        if np.abs(alpha - before).max() <= DEFAULTS.prior_tolerance * before.max():
            break
    return alpha


def learn_beta(term_topic: NDArray[Any], beta: float) -> float:
    """One prior for all terms, from the tokens of each term in each topic (n_terms, K)."""
    n_terms = term_topic.shape[0]
    counts, times = np.unique(term_topic[term_topic > 0], return_counts=True)
    topic_totals = term_topic.sum(axis=0)
    for _ in range(DEFAULTS.prior_iterations):
        gained = (times * (digamma(counts + beta) - digamma(beta))).sum()
        terms_beta = n_terms * beta
        spent = n_terms * (digamma(topic_totals + terms_beta) - digamma(terms_beta)).sum()
        if spent <= 0:
            break
        before = beta
        beta = float(np.clip(before * gained / spent, *DEFAULTS.prior_range))
        if abs(beta - before) <= DEFAULTS.prior_tolerance * before:
            break
    return beta
