"""`analyze` with vectors and encoders that the caller brings, and with texts in other forms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nlp import analyze
from nlp.errors import InputError

WORDS = {
    "card": ["card", "payment", "declined", "bank", "limit", "charge"],
    "parcel": ["parcel", "courier", "late", "delivery", "address", "door"],
}


def texts_of(n_texts: int = 40) -> list[str]:
    random = np.random.default_rng(0)
    return [" ".join(random.choice(list(WORDS.values())[n % 2], 5)) + "." for n in range(n_texts)]


class Halves:
    """An encoder that knows whether a text has an a card in it."""

    def __init__(self) -> None:
        self.asked = 0

    def encode(self, texts: list[str], /) -> np.ndarray:
        self.asked += len(texts)
        return np.array([[1.0, 0.1] if "card" in text else [0.1, 1.0] for text in texts])


def test_a_list_and_a_series_of_texts_are_documents() -> None:
    texts = texts_of()
    for given in (texts, pd.Series(texts)):
        assert len(analyze(given, topics=2, encoder="none").documents) == 40


def test_an_encoder_of_the_caller_is_asked() -> None:
    own = Halves()
    result = analyze(pd.DataFrame({"text": texts_of()}), topics=2, encoder=own)
    assert own.asked == len(set(texts_of()))
    assert result.record.encoder is not None
    assert result.record.encoder.name == "Halves"


def test_vectors_of_the_caller_are_used_row_by_row() -> None:
    texts = texts_of()
    vectors = Halves().encode(texts)
    frame = pd.DataFrame({"text": ["", *texts]})
    result = analyze(frame, topics=2, vectors=np.vstack([[0.5, 0.5], vectors]))
    assert len(result.documents) == 40
    assert result.model.meaning is not None
    assert result.record.encoder is not None
    assert result.record.encoder.n_dims == 2


@pytest.mark.parametrize("vectors", [np.full((40, 2), np.nan), np.ones((39, 2)), "text"])
def test_vectors_that_do_not_fit_are_refused(vectors: object) -> None:
    with pytest.raises(InputError, match="vectors"):
        analyze(pd.DataFrame({"text": texts_of()}), topics=2, vectors=vectors)


def test_what_cannot_encode_is_refused() -> None:
    with pytest.raises(InputError, match="encode"):
        analyze(pd.DataFrame({"text": texts_of()}), encoder=3)  # type: ignore[arg-type]
