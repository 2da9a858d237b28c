"""GSDMM with vectors: one mixture of words and meaning."""

import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import adjusted_rand_score

from nlp.errors import InputError
from nlp.gsdmm import GSDMM, fit_gsdmm
from nlp.gsdmm.joint_mixture import Documents, JointMixture
from nlp.gsdmm.joint_start import group_by_vectors
from nlp.topics.meaning import VectorSpace


def planted(n_docs=400, n_topics=4, shared=0.5, noise=0.35, seed=0):
    """Subjects of which words tell pairs apart, and vectors the members of a pair."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, n_topics, n_docs)
    terms = random.integers(0, 8, (n_docs, 4)) + 8 * (truth // 2)[:, None]
    rows = np.repeat(np.arange(n_docs), 4)
    counts = sp.csr_matrix((np.ones(n_docs * 4, np.int32), (rows, terms.ravel())))
    counts.sum_duplicates()
    middle = random.normal(size=(2, 24))
    vectors = middle[truth % 2] + noise * random.normal(size=(n_docs, 24))
    return counts, vectors, truth


def fitted(counts, vectors, **options) -> GSDMM:
    return GSDMM(**{"n_topics": 4, "alpha": None, "beta": None} | options).fit(
        counts, vectors=vectors
    )


def test_words_and_vectors_together_find_what_neither_does_alone() -> None:
    counts, vectors, truth = planted()
    words = GSDMM(4, alpha=None, beta=None).fit(counts).labels_
    places = VectorSpace.of(vectors.astype(np.float32)).places(vectors.astype(np.float32))
    meaning = group_by_vectors(places, 4, np.random.default_rng(0))
    assert adjusted_rand_score(truth, fitted(counts, vectors).labels_) > 0.95
    assert adjusted_rand_score(truth, words) < 0.6
    assert adjusted_rand_score(truth, meaning) < 0.6


def test_the_number_of_topics_is_found() -> None:
    counts, vectors, truth = planted(n_docs=800)
    model = fitted(counts, vectors, n_topics=None)
    assert model.topic_term_.shape[0] == 4
    assert model.grain_ is not None
    assert "4 topics" in model.grain_.reason
    assert adjusted_rand_score(truth, model.labels_) > 0.95


def test_predict_uses_both() -> None:
    counts, vectors, truth = planted()
    model = fitted(counts[:300], vectors[:300])
    found = model.predict(counts[300:], vectors=vectors[300:])
    assert adjusted_rand_score(truth[300:], found) > 0.95
    assert adjusted_rand_score(truth[300:], model.predict(counts[300:])) < 0.6


def test_fit_and_predict_agree_on_the_documents_of_the_fit() -> None:
    counts, vectors, _ = planted()
    model = fitted(counts, vectors)
    assert np.array_equal(model.predict(counts, vectors=vectors), model.labels_)
    assert np.allclose(model.predict_proba(counts, vectors=vectors), model.doc_topic_)


def test_a_document_without_words_has_the_topic_of_its_vector() -> None:
    counts, vectors, truth = planted()
    counts = sp.vstack([counts, sp.csr_matrix(np.zeros((20, counts.shape[1]), np.int32))]).tocsr()
    model = fitted(counts, np.vstack([vectors, vectors[:20]]))
    assert (model.labels_[400:] >= 0).all()
    assert (truth[:20] % 2 == _subject_of(model.labels_, truth)[400:] % 2).all()


def _subject_of(labels, truth):
    """The most frequent subject of each document's topic."""
    mode = {
        topic: np.bincount(truth[labels[: len(truth)] == topic]).argmax()
        for topic in np.unique(labels)
    }
    return np.array([mode[topic] for topic in labels])


def test_a_document_without_a_vector_has_the_topic_of_its_words() -> None:
    counts, vectors, truth = planted()
    vectors[:20] = 0
    found = _subject_of(fitted(counts, vectors).labels_, truth)
    assert (found[:20] // 2 == truth[:20] // 2).all()


def test_a_document_of_neither_has_no_topic() -> None:
    counts, vectors, _ = planted()
    counts = sp.vstack([counts, sp.csr_matrix(np.zeros((1, counts.shape[1]), np.int32))]).tocsr()
    model = fitted(counts, np.vstack([vectors, np.zeros((1, 24))]))
    assert model.labels_[-1] == -1


def test_vectors_of_zeros_alone_do_not_stop_the_fit() -> None:
    counts, _, _ = planted(n_docs=60)
    model = fitted(counts, np.zeros((60, 24)))
    assert np.isfinite(model.doc_topic_).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: np.where(np.arange(24) == 3, np.nan, x), "NaN or infinity"),
        (lambda x: x[:-1], r"shape \(399, 24\), expected \(400, n_dims\)"),
        (lambda x: x[:, 0], r"shape \(400,\)"),
        (lambda x: "vectors", "vectors"),
    ],
)
def test_bad_vectors_are_refused_in_one_line(change, message) -> None:
    counts, vectors, _ = planted()
    model = GSDMM(4)
    with pytest.raises(InputError, match=message) as caught:
        model.fit(counts, vectors=change(vectors))
    assert "\n" not in str(caught.value)
    assert not hasattr(model, "labels_")


