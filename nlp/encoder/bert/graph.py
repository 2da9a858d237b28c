"""The ONNX graph of a BERT encoder (Devlin et al. 2019), built from its tensors.

Needs the package `onnx`, which a run does not: the bundled encoder ships as a finished graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nlp.arrays import Array
from nlp.encoder.bert.eight_bits import Rounded
from nlp.encoder.bert.nodes import Graph

# Weights of a product, (n_inputs, n_outputs), as they are or in whole numbers.
Product = tuple[Array, Array] | Rounded


@dataclass(frozen=True)
class BertShape:
    """The numbers that the tensors alone do not tell, under the names of `config.json`."""

    num_hidden_layers: int
    num_attention_heads: int
    hidden_size: int
    layer_norm_eps: float = 1e-12
    first_position: int = 0
    """Where positions start to count: 0, or 2 in RoBERTa's family."""


def bert_graph(
    tensors: Mapping[str, Array], shape: BertShape, rounded: Mapping[str, Rounded] | None = None
) -> bytes:
    """A serialized ONNX model: `input_ids` (n_texts, n_pieces) -> `last_hidden_state`.

    There is no mask: all texts of a batch have the same length. `rounded` holds the products
    in whole numbers, by the names of `products`; the table of words is then in 8 bits too.
    """
    given = rounded or products(tensors, shape)
    graph = Graph()
    state = _embed(graph, tensors, shape, in_eight_bits=rounded is not None)
    head = shape.hidden_size // shape.num_attention_heads
    graph.constant("by-head", np.array([0, 0, 3 * shape.num_attention_heads, head]))
    graph.constant("joined", np.array([0, 0, shape.hidden_size]))
    graph.constant("thirds", np.array([shape.num_attention_heads] * 3))
    for layer in range(shape.num_hidden_layers):
        state = _layer(graph, tensors, given, shape, layer, state)
    graph.add("Identity", [state], "last_hidden_state")
    return graph.serialize("input_ids", "last_hidden_state", shape.hidden_size)


def products(tensors: Mapping[str, Array], shape: BertShape) -> dict[str, tuple[Array, Array]]:
    """Weights (n_inputs, n_outputs) and bias of every product.

    Queries, keys and values are one product, named `...self`; the scale 1/√d of the attention
    goes into the queries.
    """
    found = {}
    scale = np.float32(1 / np.sqrt(shape.hidden_size // shape.num_attention_heads))
    for layer in range(shape.num_hidden_layers):
        name = f"encoder.layer.{layer}"
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        weights = [tensors[f"{part}.weight"].T for part in parts]
        biases = [tensors[f"{part}.bias"] for part in parts]
        weights[0], biases[0] = weights[0] * scale, biases[0] * scale
        found[f"{name}.attention.self"] = (
            np.concatenate(weights, axis=1),
            np.concatenate(biases),
        )
        for part in ("attention.output.dense", "intermediate.dense", "output.dense"):
            one = f"{name}.{part}"
            found[one] = (tensors[f"{one}.weight"].T, tensors[f"{one}.bias"])
    return found


def _embed(
    graph: Graph, tensors: Mapping[str, Array], shape: BertShape, *, in_eight_bits: bool
) -> str:
    rows = graph.rounded_rows if in_eight_bits else graph.rows
    words = rows("words", tensors["embeddings.word_embeddings.weight"], "input_ids")
    # Every text is one segment, the first.
    places = (
        tensors["embeddings.position_embeddings.weight"][shape.first_position :]
        + tensors["embeddings.token_type_embeddings.weight"][0]
    )
    graph.constant("places/table", places)
    graph.constant("start", np.array([0]))
    graph.add("Shape", ["input_ids"], "length", start=1, end=2)
    graph.add("Slice", ["places/table", "start", "length", "start"], "places")
    graph.add("Add", [words, "places"], "embedded")
    return _normalize(graph, tensors, shape, "embeddings.LayerNorm", "embedded")


def _layer(
    graph: Graph,
    tensors: Mapping[str, Array],
    given: Mapping[str, Product],
    shape: BertShape,
    layer: int,
    state: str,
) -> str:
    name = f"encoder.layer.{layer}"

    def linear(part: str, values: str) -> str:
        return graph.product(f"{name}.{part}", values, given[f"{name}.{part}"])

    mixed = _attend(graph, f"{name}.attention", linear("attention.self", state))
    graph.add("Add", [linear("attention.output.dense", mixed), state], f"{name}/attended")
    norm = f"{name}.attention.output.LayerNorm"
    middle = _normalize(graph, tensors, shape, norm, f"{name}/attended")
    graph.add("Gelu", [linear("intermediate.dense", middle)], f"{name}/active")
    graph.add("Add", [linear("output.dense", f"{name}/active"), middle], f"{name}/sum")
    return _normalize(graph, tensors, shape, f"{name}.output.LayerNorm", f"{name}/sum")


def _attend(graph: Graph, name: str, joined: str) -> str:
    """Values mixed by softmax(QKᵀ), each head by itself."""
    graph.add("Reshape", [joined, "by-head"], f"{name}/heads")
    graph.add("Transpose", [f"{name}/heads"], f"{name}/turned", perm=[0, 2, 1, 3])
    query, key, value = (f"{name}/{part}" for part in ("query", "key", "value"))
    graph.add("Split", [f"{name}/turned", "thirds"], query, key, value, axis=1)
    graph.add("Transpose", [key], f"{name}/key-turned", perm=[0, 1, 3, 2])
    graph.add("MatMul", [query, f"{name}/key-turned"], f"{name}/scores")
    graph.add("Softmax", [f"{name}/scores"], f"{name}/shares", axis=-1)
    graph.add("MatMul", [f"{name}/shares", value], f"{name}/mixed")
    graph.add("Transpose", [f"{name}/mixed"], f"{name}/back", perm=[0, 2, 1, 3])
    return graph.add("Reshape", [f"{name}/back", "joined"], f"{name}/joined")


def _normalize(
    graph: Graph, tensors: Mapping[str, Array], shape: BertShape, name: str, state: str
) -> str:
    gain = graph.constant(f"{name}.weight", tensors[f"{name}.weight"])
    shift = graph.constant(f"{name}.bias", tensors[f"{name}.bias"])
    return graph.add(
        "LayerNormalization",
        [state, gain, shift],
        f"{name}/normal",
        axis=-1,
        epsilon=shape.layer_norm_eps,
    )
