"""Sixteen lanes at once: the three steps of a draw that compilers do not vectorise by themselves.

Each step is written twice. The Python function says what is computed, in which order; its twin
builds the same operations on LLVM's `<16 x float>`, which any processor runs with the same rounding
(nothing is reassociated). Compiled callers get the twin, `.py_func` callers the Python.

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

_INDEX = ir.IntType(64)
_MASK = ir.IntType(N_LANES)
_FLOATS = ir.VectorType(ir.FloatType(), N_LANES)
_INTS = ir.VectorType(ir.IntType(32), N_LANES)
_PLACES = ir.Constant(_INTS, list(range(N_LANES)))
_ZEROS = ir.Constant(_FLOATS, [0.0] * N_LANES)
_START, _STEP = ir.Constant(_INDEX, 0), ir.Constant(_INDEX, N_LANES)
Array = NDArray[Any]


def add_weights(counts: Array, own: Any, alpha: Array, weight: Array, sums: Array) -> None:
    """Running sums per lane, block after block, of (counts + alpha) * weight into `sums`.

    `counts` int32; the one token counted in topic `own` is left out.
    """
    lanes = np.zeros(N_LANES, np.float32)
    for block in range(0, len(sums), N_LANES):
        part = slice(block, block + N_LANES)
        here = counts[part].copy()
        if block <= own < block + N_LANES:
            here[own - block] -= 1
        lanes = lanes + (here.astype(np.float32) + alpha[part]) * weight[part]
        sums[part] = lanes


def scan_lanes(sums: Array, scan: Array) -> None:
    """Prefix sums over the lanes of the last block of `sums` into `scan[1:17]`; `scan[0]` is 0."""
    lanes = sums[-N_LANES:].copy()
    for step in (1, 2, 4, 8):
        lanes[step:] = lanes[step:] + lanes[:-step]
    scan[1:] = lanes


def count_below(scan: Array, sums: Array, threshold: Any) -> Any:
    """The topic a threshold in [0, scan[16]) falls on, lanes first, then blocks in that lane."""
    lane = int((scan[1:N_LANES] <= threshold).sum())
    rest = np.float32(threshold - scan[lane])
    return lane + N_LANES * int((sums[lane:-N_LANES:N_LANES] <= rest).sum())


def change_weight(weight: Array, topic: Any, value: Any) -> None:
    """Set one weight without the stall that a narrow write before a wide read costs."""
    weight[topic] += np.float32(value - weight[topic])


@overload(add_weights)
def _compile_add_weights(counts: Any, own: Any, alpha: Any, weight: Any, sums: Any) -> Any:
    def add(counts: Any, own: Any, alpha: Any, weight: Any, sums: Any) -> Any:
        _add_weights(counts, own, alpha, weight, sums)

    return add


@overload(scan_lanes)
def _compile_scan_lanes(sums: Any, scan: Any) -> Any:
    def scan_all(sums: Any, scan: Any) -> Any:
        _scan_lanes(sums, scan)

    return scan_all


@overload(count_below)
def _compile_count_below(scan: Any, sums: Any, threshold: Any) -> Any:
    def count(scan: Any, sums: Any, threshold: Any) -> Any:
        lane = _count_lanes(scan, threshold)
        rest = threshold - scan[lane]
        return lane + 16 * _count_blocks(sums, lane, rest)

    return count


@overload(change_weight)
def _compile_change_weight(weight: Any, topic: Any, value: Any) -> Any:
    def change(weight: Any, topic: Any, value: Any) -> Any:
        _add_in_lane(weight, topic, value - weight[topic])

    return change


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any = _START) -> Any:
    view = context.make_array(kind)(context, builder, array)
    return cgutils.get_item_pointer(context, builder, kind, view, [index], wraparound=False)


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
    single = builder.insert_element(undefined, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(single, undefined, ir.Constant(_INTS, [0] * N_LANES))


def _at(builder: Any, index: Any) -> Any:
    """Mask of the lane that `index`, counted from the block's first topic, falls on."""
    return builder.icmp_signed(
        "==", _PLACES, _spread(builder, builder.trunc(index, ir.IntType(32)), _INTS)
    )


