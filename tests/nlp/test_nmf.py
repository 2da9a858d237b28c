import numpy as np
import pytest
import scipy.sparse as sp

from nlp.errors import InputError
from nlp.nmf import fit_nmf


def planted():
    return sp.csr_matrix(np.kron(np.eye(3, dtype=int), np.full((8, 4), 2)))


def test_planted_topics_are_found():
    model = fit_nmf(planted(), list("abcdefghijkl"), 3)
    assert model.kind == "nmf"
    assert [len(set(part)) for part in model.labels().reshape(3, 8)] == [1, 1, 1]
    assert model.sizes().tolist() == [8, 8, 8]


def test_fit_twice_gives_same_bytes():
    first, second = (fit_nmf(planted(), list("abcdefghijkl"), 3, seed=1) for _ in range(2))
    assert first.topic_term.tobytes() == second.topic_term.tobytes()


@pytest.mark.parametrize("counts", [[[0, 0], [0, 0]], [[3, 1]], [[1, 0], [0, 0], [0, 2]]])
def test_odd_corpora_have_defined_results(counts):
    model = fit_nmf(sp.csr_matrix(counts), ["a", "b"], 5)
    assert np.isfinite(model.doc_topic).all()
    assert ((model.labels() == -1) >= (np.sum(counts, axis=1) == 0)).all()


def test_bad_arguments_are_named():
    with pytest.raises(InputError, match="n_topics"):
        fit_nmf(planted(), list("abcdefghijkl"), 0)
    with pytest.raises(InputError, match="negative"):
        fit_nmf(sp.csr_matrix([[-1]]), ["a"], 1)
