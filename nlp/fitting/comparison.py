"""A model compared with other fits of the same counts: another seed, and NMF."""

from __future__ import annotations

from collections.abc import Sequence

import scipy.sparse as sp

from nlp.arrays import Singles
from nlp.fitting.fit import fitter
from nlp.topics.model import TopicModel
from nlp.topics.quality import Quality, measure, stability, top_columns


def found_again(model: TopicModel, counts: sp.csr_matrix, vectors: Singles | None = None) -> float:
    """Similarity with the topics of a fit from another seed, see `nlp.topics.quality.stability`."""
    meaning = {} if model.meaning is None or vectors is None else {"vectors": vectors}
    seed = (model.seed + 1) % 2**32
    other = fitter(model.kind)(counts, model.terms, model.n_topics, seed, **meaning)
    return stability(top_columns(model.topic_term), top_columns(other.topic_term))


def rival(
    model: TopicModel, counts: sp.csr_matrix, labels: Sequence[object] | None = None
) -> Quality:
    """Quality of NMF with the same number of topics."""
    other = fitter("nmf")(counts, model.terms, model.n_topics, model.seed)
    return measure(other, counts, labels)
