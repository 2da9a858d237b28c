"""Number of tokens of each document in each topic, in one of two representations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nlp._kernels.lda_draws import COUNTS, TOPICS
from nlp._kernels.lda_sweep import sweep_terms
from nlp._kernels.lda_sweep_sparse import sweep_entries
from nlp._kernels.simd import N_LANES
from nlp.arrays import Counts, Singles
from nlp.lda.shards import Layout

# Measured (benchmarks.lda_speed): from here on a document has so many fewer topics than there are
# that looking them up pays.
_MANY_TOPICS = 128
# Entries count in sixteen bits.
_MOST_COUNTED = 2**16 - 1


@dataclass(frozen=True)
class Block:
    """The tokens of one group of terms in one shard of documents, and what a draw depends on."""

    group: int
    shard: int
    topics: NDArray[np.uint16]
    """(n_tokens,) of all tokens, in the order of the layout; changed in place."""
    term_topic: Counts
    """(n_terms, n_topics in whole blocks), changed in place."""
    topic_totals: Counts
    """(n_topics,), changed in place."""
    alpha: Singles
    """(n_topics in whole blocks,)"""
    beta: np.float32
    beta_sum: np.float32
    uniforms: Singles
    """One in [0, 1) for each token of the block."""


class DocumentTopics(Protocol):
    """Tokens of each document in each topic, and the sweep that draws from them."""

    def add_to(self, sums: Counts) -> None:
        """Add the counts to `sums`, (n_docs, n_topics)."""

    def sweep(self, block: Block) -> None:
        """Draw new topics for the tokens of one block."""


def document_topics(
    layout: Layout, topics: NDArray[np.uint16], n_docs: int, n_topics: int
) -> DocumentTopics:
    """The representation that is faster for this number of topics; both draw from the same
    probabilities."""
    lengths = np.bincount(layout.documents, minlength=n_docs)
    fits = max(int(lengths.max(initial=0)), whole_blocks(n_topics)) <= _MOST_COUNTED
    form = Entries if n_topics >= _MANY_TOPICS and fits else Rows
    return form(layout, topics, lengths, n_topics)


def whole_blocks(n_topics: int) -> int:
    """The next whole number of lanes."""
    return -(-n_topics // N_LANES) * N_LANES


class Rows:
    """One row per document, with the counts of all topics."""

    def __init__(
        self, layout: Layout, topics: NDArray[np.uint16], lengths: NDArray[Any], n_topics: int
    ) -> None:
        self._layout, self._n_topics = layout, n_topics
        self._rows = np.zeros((len(lengths), whole_blocks(n_topics)), dtype=np.int32)
        np.add.at(self._rows, (layout.documents, topics), 1)

    def add_to(self, sums: Counts) -> None:
        """Add the counts to `sums`, (n_docs, n_topics)."""
        sums += self._rows[:, : self._n_topics]

    def sweep(self, block: Block) -> None:
        """Draw new topics for the tokens of one block."""
        layout = self._layout
        sweep_terms(
            layout.term_bounds[block.group],
            layout.term_bounds[block.group + 1],
            layout.starts[block.shard],
            layout.documents,
            block.topics,
            self._rows,
            block.term_topic,
            block.topic_totals,
            block.alpha,
            block.beta,
            block.beta_sum,
            block.uniforms,
        )


class Entries:
    """Blocks with the topics that occur in a document, and their counts."""

    def __init__(
        self, layout: Layout, topics: NDArray[np.uint16], lengths: NDArray[Any], n_topics: int
    ) -> None:
        self._layout, self._n_topics = layout, n_topics
        # Room for one more topic: a token is counted in its new topic before it leaves the old one.
        n_blocks = np.minimum(lengths, n_topics) // N_LANES + 1
        self._bounds = np.concatenate([[0], np.cumsum(n_blocks)]).astype(np.int64)
        self._entries = _aligned((int(self._bounds[-1]), 2, N_LANES))
        self._entries[:, TOPICS] = whole_blocks(n_topics)
        keys, counts = np.unique(
            layout.documents.astype(np.int64) * n_topics + topics, return_counts=True
        )
        documents, own = np.divmod(keys, n_topics)
        self._used = np.bincount(documents, minlength=len(lengths)).astype(np.int32)
        firsts = np.cumsum(self._used) - self._used
        places = self._bounds[documents] * N_LANES + np.arange(len(keys)) - firsts[documents]
        blocks, lanes = np.divmod(places, N_LANES)
        self._entries[blocks, TOPICS, lanes] = own
        self._entries[blocks, COUNTS, lanes] = counts

    def add_to(self, sums: Counts) -> None:
        """Add the counts to `sums`, (n_docs, n_topics)."""
        topics, counts = self._entries[:, TOPICS], self._entries[:, COUNTS]
        documents = np.repeat(np.arange(len(self._used)), np.diff(self._bounds))
        blocks, lanes = np.nonzero(counts)
        sums[documents[blocks], topics[blocks, lanes]] += counts[blocks, lanes]

    def sweep(self, block: Block) -> None:
        """Draw new topics for the tokens of one block."""
        layout = self._layout
        sweep_entries(
            layout.term_bounds[block.group],
            layout.term_bounds[block.group + 1],
            block.shard,
            layout.starts,
            layout.documents,
            block.topics,
            self._bounds,
            self._used,
            self._entries,
            block.term_topic,
            block.topic_totals,
            block.alpha,
            block.beta,
            block.beta_sum,
            block.uniforms,
        )


def _aligned(shape: tuple[int, int, int]) -> NDArray[np.uint16]:
    """Zeros that begin at a line of the processor's cache."""
    line = 64
    size = int(np.prod(shape))
    numbers = np.zeros(size + line // 2, dtype=np.uint16)
    begin = -numbers.ctypes.data % line // 2
    return numbers[begin : begin + size].reshape(shape)
