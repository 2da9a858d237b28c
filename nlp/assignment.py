"""Topics for new documents, from a fitted model."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nlp.arrays import totals
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
) -> pd.DataFrame:
    """The documents table, one row per document, for documents that the model was not fitted on.

    `names` holds the name of each topic, (n_topics,). `settings` must be those the model's own
    documents were cleaned with. A document without any term of the model gets topic_id -1, not
    equal shares of all topics.
    """
    tokens = clean(corpus.texts, settings, progress)
    counts = count_known_terms(tokens, model.terms)
    doc_topic = model.assign(counts)
    labels = best_topics(doc_topic, totals(counts, 1))
    table = topics_of(corpus.documents["doc_id"].tolist(), doc_topic, labels, names)
    return pd.concat([table, carried_columns(corpus.documents)], axis=1)
