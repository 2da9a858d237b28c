"""Tokens in the order in which the sampler visits them, divided into independent shards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp.arrays import Ints, totals


@dataclass(frozen=True)
class Layout:
    """The tokens of a corpus, sorted by shard of documents, then by term, then by document.

    Documents and terms are both divided into `n_shards` groups of about equal numbers of tokens. A
    block is the tokens of one group of terms in one group of documents; blocks without a common
    group can be swept in parallel (Yan, Xu and Qi 2009, "Parallel inference for latent
    Dirichlet allocation on graphics processing units", section 3).
    """

    document_order: Ints
    """(n_docs,) row of the counts for each document number used here."""
    term_order: Ints
    """(n_terms,) column of the counts for each term number used here."""
    document_bounds: Ints
    """(n_shards + 1,) shard s owns documents `document_bounds[s]` to `document_bounds[s + 1]`."""
    term_bounds: Ints
    """(n_shards + 1,) the same for terms."""
    starts: NDArray[np.int64]
    """(n_shards, n_terms + 1) bounds of each term's tokens in each shard of documents."""
    documents: NDArray[np.int32]
    """(n_tokens,) the document number of each token."""

    @property
    def n_shards(self) -> int:
        """Number of groups of documents, and of terms."""
        return len(self.document_bounds) - 1

    def terms(self) -> Ints:
        """(n_tokens,) the term number of each token."""
        places = np.arange(len(self.term_order))
        return np.concatenate([np.repeat(places, np.diff(starts)) for starts in self.starts])


def lay_out(counts: sp.csr_matrix, n_shards: int) -> Layout:
    """The layout of `counts` (CSR, whole numbers) in `n_shards` shards."""
    document_order, document_bounds = _deal(totals(counts, 1), n_shards)
    term_order, term_bounds = _deal(totals(counts, 0), n_shards)
    dealt = counts[document_order][:, term_order]
    starts = np.zeros((n_shards, len(term_order) + 1), dtype=np.int64)
    documents = []
    base = 0
    for shard in range(n_shards):
        first, last = document_bounds[shard], document_bounds[shard + 1]
        columns = dealt[first:last].tocsc()
        starts[shard, 1:] = np.cumsum(totals(columns, 0))
        starts[shard] += base
        base = int(starts[shard, -1])
        documents.append(np.repeat(columns.indices, columns.data).astype(np.int32) + first)
    return Layout(
        document_order=document_order,
        term_order=term_order,
        document_bounds=document_bounds,
        term_bounds=term_bounds,
        starts=starts,
        documents=np.concatenate(documents).astype(np.int32),
    )


def _deal(sizes: Ints, n_groups: int) -> tuple[Ints, Ints]:
    """An order and bounds that divide items into groups of about equal size.

    The largest items go to groups 0, 1, ... to the last, the next ones from the last back to 0.
    """
    if n_groups == 1:
        return np.arange(len(sizes)), np.array([0, len(sizes)])
    turn, place = np.divmod(np.arange(len(sizes)), n_groups)
    group = np.empty(len(sizes), dtype=np.int64)
    group[np.argsort(-sizes, kind="stable")] = np.where(turn % 2 == 0, place, n_groups - 1 - place)
    bounds = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=n_groups))])
    return np.argsort(group, kind="stable"), bounds.astype(np.int64)
