"""A draw from many topics, sixteen at once: what compilers do not vectorise by themselves.

It is written twice. The Python function says what is computed, in which order; its twin builds the
same operations on LLVM's `<16 x float>`, which any processor runs with the same rounding (nothing
is reassociated). Compiled callers get the twin, `.py_func` callers the Python.

Topic k stands in lane k % 16 of block k // 16. Arrays have whole blocks and are float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import extending, types
from numba.core import cgutils as numba_cgutils
from numpy.typing import NDArray

N_LANES = 16

# numba ships no types for these.
cgutils: Any = numba_cgutils
intrinsic: Any = extending.intrinsic
overload: Any = extending.overload

_INDEX, _NUMBER = ir.IntType(64), ir.IntType(32)
_MASK = ir.IntType(N_LANES)
_FLOATS = ir.VectorType(ir.FloatType(), N_LANES)
_INTS = ir.VectorType(_NUMBER, N_LANES)
_PLACES = ir.Constant(_INTS, list(range(N_LANES)))
_ZEROS, _NONE = ir.Constant(_FLOATS, [0.0] * N_LANES), ir.Constant(_INTS, [0] * N_LANES)
_START, _STEP = ir.Constant(_INDEX, 0), ir.Constant(_INDEX, N_LANES)
Array = NDArray[Any]


def draw_topic(
    counts: Array, own: Any, share: Any, alpha: Array, weight: Array, sums: Array, uniform: Any
) -> Any:
    """The topic that `uniform` falls on, in proportion to (counts + alpha) * weight.

    `counts` int32; the one token counted in topic `own` is left out, and that topic weighs `share`.
    Lanes are gone through first, then the blocks in that lane. Rounding may lead to a topic of no
    weight next to the right one. `sums` is scratch: running sums per lane, block after block.
    """
    lanes = np.zeros(N_LANES, np.float32)
    for block in range(0, len(sums), N_LANES):
        part = slice(block, block + N_LANES)
        is_own = np.arange(block, block + N_LANES) == own
        document = (counts[part] - is_own).astype(np.float32) + alpha[part]
        lanes = lanes + document * np.where(is_own, share, weight[part])
        sums[part] = lanes
    for step in (1, 2, 4, 8):
        lanes[step:] = lanes[step:] + lanes[:-step]
    threshold = np.float32(uniform * lanes[-1])
    # The last bounds are left out: rounding up to the total must not leave the range.
    lane = int((lanes[:-1] <= threshold).sum())
    rest = threshold - lanes[lane - 1] if lane else threshold
    return lane + N_LANES * int((sums[lane:-N_LANES:N_LANES] <= rest).sum())


@overload(draw_topic)
def _compile_draw_topic(
    counts: Any, own: Any, share: Any, alpha: Any, weight: Any, sums: Any, uniform: Any
) -> Any:
    def draw(
        counts: Any, own: Any, share: Any, alpha: Any, weight: Any, sums: Any, uniform: Any
    ) -> Any:
        return _draw_topic(counts, own, share, alpha, weight, sums, uniform)

    return draw


@intrinsic
def _draw_topic(
    _: Any,
    counts: Any,
    own: Any,
    share: Any,
    alpha: Any,
    weight: Any,
    sums: Any,
    uniform: Any,
) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        n_topics = _length(context, builder, kinds[5], args[5])
        arrays = [_pointer(context, builder, kinds[i], args[i]) for i in (0, 3, 4, 5)]
        scan = _scan(builder, _add_weights(builder, arrays, n_topics, args[1], args[2]))
        last = ir.Constant(_NUMBER, N_LANES - 1)
        threshold = builder.fmul(args[6], builder.extract_element(scan, last))
        below = builder.fcmp_ordered("<=", scan, _spread(builder, threshold, _FLOATS))
        bits = builder.and_(builder.bitcast(below, _MASK), ir.Constant(_MASK, 2**15 - 1))
        lane = builder.zext(builder.ctpop(bits), _NUMBER)
        before = builder.extract_element(_moved(builder, scan, 1), lane)
        rest = _spread(builder, builder.fsub(threshold, before), _FLOATS)
        blocks = builder.extract_element(_count_blocks(builder, arrays[3], n_topics, rest), lane)
        topic = builder.add(lane, builder.mul(blocks, ir.Constant(_NUMBER, N_LANES)))
        return builder.zext(topic, _INDEX)

    kinds = (counts, types.int64, types.float32, alpha, weight, sums, types.float32)
    return types.int64(*kinds), generate


def _add_weights(builder: Any, arrays: Any, n_topics: Any, own: Any, share: Any) -> Any:
    """Fills `sums`; the sums of all blocks."""
    lanes = cgutils.alloca_once_value(builder, _ZEROS)
    builder.store(_ZEROS, lanes)
    own = _spread(builder, builder.trunc(own, _NUMBER), _INTS)
    share = _spread(builder, share, _FLOATS)
    with cgutils.for_range_slice(builder, _START, n_topics, _STEP, _INDEX) as (block, _end):
        here, prior, term, out = (builder.gep(each, [block]) for each in arrays)
        first = _spread(builder, builder.trunc(block, _NUMBER), _INTS)
        is_own = builder.icmp_signed("==", builder.add(first, _PLACES), own)
        others = builder.add(_load(builder, here, _INTS), builder.sext(is_own, _INTS))
        document = builder.fadd(builder.sitofp(others, _FLOATS), _load(builder, prior, _FLOATS))
        weight = builder.select(is_own, share, _load(builder, term, _FLOATS))
        total = builder.fadd(builder.load(lanes), builder.fmul(document, weight))
        builder.store(total, lanes)
        _store(builder, total, out)
    return builder.load(lanes)


def _scan(builder: Any, lanes: Any) -> Any:
    """Prefix sums over the lanes."""
    for step in (1, 2, 4, 8):
        lanes = builder.fadd(lanes, _moved(builder, lanes, step))
    return lanes


def _count_blocks(builder: Any, sums: Any, n_topics: Any, rest: Any) -> Any:
    """In each lane, the blocks but the last whose running sum is at most `rest`."""
    found = cgutils.alloca_once_value(builder, _NONE)
    builder.store(_NONE, found)
    last = builder.sub(n_topics, _STEP)
    with cgutils.for_range_slice(builder, _START, last, _STEP, _INDEX) as (block, _end):
        lanes = _load(builder, builder.gep(sums, [block]), _FLOATS)
        below = builder.sext(builder.fcmp_ordered("<=", lanes, rest), _INTS)
        builder.store(builder.sub(builder.load(found), below), found)
    return builder.load(found)


def _pointer(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    view = context.make_array(kind)(context, builder, array)
    return cgutils.get_item_pointer(context, builder, kind, view, [_START], wraparound=False)


def _length(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    view = context.make_array(kind)(context, builder, array)
    return builder.extract_value(view.shape, 0)


def _load(builder: Any, pointer: Any, kind: Any) -> Any:
    value = builder.load(builder.bitcast(pointer, kind.as_pointer()))
    value.align = 4
    return value


def _store(builder: Any, value: Any, pointer: Any) -> None:
    builder.store(value, builder.bitcast(pointer, value.type.as_pointer())).align = 4


def _spread(builder: Any, value: Any, kind: Any) -> Any:
    undefined = ir.Constant(kind, ir.Undefined)
    single = builder.insert_element(undefined, value, ir.Constant(_NUMBER, 0))
    return builder.shuffle_vector(single, undefined, _NONE)


def _moved(builder: Any, lanes: Any, step: int) -> Any:
    """Each lane `step` places on, zeros in front."""
    places = [place - step if place >= step else N_LANES for place in range(N_LANES)]
    return builder.shuffle_vector(lanes, _ZEROS, ir.Constant(_INTS, places))
