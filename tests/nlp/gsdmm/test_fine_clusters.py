"""How many topics fine clusters are merged into."""

import numpy as np
import scipy.sparse as sp

from nlp.gsdmm.chain import Chain
from nlp.gsdmm.fine_clusters import (
    FineClusters,
    Grain,
    fine_clusters,
    merged,
    readable,
)
from nlp.gsdmm.mixture import Mixture
from nlp.topics.tree import TopicTree


def nested(n_groups=3, n_subjects=4, n_docs=480, seed=0) -> tuple[sp.csr_matrix, np.ndarray]:
    """Subjects in groups: half a document's words are its group's, half its subject's."""
    random = np.random.default_rng(seed)
    subject = random.integers(0, n_groups * n_subjects, n_docs)
    common = 6 * (subject // n_subjects)[:, None] + random.integers(0, 6, (n_docs, 4))
    own = 6 * n_groups + 6 * subject[:, None] + random.integers(0, 6, (n_docs, 4))
    dense = np.zeros((n_docs, 6 * n_groups * (1 + n_subjects)), dtype=np.int64)
    for document, terms in enumerate(np.hstack([common, own])):
        np.add.at(dense[document], terms, 1)
    return sp.csr_matrix(dense), subject


def fine(counts, seed=0, n_clusters=40):
    random = np.random.default_rng(seed)
    start = random.integers(0, n_clusters, counts.shape[0])
    chain = Chain(counts, n_clusters, 1.0, 0.1, start, random)
    for _ in range(20):
        chain.sweep()
    return fine_clusters(chain.mixture().refine(counts, 10), counts)


def test_every_fine_cluster_is_some_documents_best():
    counts, _ = nested()
    found = fine(counts)
    assert set(found.labels) == set(range(found.tree.n_fine))
    assert found.mixture.tokens.shape == (counts.shape[1], found.tree.n_fine)


def test_subjects_of_a_group_merge_before_groups_do():
    counts, subject = nested()
    found = fine(counts)
    pairs = set(zip(found.tree.cut(3)[found.labels].tolist(), (subject // 4).tolist(), strict=True))
    assert len(pairs) == 3


def four_clusters(merges, labels) -> FineClusters:
    """Four fine clusters of which two merges pay, whatever their words."""
    gains = np.array([2.0, 1.0, -1.0])
    tree = TopicTree(np.array(merges), np.arange(3.0), gains, np.array([2, 2, 4]))
    return FineClusters(Mixture(np.ones((5, 4)), np.ones(4), 1.0, 0.1), labels, tree)


def test_topics_are_as_many_as_where_merging_stops_paying():
    labels = np.arange(400) % 4
    one = four_clusters([[0, 1], [2, 3], [4, 5]], labels)
    assert readable(one) == Grain(
        2, "2 topics: merging 4 fine ones further loses more than it gains"
    )
    assert readable(one, one) == readable(one)


def test_topics_are_finer_where_independent_chains_agree_on_finer_ones():
    labels = np.arange(400) % 4
    one = four_clusters([[0, 1], [2, 3], [4, 5]], labels)
    other = four_clusters([[0, 2], [1, 3], [4, 5]], 3 - labels)
    assert readable(one, other) == Grain(4, "4 topics: as fine as two independent fits agree on")


def test_chains_that_disagree_change_nothing():
    random, merges = np.random.default_rng(0), [[0, 1], [2, 3], [4, 5]]
    one, other = (four_clusters(merges, random.integers(0, 4, 400)) for _ in range(2))
    assert readable(one, other) == readable(one)


def test_beta_grows_with_merging_up_to_a_bound():
    counts, _ = nested()
    found = fine(counts)
    betas = [merged(found, counts, number, 2).beta for number in (found.tree.n_fine, 6, 2, 1)]
    assert betas[0] == 0.1
    assert betas == sorted(betas)
    assert betas[-1] == 0.5
