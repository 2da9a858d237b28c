"""sumy's summarizers made fast: the same sentences and scores, without its loops over pairs.

sumy compares every pair of sentences in Python. Each class here replaces only the slow step of its
parent and inherits the rest.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from sumy.models.dom import ObjectDocumentModel, Sentence
from sumy.summarizers.kl import KLSummarizer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.summarizers.luhn import LuhnSummarizer
from sumy.summarizers.reduction import ReductionSummarizer
from sumy.summarizers.sum_basic import SumBasicSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from nlp.arrays import Floats, Ints, row_numbers

Words = Sequence[Sequence[str]]

# Rows of similarities in memory at once: 512 x 1,000 of them are 4 MB.
_BLOCK = 512


class FastLexRank(LexRankSummarizer):  # type: ignore[misc]
    """LexRank with similarities from blocks of a sparse product; the graph is kept sparse."""

    def _create_matrix(
        self, sentences: Words, threshold: float, tf_metrics: object, idf_metrics: object
    ) -> sp.csr_matrix:
        counts = count_matrix(sentences)
        n = counts.shape[0]
        present = np.bincount(counts.indices, minlength=counts.shape[1])
        squared_idf = np.array([math.log(n / (1 + int(k))) ** 2 for k in present])
        rows = row_numbers(counts)
        largest = np.ones(n)
        np.maximum.at(largest, rows, counts.data)
        tf = counts.copy()
        tf.data = counts.data / largest[rows]
        weighted = tf.copy()
        weighted.data = tf.data * squared_idf[tf.indices]
        norms = np.sqrt(np.bincount(rows, weights=tf.data * weighted.data, minlength=n))
        graph = sp.vstack(
            [_similar(block, start, norms, threshold) for start, block in _products(tf, weighted)]
        ).tocsr()
        graph.data /= np.repeat(np.diff(graph.indptr), np.diff(graph.indptr))
        return graph

    def _compute_tf(self, sentences: Words) -> None:
        """Not needed: `_create_matrix` counts by itself."""

    def _compute_idf(self, sentences: Words) -> None:
        """Not needed: `_create_matrix` counts by itself."""

    @staticmethod
    def power_method(matrix: sp.csr_matrix, epsilon: float) -> Floats:
        """Centrality of each sentence; all equal if no two sentences are similar."""
        n = matrix.shape[0]
        centrality = np.full(n, 1.0 / n)
        transposed = matrix.T.tocsr()
        change = 1.0
        while change > epsilon:
            following = transposed @ centrality
            length = np.linalg.norm(following)
            if length == 0:
                return np.zeros(n)
            following /= length
            change = float(np.linalg.norm(following - centrality))
            centrality = following
        return centrality


class FastTextRank(TextRankSummarizer):  # type: ignore[misc]
    """TextRank without its matrix.

    The divisor of a pair depends only on the two lengths, and there are few distinct lengths: each
    step of the power method first sums the sentences of each length.
    """

    def rate_sentences(self, document: ObjectDocumentModel) -> dict[Sentence, float]:
        """TextRank of each sentence."""
        sentences = [self._to_words_set(sentence) for sentence in document.sentences]
        n = len(sentences)
        counts = count_matrix(sentences)
        distinct, group = np.unique([len(words) for words in sentences], return_inverse=True)
        logs = np.log(np.maximum(distinct, 1))
        norms = logs[:, None] + logs[None, :]
        inverse = (1.0 / np.where(norms > 0, norms, 1.0))[group]
        groups = sp.csr_matrix((np.ones(n), (group, np.arange(n))), (len(distinct), n))

        def sums(weights: Floats) -> Floats:
            scaled = groups.copy()
            scaled.data = weights[scaled.indices]
            by_length = (scaled @ counts).T.toarray()
            return np.asarray((counts @ by_length * inverse).sum(axis=1))

        totals = sums(np.ones(n)) + self._ZERO_DIVISION_PREVENTION
        rank = np.full(n, 1.0 / n)
        change = 1.0
        while change > self.epsilon:
            jump = (1.0 - self.damping) / n * rank.sum()
            following = jump + self.damping * sums(rank / totals)
            change = float(np.linalg.norm(following - rank))
            rank = following
        return dict(zip(document.sentences, rank.tolist(), strict=True))


class FastReduction(ReductionSummarizer):  # type: ignore[misc]
    """Reduction with its loop over pairs of sentences compiled."""

    def rate_sentences(self, document: ObjectDocumentModel) -> dict[Sentence, float]:
        """Sum of each sentence's similarities to all others."""
        from nlp._kernels.sentence_scores import reduction_ratings

        sentences = [self._to_words_set(sentence) for sentence in document.sentences]
        counts = count_matrix(sentences)
        by_word = counts.T.tocsr()
        table: dict[Sentence, int] = {}
        group = [table.setdefault(sentence, len(table)) for sentence in document.sentences]
        ratings = reduction_ratings(
            *(counts.indptr.astype(np.int64), counts.indices.astype(np.int64), counts.data),
            *(by_word.indptr.astype(np.int64), by_word.indices.astype(np.int64), by_word.data),
            np.array([math.log(max(len(words), 1)) for words in sentences]),
            np.array(group, dtype=np.int64),
        )
        return dict(zip(table, ratings.tolist(), strict=True))


