"""Topics merged into a tree that can be cut at any number of topics."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from nlp._kernels import tree as kernels
from nlp.arrays import Floats, Ints, membership
from nlp.errors import InputError
from nlp.topics.model import TopicModel, order_topics
from nlp.topics.vector_sums import VectorSums

# Jeffreys' prior of a multinomial: the usual choice where nothing is known beforehand.
MERGE_BETA = 0.5
# The uniform prior of word distributions (see `TopicTree.gains`).
_UNIFORM_BETA = 1.0


@dataclass(frozen=True)
class TopicTree:
    """How topics merge, two at a time, the most similar pair first."""

    merges: Ints
    """(n_fine - 1, 2) nodes merged at each step: topics 0 to n_fine - 1, step s makes node
    n_fine + s, as in a SciPy linkage."""
    heights: Floats
    """(n_fine - 1,) loss of log probability per token at each step, ascending."""
    gains: Floats
    """(n_fine - 1,) gain of log probability at each step under a uniform prior of word
    distributions (beta 1); negative if the step loses."""
    counts: Ints
    """(n_fine - 1,) number of fine topics below each new node."""

    @property
    def n_fine(self) -> int:
        """Number of topics that the tree was built from."""
        return len(self.merges) + 1

    def cut(self, n_topics: int) -> Ints:
        """(n_fine,) group of each fine topic, counted from 0 in order of first appearance.

        There are `n_topics` groups, or all the fine topics if there are fewer.
        """
        if n_topics < 1:
            raise InputError(f"cannot cut a tree into {n_topics} topics: ask for 1 or more")
        parent = np.arange(2 * self.n_fine - 1)
        for step in range(max(0, self.n_fine - n_topics)):
            parent[self.merges[step]] = self.n_fine + step
        for node in range(len(parent) - 1, -1, -1):
            parent[node] = parent[parent[node]]
        roots, first = np.unique(parent[: self.n_fine], return_index=True)
        rank = {root: place for place, root in enumerate(roots[np.argsort(first)])}
        return np.array([rank[root] for root in parent[: self.n_fine]], dtype=np.int64)

    def readable(self) -> int:
        """Number of topics at which the words are most probable (see `gains`).

        Steps are taken up to the one after which the summed gain is largest.
        """
        return self.n_fine - int(np.argmax(np.concatenate([[0.0], np.cumsum(self.gains)])))

    def linkage(self) -> Floats:
        """(n_fine - 1, 4) the tree as a linkage of `scipy.cluster.hierarchy`."""
        return np.column_stack([self.merges, self.heights, self.counts]).astype(np.float64)


def build_tree(model: TopicModel, counts: sp.csr_matrix, beta: float = MERGE_BETA) -> TopicTree:
    """Merge the topics of any model bottom-up by the marginal likelihood of words and vectors.

    `counts` is what the model was fitted on, (n_docs, n_terms). A topic is
    represented by its expected tokens, documents weighted by `doc_topic`. Each step merges the two
    topics whose Dirichlet-multinomial probability gains most (or loses least) by the merge.
    """
    if counts.shape != (model.n_docs, len(model.terms)):
        raise InputError(
            f"counts are {counts.shape}, the model was fitted on "
            f"{(model.n_docs, len(model.terms))}: give the same counts"
        )
    meaning = model.meaning
    vectors = None if meaning is None else VectorSums(meaning.sums, meaning.concentration)
    return grow_tree(np.asarray((counts.T @ model.doc_topic).T, np.float64), beta, vectors)


def grow_tree(
    tokens: Floats, beta: float = MERGE_BETA, vectors: VectorSums | None = None
) -> TopicTree:
    """Merge topics of `tokens`, (n_fine, n_terms) whole or expected ones; see `build_tree`.

    `vectors`, the sums of the same topics, are used up; with them `gains` are those of the steps
    as they were chosen.
    """
    tokens = np.ascontiguousarray(tokens)
    merges, costs, members = _merge_all(tokens, beta, vectors)
    heights = np.maximum.accumulate(-costs / max(tokens.sum(), 1.0)) if len(costs) else costs
    gains = costs if vectors else kernels.step_gains(tokens, merges, _UNIFORM_BETA)
    return TopicTree(merges, heights - min(0.0, heights.min(initial=0.0)), gains, members)


@dataclass(frozen=True)
class MergedTopics:
    """A model some of whose topics became one."""

    model: TopicModel
    topic_of: Ints
    """(n_topics before,) topic in `model` of each topic before; -1 if it holds no document."""


def merge_topics(model: TopicModel, groups: Ints) -> MergedTopics:
    """The same documents under groups of topics, (n_topics,) any numbers, in order of size.

    A group's probability of a term is its topics' mean, weighted by their expected tokens; its
    probability of a document is the sum of theirs.
    """
    if len(groups) != model.n_topics:
        raise InputError(f"{len(groups)} groups for {model.n_topics} topics: give one per topic")
    members = np.unique(np.asarray(groups, dtype=np.int64), return_inverse=True)[1]
    n_groups = int(members.max()) + 1
    into = membership(members, n_groups).toarray()
    tokens = np.maximum(model.doc_lengths @ model.doc_topic, np.finfo(np.float64).tiny)
    topic_term = into @ (model.topic_term * tokens[:, None])
    merged = replace(
        model,
        topic_term=topic_term / topic_term.sum(axis=1, keepdims=True),
        doc_topic=model.doc_topic @ into.T,
        topic_prior=into @ model.topic_prior,
        meaning=None if model.meaning is None else model.meaning.merged(into),
    )
    sizes = merged.sizes()
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty(n_groups, dtype=np.int64)
    rank[order] = np.arange(n_groups)
    rank[sizes == 0] = -1
    return MergedTopics(order_topics(merged), rank[members])


def _merge_all(
    tokens: Floats, beta: float, vectors: VectorSums | None
) -> tuple[Ints, Floats, Ints]:
    n_fine = len(tokens)
    tokens = tokens.copy()
    weights = kernels.log_weights(tokens, beta)
    alive = np.ones(n_fine, dtype=np.bool_)
    node, members = np.arange(n_fine), np.ones(n_fine, dtype=np.int64)
    table = np.full((n_fine, n_fine), -np.inf)
    for row in range(n_fine):
        kernels.merge_gains(tokens, weights, alive, row, beta, table[row])
        if vectors:
            table[row] += vectors.gains(row)
    merges, gains = np.zeros((n_fine - 1, 2), dtype=np.int64), np.zeros(n_fine - 1)
    sizes = np.zeros(n_fine - 1, dtype=np.int64)
    for step in range(n_fine - 1):
        kept, gone = sorted(int(i) for i in divmod(int(table.argmax()), n_fine))
        merges[step], gains[step] = sorted((node[kept], node[gone])), table[kept, gone]
        tokens[kept] += tokens[gone]
        weights[kept] = kernels.log_weights(tokens[kept : kept + 1], beta)[0]
        alive[gone], node[kept] = False, n_fine + step
        members[kept] += members[gone]
        sizes[step] = members[kept]
        table[gone] = table[:, gone] = -np.inf
        kernels.merge_gains(tokens, weights, alive, kept, beta, table[kept])
        if vectors:
            vectors.merge(kept, gone)
            table[kept] += vectors.gains(kept)
        table[:, kept] = table[kept]
    return merges, gains, sizes
