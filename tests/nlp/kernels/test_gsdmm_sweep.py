"""The sampler against equation 4 of Yin & Wang 2014, written out term by term."""

from itertools import product

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from nlp._kernels import gsdmm_state as state
from nlp._kernels import gsdmm_sweep as kernels
from nlp.gsdmm import plain
from nlp.gsdmm.chain import Chain
from nlp.gsdmm.mixture import Mixture


def random_counts(seed, n_docs=30, n_terms=12, most=4, tokens=6) -> sp.csr_matrix:
    random = np.random.default_rng(seed)
    dense = np.zeros((n_docs, n_terms), dtype=np.int64)
    for row in range(n_docs):
        terms = random.integers(0, n_terms, random.integers(0, tokens + 1))
        np.add.at(dense[row], terms, random.integers(1, most))
    return sp.csr_matrix(dense)


def start(counts, n_clusters, seed=0, alpha=0.3, beta=0.2) -> Chain:
    random = np.random.default_rng(seed)
    labels = random.integers(0, n_clusters, counts.shape[0])
    return Chain(counts, n_clusters, alpha, beta, labels, random)


def conditional(chain, document):
    """What the kernel draws from: by cluster, the empty ones' total last."""
    clusters, scratch = chain._clusters, chain._scratch
    tokens = kernels._expand(
        chain._corpus, document, chain._prior, clusters.shape[state.STRIDE], scratch
    )
    own, stand_in, total = kernels.score(
        chain._corpus, clusters, chain._prior, document, tokens, scratch
    )
    shares = np.zeros(chain.n_clusters + 1)
    width = clusters.shape[state.WIDTH]
    shares[:width] = scratch.scores[:width]
    shares[clusters.labels[document]] += own
    shares[-1] = stand_in
    return shares / total


@pytest.mark.parametrize("most", [2, 30], ids=["products", "logarithms"])
@pytest.mark.parametrize("n_clusters", [1, 3, 40])
def test_kernel_scores_equal_equation_4(n_clusters, most):
    counts = random_counts(1, most=most)
    chain = start(counts, n_clusters)
    for document in range(counts.shape[0]):
        labels = chain.labels
        expected = plain.conditional(counts.toarray(), labels, document, n_clusters, 0.3, 0.2)
        others = np.delete(labels, document)
        empty = np.setdiff1d(np.arange(n_clusters), others)
        seen = conditional(chain, document)
        np.testing.assert_allclose(seen[-1], expected[empty].sum(), rtol=1e-5, atol=1e-12)
        kept = np.unique(others)
        np.testing.assert_allclose(seen[kept], expected[kept], rtol=1e-5, atol=1e-12)


def test_long_documents_do_not_collapse_into_one_cluster():
    random = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2], 20)
    dense = random.multinomial(2000, np.full(20, 0.05), 60)
    blocks = np.zeros((60, 60), dtype=np.int64)
    for row, topic in enumerate(truth):
        blocks[row, 20 * topic : 20 * topic + 20] = dense[row]
    chain = start(sp.csr_matrix(blocks), 10)
    for _ in range(10):
        chain.sweep()
    assert len(set(zip(chain.labels, truth, strict=True))) == chain.n_occupied >= 3


def test_draws_follow_equation_4():
    counts = random_counts(3, n_docs=12)
    chain = start(counts, 4, seed=2)
    document, draws = 5, 20_000
    expected = plain.conditional(counts.toarray(), chain.labels, document, 4, 0.3, 0.2)
    others = np.delete(chain.labels, document)
    empty = np.setdiff1d(np.arange(4), others)
    seen = np.zeros(5)
    for _ in range(draws):
        chain.sweep(np.array([document]))
        label = chain.labels[document]
        seen[4 if label in empty else label] += 1
    wanted = np.append(np.where(np.isin(np.arange(4), empty), 0, expected), expected[empty].sum())
    likely = wanted > 1e-3
    assert seen[~likely].sum() <= 0.01 * draws
    result = chisquare(seen[likely], wanted[likely] / wanted[likely].sum() * seen[likely].sum())
    assert result.pvalue > 1e-3


def test_compiled_sweep_equals_python_sweep():
    counts = random_counts(4, n_docs=15)
    fast, slow = start(counts, 6), start(counts, 6)
    order, uniforms = np.arange(15, dtype=np.int32), np.random.default_rng(0).random(15)
    for chain, sweep in ((fast, kernels.sweep), (slow, kernels.sweep.py_func)):
        done = sweep(
            chain._corpus, chain._clusters, chain._prior, order, uniforms, 0, chain._scratch
        )
        assert done == 15
    np.testing.assert_array_equal(fast.labels, slow.labels)
    np.testing.assert_array_equal(fast._clusters.counts, slow._clusters.counts)


