"""The graph of a BERT model computes what the paper says, in 32 bits and in whole numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.small_encoder import SHAPE, random_tensors, write_tensors

from nlp.arrays import Floats
from nlp.encoder.bert.eight_bits import (
    Rounded,
    Usual,
    round_gelu_product,
    round_product,
    round_rows,
)
from nlp.encoder.bert.graph import bert_graph, products
from nlp.encoder.bert.reference import last_hidden_state
from nlp.encoder.bert.tensors import read_tensors
from nlp.encoder.onnx_encoder import open_session
from nlp.errors import InputError

TEXTS = np.array([[2, 5, 9, 3], [2, 7, 1, 3], [2, 4, 4, 3]])


def outputs(graph: bytes) -> Floats:
    found = open_session(graph).run(None, {"input_ids": TEXTS})[0]
    return np.asarray(found, dtype=np.float64)


def test_the_graph_gives_what_plain_numpy_gives() -> None:
    tensors = random_tensors()
    found = outputs(bert_graph(tensors, SHAPE))
    expected = np.stack([last_hidden_state(tensors, SHAPE, ids.tolist()) for ids in TEXTS])
    assert np.abs(found - expected).max() < 1e-4


def test_the_graph_in_whole_numbers_stays_near() -> None:
    tensors = random_tensors()
    seen: dict[str, list[Floats]] = {}
    for ids in TEXTS:
        last_hidden_state(
            tensors, SHAPE, ids.tolist(), lambda n, v: seen.setdefault(n, []).append(v)
        )
    rounded: dict[str, Rounded] = {}
    for name, (weight, bias) in products(tensors, SHAPE).items():
        values = np.concatenate(seen.get(name, seen.get(f"{name}.query", [])))
        mean = values.mean(axis=0)
        usual = Usual(mean, np.abs(values - mean).max(axis=0))
        given = (weight.astype(np.float64), bias.astype(np.float64), usual)
        gelu = name.endswith(".output.dense") and "attention" not in name
        rounded[name] = round_gelu_product(*given, 0.25) if gelu else round_product(*given, 0.5)
    found = outputs(bert_graph(tensors, SHAPE, rounded))
    expected = outputs(bert_graph(tensors, SHAPE))
    cosine = (found * expected).sum(-1) / (
        np.linalg.norm(found, axis=-1) * np.linalg.norm(expected, axis=-1)
    )
    assert cosine.min() > 0.998


def test_the_same_tensors_give_the_same_bytes() -> None:
    assert bert_graph(random_tensors(), SHAPE) == bert_graph(random_tensors(), SHAPE)


def test_rounded_rows_are_within_half_a_step() -> None:
    values = np.random.default_rng(0).normal(size=(20, 30))
    values[3] = 0
    whole, scales = round_rows(values)
    assert whole.dtype == np.int8
    assert (np.abs(whole * scales - values) <= scales / 2 * 1.0001).all()


def test_tensors_are_read_as_they_were_written(tmp_path: Path) -> None:
    tensors = random_tensors()
    write_tensors(tmp_path / "model.safetensors", tensors)
    found = read_tensors(tmp_path / "model.safetensors")
    assert found.keys() == tensors.keys()
    assert all(np.array_equal(found[name], tensors[name]) for name in tensors)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8,
        b"\x02\0\0\0\0\0\0\0{]",
        b"\x02\0\0\0\0\0\0\0[]",
        (76).to_bytes(8, "little")
        + b'{"a":{"dtype":"F32","shape":[999999999],"data_offsets":[0,4]}}'.ljust(76)
        + bytes(4),
        (76).to_bytes(8, "little")
        + b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,99]}}'.ljust(76)
        + bytes(4),
    ],
)
def test_a_file_that_is_no_safetensors_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(InputError, match="no whole safetensors file"):
        read_tensors(tmp_path / "model.safetensors")
