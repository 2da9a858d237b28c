"""The bundled encoder: there at once, the same bytes in any company, defined for any text."""

from __future__ import annotations

import csv
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.encoder import bundled, encode
from nlp.encoder.bundled import FOLDER, bundled_encoder, check_files
from nlp.errors import EncoderError, InputError, StorageError, TopicbriefError

ROOT = Path(__file__).resolve().parents[3]


def many_texts() -> list[str]:
    """About 800 distinct texts of 0 to 60 words."""
    with (ROOT / "data" / "tickets.csv").open(encoding="utf-8", newline="") as stream:
        tickets = [row["body"] for row in csv.DictReader(stream)]
    words = sorted({word for ticket in tickets for word in ticket.split()})
    rng = random.Random(0)
    made = [" ".join(rng.choices(words, k=rng.randrange(1, 16))) for _ in range(600)]
    return list(dict.fromkeys(["", *tickets[:200], *made]))


def test_vectors_are_one_row_of_length_one_for_each_text() -> None:
    vectors = encode(["the printer is broken", "", "😀😀", "hello"])
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.dtype(np.float32)
    assert np.allclose(np.linalg.norm(vectors.astype(np.float64), axis=1), 1, atol=1e-6)


def test_no_text_gives_no_row() -> None:
    assert encode([]).shape == (0, 384)


def test_like_is_near_and_unlike_is_far() -> None:
    # The model's authors give 0.737 for the first pair.
    eating, bread, car = encode(
        ["A man is eating food.", "A man eats a piece of bread.", "The car does not start."]
    )
    assert eating @ bread == pytest.approx(0.737, abs=0.01)
    assert eating @ car < 0.2


def test_a_vector_is_the_same_bytes_in_any_company() -> None:
    texts = many_texts()
    encoder = bundled_encoder()
    full = encoder.encode_documents(texts, n_workers=2).vectors
    rng = random.Random(1)
    for n_texts, n_workers in ((1, 1), (7, 3), (90, 2), (400, 1), (len(texts), 3)):
        chosen = rng.sample(range(len(texts)), n_texts)
        found = encoder.encode_documents([texts[i] for i in chosen], n_workers=n_workers)
        assert found.vectors.tobytes() == full[chosen].tobytes()
    for number in range(0, len(texts), 40):
        assert encode([texts[number]]).tobytes() == full[number].tobytes()


def test_a_vector_is_the_same_bytes_in_another_process() -> None:
    texts = ["the invoice is wrong", "reset my password", "x " * 300]
    code = (
        "import sys, json; from nlp.encoder import encode;"
        "print(encode(json.loads(sys.argv[1])).tobytes().hex())"
    )
    environment = {"PATH": "", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "LC_ALL": "C"}
    told = subprocess.run(
        [sys.executable, "-c", code, json.dumps(texts)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=environment,
    )
    assert told.stdout.strip() == encode(texts).tobytes().hex()
    assert told.stderr == ""


def test_equal_texts_are_encoded_once() -> None:
    seen: list[tuple[int, int]] = []
    vectors = encode(["a", "b", "a", "a"], lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 2)
    assert seen[-1] == (2, 2)
    assert vectors[0].tobytes() == vectors[2].tobytes() == vectors[3].tobytes()


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(codec=None), max_size=40), max_size=5))
def test_any_text_has_a_vector(texts: list[str]) -> None:
    vectors = encode(texts)
    assert vectors.shape == (len(texts), 384)
    assert np.allclose(np.linalg.norm(vectors.astype(np.float64), axis=1), 1, atol=1e-6)


def test_the_end_of_a_long_text_is_left_out_and_counted() -> None:
    long = "word " * 10_000
    found = bundled_encoder().encode_documents([long, "word " * 254, "word " * 255, "x" * 30_000])
    assert found.truncated.tolist() == [True, False, True, True]
    assert found.n_truncated == 3
    assert found.vectors[0].tobytes() == encode([long + "and more"])[0].tobytes()


def test_texts_of_which_nothing_is_known_are_told() -> None:
    texts = ["", " \n\t", "😀😀", "\x00", "ሰላም", "hello 😀", "Привет"]
    found = bundled_encoder().encode_documents(texts)
    assert found.unknown.tolist() == [True, True, True, True, True, False, False]
    assert found.n_unknown == 5
    assert found.vectors[0].tobytes() == found.vectors[1].tobytes()


def test_nul_and_lone_surrogates_do_no_harm() -> None:
    plain, nul, lone, pair = encode(["a cat", "a\x00 cat", "a cat\ud800", "a cat \ud83d\ude00"])
    assert plain.tobytes() == nul.tobytes()
    assert np.isfinite(lone).all()
    assert pair.tobytes() == encode(["a cat \U0001f600"])[0].tobytes()


@pytest.mark.parametrize("texts", ["one text", [None], ["a", float("nan")], [b"bytes"]])
def test_what_is_no_list_of_texts_is_told(texts: Any) -> None:
    with pytest.raises(InputError, match="encode: "):
        encode(texts)


def test_progress_may_stop_the_work() -> None:
    def stop(done: int, total: int) -> None:
        if done:
            raise InterruptedError("stop")

    with pytest.raises(InterruptedError):
        encode([f"text number {number}" for number in range(800)], stop)
    assert encode(["still there"]).shape == (1, 384)


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json", "provenance.json", "LICENSE"])
@pytest.mark.parametrize("damage", ["missing", "cut", "changed"])
def test_a_damaged_encoder_is_told_before_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, damage: str
) -> None:
    folder = tmp_path / "minilm"
    shutil.copytree(FOLDER, folder)
    whole = (folder / file).read_bytes()
    if damage == "missing":
        (folder / file).unlink()
    elif damage == "cut":
        (folder / file).write_bytes(whole[: len(whole) // 2])
    else:
        (folder / file).write_bytes(b"{" + whole)
    monkeypatch.setattr(bundled, "FOLDER", folder)
    bundled._load.cache_clear()
    try:
        with pytest.raises(EncoderError, match="--encoder none") as caught:
            encode(["a"])
    finally:
        bundled._load.cache_clear()
    assert isinstance(caught.value, StorageError | TopicbriefError)
    assert "\n" not in str(caught.value)
    assert file == "provenance.json" or file in str(caught.value)


def test_licence_notice_and_provenance_lie_beside_the_weights() -> None:
    told = json.loads((FOLDER / "provenance.json").read_text(encoding="utf-8"))
    assert check_files(FOLDER)
    # Both are what many public projects pin for revision 1110a243.
    assert told["sources"]["model.safetensors"].startswith("53aa51172d142c89")
    assert told["sources"]["tokenizer.json"] == told["files"]["tokenizer.json"]
    assert "Apache License" in (FOLDER / "LICENSE").read_text(encoding="utf-8")
    assert "1110a243" in (FOLDER / "NOTICE").read_text(encoding="utf-8")
    present = {p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file()}
    assert present == {*told["files"], "provenance.json"}


def test_importing_the_package_loads_no_engine() -> None:
    code = "import sys, nlp.encoder; print({'onnxruntime', 'tokenizers'} & set(sys.modules))"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "set()"


def test_identity_names_model_hash_and_engines() -> None:
    identity = bundled_encoder().identity
    assert identity.startswith("all-MiniLM-L6-v2, sha256 ")
    assert "onnxruntime" in identity
