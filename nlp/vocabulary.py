"""Tokens into a sparse document-term matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp.config import VocabularySettings
from nlp.tokens import Tokens

# Fewer documents than this say nothing about how common a term is.
_FEW_DOCUMENTS = 20


@dataclass(frozen=True)
class TermCounts:
    """How often each term stands in each document."""

    counts: sp.csr_matrix
    """(n_docs, n_terms) int32, a row for every document, empty ones too."""
    terms: tuple[str, ...]
    """(n_terms,) in alphabetical order."""


def count_terms(tokens: Tokens, settings: VocabularySettings | None = None) -> TermCounts:
    """Counts of the terms that are neither too rare nor too common to tell documents apart."""
    settings = settings or VocabularySettings()
    order = sorted(range(len(tokens.words)), key=tokens.words.__getitem__)
    terms = [tokens.words[code] for code in order]
    counts = _count(tokens, _inverse(order), len(terms))
    kept = _kept(counts, settings)
    return TermCounts(counts[:, kept].tocsr(), tuple(terms[column] for column in kept))


def count_known_terms(tokens: Tokens, terms: Sequence[str]) -> sp.csr_matrix:
    """Counts of given terms only, (n_docs, len(terms)): new documents in an old vocabulary."""
    columns = {term: column for column, term in enumerate(terms)}
    mapping = np.array([columns.get(word, -1) for word in tokens.words], dtype=np.int64)
    return _count(tokens, mapping, len(terms))


def rarest_kept(n_documents: int) -> int:
    """Documents a term must stand in, if the user does not say."""
    if n_documents < _FEW_DOCUMENTS:
        return 1
    return 2 if n_documents < 5_000 else 3 if n_documents < 50_000 else 5


def _kept(counts: sp.csr_matrix, settings: VocabularySettings) -> NDArray[np.int64]:
    n_documents = int((np.diff(counts.indptr) > 0).sum())
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    few = n_documents < _FEW_DOCUMENTS
    most = n_documents if few else max(1, int(settings.max_share * n_documents))
    least = settings.min_documents or rarest_kept(n_documents)
    kept = np.flatnonzero((frequency >= least) & (frequency <= most))
    if len(kept) == 0:
        kept = np.flatnonzero(frequency > 0)
    if len(kept) > settings.max_terms:
        commonest = np.argsort(-frequency[kept], kind="stable")[: settings.max_terms]
        kept = np.sort(kept[commonest])
    return kept


def _count(tokens: Tokens, columns: NDArray[np.int64], n_terms: int) -> sp.csr_matrix:
    rows = np.repeat(np.arange(tokens.n_documents), tokens.document_lengths)
    terms = columns[tokens.codes] if len(tokens.codes) else np.zeros(0, dtype=np.int64)
    known = terms >= 0
    ones = np.ones(int(known.sum()), dtype=np.int32)
    shape = (tokens.n_documents, n_terms)
    counts = sp.csr_matrix((ones, (rows[known], terms[known])), shape=shape)
    counts.sum_duplicates()
    counts.sort_indices()
    return counts


def _inverse(order: Sequence[int]) -> NDArray[np.int64]:
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[np.asarray(order, dtype=np.int64)] = np.arange(len(order))
    return inverse
