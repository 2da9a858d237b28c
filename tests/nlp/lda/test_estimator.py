import json
import math
from typing import cast

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.exceptions import NotFittedError

from nlp._kernels.fold_in import fold_in_documents
from nlp.errors import InputError
from nlp.lda import LDA, fit_lda
from nlp.lda.priors import learn_alpha, learn_beta
from nlp.lda.sampler import Sampler, threads


def planted(n_docs=60, n_topics=3, n_each=6, length=30, seed=0):
    """Documents of one topic each, topics with terms of their own."""
    random = np.random.default_rng(seed)
    labels = np.arange(n_docs) % n_topics
    counts = np.zeros((n_docs, n_topics * n_each), dtype=np.int32)
    for document, label in enumerate(labels):
        drawn = random.integers(0, n_each, length) + label * n_each
        np.add.at(counts[document], drawn, 1)
    return sp.csr_matrix(counts), labels, [f"term{i}" for i in range(counts.shape[1])]


def test_planted_topics_are_found():
    counts, labels, terms = planted()
    model = fit_lda(counts, terms, 3, seed=0)
    found = model.labels()
    assert model.kind == "lda"
    assert len({(a, b) for a, b in zip(labels, found, strict=True)}) == 3
    assert model.topic_prior.shape == (3,)
    json.dumps(dict(model.params))


def test_fit_twice_gives_same_bytes():
    counts, _, terms = planted()
    model = LDA(3, n_sweeps=20, seed=5)
    first = model.fit(counts, terms=terms).topic_term_.tobytes()
    assert model.fit(counts, terms=terms).topic_term_.tobytes() == first
    assert LDA(3, n_sweeps=20, seed=6).fit(counts).topic_term_.tobytes() != first


def test_threads_do_not_change_the_bytes():
    counts, _, _ = planted()
    one, two = (LDA(3, n_sweeps=20, n_shards=4, n_jobs=jobs).fit(counts) for jobs in (1, 2))
    assert one.doc_topic_.tobytes() == two.doc_topic_.tobytes()
    assert one.topic_term_.tobytes() == two.topic_term_.tobytes()


def test_learned_priors_come_back_from_drawn_counts():
    random = np.random.default_rng(0)
    alpha = np.array([0.2, 0.8, 2.0])
    shares = random.dirichlet(alpha, 4_000)
    counts = np.array([random.multinomial(50, share) for share in shares])
    learned = np.ones(3)
    for _ in range(30):
        learned = learn_alpha(counts, learned)
    assert np.allclose(learned, alpha, rtol=0.1)
    terms = np.array([random.multinomial(3_000, s) for s in random.dirichlet([0.3] * 200, 10)]).T
    beta = 1.0
    for _ in range(30):
        beta = learn_beta(terms, beta)
    assert math.isclose(beta, 0.3, rel_tol=0.1)


def test_gensim_takes_the_model_in_all_its_tools():
    from gensim.models import CoherenceModel

    counts, _, terms = planted()
    model = LDA(3, n_sweeps=30).fit(counts, terms=terms)
    lda = model.to_gensim()
    assert np.allclose(lda.get_topics(), model.topic_term_)
    assert np.allclose(lda.alpha, model.alpha_)
    corpus = [
        [(int(term), int(count)) for term, count in zip(row.indices, row.data, strict=True)]
        for row in (counts[i] for i in range(counts.shape[0]))
    ]
    best = [max(lda.get_document_topics(row), key=lambda pair: pair[1])[0] for row in corpus]
    assert best == model.labels_.tolist()
    assert {term for term, _ in lda.show_topic(0)} <= set(terms)
    assert len(lda.show_topics()) == 3
    assert math.isfinite(lda.log_perplexity(corpus))
    assert math.isfinite(CoherenceModel(lda, corpus=corpus, coherence="u_mass").get_coherence())
    lda.update(corpus)
    assert np.isfinite(lda.get_topics()).all()


def test_pyldavis_takes_the_gensim_model():
    import warnings

    counts, _, terms = planted()
    lda = LDA(3, n_sweeps=30).fit(counts, terms=terms).to_gensim()
    with warnings.catch_warnings():
        # pyLDAvis 3.4 uses what newer pandas and NumPy deprecate.
        warnings.simplefilter("ignore")
        import pyLDAvis.gensim_models

        corpus = sp.csc_matrix(counts.T)
        prepared = pyLDAvis.gensim_models.prepare(lda, corpus, lda.id2word, n_jobs=1)
    assert len(prepared.topic_coordinates) == 3


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (np.zeros((0, 3)), "0 sample"),
        (np.zeros((3, 0)), "0 feature"),
        ([[1, -1]], "Negative"),
        ([[1, 0.5]], "fraction"),
        ([[1, np.nan]], "not finite"),
        ([["a", "b"]], "counts"),
    ],
)
def test_bad_counts_are_one_clear_error(counts, words):
    with pytest.raises(InputError, match=words):
        LDA(2).fit(counts)


