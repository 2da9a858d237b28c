"""GSDMM as an estimator and as the job's model of short documents."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from nlp.errors import InputError
from nlp.gsdmm.estimator import GSDMM, fit_gsdmm
from nlp.topics.model import NO_TOPIC


def planted(n_docs=300, n_topics=3, seed=0) -> tuple[sp.csr_matrix, list[int]]:
    """Documents of five words, each from one of a few disjoint vocabularies of ten."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, n_topics, n_docs)
    terms = random.integers(0, 10, (n_docs, 5)) + 10 * truth[:, None]
    rows = np.repeat(np.arange(n_docs), 5)
    ones = np.ones(n_docs * 5, np.int32)
    counts = sp.csr_matrix((ones, (rows, terms.ravel())), shape=(n_docs, 10 * n_topics))
    counts.sum_duplicates()
    return counts, truth.tolist()


def same_parts(left, right) -> bool:
    return bool(adjusted_rand_score(left, right) == 1.0)


def names(counts) -> tuple[str, ...]:
    return tuple(f"w{term}" for term in range(counts.shape[1]))


def test_disjoint_vocabularies_are_told_apart():
    counts, truth = planted()
    assert same_parts(GSDMM(n_topics=20, seed=1).fit(counts).labels_, truth)


def test_fit_twice_gives_same_labels():
    counts, _ = planted()
    model = GSDMM(n_topics=10)
    first = model.fit(counts).labels_
    np.testing.assert_array_equal(first, model.fit(counts).labels_)


def test_fit_leaves_its_input_alone():
    counts, _ = planted()
    before = counts.copy()
    GSDMM(n_topics=5, n_sweeps=2).fit(counts)
    np.testing.assert_array_equal(counts.toarray(), before.toarray())


def test_naming_the_words_otherwise_changes_nothing():
    counts, _ = planted()
    shuffle = np.random.default_rng(0).permutation(counts.shape[1])
    one, other = GSDMM(n_topics=20, seed=3), GSDMM(n_topics=20, seed=3)
    labels = one.fit(counts).labels_
    np.testing.assert_array_equal(labels, other.fit(counts[:, shuffle]).labels_)
    np.testing.assert_allclose(one.topic_term_[:, shuffle], other.topic_term_, rtol=1e-4)


def test_predict_repeats_what_fit_said():
    counts, _ = planted()
    model = GSDMM(n_topics=20).fit(counts)
    np.testing.assert_array_equal(model.predict(counts), model.labels_)
    np.testing.assert_allclose(model.predict_proba(counts).sum(axis=1), 1.0)


def test_more_chains_never_lower_the_joint_probability():
    counts, _ = planted()
    model = GSDMM(n_topics=20, n_chains=3, n_sweeps=5).fit(counts)
    assert model.log_joint_.shape == (3, 5)
    assert (model.moved_ <= 1).all()


def test_learned_priors_are_reported():
    counts, truth = planted()
    model = GSDMM(n_topics=None, alpha=None, beta=None).fit(counts)
    assert 0.1 <= model.beta_ <= 0.5
    assert 0.1 <= model.alpha_ <= 100
    assert same_parts(model.labels_, truth)


def test_the_number_of_threads_changes_nothing():
    counts, _ = planted(400, n_topics=6)
    one = GSDMM(None, None, None, n_chains=3, n_jobs=1, seed=4).fit(counts)
    many = GSDMM(None, None, None, n_chains=3, n_jobs=3, seed=4).fit(counts)
    np.testing.assert_array_equal(one.doc_topic_, many.doc_topic_)
    np.testing.assert_array_equal(one.topic_term_, many.topic_term_)
    np.testing.assert_array_equal(one.log_joint_, many.log_joint_)


def test_the_job_finds_a_readable_number_of_topics():
    counts, truth = planted()
    model = fit_gsdmm(counts, names(counts), seed=0)
    assert same_parts(model.labels(), truth)
    assert (np.diff(model.sizes()) <= 0).all()
    assert fit_gsdmm(counts, names(counts), n_topics=2).n_topics == 2


def test_a_fit_can_be_cut_at_any_number_of_topics():
    counts, truth = planted(n_topics=4)
    model = GSDMM(None, None, None).fit(counts)
    assert same_parts(model.cut(counts, 4), truth)
    for n_topics in (1, 2, 3):
        pairs = set(zip(model.cut(counts, n_topics).tolist(), truth, strict=True))
        assert len({topic for topic, _ in pairs}) == n_topics
        assert len(pairs) == 4
    with pytest.raises(InputError, match=r"beta was given as 0\.1"):
        GSDMM().fit(counts).cut(counts, 2)