def test_vectors_for_a_fit_without_are_refused() -> None:
    counts, vectors, _ = planted()
    model = GSDMM(4).fit(counts)
    with pytest.raises(InputError, match="the fit had none"):
        model.predict(counts, vectors=vectors)


def test_known_labels_are_a_start() -> None:
    counts, vectors, truth = planted()
    start = np.where(np.arange(400) < 300, truth, -1)
    model = GSDMM(None, alpha=None, beta=None).fit(counts, vectors=vectors, labels=start)
    assert model.topic_term_.shape[0] == 4
    assert adjusted_rand_score(truth, model.labels_) > 0.95


def test_a_cut_merges_topics_and_needs_the_vectors() -> None:
    counts, vectors, truth = planted()
    model = fitted(counts, vectors)
    assert len(set(model.cut(counts, 2, vectors=vectors).tolist())) == 2
    assert adjusted_rand_score(truth, model.cut(counts, 4, vectors=vectors)) > 0.95
    with pytest.raises(InputError, match="give the same ones to cut"):
        model.cut(counts, 2)


def test_nothing_that_was_given_is_changed() -> None:
    counts, vectors, _ = planted(n_docs=100)
    before = counts.copy(), vectors.copy()
    fitted(counts, vectors)
    assert (before[0] != counts).nnz == 0
    assert np.array_equal(before[1], vectors)


def test_the_topic_model_keeps_where_topics_lie() -> None:
    counts, vectors, _ = planted()
    terms = tuple(f"w{term}" for term in range(counts.shape[1]))
    model = fit_gsdmm(counts, terms, 4, vectors=vectors)
    assert model.meaning is not None
    assert model.terms == terms
    given = np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
    assert np.array_equal(model.assign(counts, given).argmax(axis=1), model.labels())


def test_a_step_never_makes_the_documents_less_likely() -> None:
    counts, vectors, _ = planted()
    documents = _documents(counts, vectors)
    groups = np.random.default_rng(0).integers(0, 5, len(documents))
    # Without a prior this is plain expectation-maximisation.
    mixture = JointMixture.of_groups(documents, groups, 1e-9, 5.0)
    values = []
    for _ in range(10):
        step = mixture.expect(documents)
        mixture = step.mixture
        values.append(step.log_likelihood)
    assert (np.diff(values) > -1e-2).all()


def test_a_step_is_what_the_formula_says() -> None:
    counts, vectors, _ = planted(n_docs=50)
    documents = _documents(counts, vectors)
    mixture = JointMixture.of_groups(documents, np.arange(50) % 3, 0.5, 9.0)
    found = mixture.expect(documents).mixture
    sizes, sums = np.zeros(3), np.zeros_like(mixture.sums)
    for row in range(50):
        weights = np.zeros(3)
        for topic in range(3):
            direction = mixture.sums[topic] / np.linalg.norm(mixture.sums[topic])
            weights[topic] = mixture.words.prior[topic] * np.exp(
                9.0 * documents.places[row] @ direction
            )
            for term in range(counts.shape[1]):
                weights[topic] *= mixture.words.topic_term[topic, term] ** counts[row, term]
        share = weights / weights.sum()
        sizes += share
        sums += share[:, None] * documents.places[row]
    assert np.allclose(found.words.sizes, sizes, rtol=1e-4)
    assert np.allclose(found.sums, sums, rtol=1e-3, atol=1e-4)


def _documents(counts, vectors) -> Documents:
    units = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return Documents(counts, VectorSpace.of(units).places(units))


def test_same_bytes_whatever_the_number_of_threads() -> None:
    code = (
        "import hashlib, numpy as np, scipy.sparse as sp\n"
        "from nlp.gsdmm import GSDMM\n"
        "random = np.random.default_rng(0)\n"
        "counts = sp.random(3000, 200, 0.03, format='csr', random_state=0)\n"
        "counts.data[:] = 1\n"
        "vectors = random.normal(size=(3000, 384))\n"
        "model = GSDMM(None, None, None, n_chains=2, n_jobs={jobs})\n"
        "model.fit(counts.astype(np.int32), vectors=vectors)\n"
        "print(hashlib.sha256(model.doc_topic_.tobytes()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code.format(jobs=threads)],
            capture_output=True,
            check=True,
            text=True,
            env={"OPENBLAS_NUM_THREADS": str(threads), "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for threads in (1, 2)
    }
    assert len(found) == 1


def test_groups_of_vectors_are_found_again() -> None:
    counts, vectors, truth = planted(noise=0.1)
    places = _documents(counts, vectors).places
    groups = group_by_vectors(places, 2, np.random.default_rng(0))
    assert adjusted_rand_score(truth % 2, groups) == 1.0
    assert set(group_by_vectors(places[:5] * 0, 2, np.random.default_rng(0)).tolist()) == {-1}