@intrinsic
def _add_weights(_: Any, counts: Any, own: Any, alpha: Any, weight: Any, sums: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        n_topics = _length(context, builder, kinds[4], args[4])
        ins = [_pointer(context, builder, kinds[i], args[i]) for i in (0, 2, 3)]
        out = _pointer(context, builder, kinds[4], args[4])
        lanes = cgutils.alloca_once_value(builder, _ZEROS)
        builder.store(_ZEROS, lanes)
        with cgutils.for_range_slice(builder, _START, n_topics, _STEP, _INDEX) as (block, _end):
            here, prior, term = (builder.gep(each, [block]) for each in ins)
            is_own = _at(builder, builder.sub(args[1], block))
            others = builder.add(_load(builder, here, _INTS), builder.sext(is_own, _INTS))
            document = builder.fadd(builder.sitofp(others, _FLOATS), _load(builder, prior, _FLOATS))
            product = builder.fmul(document, _load(builder, term, _FLOATS))
            total = builder.fadd(builder.load(lanes), product)
            builder.store(total, lanes)
            _store(builder, total, builder.gep(out, [block]))
        return context.get_dummy_value()

    return types.void(counts, types.int64, alpha, weight, sums), generate


@intrinsic
def _scan_lanes(_: Any, sums: Any, scan: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        last = builder.sub(_length(context, builder, kinds[0], args[0]), _STEP)
        lanes = _load(builder, _pointer(context, builder, kinds[0], args[0], last), _FLOATS)
        for step in (1, 2, 4, 8):
            moved = [place - step if place >= step else N_LANES for place in range(N_LANES)]
            shifted = builder.shuffle_vector(lanes, _ZEROS, ir.Constant(_INTS, moved))
            lanes = builder.fadd(lanes, shifted)
        one = ir.Constant(_INDEX, 1)
        _store(builder, lanes, _pointer(context, builder, kinds[1], args[1], one))
        return context.get_dummy_value()

    return types.void(sums, scan), generate


@intrinsic
def _count_lanes(_: Any, scan: Any, threshold: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        one = ir.Constant(_INDEX, 1)
        lanes = _load(builder, _pointer(context, builder, signature.args[0], args[0], one), _FLOATS)
        below = builder.fcmp_ordered("<=", lanes, _spread(builder, args[1], _FLOATS))
        # The last lane is left out: rounding up to the total must not leave the range.
        bits = builder.and_(builder.bitcast(below, _MASK), ir.Constant(_MASK, 2**15 - 1))
        return builder.zext(builder.ctpop(bits), _INDEX)

    return types.int64(scan, types.float32), generate


@intrinsic
def _count_blocks(_: Any, sums: Any, lane: Any, rest: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        last = builder.sub(_length(context, builder, kinds[0], args[0]), _STEP)
        first = _pointer(context, builder, kinds[0], args[0])
        lane, rest = builder.trunc(args[1], _MASK), _spread(builder, args[2], _FLOATS)
        found = cgutils.alloca_once_value(builder, _START)
        builder.store(_START, found)
        with cgutils.for_range_slice(builder, _START, last, _STEP, _INDEX) as (block, _end):
            lanes = _load(builder, builder.gep(first, [block]), _FLOATS)
            below = builder.bitcast(builder.fcmp_ordered("<=", lanes, rest), _MASK)
            bit = builder.and_(builder.lshr(below, lane), ir.Constant(_MASK, 1))
            builder.store(builder.add(builder.load(found), builder.zext(bit, _INDEX)), found)
        return builder.load(found)

    return types.int64(sums, types.int64, types.float32), generate


@intrinsic
def _add_in_lane(_: Any, weight: Any, topic: Any, change: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        block = builder.and_(args[1], ir.Constant(_INDEX, -N_LANES))
        pointer = _pointer(context, builder, signature.args[0], args[0], block)
        hit = _at(builder, builder.sub(args[1], block))
        # Adding, not selecting: a select becomes a masked store, which the next read waits for.
        added = builder.select(hit, _spread(builder, args[2], _FLOATS), _ZEROS)
        _store(builder, builder.fadd(_load(builder, pointer, _FLOATS), added), pointer)
        return context.get_dummy_value()

    return types.void(weight, types.int64, types.float32), generate
