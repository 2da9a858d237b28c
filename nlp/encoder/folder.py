"""A folder in Hugging Face layout as an encoder: tokenizer, graph, and how vectors are made."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.encoder.bert.folder import TENSORS, has_tensors, read_bert
from nlp.encoder.onnx_encoder import OnnxEncoder, Pooling, open_session
from nlp.errors import InputError, TopicbriefError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

GRAPHS = ("onnx/model.onnx", "model.onnx")
"""Where a graph may lie; the first that is there is taken."""
SETTINGS = (
    "config.json",
    "modules.json",
    "1_Pooling/config.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "tokenizer_config.json",
)
"""Small files that are read if they are there."""
TOKENIZER = "tokenizer.json"

# What a graph may ask for; everything else has no value that could be guessed.
_INPUTS = {"input_ids", "attention_mask", "token_type_ids"}
# BERT's own limit on positions, for a folder that tells none.
_MOST_PIECES = 512


@dataclass(frozen=True)
class _Recipe:
    """How vectors are made from a graph's output, read from the folder's settings."""

    pooling: Pooling
    max_pieces: int
    prompt: str


def open_folder(
    folder: Path, name: str, language: str | None = None, identity: str = ""
) -> OnnxEncoder:
    """The encoder of a folder that holds `tokenizer.json` and a model.

    The model is `onnx/model.onnx` or `model.onnx`, or `model.safetensors` of a BERT or XLM-R
    model if the package `onnx` is installed. Pooling, the longest text and a prompt that the
    makers put before every text are read from the settings of sentence-transformers beside it.

    Raises `InputError` if the folder is no such model, with what is missing.
    """
    if not folder.is_dir():
        raise InputError(
            f"encoder {name}: {folder} is no folder: give a folder in Hugging Face layout, "
            "hf:NAME, bundled or none"
        )
    graph = next((folder / path for path in GRAPHS if (folder / path).is_file()), None)
    if not (folder / TOKENIZER).is_file() or not (graph or has_tensors(folder)):
        raise InputError(
            f"encoder {name}: {folder} holds no {TOKENIZER} with {' or '.join(GRAPHS)}: give a "
            "folder in Hugging Face layout that holds both"
        )
    recipe = _read_recipe(folder, name)
    tokenizer = _open_tokenizer(folder / TOKENIZER, recipe.max_pieces, name)
    session = _open_graph(folder, graph, name)
    pooling, n_dims = _check_graph(session, recipe, tokenizer, name)
    return OnnxEncoder(
        name=name,
        identity=identity or folder_identity(folder, name),
        n_dims=n_dims,
        language=language,
        max_pieces=recipe.max_pieces,
        tokenizer=tokenizer,
        session=session,
        pooling=pooling,
        prompt=recipe.prompt,
    )


def folder_identity(folder: Path, name: str) -> str:
    """Name, hash of every file that is read, and the engines' versions."""
    total = hashlib.sha256()
    for path in (TOKENIZER, *GRAPHS, *(f"{one}_data" for one in GRAPHS), TENSORS, *SETTINGS):
        if (folder / path).is_file():
            total.update(f"{path}={file_hash(folder / path)}\n".encode())
    return engine_identity(name, total.hexdigest())


def engine_identity(name: str, digest: str) -> str:
    """What two encoders that give the same bytes have in common."""
    engines = ", ".join(f"{one} {version(one)}" for one in ("onnxruntime", "tokenizers"))
    return f"{name}, sha256 {digest[:32]}, {engines}"


