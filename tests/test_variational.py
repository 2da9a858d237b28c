import numpy as np
import pytest
from gensim.models import LdaModel
from scipy.special import digamma

from nlp._kernels.variational import expect, exponential_digamma, infer
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


def test_exponential_of_digamma_is_scipys():
    points = np.concatenate([np.logspace(-2.5, 7, 500), np.arange(1, 20)])
    found = np.array([exponential_digamma(point) for point in points])
    assert np.allclose(found, np.exp(digamma(points)), rtol=1e-7)
    assert exponential_digamma(1e-5) < 1e-290
    assert np.allclose(exponential_digamma.py_func(0.3), exponential_digamma(0.3), rtol=1e-12)


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
