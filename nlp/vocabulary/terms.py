"""Tokens into a sparse document-term matrix."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp.cleaning.tokens import Tokens
from nlp.config import VocabularySettings
from nlp.vocabulary.phrases import join_phrases, phrases_of

# With fewer documents than this, no share of them means that a term is too common.
_FEW_DOCUMENTS = 20
# A term of more documents than this is asked whether it parts them. In bbc_news "year" (65 % of the
# documents) reaches 0.98 of the cosine that chance gives, in 33 speeches all such words reach at
# least 0.72; "parcel" in 70 % of tickets 0.01, a retweet's words 0: half way is the border.
_SPREAD_SHARE, _LIKE_CHANCE = 0.5, 0.5
_TINY = 1e-12
# Half way from chance (0) to words that occur only together (1): below it are the usual words of
# one subject, which are no phrases.
_PHRASE_NPMI = 0.5
# Occurrences of a phrase at least: from 5, the least that is no accident (gensim's own default), to
# 50, one per 50,000 tokens. Not tuned: a larger corpus has more pairs that occur five times.
_LEAST_PHRASES, _MOST_LEAST_PHRASES, _TOKENS_PER_PHRASE = 5, 50, 50_000
# Pairs of words held at a time: a few hundred megabytes.
_MOST_PAIRS = 2_000_000


@dataclass(frozen=True)
class TermCounts:
    """How often each term occurs in each document."""

    counts: sp.csr_matrix
    """(n_docs, n_terms) int32, a row for every document, empty ones too."""
    terms: tuple[str, ...]
    """(n_terms,) in alphabetical order."""


def count_terms(
    tokens: Tokens,
    settings: VocabularySettings | None = None,
    phrases: Collection[str] | None = None,
) -> TermCounts:
    """Counts of the terms that are neither too rare nor too common to distinguish documents.

    `phrases` count as terms too, for example those of an earlier run; None learns them if the
    settings ask for it. A phrase that is too rare is counted as its single words instead. A term of
    most documents stays where the others speak of something else: it is the subject of most. Where
    `max_share` is set, it is a limit without exception.
    """
    settings = settings or VocabularySettings()
    if phrases is None:
        phrases = learn_phrases(tokens) if settings.phrases else ()
    wanted = phrases_of(phrases)
    while True:
        counted = _count_words(join_phrases(tokens, wanted), settings)
        kept = phrases_of(counted.terms)
        if kept == wanted:
            return counted
        wanted = kept


def learn_phrases(tokens: Tokens) -> frozenset[str]:
    """Phrases of two and three words that occur together far more often than by chance.

    Scored by normalised pointwise mutual information (Bouma 2009) with gensim's `Phrases`. A phrase
    must occur at least 5 times in a small corpus, at least 50 times in a large one.
    """
    from gensim.models.phrases import Phrases

    options = {
        "min_count": int(
            np.clip(len(tokens.codes) // _TOKENS_PER_PHRASE, _LEAST_PHRASES, _MOST_LEAST_PHRASES)
        ),
        "threshold": _PHRASE_NPMI,
        "scoring": "npmi",
        "max_vocab_size": _MOST_PAIRS,
    }
    pairs = Phrases(_sentences(tokens), delimiter=" ", **options).freeze()
    # With the same delimiter gensim would split a pair of the first pass into two words again.
    longer = Phrases((pairs[words] for words in _sentences(tokens)), delimiter="\t", **options)
    found = {*pairs.phrasegrams, *(key.replace("\t", " ") for key in longer.export_phrases())}
    # Not "ha ha": repeating a word adds no meaning.
    return phrases_of(phrase for phrase in found if len(set(phrase.split())) > phrase.count(" "))


def _sentences(tokens: Tokens) -> Iterator[list[str]]:
    for start, end in pairwise(tokens.sentence_tokens.tolist()):
        if end - start > 1:
            yield [tokens.words[code] for code in tokens.codes[start:end].tolist()]


def _count_words(tokens: Tokens, settings: VocabularySettings) -> TermCounts:
    order = sorted(range(len(tokens.words)), key=tokens.words.__getitem__)
    terms = [tokens.words[code] for code in order]
    counts = _count(tokens, _inverse(order), len(terms))
    kept = _kept(counts, settings)
    return TermCounts(counts[:, kept].tocsr(), tuple(terms[column] for column in kept))


def count_known_terms(tokens: Tokens, terms: Sequence[str]) -> sp.csr_matrix:
    """Counts of given terms only, (n_docs, len(terms)): new documents in an old vocabulary.

    Phrases among the terms are matched first, so that a word inside a phrase is not counted alone.
    """
    tokens = join_phrases(tokens, terms)
    columns = {term: column for column, term in enumerate(terms)}
    mapping = np.array([columns.get(word, -1) for word in tokens.words], dtype=np.int64)
    return _count(tokens, mapping, len(terms))


def rarest_kept(n_documents: int) -> int:
    """Number of documents a term must occur in, unless the user sets it."""
    if n_documents < _FEW_DOCUMENTS:
        return 1
    return 2 if n_documents < 5_000 else 3 if n_documents < 50_000 else 5


def _kept(counts: sp.csr_matrix, settings: VocabularySettings) -> NDArray[np.int64]:
    n_documents = int((np.diff(counts.indptr) > 0).sum())
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    few = n_documents < _FEW_DOCUMENTS
    share = _SPREAD_SHARE if settings.max_share is None else settings.max_share
    most = n_documents if few else max(1, int(share * n_documents))
    least = settings.min_documents or rarest_kept(n_documents)
    usual = frequency <= most
    if settings.max_share is None:
        for column in np.flatnonzero((frequency > most) & (frequency < n_documents)):
            usual[column] = _parts_documents(counts, int(column), frequency, n_documents)
    kept = np.flatnonzero((frequency >= least) & usual)
    if len(kept) == 0:
        kept = np.flatnonzero(frequency > 0)
    if len(kept) > settings.max_terms:
        commonest = np.argsort(-frequency[kept], kind="stable")[: settings.max_terms]
        kept = np.sort(kept[commonest])
    return kept


def _parts_documents(
    counts: sp.csr_matrix, column: int, frequency: NDArray[np.int64], n_documents: int
) -> bool:
    """Whether the documents with a term speak of something else than those without it.

    The cosine between the document frequencies of the other terms in both groups, against the
    cosine that chance gives two groups of these sizes: few short documents resemble nothing.
    """
    has = np.zeros(counts.shape[0])
    has[counts[:, [column]].nonzero()[0]] = 1
    presence = sp.csr_matrix(
        (np.ones(len(counts.data)), counts.indices, counts.indptr), shape=counts.shape
    )
    inside = np.asarray(has @ presence).ravel()
    outside = frequency - inside
    inside[column] = outside[column] = 0
    share = (inside + outside) / n_documents
    shared, spread = float(share @ share), float((share * (1 - share)).sum())
    n_inside, n_outside = float(frequency[column]), float(n_documents - frequency[column])
    by_chance = shared / np.sqrt(
        (shared + spread / n_inside) * (shared + spread / n_outside) + _TINY
    )
    lengths = np.linalg.norm(inside) * np.linalg.norm(outside)
    return bool(inside @ outside <= _LIKE_CHANCE * by_chance * lengths)


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
