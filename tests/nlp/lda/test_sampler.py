"""The sampler of LDA in its two forms: rows of all topics, and entries of those a document has."""

from copy import deepcopy
from dataclasses import replace
from itertools import product
from unittest.mock import patch

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from nlp._kernels.lda_sweep import sweep_terms
from nlp._kernels.lda_sweep_sparse import sweep_entries
from nlp.lda import document_counts as forms
from nlp.lda import plain
from nlp.lda.sampler import Sampler
from nlp.lda.shards import lay_out

ROWS, ENTRIES = 10**9, 1


def sampler_of(many, counts, n_topics, seed, n_shards=1):
    """A sampler that keeps entries from `many` topics on."""
    with patch.object(forms, "_MANY_TOPICS", many):
        return Sampler(lay_out(counts, n_shards), n_topics, seed)


def test_many_topics_are_kept_as_entries_and_few_as_rows():
    counts = sp.csr_matrix(np.ones((3, 4), dtype=int))
    assert isinstance(Sampler(lay_out(counts, 1), 20, 0)._documents, forms.Rows)
    assert isinstance(Sampler(lay_out(counts, 1), 200, 0)._documents, forms.Entries)
    # Counts of a longer document, and more topics, would not fit in sixteen bits.
    assert isinstance(Sampler(lay_out(counts * 20_000, 1), 200, 0)._documents, forms.Rows)
    assert isinstance(Sampler(lay_out(counts, 1), 2**16 - 1, 0)._documents, forms.Rows)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([ROWS, ENTRIES]),
    st.integers(1, 6),
    st.integers(1, 6),
    st.sampled_from([1, 2, 5, 70]),
    st.integers(1, 4),
    st.integers(0, 99),
)
def test_counts_are_conserved_at_every_sweep(many, n_docs, n_terms, n_topics, n_shards, seed):
    random = np.random.default_rng(seed)
    counts = sp.csr_matrix(random.poisson(0.8, (n_docs, n_terms)))
    sampler = sampler_of(many, counts, n_topics, seed, min(n_shards, n_docs, n_terms))
    for _ in range(3):
        sampler.sweep(np.full(n_topics, 0.1), 0.01)
        layout = sampler.layout
        by_document = np.zeros((n_docs, n_topics), dtype=int)
        by_term = np.zeros((n_terms, n_topics), dtype=int)
        np.add.at(by_document, (layout.documents, sampler.topics), 1)
        np.add.at(by_term, (layout.terms(), sampler.topics), 1)
        assert np.array_equal(by_document, sampler.doc_topic)
        assert np.array_equal(by_term, sampler.term_topic)
        assert np.array_equal(by_term.sum(axis=0), sampler.totals)
        assert np.array_equal(
            by_document.sum(axis=1), counts.toarray().sum(axis=1)[layout.document_order]
        )


def _log_joint(topics, documents, terms, shape, alpha, beta):
    """log p(words, topics) up to a constant, Griffiths and Steyvers 2004, equations 2 and 3."""
    n_docs, n_terms, n_topics = shape
    by_document = np.zeros((n_docs, n_topics))
    by_term = np.zeros((n_terms, n_topics))
    np.add.at(by_document, (documents, topics), 1)
    np.add.at(by_term, (terms, topics), 1)
    return (
        gammaln(by_document + alpha).sum()
        + gammaln(by_term + beta).sum()
        - gammaln(by_term.sum(axis=0) + n_terms * beta).sum()
    )


def _posterior(documents, terms, alpha, beta):
    """Every state of two topics and its probability."""
    states = list(product(range(2), repeat=len(documents)))
    logs = np.array(
        [_log_joint(state, documents, terms, (2, 3, 2), alpha, beta) for state in states]
    )
    expected = np.exp(logs - logs.max())
    return expected / expected.sum()


def _assert_stationary(seen, expected):
    # Draws are correlated; ten standard errors of independent ones is still under 0.05.
    error = np.abs(seen / seen.sum() - expected)
    assert (error < 10 * np.sqrt(expected / seen.sum())).all()


@pytest.mark.parametrize("many", [ROWS, ENTRIES])
def test_stationary_distribution_is_the_posterior(many):
    alpha, beta = 0.7, 0.5
    sampler = sampler_of(many, sp.csr_matrix([[2, 1, 0], [0, 1, 1]]), 2, seed=1)
    expected = _posterior(sampler.layout.documents, sampler.layout.terms(), alpha, beta)
    seen = np.zeros(len(expected))
    for _ in range(20_000):
        sampler.sweep(np.full(2, alpha), beta)
        seen[int("".join(map(str, sampler.topics)), 2)] += 1
    _assert_stationary(seen, expected)


def test_stationary_distribution_of_plain_sweeps_is_the_posterior():
    documents, terms = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 2])
    alpha, beta, random = np.full(2, 0.7), 0.5, np.random.default_rng(0)
    expected, topics = _posterior(documents, terms, 0.7, beta), np.zeros(5, dtype=np.int64)
    seen = np.zeros(len(expected))
    for _ in range(4_000):
        topics = plain.sweep(topics, documents, terms, 3, alpha, beta, random.random(5))
        seen[int("".join(map(str, topics)), 2)] += 1
    _assert_stationary(seen, expected)


