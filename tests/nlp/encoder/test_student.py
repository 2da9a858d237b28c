"""A linear student stands in for the encoder where documents are very many."""

from functools import partial

import numpy as np
import pytest

from nlp.encoder.protocol import Encoded
from nlp.encoder.student import ThriftyEncoder, encode_many, learn

WORDS = ("card", "refund", "parcel", "voucher", "login", "address")


def texts_of(n_texts: int, seed: int = 0) -> list[str]:
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(WORDS, 4)) for _ in range(n_texts)]


class WordTeacher:
    """Each word has a direction; a text's vector is the mean of its words'."""

    name, identity, n_dims, language, max_pieces = "words", "words@1", 16, None, None

    def __init__(self) -> None:
        self.asked = 0

    def encode(self, texts, progress=lambda *_: None):
        table = np.random.default_rng(5).normal(size=(len(WORDS), self.n_dims))
        vectors = np.array(
            [sum(table[WORDS.index(word)] for word in text.split()) for text in texts]
        )
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    def encode_documents(self, texts, progress=lambda *_: None):
        self.asked += len(texts)
        none = np.zeros(len(texts), dtype=bool)
        return Encoded(self.encode(texts), none, none)


def test_a_student_gives_the_vectors_of_texts_it_never_saw() -> None:
    teacher, seen, unseen = WordTeacher(), texts_of(500), texts_of(100, seed=1)
    found = learn(seen, teacher.encode(seen)).encode(unseen)
    assert (found * teacher.encode(unseen)).sum(axis=1).min() > 0.9
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_a_text_of_unknown_words_has_no_vector() -> None:
    seen = texts_of(100)
    found = learn(seen, WordTeacher().encode(seen)).encode(["zebra quark", ""])
    assert not found.any()


def test_few_documents_are_all_encoded() -> None:
    teacher, texts = WordTeacher(), texts_of(50)
    taught = encode_many(teacher, texts)
    assert taught.n_encoded == teacher.asked == 50
    assert np.array_equal(taught.encoded.vectors, teacher.encode(texts))


def test_beyond_that_a_sample_is_and_keeps_its_own_vectors() -> None:
    teacher, texts = WordTeacher(), [*texts_of(399), "zebra"]
    texts[-1] = "card card card card"
    taught = encode_many(teacher, texts, most_encoded=300, n_taught=200)
    assert taught.n_encoded == teacher.asked == 200
    exact = (taught.encoded.vectors == teacher.encode(texts)).all(axis=1)
    assert exact.sum() >= 200
    assert (taught.encoded.vectors * teacher.encode(texts)).sum(axis=1).min() > 0.9
    assert not taught.encoded.unknown.any()


@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_gives_the_same_bytes(seed) -> None:
    texts = texts_of(300)
    one, other = (
        encode_many(WordTeacher(), texts, seed, most_encoded=200, n_taught=100).encoded.vectors
        for _ in range(2)
    )
    assert one.tobytes() == other.tobytes()


def test_a_thrifty_encoder_asks_the_teacher_for_few_of_very_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "nlp.encoder.student.encode_many", partial(encode_many, most_encoded=100, n_taught=60)
    )
    teacher = WordTeacher()
    thrifty = ThriftyEncoder(teacher, seed=3)
    few, many = texts_of(90), texts_of(200, seed=1)
    assert np.array_equal(thrifty.encode(few), teacher.encode(few))
    assert teacher.asked == 90
    assert thrifty.encode(many).shape == (200, 16)
    assert teacher.asked == 150
    assert (thrifty.identity, thrifty.n_dims) == (teacher.identity, teacher.n_dims)