def file_hash(path: Path) -> str:
    """The sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_recipe(folder: Path, name: str) -> _Recipe:
    settings = {path: _read_json(folder / path, name) for path in SETTINGS}
    modules = settings["modules.json"]
    kinds = [
        str(one.get("type", "")).rpartition(".")[2]
        for one in (modules if isinstance(modules, list) else [])
        if isinstance(one, dict)
    ]
    strange = sorted(set(kinds) - {"Transformer", "Pooling", "Normalize"})
    if strange:
        raise InputError(
            f"encoder {name}: its modules {', '.join(strange)} are not supported, only "
            "Transformer, Pooling and Normalize: use it from Python, as an object with .encode"
        )
    named = {path: value for path, value in settings.items() if isinstance(value, dict)}
    return _Recipe(
        pooling=_read_pooling(named.get("1_Pooling/config.json", {}), name),
        max_pieces=_read_limit(named),
        prompt=_read_prompt(named.get("config_sentence_transformers.json", {})),
    )


def _read_json(path: Path, name: str) -> Any:
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(
            f"encoder {name}: {path} cannot be read ({type(error).__name__}): fetch it again"
        ) from None


def _read_pooling(config: dict[str, Any], name: str) -> Pooling:
    """The way sentence-transformers' settings name; the mean where they name none."""
    ways: dict[str, Pooling] = {
        "pooling_mode_mean_tokens": "mean",
        # It differs from the mean by a factor, which the unit length takes away again.
        "pooling_mode_mean_sqrt_len_tokens": "mean",
        "pooling_mode_cls_token": "cls",
        "pooling_mode_max_tokens": "max",
    }
    chosen = [key for key, value in config.items() if key.startswith("pooling_mode_") and value]
    if not chosen:
        return "mean"
    if len(chosen) > 1 or chosen[0] not in ways:
        raise InputError(
            f"encoder {name}: pooling by {', '.join(sorted(chosen))} is not supported, only one "
            "of mean, cls and max: use it from Python, as an object with .encode"
        )
    return ways[chosen[0]]


def _read_limit(settings: dict[str, dict[str, Any]]) -> int:
    """The most word pieces of a text: the smallest number that any of the settings names."""
    model = settings.get("config.json", {})
    told = [
        settings.get("sentence_bert_config.json", {}).get("max_seq_length"),
        settings.get("tokenizer_config.json", {}).get("model_max_length"),
    ]
    positions = model.get("max_position_embeddings")
    if isinstance(positions, int):
        # RoBERTa's family counts positions from 2.
        told.append(positions - 2 if positions % 2 == 0 and positions % 8 == 2 else positions)
    limits = [int(one) for one in told if isinstance(one, int | float) and 2 < one < 1e6]
    return min([*limits, _MOST_PIECES])


def _read_prompt(config: dict[str, Any]) -> str:
    prompts, chosen = config.get("prompts"), config.get("default_prompt_name")
    prompt = prompts.get(chosen, "") if isinstance(prompts, dict) and chosen else ""
    return prompt if isinstance(prompt, str) else ""


def _open_tokenizer(path: Path, max_pieces: int, name: str) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_pieces)
    # tokenizers raises bare Exception.
    except Exception as error:
        raise InputError(
            f"encoder {name}: {path} is no tokenizer ({_first_line(error)}): fetch it again"
        ) from None
    return tokenizer


def _open_graph(folder: Path, graph: Path | None, name: str) -> InferenceSession:
    model = read_bert(folder, name) if graph is None else graph
    try:
        return open_session(model)
    except TopicbriefError:
        raise
    # onnxruntime's errors share no base but Exception.
    except Exception as error:
        raise InputError(
            f"encoder {name}: {graph or folder} cannot be run ({_first_line(error)}): export it "
            "to ONNX again"
        ) from None


def _check_graph(
    session: InferenceSession, recipe: _Recipe, tokenizer: Tokenizer, name: str
) -> tuple[Pooling, int]:
    """How the output becomes a vector and the vector's length, seen on a first text."""
    import numpy as np

    strange = {one.name for one in session.get_inputs()} - _INPUTS
    if strange:
        raise InputError(
            f"encoder {name}: its graph asks for {', '.join(sorted(strange))}, only "
            f"{', '.join(sorted(_INPUTS))} can be given: export an encoder, not another model"
        )
    trial = OnnxEncoder(
        name, "", 0, None, recipe.max_pieces, tokenizer, session, recipe.pooling, recipe.prompt
    )
    try:
        output = trial.run_graph(np.array([tokenizer.encode("a").ids], dtype=np.int64))
    except Exception as error:
        raise InputError(
            f"encoder {name}: its graph fails on a first text ({_first_line(error)}): check that "
            "tokenizer and model belong together"
        ) from None
    if output.ndim not in (2, 3) or not np.isfinite(output).all():
        raise InputError(
            f"encoder {name}: its graph gives an array of shape {output.shape}, not finite "
            "vectors of texts: export an encoder, not another model"
        )
    return ("none" if output.ndim == 2 else recipe.pooling), int(output.shape[-1])


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:160]
