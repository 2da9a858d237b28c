"""Vectors kept from run to run: only new texts are encoded, and the bytes stay the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.small_encoder import write_encoder

from nlp.encoder import as_encoder
from nlp.encoder.folder import open_folder
from nlp.encoder.onnx_encoder import OnnxEncoder
from nlp.encoder.store import (
    VectorStore,
    digest_texts,
    encode_new,
    load_store,
    save_store,
)
from nlp.errors import StorageError

NIGHT_1 = ["the cat sat", "a dog ran", "the cat sat", "", "a bird flew far " * 5]
NIGHT_2 = ["a dog ran", "the mat", "", "a cat", "a bird flew far " * 5]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> OnnxEncoder:
    return open_folder(write_encoder(tmp_path_factory.mktemp("small")), "small")


def kept(encoder: OnnxEncoder, path: Path) -> VectorStore:
    save_store(encode_new(encoder, NIGHT_1).store, path)
    store = load_store(path)
    assert store is not None
    return store


def test_only_new_texts_are_encoded(encoder: OnnxEncoder, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    store = kept(encoder, tmp_path / "vectors.npz")
    found = encode_new(encoder, NIGHT_2, store, lambda done, total: seen.append((done, total)))
    assert (found.n_texts, found.n_new) == (5, 2)
    assert seen[-1] == (2, 2)
    again = encode_new(encoder, NIGHT_2, found.store)
    assert again.n_new == 0


def test_the_state_of_the_store_changes_no_byte(encoder: OnnxEncoder, tmp_path: Path) -> None:
    alone = encode_new(encoder, NIGHT_2)
    for store in (kept(encoder, tmp_path / "a.npz"), alone.store):
        found = encode_new(encoder, NIGHT_2, store)
        assert found.encoded.vectors.tobytes() == alone.encoded.vectors.tobytes()
        assert np.array_equal(found.encoded.truncated, alone.encoded.truncated)
        assert np.array_equal(found.encoded.unknown, alone.encoded.unknown)
        assert found.store.digests.tobytes() == alone.store.digests.tobytes()
    assert alone.encoded.truncated.tolist() == [False, False, False, False, True]


def test_the_file_is_the_same_bytes_whatever_the_order_of_texts(
    encoder: OnnxEncoder, tmp_path: Path
) -> None:
    save_store(encode_new(encoder, NIGHT_1).store, tmp_path / "a.npz")
    save_store(encode_new(encoder, NIGHT_1[::-1]).store, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz", "b.npz"]


def test_vectors_of_another_encoder_are_not_used(encoder: OnnxEncoder, tmp_path: Path) -> None:
    store = kept(encoder, tmp_path / "vectors.npz")
    other = open_folder(write_encoder(tmp_path / "other", seed=1), "small")
    found = encode_new(other, NIGHT_1, store)
    assert found.n_new == 4
    assert found.encoded.vectors.tobytes() == other.encode(NIGHT_1).tobytes()


def test_vectors_of_an_unknown_object_are_never_kept(tmp_path: Path) -> None:
    class Own:
        def encode(self, texts: list[str]) -> object:
            return [[1.0, len(text)] for text in texts]

    found = encode_new(as_encoder(Own()), ["a", "b"])
    save_store(found.store, tmp_path / "vectors.npz")
    assert not (tmp_path / "vectors.npz").exists()
    assert encode_new(as_encoder(Own()), ["a", "b"], found.store).n_new == 2


def test_a_damaged_store_is_as_none(encoder: OnnxEncoder, tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    store = kept(encoder, path)
    whole = path.read_bytes()
    bad = store.encoded.vectors.copy()
    bad[0, 0] = np.nan
    for content in (b"", b"text", whole[: len(whole) // 2], whole[:-30]):
        path.write_bytes(content)
        assert load_store(path) is None
    for changed in (
        replace(store.encoded, vectors=bad),
        replace(store.encoded, vectors=store.encoded.vectors[:2]),
        replace(store.encoded, truncated=store.encoded.truncated[:2]),
    ):
        save_store(replace(store, encoded=changed), path)
        assert load_store(path) is None
    assert load_store(tmp_path / "none.npz") is None


def test_a_flipped_bit_is_found(encoder: OnnxEncoder, tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    store = kept(encoder, path)
    content = bytearray(path.read_bytes())
    place = content.index(store.encoded.vectors.tobytes())
    content[place + 5] ^= 1
    path.write_bytes(content)
    assert load_store(path) is None


def test_no_text_makes_an_empty_store(encoder: OnnxEncoder, tmp_path: Path) -> None:
    found = encode_new(encoder, [])
    save_store(found.store, tmp_path / "vectors.npz")
    store = load_store(tmp_path / "vectors.npz")
    assert store is not None
    assert encode_new(encoder, ["a"], store).encoded.vectors.shape == (1, 8)
    assert found.encoded.vectors.shape == (0, 8)


def test_a_folder_that_is_not_there_is_told(encoder: OnnxEncoder, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="vectors cannot be kept"):
        save_store(encode_new(encoder, ["a"]).store, tmp_path / "no" / "vectors.npz")


def test_texts_that_differ_have_digests_that_differ() -> None:
    texts = ["", "\ud800", "\ufffd", "a", "a ", "A", "\x00"]
    assert len({digest.tobytes() for digest in digest_texts(texts)}) == len(texts)
