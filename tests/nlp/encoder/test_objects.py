"""Vectors and encoders that a caller brings are checked before they are used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nlp.encoder import as_encoder, bundled_encoder, check_vectors
from nlp.errors import InputError

finite = st.floats(-1e300, 1e300, allow_nan=False)


@given(arrays(np.float64, (4, 3), elements=finite))
def test_any_finite_rows_come_back_at_length_one_or_zero(values: np.ndarray[Any, Any]) -> None:
    before = values.copy()
    found = check_vectors(values, 4)
    lengths = np.linalg.norm(found.astype(np.float64), axis=1)
    assert found.dtype == np.float32
    assert np.array_equal(lengths == 0, (values == 0).all(axis=1))
    assert np.allclose(lengths[lengths > 0], 1, atol=1e-6)
    assert np.array_equal(values, before)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.zeros((3, 2)), "shape (3, 2), expected (2, n_dims)"),
        (np.zeros(2), "shape (2,)"),
        (np.zeros((2, 0)), "shape (2, 0)"),
        (np.zeros((2, 2, 2)), "shape (2, 2, 2)"),
        ([[1.0, 2.0], [np.nan, 0.0]], "1 rows hold NaN or infinity, the first is row 1"),
        ([[1.0, np.inf], [0.0, 0.0]], "the first is row 0"),
        ([["a", "b"], ["c", "d"]], "no array of numbers"),
        ([[1.0], [1.0, 2.0]], "no array of numbers"),
        (None, "no array of numbers but NoneType"),
    ],
)
def test_wrong_vectors_are_told(values: Any, said: str) -> None:
    with pytest.raises(InputError) as caught:
        check_vectors(values, 2)
    assert said in str(caught.value)


class Lengths:
    """An encoder as people write it: two numbers of each text."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def encode(self, texts: list[str]) -> list[list[float]]:
        self.calls.append(texts)
        return [[len(text), 1.0] for text in texts]


def test_any_object_with_encode_is_an_encoder() -> None:
    own = Lengths()
    encoder = as_encoder(own)
    found = encoder.encode(["abc", "", "abc"])
    expected = np.array([[3 / 10**0.5, 1 / 10**0.5], [0, 1], [3 / 10**0.5, 1 / 10**0.5]])
    assert np.allclose(found, expected)
    assert own.calls == [["abc", ""]]
    assert (encoder.name, encoder.identity, encoder.n_dims) == ("Lengths", "", 2)


def test_an_encoder_of_the_library_stays_what_it_is() -> None:
    assert as_encoder(bundled_encoder()) is bundled_encoder()


class _Wrong:
    def __init__(self, answer: object) -> None:
        self.answer = answer

    def encode(self, texts: list[str]) -> object:
        return self.answer


@pytest.mark.parametrize("answer", [None, [[1.0]], [[np.nan], [1.0]], "ab"])
def test_an_encoder_that_answers_nonsense_is_told(answer: object) -> None:
    with pytest.raises(InputError, match="encoder _Wrong: "):
        as_encoder(_Wrong(answer)).encode(["a", "b"])


@pytest.mark.parametrize("given", ["bundled", b"x", 3, None, object()])
def test_what_cannot_encode_is_refused(given: Any) -> None:
    with pytest.raises(InputError, match=r"has no \.encode"):
        as_encoder(given)
