"""A sentence encoder small enough for tests, in Hugging Face layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from nlp.arrays import Array
from nlp.encoder.bert.graph import BertShape, bert_graph

MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
WORDS = [*MARKS, "the", "a", "cat", "dog", "bird", "sat", "ran", "flew", "mat", "far"]
SHAPE = BertShape(num_hidden_layers=2, num_attention_heads=2, hidden_size=8)
CONFIG: dict[str, Any] = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "hidden_size": 8,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 16,
}


def random_tensors(seed: int = 0, n_words: int = len(WORDS)) -> dict[str, Array]:
    """Tensors of a BERT with two layers, under the names of Hugging Face."""
    rng = np.random.default_rng(seed)
    size, wide = SHAPE.hidden_size, 4 * SHAPE.hidden_size

    def matrix(*shape: int) -> Array:
        return rng.normal(0, 0.5, shape).astype(np.float32)

    tensors = {
        "embeddings.word_embeddings.weight": matrix(n_words, size),
        "embeddings.position_embeddings.weight": matrix(16, size),
        "embeddings.token_type_embeddings.weight": matrix(2, size),
    }
    norms = ["embeddings.LayerNorm"]
    linears = {}
    for layer in range(SHAPE.num_hidden_layers):
        name = f"encoder.layer.{layer}"
        norms += [f"{name}.attention.output.LayerNorm", f"{name}.output.LayerNorm"]
        for part in ("query", "key", "value"):
            linears[f"{name}.attention.self.{part}"] = (size, size)
        linears[f"{name}.attention.output.dense"] = (size, size)
        linears[f"{name}.intermediate.dense"] = (wide, size)
        linears[f"{name}.output.dense"] = (size, wide)
    for name, shape in linears.items():
        tensors |= {f"{name}.weight": matrix(*shape), f"{name}.bias": matrix(shape[0])}
    for name in norms:
        tensors |= {f"{name}.weight": 1 + matrix(size), f"{name}.bias": matrix(size)}
    return tensors


def write_tensors(path: Path, tensors: dict[str, Array]) -> None:
    """A safetensors file of 32-bit numbers."""
    header, body = {}, b""
    for name, values in tensors.items():
        data = values.astype("<f4").tobytes()
        place = [len(body), len(body) + len(data)]
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": place}
        body += data
    told = json.dumps(header).encode()
    path.write_bytes(len(told).to_bytes(8, "little") + told + body)


def write_encoder(folder: Path, *, graph: bool = True, seed: int = 0) -> Path:
    """The folder of a small encoder: with an ONNX graph, or with its tensors only."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(_tokenizer(), encoding="utf-8")
    write_json(folder / "config.json", CONFIG)
    write_json(folder / "modules.json", [{"type": "sentence_transformers.models.Transformer"}])
    write_json(folder / "1_Pooling/config.json", {"pooling_mode_mean_tokens": True})
    tensors = random_tensors(seed)
    if graph:
        (folder / "onnx").mkdir(exist_ok=True)
        (folder / "onnx/model.onnx").write_bytes(bert_graph(tensors, SHAPE))
    else:
        write_tensors(folder / "model.safetensors", tensors)
    return folder


def write_json(path: Path, value: object) -> None:
    """A JSON file, its folder made if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def _tokenizer() -> str:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    numbers = {word: number for number, word in enumerate(WORDS)}
    made = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", numbers["[CLS]"]), ("[SEP]", numbers["[SEP]"])],
    )
    return made.to_str()
