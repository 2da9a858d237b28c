"""A topic model that continues the last run's: the same topics, today's documents.

Expectation-maximisation starts at the last topics and stops after a few rounds, so that topics
change slowly. It uses today's documents only: a deleted document leaves no trace, an edited one
counts as new. Nothing here is random.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, Singles, totals
from nlp.progress import Progress, silent
from nlp.topics.inference import LEAST_PROBABILITY, FixedTopics
from nlp.topics.meaning_topics import MeaningTopics
from nlp.topics.model import TopicModel, order_topics
from nlp.tracking.defaults import DEFAULTS
from nlp.tracking.new_topics import Births


def continue_model(
    last: TopicModel,
    counts: sp.csr_matrix,
    terms: tuple[str, ...],
    progress: Progress = silent,
    rows: Ints | None = None,
    births: Births | None = None,
    vectors: Singles | None = None,
) -> TopicModel:
    """The topics of `last`, re-estimated on `counts`, (n_docs, n_terms) in today's vocabulary.

    As many topics as `last` has, fewer if one lost all its documents. `rows`, (n_docs,), is the row
    in `last` of each document that has not changed since, -1 for the others: in a model
    whose documents mix topics, an unchanged document partly keeps its last shares. `births` are new
    topics that join the others. `vectors`, (n_docs, n_dims), are those of the encoder that `last`
    was fitted with; the space they lie in stays what it was.
    """
    smooth = smoothing(last)
    topics = last.inference_for(counts.shape[0], vectors).with_terms(in_vocabulary(last, terms))
    if births and births.n_topics:
        born = _estimated(births.tokens(counts), smooth)
        topics = topics.with_more(
            born, births.sizes().astype(np.float64) + DEFAULTS.spare_documents, births.groups
        )
    for done in range(DEFAULTS.rounds):
        topics = _next_round(topics, counts, smooth)
        progress(done + 1, DEFAULTS.rounds + 1)
    shares, _ = topics.expect(counts)
    if rows is not None:
        unchanged = rows if births is None else np.where(births.groups < 0, rows, -1)
        shares = topics.carried_on(shares, last.doc_topic, unchanged)
    term_counts = totals(counts, 0)
    shares = topics.checked(shares, counts, term_counts)
    progress(DEFAULTS.rounds + 1, DEFAULTS.rounds + 1)
    model = replace(
        last,
        topic_term=topics.topic_term,
        doc_topic=shares,
        terms=tuple(terms),
        doc_lengths=totals(counts, 1),
        term_counts=term_counts,
        topic_prior=topics.prior,
        meaning=topics.remembered() if isinstance(topics, MeaningTopics) else None,
    )
    return order_topics(model)


def _next_round(topics: FixedTopics, counts: sp.csr_matrix, smooth: float) -> FixedTopics:
    """One round of expectation-maximisation."""
    shares, tokens = topics.expect(counts)
    sizes = shares.sum(axis=0) + DEFAULTS.spare_documents
    return topics.with_terms(_estimated(tokens, smooth)).with_sizes(sizes).following(shares)


def _estimated(tokens: Floats, smooth: float) -> Floats:
    """Probabilities of terms from expected tokens, (n_topics, n_terms)."""
    smoothed = tokens + smooth
    return np.asarray(smoothed / smoothed.sum(axis=1, keepdims=True), dtype=np.float64)


def smoothing(model: TopicModel) -> float:
    """The pseudo-count of each term in each topic that the model was fitted with."""
    for name in ("beta", "eta"):
        value = model.params.get(name)
        if isinstance(value, int | float) and value > 0:
            return float(value)
    return DEFAULTS.least_smoothing


def in_vocabulary(last: TopicModel, terms: tuple[str, ...]) -> Floats:
    """The last topics over today's terms; a new term gets a topic's smallest probability."""
    column = {term: position for position, term in enumerate(last.terms)}
    places = np.array([column.get(term, -1) for term in terms], dtype=np.int64)
    known = places >= 0
    table = np.empty((last.n_topics, len(terms)))
    table[:, known] = last.topic_term[:, places[known]]
    table[:, ~known] = last.topic_term.min(axis=1, keepdims=True)
    table = np.maximum(table, LEAST_PROBABILITY)
    return np.asarray(table / table.sum(axis=1, keepdims=True), dtype=np.float64)
