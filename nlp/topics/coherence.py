"""Coherence of topics: how often their top terms occur together in the corpus.

Röder, Both and Hinneburg 2015 ("Exploring the space of topic coherence measures"). The figures are
those of gensim's `CoherenceModel`, so that users can compare. Where gensim divides by zero, the
score is defined here: 0 for a pair with a term that the corpus lacks, NPMI 1 for two terms that
occur everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from nlp._kernels.cooccurrence import count_windows
from nlp.arrays import Floats, Ints
from nlp.cleaning.tokens import Tokens

# Röder et al. 2015, and gensim's defaults for c_npmi and c_v.
NPMI_WINDOW, C_V_WINDOW = 10, 110
# gensim's, added to a probability before its logarithm is taken.
_EPSILON = 1e-12
# Topics counted at a time: with ten terms each, a table of at most 1,000 by 1,000 (8 megabytes).
_BATCH = 100


@dataclass(frozen=True)
class Coherence:
    """Three measures, each (n_topics,), higher is better."""

    npmi: Floats
    """Normalised pointwise mutual information in windows of 10 tokens, -1 to 1."""
    c_v: Floats
    """Cosine of NPMI vectors in windows of 110 tokens."""
    u_mass: Floats
    """Log probability that a document with a term also has a lower-ranked one; at most about 0."""


def coherence(top_terms: Ints, terms: Sequence[str], corpus: Tokens | sp.csr_matrix) -> Coherence:
    """Coherence of `top_terms` (n_topics, n_top), columns into `terms`, best first.

    Counts do not contain positions of words: with them every document is one window.
    """
    if len(top_terms) == 0:
        return Coherence(np.zeros(0), np.zeros(0), np.zeros(0))
    parts = [
        _batch(top_terms[start : start + _BATCH], terms, corpus)
        for start in range(0, len(top_terms), _BATCH)
    ]
    npmi, c_v, u_mass = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Coherence(npmi, c_v, u_mass)


def _batch(
    top_terms: Ints, terms: Sequence[str], corpus: Tokens | sp.csr_matrix
) -> tuple[Floats, Floats, Floats]:
    """Scores of some topics; the tables grow with the square of their number."""
    columns, places = np.unique(top_terms, return_inverse=True)
    rows = places.reshape(top_terms.shape)
    if isinstance(corpus, Tokens):
        word_codes = {terms[column]: code for code, column in enumerate(columns)}
        mapping = np.array([word_codes.get(word, -1) for word in corpus.words] or [-1], np.int32)
        codes = mapping[corpus.codes]
        bounds = corpus.document_tokens
        near, n_near = count_windows(codes, bounds, NPMI_WINDOW, len(columns))
        far, n_far = count_windows(codes, bounds, C_V_WINDOW, len(columns))
        longest = max(int(corpus.document_lengths.max(initial=0)), 1)
        whole, n_docs = count_windows(codes, bounds, longest, len(columns))
    else:
        occurs = (corpus[:, columns] > 0).astype(np.int64)
        whole, n_docs = np.asarray((occurs.T @ occurs).todense()), corpus.shape[0]
        near, n_near, far, n_far = whole, n_docs, whole, n_docs
    return (
        np.array([_npmi(near[np.ix_(row, row)], n_near) for row in rows]),
        np.array([_c_v(far[np.ix_(row, row)], n_far) for row in rows]),
        np.array([_u_mass(whole[np.ix_(row, row)], n_docs) for row in rows]),
    )


def pair_npmi(together: Ints, total: int) -> Floats:
    """NPMI of every two terms (n, n), from the windows that hold both and the number of all."""
    both = together / max(total, 1)
    alone = both.diagonal()
    with np.errstate(divide="ignore", invalid="ignore"):
        values: Floats = np.log((both + _EPSILON) / np.outer(alone, alone)) / -np.log(
            both + _EPSILON
        )
    values[np.outer(alone, alone) == 0] = 0.0
    values[both == 1] = 1.0
    # The epsilon can lift a value above 1 by as much as itself.
    return np.minimum(values, 1.0)


def _npmi(together: Ints, total: int) -> float:
    values = pair_npmi(together, total)
    others = ~np.eye(len(values), dtype=bool)
    return float(values[others].mean()) if others.any() else 0.0


def _c_v(together: Ints, total: int) -> float:
    vectors = pair_npmi(together, total)
    topic = vectors.sum(axis=0)
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(topic)
    cosines = np.divide(vectors @ topic, lengths, out=np.zeros(len(vectors)), where=lengths > 0)
    return float(cosines.mean())


def _u_mass(together: Ints, total: int) -> float:
    later, earlier = np.tril_indices(len(together), -1)
    both, above = (
        together[later, earlier] / max(total, 1),
        together[earlier, earlier] / max(total, 1),
    )
    known = above > 0
    values = np.zeros(len(both))
    values[known] = np.log((both[known] + _EPSILON) / above[known])
    return float(values.mean()) if len(values) else 0.0
