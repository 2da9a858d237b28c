"""NMF over tf-idf: a cheap alternative to LDA that returns the same `TopicModel`."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfTransformer

from nlp.arrays import Floats, totals
from nlp.errors import raise_faults
from nlp.progress import Progress, silent
from nlp.topics.model import TopicModel, order_topics
from nlp.vocabulary.counts import check_counts

# scikit-learn's own default; `_factorise` says why fewer digits are enough.
_ITERATIONS = 200
_NMF_MODULE = r"sklearn\.decomposition\._nmf"
# Added to every share, so that no term is impossible in a topic and no topic in a document: of
# 50,000 terms all together a twentieth. Not tuned.
_SMOOTHING = 1e-6


def fit_nmf(
    counts: sp.csr_matrix,
    terms: Sequence[str],
    n_topics: int,
    seed: int = 0,
    progress: Progress = silent,
) -> TopicModel:
    """Topics by non-negative factorisation (Lee and Seung 1999) of sublinear tf-idf.

    The factors' rows are scaled to sum to 1. Its topics rank terms by how
    characteristic they are of a topic, not by how often they occur.
    """
    matrix = check_counts(counts, terms)
    raise_faults([f"n_topics must be at least 1 (seen: {n_topics})"] if n_topics < 1 else [])
    n_factors = max(1, min(n_topics, *matrix.shape))
    weights = TfidfTransformer(sublinear_tf=True).fit_transform(matrix.astype(np.float64))
    doc_topic, topic_term = _factorise(weights, n_factors, seed)
    # The weight of a factor is spread over both matrices: it is collected in one.
    scale = topic_term.sum(axis=1)
    shares = _shares(doc_topic * scale)
    filled = doc_topic.sum(axis=1) > 0
    prior = _shares((shares[filled] if filled.any() else shares).mean(axis=0)[None])[0]
    shares[~filled] = prior
    progress(1, 1)
    model = TopicModel(
        topic_term=_shares(topic_term),
        doc_topic=shares,
        terms=tuple(terms),
        doc_lengths=totals(matrix, 1),
        term_counts=totals(matrix, 0),
        topic_prior=prior,
        kind="nmf",
        params={"n_topics": n_topics},
        seed=seed,
    )
    return order_topics(model)


def _factorise(weights: sp.csr_matrix, n_factors: int, seed: int) -> tuple[Floats, Floats]:
    model = NMF(n_components=n_factors, init="nndsvda", max_iter=_ITERATIONS, random_state=seed)
    if weights.nnz == 0:
        return np.zeros((weights.shape[0], n_factors)), np.zeros((n_factors, weights.shape[1]))
    with warnings.catch_warnings():
        # Topics do not change any more after 200 iterations, even if the last digits still do.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # scikit-learn ends with `reconstruction_err_`, which nothing here reads: the root of a
        # difference of large sums. Where the factors are exact, some processors round that
        # difference below zero.
        warnings.filterwarnings("ignore", "invalid value .* in sqrt", RuntimeWarning, _NMF_MODULE)
        return model.fit_transform(weights), model.components_


def _shares(rows: Floats) -> Floats:
    mass = rows.sum(axis=1, keepdims=True)
    scaled = np.divide(rows, mass, out=np.zeros_like(rows), where=mass > 0) + _SMOOTHING
    shares: Floats = scaled / scaled.sum(axis=1, keepdims=True)
    return shares
