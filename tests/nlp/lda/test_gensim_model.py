import logging
from typing import Any

import numpy as np
import pytest
from gensim.models import LdaModel
from numba import njit
from scipy.special import digamma

from nlp._kernels.lda_variational import expect, exponential_digamma, infer
from nlp.errors import InputError
from nlp.lda import CompiledLdaModel


def corpus(n_docs=120, n_terms=40, seed=0):
    random = np.random.default_rng(seed)
    topics = random.dirichlet(np.full(n_terms, 0.1), 4)
    documents = []
    for _ in range(n_docs):
        counts = random.multinomial(random.integers(0, 30), random.dirichlet(np.ones(4)) @ topics)
        documents.append([(int(term), int(counts[term])) for term in np.flatnonzero(counts)])
    return documents


def fit(kind, passes, **options):
    words = {term: str(term) for term in range(40)}
    settings = {"num_topics": 5, "passes": passes, "chunksize": 50, "random_state": 3}
    return kind(corpus(), id2word=words, **settings, **options)


@pytest.mark.parametrize("passes", [1, 10])
@pytest.mark.parametrize("alpha", ["symmetric", "auto"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_topics_are_gensims(passes, alpha, dtype):
    ours, theirs = (
        fit(kind, passes, alpha=alpha, dtype=dtype) for kind in (CompiledLdaModel, LdaModel)
    )
    assert np.abs(ours.get_topics() - theirs.get_topics()).max() < 1e-4
    document = corpus()[7]
    mine = dict(ours.get_document_topics(document, minimum_probability=0))
    for topic, share in theirs.get_document_topics(document, minimum_probability=0):
        assert mine[topic] == pytest.approx(share, abs=5e-3)


def test_threads_do_not_change_the_bytes():
    one, two = (fit(CompiledLdaModel, 2, n_threads=threads) for threads in (1, 2))
    assert one.get_topics().tobytes() == two.get_topics().tobytes()


@njit
def exponentiate(points, results):
    for place in range(len(points)):
        results[place] = exponential_digamma(points[place])


@pytest.mark.parametrize(("kind", "error"), [(np.float32, 4e-7), (np.float64, 1e-7)])
def test_exponential_of_digamma_is_scipys(kind, error):
    points = np.concatenate([np.logspace(-2, 7, 500), np.arange(1, 20)]).astype(kind)
    exponents = digamma(points.astype(np.float64))
    # An exponent of 30 is itself rounded: that is what a result of 1e-13 loses.
    bound = error * np.maximum(-exponents, 1)
    for function in (exponentiate, exponentiate.py_func):
        found = np.zeros_like(points)
        function(points, found)
        kept = exponents > -35
        assert (np.abs(found / np.exp(exponents) - 1) < bound)[kept].all()
        assert (found[~kept] < 1e-15).all()
        assert found.dtype == kind


def test_nothing_is_left_of_a_vanishing_chance():
    for kind in (np.float32, np.float64):
        tiny = np.full(2, 1e-6, kind)
        found = np.ones(2, kind)
        exponentiate(tiny, found)
        assert (found == 0).all()


def test_expectation_of_topics_is_scipys():
    topics = np.random.default_rng(2).gamma(1.0, 2.0, (3, 20)) + 0.01
    expected = np.exp(digamma(topics) - digamma(topics.sum(axis=1, keepdims=True)))
    for function in (expect, expect.py_func):
        weights = np.empty((3, 20))
        function(topics, weights)
        assert np.allclose(weights, expected, rtol=1e-7)


def test_inference_equals_its_own_python():
    random = np.random.default_rng(1)
    weights = random.random((6, 3))
    bounds, terms = np.array([0, 2, 2, 5]), np.array([0, 3, 1, 2, 5])
    counts, alpha = np.array([1.0, 2, 1, 1, 4]), np.full(3, 0.1)
    found = []
    for function in (infer, infer.py_func):
        gamma, statistics = np.ones((3, 3)), np.zeros((6, 3))
        function(bounds, terms, counts, weights, alpha, gamma, statistics, 20, 1e-4, 1e-7, True)
        found.append(np.concatenate([gamma, statistics]))
    assert np.allclose(found[0], found[1], rtol=1e-12)


def small(**options):
    documents = [[(0, 1), (1, 2)], [(2, 3)]] * 5
    words = {term: str(term) for term in range(3)}
    shared: dict[str, Any] = {
        "id2word": words,
        "num_topics": 4,
        "random_state": 0,
        "eval_every": None,
    }
    return CompiledLdaModel(documents, **shared, **options)


@pytest.mark.parametrize("term", [3, 10**7, -1, -(10**7)])
def test_a_term_the_model_does_not_know_is_refused(term):
    model = small(n_threads=2)
    topics = model.get_topics()
    with pytest.raises(IndexError, match=f"term {term} is not among the model's 3"):
        model[[(term, 1)]]
    with pytest.raises(IndexError, match="count documents in the dictionary"):
        model.update([[(0, 1)]] * 20 + [[(term, 5)]])
    assert np.array_equal(model.get_topics(), topics)


@pytest.mark.parametrize("count", [-1, float("nan"), float("inf")])
def test_counts_that_are_none_are_refused(count):
    with pytest.raises(InputError, match="a count is"):
        small().inference([[(0, count)]])


def test_settings_that_are_ours_are_checked():
    for n_threads in (0, -1, 2.5, None):
        with pytest.raises(InputError, match="n_threads"):
            small(n_threads=n_threads)
    with pytest.raises(InputError, match=r"dtype is .*float16"):
        small(dtype=np.float16)


@pytest.mark.parametrize("alpha", [1e-9, 1e-3, 0.02, 1e12])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_empty_document_has_the_shares_of_the_prior(alpha, dtype):
    gamma, _ = small(alpha=[alpha] * 4, dtype=dtype).inference([[]])
    assert gamma[0] == pytest.approx(np.full(4, alpha), rel=1e-6)


def test_huge_parameters_are_gensims():
    words = {term: str(term) for term in range(40)}
    counts = [[(term, count * 10.0**11) for term, count in row] for row in corpus()]
    cases: tuple[tuple[Any, dict[str, Any]], ...] = ((corpus(), {"eta": 1e12}), (counts, {}))
    for documents, options in cases:
        ours, theirs = (
            kind(documents, id2word=words, num_topics=5, random_state=3, **options)
            for kind in (CompiledLdaModel, LdaModel)
        )
        assert np.abs(ours.get_topics() - theirs.get_topics()).max() < 1e-4


def test_what_is_logged_does_not_change_what_is_learned(caplog):
    quiet = fit(CompiledLdaModel, 2).get_topics()
    with caplog.at_level(logging.INFO, logger="gensim.models.ldamodel"):
        told = fit(CompiledLdaModel, 2).get_topics()
    assert "topic diff" in caplog.text
    assert told.tobytes() == quiet.tobytes()