@pytest.mark.parametrize("most", [2, 30], ids=["products", "logarithms"])
@pytest.mark.parametrize("n_clusters", [1, 2, 5, 21])
@pytest.mark.parametrize("seed", range(4))
def test_compiled_sweep_makes_the_draws_of_the_plain_one(seed, n_clusters, most):
    counts = random_counts(seed, n_docs=14, most=most)
    random = np.random.default_rng(seed)
    # Some documents are in no cluster yet, and clusters left empty are common.
    labels = random.integers(-1, n_clusters, 14)
    chain = Chain(counts, n_clusters, 0.3, 0.2, labels, random)
    order = np.arange(14, dtype=np.int32)
    for _ in range(3):
        uniforms = random.random(14)
        labels = plain.sweep(counts.toarray(), labels, n_clusters, 0.3, 0.2, uniforms)
        state_of = (chain._corpus, chain._clusters, chain._prior)
        assert kernels.sweep(*state_of, order, uniforms, 0, chain._scratch) == 14
        np.testing.assert_array_equal(chain.labels, labels)


def test_plain_sweeps_visit_every_partition_by_its_probability():
    counts = np.array([[2, 0], [1, 1], [0, 1]])
    states = [np.array(state) for state in product(range(2), repeat=3)]
    joints = [
        Chain(sp.csr_matrix(counts), 2, 0.4, 0.6, z, np.random.default_rng()).log_joint()
        for z in states
    ]
    shares = np.exp(np.array(joints) - max(joints))
    # Two states with the labels swapped are one partition.
    expected = (shares + shares[::-1])[:4] / shares.sum()
    random, labels, seen = np.random.default_rng(0), states[0], np.zeros(4)
    for _ in range(4_000):
        labels = plain.sweep(counts, labels, 2, 0.4, 0.6, random.random(3))
        seen[int("".join(map(str, labels if labels[0] == 0 else 1 - labels)), 2)] += 1
    # Draws are correlated: five standard errors of independent ones.
    assert (np.abs(seen / 4_000 - expected) < 5 * np.sqrt(expected / 4_000)).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60))
def test_counts_always_add_up(seed, n_clusters):
    counts = random_counts(seed)
    chain = start(counts, n_clusters, seed)
    for _ in range(3):
        chain.sweep()
    clusters, labels = chain._clusters, chain.labels
    sizes = np.bincount(labels, minlength=n_clusters)
    np.testing.assert_array_equal(clusters.sizes, sizes)
    assert chain.n_occupied == np.count_nonzero(sizes)
    tokens = np.zeros((counts.shape[1], chain._width))
    for document, label in enumerate(labels):
        tokens[:, label] += counts[document].toarray().ravel()
    np.testing.assert_array_equal(chain._tokens(), tokens)
    np.testing.assert_array_equal(clusters.lengths[: chain._width], tokens.sum(axis=0))


def test_joint_probability_moves_as_equation_4_says():
    counts = random_counts(5, n_docs=10)
    labels = np.arange(10) % 3
    expected = plain.conditional(counts.toarray(), labels, 4, 3, 0.3, 0.2)
    joints = []
    for cluster in range(3):
        moved = labels.copy()
        moved[4] = cluster
        joints.append(Chain(counts, 3, 0.3, 0.2, moved, np.random.default_rng()).log_joint())
    shares = np.exp(np.array(joints) - max(joints))
    np.testing.assert_allclose(shares / shares.sum(), expected, rtol=1e-5)


def test_expectation_step_equals_bayes_rule():
    counts = random_counts(6, most=8)
    mixture = start(counts, 4).mixture()
    logs = counts @ np.log(mixture.topic_term).T + np.log(mixture.prior / mixture.prior.sum())
    expected = np.exp(logs - logs.max(axis=1, keepdims=True))
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(mixture.posterior(counts), expected, rtol=1e-4, atol=1e-9)
    np.testing.assert_array_equal(mixture.labels(counts), mixture.posterior(counts).argmax(axis=1))
    total = logs.max(axis=1) + np.log(np.exp(logs - logs.max(axis=1, keepdims=True)).sum(axis=1))
    assert mixture.log_likelihood(counts) == pytest.approx(total.sum(), rel=1e-5)


def test_the_order_of_a_long_documents_words_changes_nothing():
    tokens = np.zeros((200, 2))
    tokens[:100, 0] = tokens[100:, 1] = 100.0
    mixture = Mixture(tokens, np.array([500.0, 500.0]), 0.1, 0.1)
    # 110 words of the first cluster, then 140 of the second.
    words = np.repeat([2, 1, 2, 1], [10, 90, 40, 60])[None, :]
    np.testing.assert_allclose(mixture.posterior(sp.csr_matrix(words)), [[0.0, 1.0]], atol=1e-12)
    turned = Mixture(tokens[::-1].copy(), mixture.sizes, 0.1, 0.1)
    seen = turned.posterior(sp.csr_matrix(words[:, ::-1]))
    np.testing.assert_allclose(seen, [[0.0, 1.0]], atol=1e-12)


def test_each_expectation_step_raises_the_likelihood():
    counts = random_counts(7, n_docs=80)
    mixture, previous = start(counts, 5, beta=1e-4).mixture(), -np.inf
    for _ in range(8):
        value = mixture.log_likelihood(counts)
        assert value >= previous - 1e-2 * abs(previous if np.isfinite(previous) else 0)
        previous, mixture = value, mixture.refine(counts, 1)
