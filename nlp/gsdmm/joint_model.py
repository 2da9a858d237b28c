"""The mixture of words and meaning as a `TopicModel`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nlp.arrays import Flags, totals
from nlp.gsdmm.joint_mixture import Documents, JointMixture
from nlp.topics.meaning import Meaning, VectorSpace
from nlp.topics.meaning_topics import MeaningTopics
from nlp.topics.model import TopicModel, order_topics

# Words and vectors say much the same twice: with this power of the posterior about a share p of the
# documents told p is right by labels (benchmarks/meaning.py).
CERTAINTY = 0.34


def joint_topic_model(
    documents: Documents,
    mixture: JointMixture,
    space: VectorSpace,
    params: Mapping[str, Any],
    seed: int,
) -> TopicModel:
    """Topics largest first, and the documents' probabilities; terms are named x0, x1, ..."""
    counts = documents.counts
    known: Flags = np.asarray(documents.places.any(axis=1))
    meaning = Meaning(space, mixture.sums, known, mixture.concentration, CERTAINTY)
    words = mixture.words
    topics = MeaningTopics(words.topic_term, words.prior, meaning, documents.places)
    term_counts = totals(counts, 0)
    return order_topics(
        TopicModel(
            topic_term=words.topic_term,
            doc_topic=topics.assign(counts, term_counts),
            terms=tuple(f"x{term}" for term in range(counts.shape[1])),
            doc_lengths=totals(counts, 1),
            term_counts=term_counts,
            topic_prior=words.prior,
            kind="gsdmm",
            params=params,
            seed=int(seed),
            meaning=meaning,
        )
    )
