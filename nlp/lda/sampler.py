"""The state of the collapsed Gibbs sampler: who is in which topic, and the counts of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp._kernels.lanes import N_LANES
from nlp._kernels.lda import sweep_terms
from nlp.lda.layout import lay_out

Floats = NDArray[np.float64]
Counts = NDArray[np.int32]
_Block = tuple[int, int, Counts, NDArray[np.float32], float]


class Sampler:
    """Tokens, their topics and the counts that follow from them.

    With one shard a sweep is exact collapsed Gibbs. With more, the blocks of one round are swept at
    the same time; they share no document and no term, and differ from an exact sweep only in that a
    block sees the topics' totals as they stood when the round began. Shards, not threads, decide
    the outcome: it is the same on any number of threads.
    """

    def __init__(self, counts: sp.csr_matrix, n_topics: int, seed: int, n_shards: int = 1) -> None:
        self.layout = lay_out(counts, n_shards)
        n_docs, n_terms = counts.shape
        spawned = np.random.SeedSequence(seed).spawn(n_shards)
        self._randoms = [np.random.default_rng(each) for each in spawned]
        self.topics = np.empty(len(self.layout.documents), dtype=np.uint16)
        for random, starts in zip(self._randoms, self.layout.starts, strict=True):
            begin, end = starts[0], starts[-1]
            self.topics[begin:end] = random.integers(0, n_topics, end - begin, dtype=np.uint16)
        width = -(-n_topics // N_LANES) * N_LANES
        self._padded = np.zeros((n_docs, width), dtype=np.int32)
        self.doc_topic: Counts = self._padded[:, :n_topics]
        self.term_topic: Counts = np.zeros((n_terms, n_topics), dtype=np.int32)
        np.add.at(self.doc_topic, (self.layout.documents, self.topics), 1)
        np.add.at(self.term_topic, (self.layout.terms(), self.topics), 1)
        self.totals: Counts = self.term_topic.sum(axis=0, dtype=np.int32)

    def sweep(self, alpha: Floats, beta: float, pool: ThreadPoolExecutor | None = None) -> None:
        """Draw a new topic for every token once."""
        shards = range(self.layout.n_shards)
        padded = np.zeros(self._padded.shape[1], dtype=np.float32)
        padded[: len(alpha)] = alpha
        apply = map if pool is None else pool.map
        for turn in shards:
            seen = self.totals.copy()
            blocks: list[_Block] = [
                (shard, (shard + turn) % self.layout.n_shards, seen.copy(), padded, beta)
                for shard in shards
            ]
            for block_totals in apply(self._sweep_block, blocks):
                self.totals += block_totals - seen

    def _sweep_block(self, block: _Block) -> Counts:
        shard, group, block_totals, alpha, beta = block
        layout = self.layout
        first, last = layout.term_bounds[group], layout.term_bounds[group + 1]
        starts = layout.starts[shard]
        sweep_terms(
            first,
            last,
            starts,
            layout.documents,
            self.topics,
            self._padded,
            self.term_topic,
            block_totals,
            alpha,
            np.float32(beta),
            np.float32(beta * len(layout.term_order)),
            self._randoms[shard].random(starts[last] - starts[first], dtype=np.float32),
        )
        return block_totals


@contextmanager
def threads(n_threads: int) -> Iterator[ThreadPoolExecutor | None]:
    """A pool of threads, or None where one thread is enough."""
    if n_threads == 1:
        yield None
        return
    with ThreadPoolExecutor(n_threads) as pool:
        yield pool