def test_bad_settings_are_named_together():
    with pytest.raises(InputError, match=r"n_topics.*n_sweeps.*alpha"):
        LDA(n_topics=0, n_sweeps=cast(int, 1.5), alpha=-1).fit([[1]])
    with pytest.raises(InputError, match="2 terms for 1 columns"):
        LDA(1).fit([[1]], terms=["a", "b"])


@pytest.mark.parametrize(
    ("counts", "n_topics"),
    [([[0, 0], [0, 0]], 3), ([[3, 1]], 2), ([[1, 2], [2, 1]], 1), ([[1, 0], [0, 1]], 9)],
    ids=["all empty", "one document", "one topic", "more topics than documents"],
)
def test_odd_corpora_have_defined_results(counts, n_topics):
    model = LDA(n_topics, n_sweeps=30).fit(counts, terms=["a", "b"])
    assert np.allclose(model.doc_topic_.sum(axis=1), 1)
    assert np.allclose(model.topic_term_.sum(axis=1), 1)
    assert ((model.labels_ == -1) == (np.sum(counts, axis=1) == 0)).all()
    # A topic model has no empty topics, yet at least one.
    used = len({label for label in model.labels_ if label >= 0})
    assert max(1, used) <= model.to_topic_model().n_topics <= n_topics


def test_a_very_long_document_is_fitted():
    counts = sp.csr_matrix(np.random.default_rng(0).poisson(50, (2, 2_000)))
    model = LDA(4, n_sweeps=5).fit(counts)
    assert np.isfinite(model.topic_term_).all()


def test_documents_of_unknown_words_get_no_topic():
    counts, _, _ = planted()
    model = LDA(3, n_sweeps=40).fit(counts)
    assert model.predict(np.zeros((1, counts.shape[1]))).tolist() == [-1]
    assert np.array_equal(model.predict(counts), model.labels_)
    with pytest.raises(InputError, match="vocabulary"):
        model.predict([[1]])


def test_folding_in_equals_its_own_python():
    counts, _, _ = planted()
    random = np.random.default_rng(0)
    term_topic, prior = random.dirichlet(np.ones(18), 3).T.copy(), np.array([0.1, 0.2, 0.4])
    found = []
    for function in (fold_in_documents, fold_in_documents.py_func):
        shares = np.full((60, 3), 1 / 3)
        data = counts.data.astype(float)
        function(counts.indptr, counts.indices, data, term_topic, prior, shares, 50, 1e-6)
        found.append(shares)
    assert np.allclose(found[0], found[1], rtol=1e-12)
    assert np.allclose(found[0].sum(axis=1), 1)


def test_a_pool_is_only_opened_for_more_than_one_thread():
    with threads(1) as none, threads(2) as pool:
        assert none is None
        assert pool is not None


def test_the_likeliest_of_several_starts_goes_on(monkeypatch):
    counts, _, _ = planted()
    likelihoods, swept, seen = {}, [], []
    log_likelihood, sweep = Sampler.log_likelihood, Sampler.sweep

    def measured(sampler, alpha, beta):
        likelihoods[sampler] = log_likelihood(sampler, alpha, beta)
        return likelihoods[sampler]

    def recorded(sampler, *arguments):
        swept.append(sampler)
        sweep(sampler, *arguments)

    monkeypatch.setattr(Sampler, "log_likelihood", measured)
    monkeypatch.setattr(Sampler, "sweep", recorded)
    for seed in range(3):
        likelihoods.clear()
        model = LDA(7, n_sweeps=40, seed=seed, n_starts=4)
        model.fit(counts, progress=lambda done, total: seen.append((done, total)))
        assert len(set(likelihoods.values())) == 4
        assert set(swept[-20:]) == {max(likelihoods, key=likelihoods.__getitem__)}
    assert seen == [(done, 100) for _ in range(3) for done in range(1, 101)]


def test_a_model_not_fitted_says_so():
    model = LDA()
    for question in (lambda: model.predict([[1]]), model.to_gensim, model.to_topic_model):
        with pytest.raises(NotFittedError, match="not fitted"):
            question()


@pytest.mark.parametrize("terms", [["a", "a", "b"], "abc"])
def test_each_term_needs_a_name_of_its_own(terms):
    with pytest.raises(InputError, match="a name of its own"):
        LDA(2).fit(np.ones((2, 3), dtype=int), terms=terms)


def test_complex_counts_are_refused():
    with pytest.raises(InputError, match="Complex data"):
        LDA(2).fit(np.array([[1 + 2j]]))