@pytest.mark.parametrize("n_topics", [1, 2, 7, 16, 33, 64])
def test_sweep_equals_the_plain_one_and_its_own_python(n_topics):
    counts = sp.csr_matrix(np.random.default_rng(3).poisson(0.6, (7, 9)))
    alpha, beta = np.linspace(0.1, 0.9, n_topics), 0.05
    width = -(-n_topics // 16) * 16
    found = []
    for function in (sweep_terms, sweep_terms.py_func):
        sampler = sampler_of(ROWS, counts, n_topics, seed=4)
        layout = sampler.layout
        uniforms = np.random.default_rng(8).random(len(sampler.topics), dtype=np.float32)
        expected = plain.sweep(
            sampler.topics, layout.documents, layout.terms(), 9, alpha, beta, uniforms
        )
        padding = ((0, 0), (0, width - n_topics))
        function(
            0,
            9,
            layout.starts[0],
            layout.documents,
            sampler.topics,
            np.pad(sampler.doc_topic, padding),
            sampler.term_topic,
            sampler.totals,
            np.pad(alpha.astype(np.float32), padding[1]),
            np.float32(beta),
            np.float32(beta * 9),
            uniforms,
        )
        assert np.array_equal(sampler.topics, expected)
        found.append((sampler.topics.tobytes(), sampler.term_topic.tobytes()))
    assert found[0] == found[1]


@pytest.mark.parametrize("seed", range(5))
def test_several_sweeps_of_the_sampler_are_plain_ones(seed):
    counts = sp.csr_matrix(np.random.default_rng(seed).poisson(0.5, (20, 15)))
    alpha, beta = np.random.default_rng(seed).uniform(0.05, 0.6, 5), 0.1
    sampler = sampler_of(ROWS, counts, 5, seed)
    layout, random, topics = sampler.layout, deepcopy(sampler._randoms[0]), sampler.topics.copy()
    for _ in range(4):
        uniforms = random.random(len(topics), dtype=np.float32)
        topics = plain.sweep(topics, layout.documents, layout.terms(), 15, alpha, beta, uniforms)
        sampler.sweep(alpha, beta)
        assert np.array_equal(sampler.topics, topics)


@pytest.mark.parametrize("n_topics", [2, 16, 33, 130])
def test_sweep_of_entries_equals_its_own_python(n_topics):
    counts = sp.csr_matrix(np.random.default_rng(3).poisson(0.9, (11, 13)))
    found = []
    for function in (sweep_entries, sweep_entries.py_func):
        sampler = sampler_of(ENTRIES, counts, n_topics, seed=4, n_shards=2)
        with patch.object(forms, "sweep_entries", function):
            for _ in range(4):
                sampler.sweep(np.linspace(0.1, 0.9, n_topics), 0.05)
        found.append((sampler.topics.tobytes(), sampler.doc_topic.tobytes()))
    assert found[0] == found[1]


@pytest.mark.parametrize("many", [ROWS, ENTRIES])
@pytest.mark.parametrize("n_topics", [1, 3, 40])
@pytest.mark.parametrize("n_tokens", [1, 6])
def test_a_token_falls_on_each_topic_by_its_chance(many, n_topics, n_tokens):
    """Griffiths and Steyvers 2004, equation 5, for a term's only token in the swept shard."""
    random = np.random.default_rng(2)
    counts = random.poisson(1.2, (5, 8))
    counts[:, 0] = [1, n_tokens - 1, 0, 0, 0]
    alpha, beta, n_draws = random.uniform(0.05, 0.6, n_topics), 0.05, 2_000
    start = sampler_of(many, sp.csr_matrix(counts), n_topics, seed=3)
    others = np.arange(n_topics) == start.topics[0]
    chances = (start.doc_topic[0] - others + alpha) * (start.term_topic[0] - others + beta)
    chances /= start.totals - others + beta * 8
    seen = np.zeros(n_topics)
    for uniform in (np.arange(n_draws) + 0.5) / n_draws:
        seen[_first_drawn(start, alpha, beta, uniform)] += 1
    # A topic's stretch of the uniforms is in two pieces at most, each cut at both ends.
    assert np.abs(seen / n_draws - chances / chances.sum()).max() <= 4 / n_draws


def _first_drawn(start, alpha, beta, uniform):
    """The new topic of the first token, where only the first term is swept."""
    sampler = deepcopy(start)
    keeper = sampler._documents
    keeper._layout = replace(keeper._layout, term_bounds=np.array([0, 1]))
    padded = np.zeros(sampler._term_topic.shape[1], dtype=np.float32)
    padded[: len(alpha)] = alpha
    block = sampler._block(0, 0, sampler.totals, padded, beta)
    keeper.sweep(replace(block, uniforms=np.full(6, uniform, dtype=np.float32)))
    return sampler.topics[0]


def test_likelihood_of_a_state_is_the_joint_one():
    counts = sp.csr_matrix([[2, 1, 0], [0, 1, 1]])
    alpha, beta = 0.7, 0.5
    differences = []
    for seed in range(6):
        sampler = sampler_of(ROWS, counts, 2, seed)
        documents, terms = sampler.layout.documents, sampler.layout.terms()
        log = _log_joint(sampler.topics, documents, terms, (2, 3, 2), alpha, beta)
        differences.append(sampler.log_likelihood(np.full(2, alpha), beta) - log)
    assert np.allclose(differences, differences[0])
