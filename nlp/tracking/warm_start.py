"""A topic model carried on from the last run's: same topics, today's documents.

Expectation-maximisation started at the last topics and stopped after a few rounds, so that topics
follow their documents slowly. Topics are estimated from today's documents alone: one that was
deleted or edited leaves nothing behind. Nothing here is random.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, row_numbers
from nlp.progress import Progress, silent
from nlp.topics.inference import mixture_posterior, without_evidence
from nlp.topics.model import TopicModel, order_topics
from nlp.tracking.new_topics import Births

ROUNDS = 2
# What the last shares of an unchanged document count beside today's, where documents mix topics.
INERTIA = 0.8
_SHARE_ITERATIONS = 20
_CELLS = 4_000_000
_LEAST_PROBABILITY = 1e-300


def continue_model(
    last: TopicModel,
    counts: sp.csr_matrix,
    terms: tuple[str, ...],
    progress: Progress = silent,
    rows: Ints | None = None,
    births: Births | None = None,
) -> TopicModel:
    """The topics of `last`, re-estimated on `counts`, (n_docs, n_terms) in today's vocabulary.

    As many topics as `last` has, fewer if one lost all its documents. `rows`, (n_docs,), is the row
    in `last` of each document that has not changed since, -1 for the others: where documents mix
    topics, the shares of an unchanged one lean on the last ones (`INERTIA`). New topics join
    the others with the tokens of their documents as `births` has them.
    """
    smooth = smoothing(last)
    prior = last.topic_prior
    topic_term = in_vocabulary(last, terms, smooth)
    kind = last.kind
    n_born = births.n_topics if births else 0
    if births and n_born:
        born = births.tokens(counts) + smooth
        topic_term = np.vstack([topic_term, born / born.sum(axis=1, keepdims=True)])
        first = births.sizes() + 0.1 if kind == "gsdmm" else np.full(n_born, prior.mean())
        prior = np.concatenate([prior, first])
    for done in range(ROUNDS):
        shares, sums = _expect(counts, topic_term, prior, kind)
        smoothed = sums + smooth
        topic_term = smoothed / smoothed.sum(axis=1, keepdims=True)
        if kind == "gsdmm":
            prior = shares.sum(axis=0) + 0.1
        progress(done + 1, ROUNDS + 1)
    shares, _ = _expect(counts, topic_term, prior, kind)
    if rows is not None and kind != "gsdmm":
        known = rows >= 0
        if births and n_born:
            known &= births.groups < 0
        shares[known] *= 1 - INERTIA
        shares[known, : last.n_topics] += INERTIA * last.doc_topic[rows[known]]
    term_counts = np.asarray(counts.sum(axis=0)).ravel().astype(np.int64)
    if kind == "gsdmm":
        shares = without_evidence(shares, counts, topic_term, term_counts)
    progress(ROUNDS + 1, ROUNDS + 1)
    return order_topics(
        TopicModel(
            topic_term=topic_term,
            doc_topic=shares,
            terms=tuple(terms),
            doc_lengths=np.asarray(counts.sum(axis=1)).ravel().astype(np.int64),
            term_counts=term_counts,
            topic_prior=prior,
            kind=kind,
            params=dict(last.params),
            seed=last.seed,
        )
    )


def smoothing(model: TopicModel) -> float:
    """The pseudo-count of each term in each topic that the model was fitted with."""
    for name in ("beta", "eta"):
        value = model.params.get(name)
        if isinstance(value, int | float) and value > 0:
            return float(value)
    return 0.01


def in_vocabulary(last: TopicModel, terms: tuple[str, ...], smooth: float) -> Floats:
    """The last topics over today's terms; a term they did not know is as rare as any unseen one."""
    column = {term: position for position, term in enumerate(last.terms)}
    places = np.array([column.get(term, -1) for term in terms], dtype=np.int64)
    known = places >= 0
    table = np.empty((last.n_topics, len(terms)))
    table[:, known] = last.topic_term[:, places[known]]
    table[:, ~known] = last.topic_term.min(axis=1, keepdims=True)
    table = np.maximum(table, _LEAST_PROBABILITY)
    return np.asarray(table / table.sum(axis=1, keepdims=True), dtype=np.float64)


def _expect(
    counts: sp.csr_matrix, topic_term: Floats, prior: Floats, kind: str
) -> tuple[Floats, Floats]:
    """Shares of topics in documents, and the tokens each topic then has of each term."""
    if kind == "gsdmm":
        shares = mixture_posterior(counts, topic_term, prior)
        return shares, np.asarray(counts.T @ shares, dtype=np.float64).T
    return _admixture(counts, topic_term, prior)


def _admixture(counts: sp.csr_matrix, topic_term: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """Shares as `fold_in` gives them, for many documents at once, and summed responsibilities."""
    n_docs, n_topics = counts.shape[0], len(prior)
    shares = np.tile(prior / prior.sum(), (n_docs, 1))
    sums = np.zeros((n_topics, counts.shape[1]))
    by_term = np.ascontiguousarray(topic_term.T)
    first = 0
    while first < n_docs:
        limit = counts.indptr[first] + max(_CELLS // n_topics, 1)
        after = int(np.searchsorted(counts.indptr, limit, side="right")) - 1
        last = min(max(after, first + 1), n_docs)
        block = counts[first:last]
        rows = row_numbers(block)
        likelihood = by_term[block.indices]
        weights = block.data.astype(np.float64)[:, None]
        spread = sp.csr_matrix(
            (np.ones(len(rows)), np.arange(len(rows)), block.indptr),
            shape=(last - first, len(rows)),
        )
        theta = shares[first:last]
        for _ in range(_SHARE_ITERATIONS):
            joint = theta[rows] * likelihood
            joint *= weights / np.maximum(joint.sum(axis=1, keepdims=True), _LEAST_PROBABILITY)
            theta = np.asarray(spread @ joint) + prior
            theta /= theta.sum(axis=1, keepdims=True)
        shares[first:last] = theta
        gather = sp.csr_matrix(
            (np.ones(len(rows)), (block.indices, np.arange(len(rows)))),
            shape=(counts.shape[1], len(rows)),
        )
        sums += np.asarray(gather @ joint).T
        first = last
    return shares, sums
