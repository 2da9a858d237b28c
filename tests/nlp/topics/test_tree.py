"""Trees of topics: what merges first, where they are cut."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import is_valid_linkage
from scipy.special import gammaln

from nlp._kernels import tree as kernels
from nlp.errors import InputError
from nlp.topics.model import TopicModel
from nlp.topics.tree import build_tree, grow_tree, merge_topics


def fine_model(n_topics=6, n_docs=60, kind="gsdmm", seed=0) -> tuple[TopicModel, sp.csr_matrix]:
    """Topics in pairs: 0 with 1, 2 with 3, ... have one vocabulary of six terms each."""
    random = np.random.default_rng(seed)
    labels = np.sort(np.arange(n_docs) % n_topics)
    dense = np.zeros((n_docs, 3 * n_topics + 3), dtype=np.int64)
    for document, label in enumerate(labels):
        dense[document, 6 * (label // 2) : 6 * (label // 2) + 6] = random.poisson(2, 6)
    doc_topic = 0.97 * np.eye(n_topics)[labels] + 0.03 / n_topics
    tokens = doc_topic.T @ dense + 0.1
    model = TopicModel(
        topic_term=tokens / tokens.sum(axis=1, keepdims=True),
        doc_topic=doc_topic,
        terms=tuple(f"w{term}" for term in range(dense.shape[1])),
        doc_lengths=dense.sum(axis=1),
        term_counts=dense.sum(axis=0),
        topic_prior=np.ones(n_topics),
        kind=kind,
        params={},
        seed=0,
    )
    return model, sp.csr_matrix(dense)


@pytest.mark.parametrize("kind", ["gsdmm", "lda", "nmf"])
def test_topics_that_share_words_merge_first(kind):
    model, counts = fine_model(kind=kind)
    tree = build_tree(model, counts)
    assert tree.cut(3).tolist() == [0, 0, 1, 1, 2, 2]
    assert tree.readable() == 3


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 9), st.integers(0, 1000))
def test_a_tree_can_be_cut_anywhere(n_topics, seed):
    model, counts = fine_model(n_topics, seed=seed)
    tree = build_tree(model, counts)
    assert (np.diff(tree.heights) >= 0).all()
    assert n_topics == 1 or is_valid_linkage(tree.linkage())
    previous = None
    for n_groups in range(1, n_topics + 1):
        groups = tree.cut(n_groups)
        assert set(groups) == set(range(n_groups))
        if previous is not None:
            pairs = set(zip(groups.tolist(), previous.tolist(), strict=True))
            assert len(pairs) == n_groups
        previous = groups
    assert tree.cut(n_topics + 5).tolist() == list(range(n_topics))


def test_merged_topics_add_up():
    model, counts = fine_model()
    groups = build_tree(model, counts).cut(3)
    merged = merge_topics(model, groups).model
    assert merged.n_topics == 3
    np.testing.assert_allclose(merged.doc_topic.sum(axis=1), 1.0)
    np.testing.assert_allclose(merged.topic_term.sum(axis=1), 1.0)
    assert merged.sizes().sum() == model.n_docs


def test_gain_is_the_change_in_marginal_likelihood():
    tokens, beta = np.random.default_rng(0).poisson(1.0, (3, 9)).astype(float), 0.4

    def log_probability(row):
        value = gammaln(9 * beta) - gammaln(row.sum() + 9 * beta)
        return value + (gammaln(row + beta) - gammaln(beta)).sum()

    weights, gains = kernels.log_weights(tokens, beta), np.zeros(3)
    kernels.merge_gains(tokens, weights, np.ones(3, dtype=np.bool_), 0, beta, gains)
    alone = [log_probability(row) for row in tokens]
    for other in (1, 2):
        expected = log_probability(tokens[0] + tokens[other]) - alone[0] - alone[other]
        assert gains[other] == pytest.approx(expected)
    plain = np.zeros(3)
    kernels.merge_gains.py_func(tokens, weights, np.ones(3, dtype=np.bool_), 0, beta, plain)
    np.testing.assert_allclose(plain, gains)


def test_gains_of_a_tree_are_those_of_its_steps():
    tokens = np.random.default_rng(1).poisson(1.0, (6, 9)).astype(float)
    tree = grow_tree(tokens)
    rows = list(tokens)
    for (left, right), gain in zip(tree.merges, tree.gains, strict=True):
        pair = np.stack([rows[left], rows[right]])
        weights, gains = kernels.log_weights(pair, 1.0), np.zeros(2)
        kernels.merge_gains(pair, weights, np.ones(2, dtype=np.bool_), 0, 1.0, gains)
        assert gain == pytest.approx(gains[1])
        rows.append(pair.sum(axis=0))
    np.testing.assert_allclose(kernels.step_gains.py_func(tokens, tree.merges, 1.0), tree.gains)


def test_other_counts_are_refused():
    model, counts = fine_model()
    with pytest.raises(InputError, match="same counts"):
        build_tree(model, counts[:5])
    with pytest.raises(InputError, match="1 or more"):
        build_tree(model, counts).cut(0)
    with pytest.raises(InputError, match="groups"):
        merge_topics(model, np.zeros(2, dtype=np.int64))
