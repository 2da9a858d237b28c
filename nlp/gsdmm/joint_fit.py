"""GSDMM with vectors: fine clusters of words and meaning, merged into topics.

Fine groups by vectors alone (`joint_start`) become fine clusters of words and vectors in a few
steps of expectation-maximisation; these merge bottom-up by the marginal likelihood of both
(`nlp.topics.tree`); at a number of topics, documents are shared out anew. So the number of topics
can be read off the tree, as with words alone, and topics do not depend on a lucky start: of k-means
and expectation-maximisation straight at the number of topics, tickets reach NMI 0.76, so 0.78.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from nlp.arrays import Floats, Ints, one_thread
from nlp.gsdmm.chain import Chain
from nlp.gsdmm.defaults import DEFAULTS
from nlp.gsdmm.fine_clusters import Grain, merged_beta
from nlp.gsdmm.joint_mixture import ALPHA, Documents, JointMixture
from nlp.gsdmm.joint_start import group_by_vectors
from nlp.progress import Progress
from nlp.topics.tree import TopicTree, grow_tree
from nlp.topics.vector_sums import VectorSums

# What a cosine of 1 adds to a fine cluster's log probability, and to a topic's, which is wider.
# NMI changes by less than 0.01 from 10 to 40 for the first; the second trades tickets (0.79 at 20,
# 0.76 at 10) for stackoverflow_titles (0.74 at 20, 0.757 at 10); banking77 is 0.81 from 10 to 40.
FINE_CONCENTRATION = 20.0
CONCENTRATION = 14.0
_FINE_STEPS = 15
# Of the sampler, for documents without a vector; by then it moves little (benchmarks/gsdmm.py).
_SWEEPS = 30
_CLUSTERS_PER_TOPIC = 2
# A corpus this small still gets so many fine clusters, of four documents on average.
_FEW_CLUSTERS, _DOCUMENTS_PER_SMALL_CLUSTER = 20, 4
# Beyond, fine clusters are those of a sample: 500 clusters of a hundred documents each.
_MOST_FINE_DOCUMENTS = 50_000
# Starts differ most where documents are few, and cost least there: up to four for each chain.
_MANY_STARTS, _MOST_STARTS = 10_000, 4
# Merging stops at a step that costs more than this, as `readable_number` counts it: from 0.12 to
# 0.15 tickets and stackoverflow_titles get 0.9 to 1.6 times as many topics as they have labels.
_DEAREST_MERGE = 0.14
# Two starts cut at as many topics as the evidence bears: 0.93 on banking77, 0.94 on news_titles,
# where labels are as many; 0.71 on tickets, 0.78 on stackoverflow_titles, where they are fewer.
_AGREEMENT = 0.85


@dataclass(frozen=True)
class JointFine:
    """Fine clusters of one start, and how they merge."""

    mixture: JointMixture
    labels: Ints
    """(n_sampled,) most probable cluster of each document; every cluster has one at least."""
    tree: TopicTree


@dataclass(frozen=True)
class JointFit:
    """Topics, and the fine clusters they were merged from."""

    mixture: JointMixture
    fine: JointFine | None
    """None where the fit went on from known topics."""
    grain: Grain | None
    log_likelihoods: Floats
    """(n_starts,) of the topics of each start; the likeliest were kept."""


def fit_joint(
    documents: Documents,
    n_topics: int | None,
    beta: float | None,
    n_refinements: int,
    random: list[np.random.Generator],
    n_jobs: int,
    progress: Progress,
) -> JointFit:
    """Topics of the likeliest of several starts, some for each generator in `random`.

    `n_topics` None takes as many as `readable_number` says of the starts; `beta` None lets it grow
    as fine clusters are merged.
    """
    more = int(np.clip(_MANY_STARTS // max(len(documents), 1), 1, _MOST_STARTS))
    sample = _sample(documents, random[0])
    random = [start for one in random for start in one.spawn(more)]
    with one_thread(), ThreadPoolExecutor(max(1, min(n_jobs, len(random)))) as pool:
        fine = list(pool.map(lambda one: _fine(sample, n_topics, one), random))
        progress(1, 2)
        grain = readable_number(fine) if n_topics is None else None
        wanted = n_topics if grain is None else grain.n_topics

        def topics(start: JointFine) -> tuple[JointMixture, float]:
            merged = _merge(start, wanted or 1, beta).refine(documents, max(n_refinements - 1, 0))
            last = merged.expect(documents)
            return last.mixture if n_refinements else merged, last.log_likelihood

        found = list(pool.map(topics, fine))
        progress(2, 2)
    likelihoods = np.array([likelihood for _, likelihood in found])
    best = int(likelihoods.argmax())
    return JointFit(found[best][0], fine[best], grain, likelihoods)


def continue_joint(
    documents: Documents, labels: Ints, beta: float | None, n_refinements: int
) -> JointFit:
    """Topics that start at known `labels`, (n_docs,), -1 for documents that are new."""
    n_topics = int(labels.max(initial=-1)) + 1
    smooth = merged_beta(DEFAULTS.fine_beta, _n_fine(len(documents), n_topics), max(n_topics, 1))
    with one_thread():
        start = JointMixture.of_groups(
            documents, labels, smooth if beta is None else beta, CONCENTRATION
        )
        before = start.expect(documents)
        mixture = before.mixture.refine(documents, max(n_refinements - 1, 0))
    return JointFit(mixture, None, None, np.array([before.log_likelihood]))


def merge_joint(
    fine: JointFine, documents: Documents, n_topics: int, beta: float | None, n_refinements: int
) -> JointMixture:
    """The topics at a cut of the tree, with documents shared out anew between them."""
    with one_thread():
        return _merge(fine, n_topics, beta).refine(documents, n_refinements)


def readable_number(starts: Sequence[JointFine]) -> Grain:
    """How many topics to show, at most `DEFAULTS.most_topics`, and why; the median of the starts.

    Where merging stops to make words and vectors more probable, if two starts that know nothing of
    each other find the same topics there. If not, fewer: until a step costs too much. Its cost is
    what it takes from the log probability, per document: of the two topics it merges, and of the
    corpus, the geometric mean of both. The first alone would keep every small subject that is
    clear, the second none of them.
    """
    few = min(_median([_left(start) for start in starts]), DEFAULTS.most_topics)
    many = min(_median([start.tree.readable() for start in starts]), DEFAULTS.most_topics)
    if many > few and len(starts) > 1 and _agreement(starts[0], starts[1], many) >= _AGREEMENT:
        return Grain(many, f"{many} topics: as fine as words and vectors tell, found twice alike")
    return Grain(few, f"{few} topics: merging further would lose what tells them apart")


def _median(numbers: list[int]) -> int:
    return sorted(numbers)[len(numbers) // 2]


def _agreement(one: JointFine, other: JointFine, n_topics: int) -> float:
    """Adjusted mutual information of two starts cut at a number of topics."""
    from sklearn.metrics import adjusted_mutual_info_score

    every = slice(None, None, -(-len(one.labels) // DEFAULTS.compared_documents))
    cuts = [start.tree.cut(n_topics)[start.labels[every]] for start in (one, other)]
    return float(adjusted_mutual_info_score(*cuts))


def _left(fine: JointFine) -> int:
    """Topics left after the last step that does not cost too much."""
    tree, n_docs = fine.tree, len(fine.labels)
    sizes = np.bincount(fine.labels, minlength=tree.n_fine)
    documents = np.concatenate([sizes, np.zeros(len(tree.merges), dtype=np.int64)])
    for step, (one, other) in enumerate(tree.merges):
        documents[tree.n_fine + step] = documents[one] + documents[other]
    cost = -tree.gains / np.sqrt(documents[tree.n_fine :] * float(n_docs))
    cheap = np.flatnonzero(cost <= _DEAREST_MERGE)
    return tree.n_fine - (int(cheap[-1]) + 1 if len(cheap) else 0)


def _merge(fine: JointFine, n_topics: int, beta: float | None) -> JointMixture:
    groups = fine.tree.cut(n_topics)
    smooth = merged_beta(DEFAULTS.fine_beta, fine.tree.n_fine, int(groups.max()) + 1)
    return fine.mixture.merged(groups, smooth if beta is None else beta, CONCENTRATION)


def _sample(documents: Documents, random: np.random.Generator) -> Documents:
    """The documents that fine clusters are found on: the same for all starts, to compare them."""
    if len(documents) <= _MOST_FINE_DOCUMENTS:
        return documents
    rows = random.choice(len(documents), _MOST_FINE_DOCUMENTS, replace=False)
    return documents.some(np.sort(rows))


def _fine(sample: Documents, n_topics: int | None, random: np.random.Generator) -> JointFine:
    start = _start(sample, n_topics, random)
    mixture = JointMixture.of_groups(sample, start, DEFAULTS.fine_beta, FINE_CONCENTRATION)
    mixture = mixture.refine(sample, _FINE_STEPS)
    labels = np.unique(mixture.labels(sample), return_inverse=True)[1].astype(np.int64)
    # The tree is built from whole documents: shared out over the clusters they give the same one.
    whole = JointMixture.of_groups(sample, labels, DEFAULTS.fine_beta, FINE_CONCENTRATION)
    tree = grow_tree(whole.words.tokens.T, vectors=VectorSums(whole.sums, FINE_CONCENTRATION))
    return JointFine(whole, labels, tree)


def _start(sample: Documents, n_topics: int | None, random: np.random.Generator) -> Ints:
    """Fine groups by vectors, and by words of those documents that have no vector."""
    blind = np.flatnonzero(~sample.places.any(axis=1))
    groups = group_by_vectors(sample.places, _n_fine(len(sample) - len(blind), n_topics), random)
    if len(blind):
        n_groups = _n_fine(len(blind), n_topics)
        drawn = random.integers(0, n_groups, len(blind))
        chain = Chain(sample.counts[blind], n_groups, ALPHA, DEFAULTS.fine_beta, drawn, random)
        for _ in range(_SWEEPS):
            chain.sweep()
        found = np.unique(chain.labels, return_inverse=True)[1]
        groups[blind] = found + groups.max(initial=-1) + 1
    return groups


def _n_fine(n_docs: int, n_topics: int | None) -> int:
    few = min(_FEW_CLUSTERS, n_docs // _DOCUMENTS_PER_SMALL_CLUSTER)
    most = min(max(n_docs // DEFAULTS.documents_per_cluster, few, 2), DEFAULTS.most_clusters)
    return min(max(most, _CLUSTERS_PER_TOPIC * (n_topics or 1)), n_docs)
