import numpy as np
import scipy.sparse as sp

from nlp.gsdmm import GSDMM, fit_gsdmm


def planted(n_docs: int = 300, n_topics: int = 3, seed: int = 0) -> tuple[sp.csr_matrix, list[int]]:
    """Documents of five words, each from one of a few disjoint vocabularies of ten."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, n_topics, n_docs)
    terms = random.integers(0, 10, (n_docs, 5)) + 10 * truth[:, None]
    rows = np.repeat(np.arange(n_docs), 5)
    ones = np.ones(n_docs * 5, np.int32)
    counts = sp.csr_matrix((ones, (rows, terms.ravel())), shape=(n_docs, 10 * n_topics))
    return counts, truth.tolist()


def same_parts(left, right) -> bool:
    pairs = len(set(zip(left, right, strict=True)))
    return pairs == len(set(left)) == len(set(right))


def test_disjoint_vocabularies_are_told_apart():
    counts, truth = planted()
    labels = GSDMM(n_topics=20, seed=1).fit(counts).labels_
    assert same_parts(labels.tolist(), truth)


def test_fit_gives_an_ordered_topic_model():
    counts, truth = planted()
    model = fit_gsdmm(counts, tuple(f"w{i}" for i in range(30)), seed=0)
    assert model.kind == "gsdmm"
    assert same_parts(model.labels().tolist(), truth)
    assert (np.diff(model.sizes()) <= 0).all()


def test_fit_twice_gives_same_labels():
    counts, _ = planted()
    model = GSDMM(n_topics=10)
    first = model.fit(counts).labels_
    np.testing.assert_array_equal(first, model.fit(counts).labels_)
