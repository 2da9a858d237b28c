"""Topics of words and vectors from run to run."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import adjusted_rand_score

from nlp.gsdmm import fit_gsdmm
from nlp.topics.meaning import Meaning
from nlp.topics.model import TopicModel
from nlp.tracking.new_topics import find_births
from nlp.tracking.warm_start import continue_model, in_vocabulary

N_TERMS = 24
TERMS = tuple(f"w{term:02}" for term in range(N_TERMS))


def meaning_of(model: TopicModel) -> Meaning:
    assert model.meaning is not None
    return model.meaning


def documents(truth, seed) -> tuple[sp.csr_matrix, np.ndarray]:
    """Words tell pairs of subjects apart, vectors the members of a pair."""
    random, truth = np.random.default_rng(seed), np.asarray(truth)
    terms = random.integers(0, 8, (len(truth), 4)) + 8 * (truth // 2)[:, None]
    rows = np.repeat(np.arange(len(truth)), 4)
    ones = np.ones(len(rows), np.int32)
    counts = sp.csr_matrix((ones, (rows, terms.ravel())), shape=(len(truth), N_TERMS))
    counts.sum_duplicates()
    middle = np.random.default_rng(9).normal(size=(6, 24))
    vectors = middle[truth] + 0.4 * random.normal(size=(len(truth), 24))
    return counts, (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def last() -> tuple[TopicModel, np.ndarray]:
    truth = np.arange(400) % 4
    counts, vectors = documents(truth, 0)
    return fit_gsdmm(counts, TERMS, 4, vectors=vectors), truth


def test_topics_go_on_with_words_and_vectors(last) -> None:
    model, _ = last
    truth = np.arange(300) % 4
    counts, vectors = documents(truth, 1)
    found = continue_model(model, counts, TERMS, vectors=vectors)
    assert adjusted_rand_score(truth, found.labels()) > 0.95
    assert found.meaning is not None
    assert meaning_of(found).known.all()
    assert not np.array_equal(meaning_of(found).sums, meaning_of(model).sums)


def test_a_night_without_vectors_keeps_where_topics_lie(last) -> None:
    model, _ = last
    counts, vectors = documents(np.arange(300) % 4, 1)
    found = continue_model(model, counts, TERMS)
    assert not meaning_of(found).known.any()
    assert np.array_equal(
        np.sort(meaning_of(found).sums, axis=0), np.sort(meaning_of(model).sums, axis=0)
    )
    assert found.assign(counts, vectors).shape == (300, 4)


def births_among(model, truth, seed=2):
    counts, vectors = documents(truth, seed)
    table = in_vocabulary(model, TERMS)
    rows = np.full(len(truth), -1)
    everyone = np.arange(len(truth))
    return counts, vectors, find_births(model, counts, table, rows, everyone, vectors)


def test_a_subject_with_known_words_and_a_new_meaning_is_born(last) -> None:
    model, _ = last
    # Subject 5 has words that no topic has; subject 4 the same words and another meaning.
    truth = np.concatenate([np.arange(200) % 4, np.full(60, 4), np.full(60, 5)])
    counts, vectors, births = births_among(model, truth)
    assert births.n_topics == 2
    assert (births.groups[:200] >= 0).mean() < 0.05
    assert adjusted_rand_score(truth[200:], births.groups[200:]) > 0.9
    found = continue_model(model, counts, TERMS, births=births, vectors=vectors)
    assert found.n_topics == 6
    assert adjusted_rand_score(truth, found.labels()) > 0.9


def test_nothing_is_born_of_known_subjects(last) -> None:
    model, _ = last
    _, _, births = births_among(model, np.arange(300) % 4)
    assert births.n_topics == 0
