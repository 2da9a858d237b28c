"""LDA and GSDMM as scikit-learn's users expect an estimator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone, is_classifier, is_clusterer
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from nlp.errors import InputError
from nlp.gsdmm import GSDMM
from nlp.lda import LDA
from nlp.topics.inference import held_out_log_likelihood
from nlp.topics.mixture import MixtureTopics

TEXTS = ["red green blue green"] * 15 + ["cat dog bird dog"] * 12
SUBJECTS = ["colour"] * 15 + ["animal"] * 12
FAST = [LDA(n_topics=2, n_sweeps=30), GSDMM(n_topics=5, n_sweeps=10)]
by_kind = pytest.mark.parametrize("estimator", FAST, ids=["lda", "gsdmm"])


def texts_and_counts() -> tuple[Any, list[str]]:
    vectorizer = CountVectorizer()
    counts = vectorizer.fit_transform(TEXTS)
    return counts, vectorizer.get_feature_names_out().tolist()


# One check asks for the probabilities of four classes, so both are fitted to find four topics.
@parametrize_with_checks(
    [
        LDA(n_topics=4, n_sweeps=25),
        GSDMM(n_topics=4, alpha=100.0, beta=1.0, n_sweeps=1, n_refinements=1),
    ]
)
def test_scikit_learn_checks_pass(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


@by_kind
def test_a_pipeline_after_a_vectorizer_ignores_the_labels(estimator: Any) -> None:
    pipeline = make_pipeline(CountVectorizer(), clone(estimator))
    shares = pipeline.fit(TEXTS, SUBJECTS).transform(TEXTS)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    np.testing.assert_array_equal(pipeline.fit(TEXTS).transform(TEXTS), shares)
    labels = pipeline.fit_predict(TEXTS)
    assert len(set(zip(labels.tolist(), SUBJECTS, strict=True))) == 2


@by_kind
def test_labels_of_documents_are_never_taken_for_terms(estimator: Any) -> None:
    counts = np.random.default_rng(0).poisson(1, (5, 5))
    model = clone(estimator).fit(counts, list("abcde"))
    with pytest.raises(InputError, match=r"give them to fit as terms=|or here"):
        model.to_topic_model()


@by_kind
def test_all_views_of_new_documents_agree(estimator: Any) -> None:
    counts, _ = texts_and_counts()
    model = clone(estimator)
    shares = model.fit_transform(counts)
    np.testing.assert_array_equal(model.transform(counts), shares)
    np.testing.assert_array_equal(model.predict_proba(counts), shares)
    np.testing.assert_array_equal(model.predict(counts), model.labels_)
    assert shares.shape == model.doc_topic_.shape == (27, len(model.topic_term_))


@by_kind
def test_dense_sparse_and_a_frame_give_the_same_topics(estimator: Any) -> None:
    counts, terms = texts_and_counts()
    frame = pd.DataFrame(counts.toarray(), columns=terms)
    forms = [counts, counts.tocoo(), sp.csr_array(counts), counts.toarray(), frame]
    topics = [clone(estimator).fit(form).topic_term_ for form in forms]
    assert all(np.array_equal(each, topics[0]) for each in topics[1:])


@by_kind
def test_a_frame_names_the_terms(estimator: Any) -> None:
    counts, terms = texts_and_counts()
    frame = pd.DataFrame(counts.toarray(), columns=terms)
    model = clone(estimator).fit(frame)
    assert model.to_topic_model().terms == tuple(terms)
    assert model.to_topic_model(["a", "b", "c", "d", "e", "f"]).terms == tuple("abcdef")
    with pytest.raises(InputError, match="counts cannot be used: The feature names should match"):
        model.transform(frame[terms[::-1]])


@by_kind
def test_topics_are_the_columns_that_come_out(estimator: Any) -> None:
    counts, terms = texts_and_counts()
    frame = pd.DataFrame(counts.toarray(), columns=terms, index=range(100, 127))
    model = clone(estimator).set_output(transform="pandas")
    shares = model.fit_transform(frame)
    prefix = type(model).__name__.lower()
    assert shares.columns.tolist() == [f"{prefix}{topic}" for topic in range(shares.shape[1])]
    assert shares.columns.tolist() == model.get_feature_names_out().tolist()
    assert shares.index.tolist() == frame.index.tolist()


@by_kind
def test_a_grid_search_finds_the_prior_that_predicts_better(estimator: Any) -> None:
    counts, _ = texts_and_counts()
    name = "eta" if isinstance(estimator, LDA) else "beta"
    search = GridSearchCV(clone(estimator), {name: [0.05, 50.0]}, cv=3).fit(counts, SUBJECTS)
    assert search.best_params_ == {name: 0.05}
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@by_kind
def test_a_model_not_fitted_says_so(estimator: Any) -> None:
    model = clone(estimator)
    for question in (model.transform, model.predict, model.predict_proba, model.score):
        with pytest.raises(NotFittedError, match="not fitted"):
            question([[1]])


@by_kind
def test_other_vocabulary_is_refused_with_what_to_do(estimator: Any) -> None:
    counts, _ = texts_and_counts()
    model = clone(estimator).fit(counts)
    with pytest.raises(InputError, match=r"5 features.*in the vocabulary of the fit"):
        model.transform(counts[:, :5])


@by_kind
def test_a_fit_that_fails_leaves_the_estimator_as_it_was(estimator: Any) -> None:
    counts, _ = texts_and_counts()
    model = clone(estimator).fit(counts)
    labels = model.predict(counts)
    with pytest.raises(InputError, match="fraction"):
        model.fit(counts[:, :3] * 0.5)
    np.testing.assert_array_equal(model.predict(counts), labels)


def test_gsdmm_groups_documents_and_lda_mixes_topics() -> None:
    assert is_clusterer(GSDMM())
    assert not is_clusterer(LDA())
    assert not is_classifier(GSDMM())
    assert not is_classifier(LDA())


def test_score_predicts_every_second_token_from_the_others() -> None:
    topics = MixtureTopics(np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]), np.array([3.0, 1.0]))
    counts = sp.csr_matrix([[3, 1, 0], [0, 0, 1], [0, 0, 0], [0, 2, 3]])
    # Tokens 0 and 2 of a document are seen: of aaab the two a, of bbccc one b and two c.
    seen = np.array([[2, 0, 0], [0, 1, 2]])
    weights = np.array([0.75, 0.25]) * np.prod(topics.topic_term ** seen[:, None], axis=2)
    shares = weights / weights.sum(axis=1, keepdims=True)
    chances = shares @ topics.topic_term
    expected = np.log([chances[0, 0], chances[0, 1], chances[1, 1], chances[1, 2]]).mean()
    assert held_out_log_likelihood(topics, counts) == pytest.approx(expected)
    with pytest.raises(InputError, match="no document has two tokens"):
        held_out_log_likelihood(topics, counts[1:3])
