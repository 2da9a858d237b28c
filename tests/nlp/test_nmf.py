import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.decomposition import _nmf

from nlp.errors import InputError
from nlp.nmf import fit_nmf


def planted() -> sp.csr_matrix:
    return sp.csr_matrix(np.kron(np.eye(3, dtype=int), np.full((8, 4), 2)))


def test_planted_topics_are_found() -> None:
    model = fit_nmf(planted(), list("abcdefghijkl"), 3)
    assert model.kind == "nmf"
    assert [len(set(part)) for part in model.labels().reshape(3, 8)] == [1, 1, 1]
    assert model.sizes().tolist() == [8, 8, 8]


def test_a_reconstruction_error_rounded_below_zero_does_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """scikit-learn takes its root; on some processors it was -1e-16, and warnings are errors."""
    trace = _nmf.trace_dot
    monkeypatch.setattr(_nmf, "trace_dot", lambda *pair: trace(*pair) * 2)
    model = fit_nmf(planted(), list("abcdefghijkl"), 3)
    assert np.isfinite(model.topic_term).all()
    assert model.sizes().tolist() == [8, 8, 8]


def test_fit_twice_gives_same_bytes() -> None:
    first, second = (fit_nmf(planted(), list("abcdefghijkl"), 3, seed=1) for _ in range(2))
    assert first.topic_term.tobytes() == second.topic_term.tobytes()


@pytest.mark.parametrize("counts", [[[0, 0], [0, 0]], [[3, 1]], [[1, 0], [0, 0], [0, 2]]])
def test_odd_corpora_have_defined_results(counts: list[list[int]]) -> None:
    model = fit_nmf(sp.csr_matrix(counts), ["a", "b"], 5)
    assert np.isfinite(model.doc_topic).all()
    assert ((model.labels() == -1) >= (np.sum(counts, axis=1) == 0)).all()


def test_bad_arguments_are_named() -> None:
    with pytest.raises(InputError, match="n_topics"):
        fit_nmf(planted(), list("abcdefghijkl"), 0)
    with pytest.raises(InputError, match="negative"):
        fit_nmf(sp.csr_matrix([[-1]]), ["a"], 1)
