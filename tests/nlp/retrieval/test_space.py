"""A space of meaning learned from the documents."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nlp.retrieval import space as space_module
from nlp.retrieval.space import learn_space, unit_rows


def _two_subjects() -> sp.csr_matrix:
    """Words 0 to 2 are of one subject, 3 to 5 of another; no document has 0 and 2 together."""
    rows = [[1, 1, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 1, 1]]
    return sp.csr_matrix(np.array(rows * 10))


def test_words_that_never_meet_are_near_if_they_share_company(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(space_module, "_MOST_AXES", 2)
    space = learn_space(_two_subjects())
    first, third, fourth = (
        space.place(sp.csr_matrix(np.eye(6, dtype=int)[[word]]))[0] for word in (0, 2, 3)
    )
    assert first @ third > 0.9
    assert abs(first @ fourth) < 0.1


def test_a_document_lies_where_its_words_lie() -> None:
    counts = _two_subjects()
    space = learn_space(counts)
    assert np.allclose(space.place(counts), space.documents, atol=1e-6)
    assert np.allclose(space.scores(counts[0])[0], 1, atol=1e-5)


def test_twice_the_same_space() -> None:
    one, other = learn_space(_two_subjects()), learn_space(_two_subjects())
    assert one.axes.tobytes() == other.axes.tobytes()


@given(
    arrays(np.int32, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.integers(0, 3))
)
def test_any_counts_have_a_finite_space(counts: np.ndarray) -> None:
    space = learn_space(sp.csr_matrix(counts))
    assert np.isfinite(space.axes).all()
    lengths = np.linalg.norm(space.documents, axis=1)
    assert ((np.abs(lengths - 1) < 1e-3) | (lengths == 0)).all()


def test_a_row_of_zeros_has_no_direction() -> None:
    rows = unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float32))
    assert rows.tolist() == [pytest.approx([0.6, 0.8]), [0.0, 0.0]]
