"""The state of the collapsed Gibbs sampler: the topic of each token, and the counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from nlp.arrays import Counts, Floats
from nlp.lda.document_counts import Block, document_topics, whole_blocks
from nlp.lda.shards import Layout


class Sampler:
    """The topic of each token, and the counts that follow from it.

    With one shard a sweep is exact collapsed Gibbs. With several, the blocks of one round are swept
    in parallel. They share no document and no term; the only difference from an exact sweep is that
    a block sees the topics' totals of the beginning of the round. The result depends on the number
    of shards, not on the number of threads.
    """

    def __init__(self, layout: Layout, n_topics: int, seed: int | Sequence[int]) -> None:
        self.layout = layout
        n_docs, n_terms = len(layout.document_order), len(layout.term_order)
        spawned = np.random.SeedSequence(seed).spawn(layout.n_shards)
        self._randoms = [np.random.default_rng(each) for each in spawned]
        self.topics = np.empty(len(self.layout.documents), dtype=np.uint16)
        for random, starts in zip(self._randoms, self.layout.starts, strict=True):
            begin, end = starts[0], starts[-1]
            self.topics[begin:end] = random.integers(0, n_topics, end - begin, dtype=np.uint16)
        self._documents = document_topics(self.layout, self.topics, n_docs, n_topics)
        self._term_topic = np.zeros((n_terms, whole_blocks(n_topics)), dtype=np.int32)
        self.term_topic: Counts = self._term_topic[:, :n_topics]
        np.add.at(self.term_topic, (self.layout.terms(), self.topics), 1)
        self.totals: Counts = self.term_topic.sum(axis=0, dtype=np.int32)

    @property
    def doc_topic(self) -> Counts:
        """(n_docs, n_topics) tokens of each document in each topic."""
        counts = np.zeros((len(self.layout.document_order), len(self.totals)), dtype=np.int32)
        self.add_documents_to(counts)
        return counts

    def add_documents_to(self, sums: Counts) -> None:
        """Add `doc_topic` to `sums`, of the same shape."""
        self._documents.add_to(sums)

    def log_likelihood(self, alpha: Floats, beta: float) -> float:
        """log p(terms, topics), joint, up to a constant (Griffiths and Steyvers 2004, 2 and 3)."""
        by_document = self.doc_topic
        documents, topics = np.nonzero(by_document)
        shares = alpha[topics]
        of_documents = gammaln(by_document[documents, topics] + shares) - gammaln(shares)
        counted = self.term_topic[self.term_topic > 0]
        of_terms = gammaln(counted + beta) - gammaln(beta)
        of_topics = gammaln(self.totals + beta * len(self.term_topic))
        return float(of_documents.sum() + of_terms.sum() - of_topics.sum())

    def sweep(self, alpha: Floats, beta: float, pool: ThreadPoolExecutor | None = None) -> None:
        """Draw a new topic for every token once."""
        shards = range(self.layout.n_shards)
        padded = np.zeros(self._term_topic.shape[1], dtype=np.float32)
        padded[: len(alpha)] = alpha
        apply = map if pool is None else pool.map
        for turn in shards:
            seen = self.totals.copy()
            for totals in apply(partial(self._sweep_block, turn, seen, padded, beta), shards):
                self.totals += totals - seen

    def _sweep_block(
        self, turn: int, seen: Counts, alpha: NDArray[np.float32], beta: float, shard: int
    ) -> Counts:
        group = (shard + turn) % self.layout.n_shards
        block = self._block(shard, group, seen.copy(), alpha, beta)
        self._documents.sweep(block)
        return block.topic_totals

    def _block(
        self, shard: int, group: int, totals: Counts, alpha: NDArray[np.float32], beta: float
    ) -> Block:
        bounds, starts = self.layout.term_bounds, self.layout.starts[shard]
        n_tokens = int(starts[bounds[group + 1]] - starts[bounds[group]])
        return Block(
            group=group,
            shard=shard,
            topics=self.topics,
            term_topic=self._term_topic,
            topic_totals=totals,
            alpha=alpha,
            beta=np.float32(beta),
            beta_sum=np.float32(beta * len(self._term_topic)),
            uniforms=self._randoms[shard].random(n_tokens, dtype=np.float32),
        )


@contextmanager
def threads(n_threads: int) -> Iterator[ThreadPoolExecutor | None]:
    """A pool of threads, or None for a single thread."""
    if n_threads == 1:
        yield None
        return
    with ThreadPoolExecutor(n_threads) as pool:
        yield pool
