"""BERT in plain NumPy, beside the paper: slow, exact, no engine (Devlin et al. 2019).

It watches what each product takes in, which `eight_bits` needs, and tests hold the graph against
it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy.special import erf

from nlp.arrays import Array, Floats
from nlp.encoder.bert.graph import BertShape

Watch = Callable[[str, Floats], None]
"""Called with a product's name and (n_pieces, n_inputs) of what it takes in."""


def ignore(name: str, values: Floats) -> None:
    """Watch nothing."""


def last_hidden_state(
    tensors: Mapping[str, Array], shape: BertShape, ids: Sequence[int], watch: Watch = ignore
) -> Floats:
    """(n_pieces, hidden_size) float64, the encoder's output for one text."""

    def linear(name: str, values: Floats) -> Floats:
        watch(name, values)
        product: Floats = values @ _exact(tensors[f"{name}.weight"]).T
        return product + _exact(tensors[f"{name}.bias"])

    def normalize(name: str, values: Floats) -> Floats:
        middle = values - values.mean(axis=-1, keepdims=True)
        spread = np.sqrt((middle**2).mean(axis=-1, keepdims=True) + shape.layer_norm_eps)
        gain, shift = _exact(tensors[f"{name}.weight"]), _exact(tensors[f"{name}.bias"])
        normal: Floats = middle / spread * gain + shift
        return normal

    places = np.arange(len(ids)) + shape.first_position
    state = normalize(
        "embeddings.LayerNorm",
        _exact(tensors["embeddings.word_embeddings.weight"])[np.asarray(ids)]
        + _exact(tensors["embeddings.position_embeddings.weight"])[places]
        + _exact(tensors["embeddings.token_type_embeddings.weight"])[0],
    )
    for layer in range(shape.num_hidden_layers):
        name = f"encoder.layer.{layer}"
        query, key, value = (
            linear(f"{name}.attention.self.{part}", state) for part in ("query", "key", "value")
        )
        mixed = attend(query, key, value, shape.num_attention_heads)
        state = normalize(
            f"{name}.attention.output.LayerNorm",
            linear(f"{name}.attention.output.dense", mixed) + state,
        )
        wide = linear(f"{name}.intermediate.dense", state)
        active = wide * (1 + erf(wide / np.sqrt(2))) / 2
        state = normalize(
            f"{name}.output.LayerNorm", linear(f"{name}.output.dense", active) + state
        )
    return state


def attend(query: Floats, key: Floats, value: Floats, n_heads: int) -> Floats:
    """(n_pieces, hidden_size) values mixed by softmax(QKᵀ/√d), each head by itself."""
    heads = [np.split(part, n_heads, axis=1) for part in (query, key, value)]
    mixed = []
    for q, k, v in zip(*heads, strict=True):
        scores = q @ k.T / np.sqrt(q.shape[1])
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        mixed.append(shares / shares.sum(axis=1, keepdims=True) @ v)
    return np.concatenate(mixed, axis=1)


def _exact(values: Array) -> Floats:
    return values.astype(np.float64)
