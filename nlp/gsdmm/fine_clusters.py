"""Fine clusters of short documents, merged into topics at the grain a reader wants."""

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
    """Small clusters that one chain found, and how they merge."""

    mixture: Mixture
    labels: Ints
    """(n_docs,) most probable cluster of each document; every cluster has one at least."""
    tree: TopicTree


@dataclass(frozen=True)
class Grain:
    """A number of topics and, for the report, why."""

    n_topics: int
    reason: str


def fine_clusters(mixture: Mixture, counts: sp.csr_matrix) -> FineClusters:
    """The clusters that are some document's most probable one, and their tree.

    `counts` is (n_docs, n_terms). The tree is built from whole documents: shared out over the
    clusters they give the same one, at seven times the cost.
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
    """The topics at a cut of the tree, with documents shared out anew between them.

    A topic of many tokens bears more smoothing than a fine cluster, so beta grows as topics merge,
    a little faster than they do: by the measured best of powers 1, 1.5 and 2.
    """
    groups = fine.tree.cut(n_topics)
    member = np.eye(int(groups.max()) + 1)[groups]
    beta = fine.mixture.beta * (fine.tree.n_fine / member.shape[1]) ** DEFAULTS.beta_growth
    start = Mixture(
        np.ascontiguousarray(fine.mixture.tokens @ member),
        fine.mixture.sizes @ member,
        fine.mixture.alpha,
        max(fine.mixture.beta, min(DEFAULTS.largest_beta, beta)),
    )
    return start.refine(counts, n_refinements)


def readable(fine: FineClusters, other: FineClusters | None = None) -> Grain:
    """How many topics to show; at most `DEFAULTS.most_topics`.

    As many as are left where merging stops making the words more probable
    (`TopicTree.readable`). More only where an `other`, independent chain finds the same ones: then
    as many as the two agree on most, if their adjusted mutual information there is
    `DEFAULTS.agreement`.
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