class FastLsa(LsaSummarizer):  # type: ignore[misc]
    """LSA without its decomposition.

    sumy keeps every dimension, and then the rank of sentence j, sqrt(sum_i sigma_i^2 v_ij^2), is
    the length of column j of the matrix itself. Sentences of equal length, which sumy orders by
    the rounding errors of the decomposition, keep their order in the text.
    """

    def __call__(self, document: ObjectDocumentModel, sentences_count: Any) -> tuple[Sentence, ...]:
        """The best sentences, in reading order."""
        dictionary = self._create_dictionary(document)
        if not dictionary:
            return ()
        stems = [[self.stem_word(word) for word in s.words] for s in document.sentences]
        counts = count_matrix([[stem for stem in found if stem in dictionary] for found in stems])
        rows = row_numbers(counts)
        largest = np.zeros(counts.shape[0])
        np.maximum.at(largest, rows, counts.data)
        smooth = 0.4
        values = smooth + (1.0 - smooth) * counts.data / largest[rows]
        squares = np.bincount(rows, weights=values**2, minlength=counts.shape[0])
        absent = len(dictionary) - np.diff(counts.indptr)
        ranks = iter(np.sqrt(squares + np.where(largest > 0, absent * smooth**2, 0.0)).tolist())
        best: tuple[Sentence, ...] = self._get_best_sentences(
            document.sentences, sentences_count, lambda _: next(ranks)
        )
        return best


class FastLuhn(LuhnSummarizer):  # type: ignore[misc]
    """Luhn's method with the significant words in a set."""

    def _get_significant_words(self, words: Sequence[str]) -> frozenset[str]:
        return frozenset(super()._get_significant_words(words))


class FastSumBasic(SumBasicSummarizer):  # type: ignore[misc]
    """SumBasic with its greedy order compiled."""

    def _compute_ratings(self, sentences: Sequence[Sentence]) -> dict[Sentence, int]:
        from nlp._kernels.sentence_scores import sumbasic_order

        frequency = self._compute_tf(sentences)
        table = {word: code for code, word in enumerate(frequency)}
        content = [self._get_content_words_in_sentence(sentence) for sentence in sentences]
        codes, bounds = _ragged(content, table)
        probability = np.array(list(frequency.values()), dtype=np.float64)
        compensated = sys.version_info >= (3, 12)
        return _ratings(sentences, sumbasic_order(codes, bounds, probability, compensated))


class FastKL(KLSummarizer):  # type: ignore[misc]
    """KLSum with its greedy order compiled and its divergences updated, not summed anew."""

    def _compute_ratings(self, sentences: Sequence[Sentence]) -> dict[Sentence, int]:
        from nlp._kernels.sentence_scores import kl_order

        frequency = self.compute_tf(sentences)
        table = {word: code for code, word in enumerate(frequency)}
        content = [self._get_content_words_in_sentence(sentence) for sentence in sentences]
        codes, bounds = _ragged(content, table)
        added, added_bounds = _ragged([sentence.words for sentence in sentences], table)
        probability = np.zeros(len(table))
        probability[: len(frequency)] = list(frequency.values())
        return _ratings(sentences, kl_order(codes, bounds, added, added_bounds, probability))


def count_matrix(sentences: Words) -> sp.csr_matrix:
    """(n_sentences, n_words) how often each word occurs in each sentence."""
    table: dict[str, int] = {}
    codes, bounds = _ragged(sentences, table)
    shape = (len(sentences), len(table))
    matrix = sp.csr_matrix((np.ones(len(codes)), codes, bounds), shape=shape)
    matrix.sum_duplicates()
    return matrix


def _ragged(sentences: Words, table: dict[str, int]) -> tuple[Ints, Ints]:
    codes = [table.setdefault(word, len(table)) for words in sentences for word in words]
    lengths = [len(words) for words in sentences]
    bounds = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    return np.array(codes, dtype=np.int64), bounds.astype(np.int64)


def _products(left: sp.csr_matrix, right: sp.csr_matrix) -> Iterator[tuple[int, sp.csr_matrix]]:
    transposed = right.T.tocsr()
    for start in range(0, left.shape[0], _BLOCK):
        yield start, left[start : start + _BLOCK] @ transposed


def _similar(block: sp.csr_matrix, start: int, norms: Floats, threshold: float) -> sp.csr_matrix:
    """1 where the cosine exceeds the threshold."""
    rows = row_numbers(block)
    lengths = norms[start + rows] * norms[block.indices]
    cosine = np.divide(block.data, lengths, out=np.zeros_like(block.data), where=lengths > 0)
    near = cosine > threshold
    return sp.csr_matrix((np.ones(near.sum()), (rows[near], block.indices[near])), block.shape)


def _ratings(sentences: Sequence[Sentence], order: Ints) -> dict[Sentence, int]:
    """sumy's ratings of a greedy order: the n-th sentence taken has -n, repeats do not count."""
    ratings: dict[Sentence, int] = {}
    for row in order.tolist():
        ratings[sentences[row]] = -len(ratings)
    return ratings
