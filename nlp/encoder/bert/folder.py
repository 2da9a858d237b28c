"""A BERT model in a Hugging Face folder, from `config.json` and `model.safetensors`, as a graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nlp.encoder.bert.graph import BertShape, bert_graph
from nlp.encoder.bert.tensors import read_tensors
from nlp.errors import InputError

TENSORS = "model.safetensors"
# Families whose encoder is plain BERT, and the position they start at.
_FIRST_POSITION = {"bert": 0, "roberta": 2, "xlm-roberta": 2, "camembert": 2}
# The exact Gelu, under each of its names.
_GELU = {"gelu", "gelu_python"}


def has_tensors(folder: Path) -> bool:
    """Whether a folder holds tensors with their configuration."""
    return (folder / TENSORS).is_file() and (folder / "config.json").is_file()


def read_bert(folder: Path, name: str) -> bytes:
    """The graph of a folder's model; raises `InputError` if it cannot be built."""
    config = _read_config(folder, name)
    try:
        import onnx  # noqa: F401
    except ImportError:
        raise InputError(
            f"encoder {name}: {folder} holds {TENSORS} but no ONNX graph, and building one needs "
            "the package onnx: pip install 'topicbrief[encoders]', or export the model to ONNX"
        ) from None
    tensors = read_tensors(folder / TENSORS)
    prefixes = ("bert.", "roberta.")
    plain = {_without(key, prefixes): value.astype("<f4") for key, value in tensors.items()}
    try:
        return bert_graph(plain, _shape(config))
    except (KeyError, ValueError) as error:
        raise InputError(
            f"encoder {name}: {folder / TENSORS} does not fit config.json "
            f"({type(error).__name__}: {error}): fetch both again"
        ) from None


def _read_config(folder: Path, name: str) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        family, active = config["model_type"], config["hidden_act"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"encoder {name}: {folder / 'config.json'} names no model "
            f"({type(error).__name__}: {error}): fetch it again"
        ) from None
    known = sorted(_FIRST_POSITION)
    placed = config.get("position_embedding_type", "absolute")
    if family not in known or active not in _GELU or placed != "absolute":
        raise InputError(
            f"encoder {name}: {TENSORS} of the kind {family!r} (activation {active!r}, positions "
            f"{placed!r}) is not supported, only {', '.join(known)} with gelu and absolute "
            "positions: export the model to ONNX"
        )
    return dict(config)


def _shape(config: dict[str, Any]) -> BertShape:
    return BertShape(
        num_hidden_layers=int(config["num_hidden_layers"]),
        num_attention_heads=int(config["num_attention_heads"]),
        hidden_size=int(config["hidden_size"]),
        layer_norm_eps=float(config.get("layer_norm_eps", 1e-12)),
        first_position=_FIRST_POSITION[config["model_type"]],
    )


def _without(key: str, prefixes: tuple[str, ...]) -> str:
    return next((key.removeprefix(p) for p in prefixes if key.startswith(p)), key)
