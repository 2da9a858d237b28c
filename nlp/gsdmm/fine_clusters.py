"""Fine clusters of short documents, and how many topics they are merged into."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from sklearn.metrics import adjusted_mutual_info_score

from nlp.arrays import Ints, membership
from nlp.gsdmm.defaults import DEFAULTS
from nlp.gsdmm.mixture import Mixture
from nlp.topics.tree import TopicTree, grow_tree


@dataclass(frozen=True)
class FineClusters:
    """The fine clusters of one chain, and the tree in which they merge."""

    mixture: Mixture
    labels: Ints
    """(n_docs,) most probable cluster of each document; no cluster is without documents."""
    tree: TopicTree


@dataclass(frozen=True)
class Grain:
    """A number of topics and, for the report, the reason for it."""

    n_topics: int
    reason: str


def fine_clusters(mixture: Mixture, counts: sp.csr_matrix) -> FineClusters:
    """The clusters that are the most probable one of some document, and their tree.

    `counts` is (n_docs, n_terms). The tree is built from whole documents: sharing each document
    among the clusters gives the same tree at seven times the cost.
    """
    found, labels = np.unique(mixture.labels(counts), return_inverse=True)
    whole = (membership(labels, len(found)) @ counts).toarray()
    kept = Mixture(
        np.ascontiguousarray(mixture.tokens[:, found]),
        mixture.sizes[found],
        mixture.alpha,
        mixture.beta,
    )
    return FineClusters(kept, labels.astype(np.int64), grow_tree(whole))


def merged(fine: FineClusters, counts: sp.csr_matrix, n_topics: int, n_refinements: int) -> Mixture:
    """The topics at a cut of the tree, refined on `counts`, (n_docs, n_terms).

    A topic of many tokens needs more smoothing than a fine cluster, so that beta grows as clusters
    merge (`merged_beta`).
    """
    groups = fine.tree.cut(n_topics)
    member = np.eye(int(groups.max()) + 1)[groups]
    start = Mixture(
        np.ascontiguousarray(fine.mixture.tokens @ member),
        fine.mixture.sizes @ member,
        fine.mixture.alpha,
        merged_beta(fine.mixture.beta, fine.tree.n_fine, member.shape[1]),
    )
    return start.refine(counts, n_refinements)


def merged_beta(beta: float, n_fine: int, n_topics: int) -> float:
    """The prior of words of `n_topics` topics merged from `n_fine` clusters that had `beta`.

    A topic of many tokens bears more smoothing than a fine cluster, so beta grows as topics merge.
    """
    grown = float(beta * (n_fine / n_topics) ** DEFAULTS.beta_growth)
    return max(beta, min(DEFAULTS.largest_beta, grown))


def readable(fine: FineClusters, other: FineClusters | None = None) -> Grain:
    """How many topics to show, at most `DEFAULTS.most_topics`, and why.

    `TopicTree.readable` topics, where merging stops making the words more probable. More only if an
    `other`, independent chain finds the same ones: then the number on which the two chains agree
    most, if their adjusted mutual information there reaches `DEFAULTS.agreement`.
    """
    least = min(fine.tree.readable(), DEFAULTS.most_topics)
    stop = f"{least} topics: merging {fine.tree.n_fine} fine ones further loses more than it gains"
    if other is None:
        return Grain(least, stop)
    most = max(least, min(fine.tree.n_fine, other.tree.n_fine, DEFAULTS.most_topics))
    cuts = np.unique(np.linspace(least, most, DEFAULTS.compared_cuts).round().astype(np.int64))
    every = slice(None, None, -(-len(fine.labels) // DEFAULTS.compared_documents))
    agreed = [
        adjusted_mutual_info_score(
            fine.tree.cut(cut)[fine.labels[every]], other.tree.cut(cut)[other.labels[every]]
        )
        for cut in cuts.tolist()
    ]
    best = int(np.argmax(agreed))
    if agreed[best] < DEFAULTS.agreement or cuts[best] == least:
        return Grain(least, stop)
    return Grain(int(cuts[best]), f"{cuts[best]} topics: as fine as two independent fits agree on")