def test_new_documents_join_yesterdays_clusters():
    counts, truth = planted(600)
    yesterday = GSDMM(None, None, None).fit(counts[:500])
    labels = np.concatenate([yesterday.sample_labels_, np.full(100, -1)])
    today = GSDMM(None, None, None, n_sweeps=5).fit(counts, labels=labels)
    assert same_parts(today.labels_, truth)
    np.testing.assert_array_equal(today.labels_[:500], yesterday.labels_)


def test_empty_and_unknown_documents_have_no_topic():
    counts, _ = planted()
    counts = sp.vstack([counts, sp.csr_matrix(np.zeros((1, counts.shape[1]), np.int32))]).tocsr()
    model = GSDMM(n_topics=10).fit(counts)
    assert model.labels_[-1] == NO_TOPIC
    assert model.predict(sp.csr_matrix((2, counts.shape[1]))).tolist() == [NO_TOPIC] * 2


@pytest.mark.parametrize(("n_docs", "n_topics"), [(1, 1), (1, 50), (5, 1), (5, 50)])
def test_few_documents_and_few_clusters_are_fine(n_docs, n_topics):
    counts, _ = planted(n_docs)
    model = GSDMM(n_topics=n_topics, n_sweeps=3).fit(counts)
    assert model.labels_.shape == (n_docs,)
    assert model.doc_topic_.shape[1] <= min(n_docs, n_topics)


@pytest.mark.parametrize(
    ("value", "words"),
    [(-1.0, "Negative"), (0.5, "fraction"), (np.nan, "NaN"), (np.inf, "infinity")],
)
def test_values_that_are_no_counts_are_refused(value, words):
    dense = np.ones((4, 3))
    dense[2, 1] = value
    with pytest.raises(InputError, match=words):
        GSDMM().fit(dense)


def test_every_bad_parameter_is_named():
    wrong: dict[str, Any] = {
        "n_topics": "auto",
        "n_sweeps": 0,
        "n_refinements": None,
        "n_chains": 1.5,
    }
    wrong |= {"n_jobs": True, "seed": None, "alpha": -1.0, "beta": float("nan")}
    with pytest.raises(InputError) as caught:
        GSDMM(**wrong).fit(np.ones((2, 2)))
    assert all(f"{name} is {value!r}" in str(caught.value) for name, value in wrong.items())


def test_a_fit_that_fails_leaves_the_estimator_as_it_was():
    counts, _ = planted()
    model = GSDMM(n_topics=10, n_sweeps=3)
    with pytest.raises(InputError):
        model.fit(counts * 0.5)
    with pytest.raises(NotFittedError):
        model.predict(counts)
    labels = model.fit(counts).labels_

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(InputError):
        model.fit(counts[:, :5] * 0.5)
    with pytest.raises(KeyboardInterrupt):
        model.fit(counts[:, :5], progress=stop)
    np.testing.assert_array_equal(model.predict(counts), labels)


def test_other_vocabulary_is_refused():
    counts, _ = planted()
    with pytest.raises(InputError, match="features"):
        GSDMM(n_topics=3, n_sweeps=1).fit(counts).predict(counts[:, :5])


@pytest.mark.parametrize(
    "labels",
    [np.zeros(3, dtype=int), np.zeros((20, 1), dtype=int), np.full(20, np.nan), ["a"] * 20, 3],
)
def test_labels_must_fit_the_documents(labels):
    counts, _ = planted(20)
    with pytest.raises(InputError, match="labels are"):
        GSDMM().fit(counts, labels=labels)
    with pytest.raises(InputError, match="labels hold -2"):
        GSDMM().fit(counts, labels=np.full(20, -2))


def test_only_the_equality_of_labels_counts():
    counts, truth = planted(60)
    far = (np.array(truth) * 2**40).tolist()
    one = GSDMM(n_topics=3, n_sweeps=2).fit(counts, labels=np.array(truth))
    other = GSDMM(n_topics=3, n_sweeps=2).fit(counts, labels=far)
    np.testing.assert_array_equal(one.doc_topic_, other.doc_topic_)


def test_only_the_documents_of_the_fit_can_be_cut():
    counts, _ = planted(60)
    with pytest.raises(InputError, match="counts have 7 documents, the fit had 60"):
        GSDMM(None, None, None, n_sweeps=3).fit(counts).cut(counts[:7], 2)


def test_news_titles_agree_with_their_labels():
    folder = os.environ.get("TOPICBRIEF_CORPORA")
    beside = Path(__file__).resolve().parents[4] / "shared" / "corpora"
    path = Path(folder or beside) / "news_titles.jsonl.gz"
    if not path.exists():
        pytest.skip("news_titles.jsonl.gz is not in ../shared/corpora")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    counts = CountVectorizer(analyzer=str.split).fit_transform(row["text"] for row in rows)
    labels = GSDMM(n_topics=500, seed=1).fit(counts).labels_
    assert normalized_mutual_info_score([row["label"] for row in rows], labels) >= 0.87
