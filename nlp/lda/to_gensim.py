"""Sampled counts as gensim's own model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nlp.arrays import Floats

if TYPE_CHECKING:
    from gensim.models import LdaModel


def to_gensim(
    topic_counts: Floats,
    alpha: Floats,
    eta: float,
    terms: Sequence[str],
    document_frequency: NDArray[Any],
    n_docs: int,
    seed: int,
) -> LdaModel:
    """A `gensim.models.LdaModel` whose statistics are `topic_counts`, (n_topics, n_terms).

    Word ids are the columns of the counts. Its topics, alpha and eta are the sampler's; what gensim
    infers from them about a document is gensim's own variational estimate.
    """
    from gensim.models import LdaModel

    model = LdaModel(
        id2word=_dictionary(topic_counts, terms, document_frequency, n_docs),
        num_topics=len(alpha),
        alpha=alpha,
        eta=eta,
        random_state=seed,
        dtype=np.float64,
    )
    model.state.sstats = topic_counts.astype(np.float64)
    model.state.numdocs = n_docs
    # `update` weighs what is known already by the documents seen so far.
    model.num_updates = n_docs
    model.sync_state()
    return model


def _dictionary(
    topic_counts: Floats, terms: Sequence[str], document_frequency: NDArray[Any], n_docs: int
) -> Any:
    from gensim.corpora import Dictionary

    dictionary = Dictionary()
    dictionary.token2id = {term: column for column, term in enumerate(terms)}
    dictionary.id2token = dict(enumerate(terms))
    dictionary.dfs = {column: int(each) for column, each in enumerate(document_frequency)}
    occurrences = np.rint(topic_counts.sum(axis=0)).astype(np.int64)
    dictionary.cfs = {column: int(each) for column, each in enumerate(occurrences)}
    dictionary.num_docs = n_docs
    dictionary.num_pos = int(occurrences.sum())
    dictionary.num_nnz = int(np.sum(document_frequency))
    return dictionary
