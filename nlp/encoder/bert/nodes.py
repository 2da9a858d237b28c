"""An ONNX graph in the making; needs the package `onnx`."""

from __future__ import annotations

from typing import Any

import numpy as np

from nlp.arrays import Array
from nlp.encoder.bert.eight_bits import Rounded, round_rows

# LayerNormalization (17) and Gelu (20) as one step each.
_OPSET = 20
# The format's version that goes with it.
_IR_VERSION = 9


class Graph:
    """Nodes and constants; every step returns the name of its first output."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, name: str, values: Array) -> str:
        """A fixed array."""
        from onnx import numpy_helper

        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, kind: str, inputs: list[str], *outputs: str, **attributes: Any) -> str:
        """One operator of the ONNX standard."""
        from onnx import helper

        self._nodes.append(helper.make_node(kind, inputs, list(outputs), **attributes))
        return outputs[0]

    def rows(self, name: str, values: Array, numbers: str) -> str:
        """Chosen rows of a table."""
        return self.add("Gather", [self.constant(f"{name}/table", values), numbers], name)

    def rounded_rows(self, name: str, values: Array, numbers: str) -> str:
        """Chosen rows of a table that is kept in 8 bits; only these rows are expanded."""
        from onnx import TensorProto

        whole, scales = round_rows(values.astype(np.float64))
        self.rows(f"{name}/whole", whole, numbers)
        self.rows(f"{name}/scales", scales, numbers)
        self.add("Cast", [f"{name}/whole"], f"{name}/cast", to=TensorProto.FLOAT)
        return self.add("Mul", [f"{name}/cast", f"{name}/scales"], name)

    def product(self, name: str, values: str, given: tuple[Array, Array] | Rounded) -> str:
        """A matrix product with its bias."""
        if isinstance(given, Rounded):
            return self._rounded_product(name, values, given)
        weight = self.constant(f"{name}.weight", given[0])
        self.add("MatMul", [values, weight], f"{name}/product")
        return self._shift(name, f"{name}/product", given[1])

    def _shift(self, name: str, values: str, bias: Array) -> str:
        return self.add("Add", [values, self.constant(f"{name}.bias", bias)], f"{name}/shifted")

    def _rounded_product(self, name: str, values: str, given: Rounded) -> str:
        """`((x - shift) * factor)` in 8 bits, one scale per row; see `eight_bits`."""
        from onnx import TensorProto

        shift = self.constant(f"{name}.shift", given.shift)
        factor = self.constant(f"{name}.factor", given.factor)
        self.add("Sub", [values, shift], f"{name}/centred")
        self.add("Mul", [f"{name}/centred", factor], f"{name}/even")
        row, whole, zero = self._round(name, f"{name}/even", positive=given.positive)
        weight = self.constant(f"{name}.whole", given.whole)
        self.add("MatMulInteger", [whole, weight, zero], f"{name}/sum")
        self.add("Cast", [f"{name}/sum"], f"{name}/cast", to=TensorProto.FLOAT)
        scales = self.constant(f"{name}.scales", given.scales)
        self.add("Mul", [f"{name}/cast", scales], f"{name}/scaled")
        self.add("Mul", [f"{name}/scaled", row], f"{name}/product")
        return self._shift(name, f"{name}/product", given.bias)

    def _round(self, name: str, values: str, *, positive: bool) -> tuple[str, str, str]:
        """Rows in whole numbers from 0 to 255: their scales, the numbers, and what stands for 0."""
        largest = self._largest(name, values, positive=positive)
        self._once("one", np.float32(1))
        top = self._once(*(("255", np.float32(255)) if positive else ("127", np.float32(127))))
        zero = self._once(*(("none", np.uint8(0)) if positive else ("half", np.uint8(128))))
        self.add("Div", [largest, top], f"{name}/row")
        self.add("Div", [values, f"{name}/row"], f"{name}/by-row")
        self.add("QuantizeLinear", [f"{name}/by-row", "one", zero], f"{name}/whole")
        return f"{name}/row", f"{name}/whole", zero

    def _largest(self, name: str, values: str, *, positive: bool) -> str:
        """The largest size in each row, never 0."""
        sizes = values if positive else self.add("Abs", [values], f"{name}/sizes")
        last = self._once("last", np.array([-1]))
        self.add("ReduceMax", [sizes, last], f"{name}/max", keepdims=1)
        # Far below any size that matters: a row of zeros stays one.
        tiny = self._once("tiny", np.float32(1e-20))
        return self.add("Max", [f"{name}/max", tiny], f"{name}/largest")

    def _once(self, name: str, value: Any) -> str:
        if all(one.name != name for one in self._constants):
            self.constant(name, np.asarray(value))
        return name

    def serialize(self, source: str, result: str, n_dims: int) -> bytes:
        """The checked model: whole numbers (n_texts, n_pieces) -> (n_texts, n_pieces, n_dims)."""
        from onnx import TensorProto, checker, helper

        size = ["n_texts", "n_pieces"]
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info(source, TensorProto.INT64, size)],
            [helper.make_tensor_value_info(result, TensorProto.FLOAT, [*size, n_dims])],
            self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET)]
        model = helper.make_model(
            graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="topicbrief"
        )
        checker.check_model(model)
        return bytes(model.SerializeToString(deterministic=True))
