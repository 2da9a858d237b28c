"""Assigns topics of a fitted model to new documents."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nlp.arrays import Singles, totals
from nlp.cleaning.reader import clean
from nlp.config import CleaningSettings
from nlp.ingest.corpus import Corpus
from nlp.progress import Progress, silent
from nlp.tables import carried_columns, topics_of
from nlp.topics.model import TopicModel, best_topics
from nlp.vocabulary.terms import count_known_terms


def assign_topics(
    model: TopicModel,
    corpus: Corpus,
    names: Sequence[str],
    settings: CleaningSettings | None = None,
    progress: Progress = silent,
    vectors: Singles | None = None,
) -> pd.DataFrame:
    """The documents table, one row per document, for documents that the model was not fitted on.

    `names` holds the name of each topic, (n_topics,). `settings` must be those the model's own
    documents were cleaned with. `vectors`,
    (n_docs, n_dims), are of the model's own encoder. A document without any term of the model, and
    without a vector, gets topic_id -1, not equal shares of all topics.
    """
    tokens = clean(corpus.texts, settings, progress)
    counts = count_known_terms(tokens, model.terms)
    doc_topic = model.assign(counts, vectors)
    seen = totals(counts, 1)
    if vectors is not None and model.meaning is not None:
        seen += vectors.any(axis=1)
    labels = best_topics(doc_topic, seen)
    table = topics_of(corpus.documents["doc_id"].tolist(), doc_topic, labels, names)
    return pd.concat([table, carried_columns(corpus.documents)], axis=1)
