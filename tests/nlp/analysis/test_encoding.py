"""Sentence vectors of a corpus's documents."""

import numpy as np

from nlp.analysis.encoding import Encoding
from nlp.encoder.protocol import Encoded
from nlp.encoder.store import VectorStore


def test_what_the_encoder_does_not_know_has_no_vector() -> None:
    encoded = Encoded(
        np.eye(3, dtype=np.float32), np.zeros(3, bool), np.array([False, True, False])
    )
    store = VectorStore("tests@1", np.zeros(3, "V16"), encoded)
    found = Encoding(None, store, np.array([2, 1, 1, 0])).vectors
    assert found is not None
    assert found.any(axis=1).tolist() == [True, False, False, True]
    # The store keeps what the encoder gave.
    assert encoded.vectors.any(axis=1).all()
