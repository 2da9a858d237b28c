"""Draws from many topics, sixteen in parallel, and the weights of the topics.

Each function is written twice. The Python function shows what is computed and in which order; its
twin generates the same operations with `simd`. Compiled callers get the twin, `.py_func` callers
the Python function. Arrays of topics are float32 and have whole blocks of sixteen.

The topics of a document are kept either as a row with the counts of all topics, or as entries:
blocks of sixteen topics that occur in it and their sixteen counts, uint16. A block is one line of
the processor's cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types

from nlp._kernels import simd as lanes
from nlp._kernels.simd import N_LANES, cgutils, intrinsic, overload
from nlp.arrays import Array

TOPICS, COUNTS = 0, 1
"""Rows of a block of entries."""
_ENTRY = ir.Constant(lanes.INDEX, 2 * N_LANES)
_tuple_of: Any = types.Tuple


def weigh_topics(row: Array, beta: Any, inverse: Array, alpha: Array, weight: Array) -> Any:
    """Set `weight` to (row + beta) * inverse; returns the sum of alpha * weight, lane by lane."""
    sums = np.zeros(N_LANES, np.float32)
    for block in range(0, len(alpha), N_LANES):
        part = slice(block, block + N_LANES)
        weight[part] = (row[part].astype(np.float32) + beta) * inverse[part]
        sums = sums + alpha[part] * weight[part]
    return _scanned(sums)[-1]


def draw_topic(
    counts: Array, own: Any, share: Any, alpha: Array, weight: Array, sums: Array, uniform: Any
) -> Any:
    """The topic that `uniform` falls on, in proportion to (counts + alpha) * weight.

    `counts` int32; the token itself, counted in topic `own`, is left out, and that topic has the
    weight `share`. The search goes over the lanes, then over the blocks of one lane. Rounding may
    select a topic without weight next to the right one. `sums` is a buffer for running sums.
    """
    total = np.zeros(N_LANES, np.float32)
    for block in range(0, len(sums), N_LANES):
        part = slice(block, block + N_LANES)
        is_own = np.arange(block, block + N_LANES) == own
        document = (counts[part] - is_own).astype(np.float32) + alpha[part]
        total = total + document * np.where(is_own, share, weight[part])
        sums[part] = total
    scanned = _scanned(total)
    return _find(scanned, sums, len(sums), np.float32(uniform * scanned[-1]))


def draw_entry(
    entries: Array,
    first: Any,
    last: Any,
    own: Any,
    share: Any,
    weight: Array,
    sums: Array,
    other: Any,
    uniform: Any,
) -> tuple[Any, Any, Any]:
    """Which entry of a document `uniform` falls on, in proportion to count * weight.

    `entries` uint16 (n_blocks, 2, 16), of which those from `first` to before `last` are the
    document's; `own`, `share`, `sums` as in `draw_topic`. One more outcome
    has the weight `other`. Returns the entry drawn, as 16 * block + lane, or -1 for the other
    outcome; the entry of topic `own`; and how far the uniform reaches into the other's weight.
    """
    total = np.zeros(N_LANES, np.float32)
    place = 0
    for block in range(first, last):
        topics = entries[block, TOPICS]
        is_own = topics == own
        if is_own.any():
            place = block * N_LANES + int(np.argmax(is_own))
        counts = (entries[block, COUNTS].astype(np.int32) - is_own).astype(np.float32)
        total = total + counts * np.where(is_own, share, weight[topics])
        begin = (block - first) * N_LANES
        sums[begin : begin + N_LANES] = total
    scanned = _scanned(total)
    threshold = np.float32(uniform * (scanned[-1] + other))
    rest = threshold - scanned[-1]
    if not threshold < scanned[-1]:
        return -1, place, rest
    found = _find(scanned, sums, (last - first) * N_LANES, threshold)
    return first * N_LANES + found, place, rest


def _scanned(sums: Array) -> Array:
    for step in (1, 2, 4, 8):
        sums[step:] = sums[step:] + sums[:-step]
    return sums


def _find(scanned: Array, sums: Array, size: int, threshold: Any) -> int:
    # The last bounds are left out: a threshold rounded up to the total must stay inside.
    lane = int((scanned[:-1] <= threshold).sum())
    rest = threshold - scanned[lane - 1] if lane else threshold
    return lane + N_LANES * int((sums[lane : size - N_LANES : N_LANES] <= rest).sum())


@overload(weigh_topics)
def _compile_weigh_topics(row: Any, beta: Any, inverse: Any, alpha: Any, weight: Any) -> Any:
    def weigh(row: Any, beta: Any, inverse: Any, alpha: Any, weight: Any) -> Any:
        return _weigh_topics(row, beta, inverse, alpha, weight)

    return weigh


@overload(draw_topic)
def _compile_draw_topic(
    counts: Any, own: Any, share: Any, alpha: Any, weight: Any, sums: Any, uniform: Any
) -> Any:
    def draw(
        counts: Any, own: Any, share: Any, alpha: Any, weight: Any, sums: Any, uniform: Any
    ) -> Any:
        return _draw_topic(counts, own, share, alpha, weight, sums, uniform)

    return draw


@overload(draw_entry)
def _compile_draw_entry(
    entries: Any,
    first: Any,
    last: Any,
    own: Any,
    share: Any,
    weight: Any,
    sums: Any,
    other: Any,
    uniform: Any,
) -> Any:
    def draw(
        entries: Any,
        first: Any,
        last: Any,
        own: Any,
        share: Any,
        weight: Any,
        sums: Any,
        other: Any,
        uniform: Any,
    ) -> Any:
        return _draw_entry(entries, first, last, own, share, weight, sums, other, uniform)

    return draw


@intrinsic
def _weigh_topics(_: Any, row: Any, beta: Any, inverse: Any, alpha: Any, weight: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        n_topics = lanes.length(context, builder, kinds[3], args[3])
        counts, factor, prior, out = (
            lanes.pointer(context, builder, kinds[i], args[i]) for i in (0, 2, 3, 4)
        )
        prior_of_terms = lanes.spread(builder, args[1], lanes.FLOATS)
        sums = _sum_of(builder)
        with _blocks(builder, n_topics) as (block, _end):
            row = lanes.load(builder, builder.gep(counts, [block]), lanes.INTS)
            shares = builder.fadd(builder.sitofp(row, lanes.FLOATS), prior_of_terms)
            inverses = lanes.load(builder, builder.gep(factor, [block]), lanes.FLOATS)
            weights = builder.fmul(shares, inverses)
            lanes.store(builder, weights, builder.gep(out, [block]))
            alphas = lanes.load(builder, builder.gep(prior, [block]), lanes.FLOATS)
            total = builder.fadd(builder.load(sums), builder.fmul(alphas, weights))
            builder.store(total, sums)
        return lanes.last_lane(builder, lanes.scan(builder, builder.load(sums)))

    return types.float32(row, types.float32, inverse, alpha, weight), generate


@intrinsic
def _draw_topic(
    _: Any, counts: Any, own: Any, share: Any, alpha: Any, weight: Any, sums: Any, uniform: Any
) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        n_topics = lanes.length(context, builder, kinds[5], args[5])
        arrays = [lanes.pointer(context, builder, kinds[i], args[i]) for i in (0, 3, 4, 5)]
        total = _add_topics(builder, arrays, n_topics, args[1], args[2])
        scanned = lanes.scan(builder, total)
        threshold = builder.fmul(args[6], lanes.last_lane(builder, scanned))
        return lanes.find(builder, scanned, arrays[3], n_topics, threshold)

    kinds = (counts, types.int64, types.float32, alpha, weight, sums, types.float32)
    return types.int64(*kinds), generate


def _add_topics(builder: Any, arrays: Any, n_topics: Any, own: Any, share: Any) -> Any:
    """Fills `sums`; the sums of all blocks."""
    sums = _sum_of(builder)
    own = lanes.spread(builder, builder.trunc(own, lanes.NUMBER), lanes.INTS)
    share = lanes.spread(builder, share, lanes.FLOATS)
    with _blocks(builder, n_topics) as (block, _end):
        here, prior, term, out = (builder.gep(each, [block]) for each in arrays)
        begin = lanes.spread(builder, builder.trunc(block, lanes.NUMBER), lanes.INTS)
        is_own = builder.icmp_signed("==", builder.add(begin, lanes.PLACES), own)
        counts = lanes.load(builder, here, lanes.INTS)
        others = _without(builder, counts, is_own)
        document = builder.fadd(others, lanes.load(builder, prior, lanes.FLOATS))
        weight = builder.select(is_own, share, lanes.load(builder, term, lanes.FLOATS))
        total = builder.fadd(builder.load(sums), builder.fmul(document, weight))
        builder.store(total, sums)
        lanes.store(builder, total, out)
    return builder.load(sums)


@intrinsic
def _draw_entry(
    _: Any,
    entries: Any,
    first: Any,
    last: Any,
    own: Any,
    share: Any,
    weight: Any,
    sums: Any,
    other: Any,
    uniform: Any,
) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        arrays = [lanes.pointer(context, builder, kinds[i], args[i]) for i in (0, 5, 6)]
        total, place = _add_entries(builder, arrays, *args[1:5])
        scanned = lanes.scan(builder, total)
        whole = lanes.last_lane(builder, scanned)
        threshold = builder.fmul(args[8], builder.fadd(whole, args[7]))
        first, last = (builder.mul(bound, lanes.STEP) for bound in args[1:3])
        found = lanes.find(builder, scanned, arrays[2], builder.sub(last, first), threshold)
        is_entry = builder.fcmp_ordered("<", threshold, whole)
        none = ir.Constant(lanes.INDEX, -1)
        drawn = builder.select(is_entry, builder.add(first, found), none)
        rest = builder.fsub(threshold, whole)
        return context.make_tuple(builder, signature.return_type, [drawn, place, rest])

    result = _tuple_of((types.int64, types.int64, types.float32))
    bounds = (types.int64, types.int64, types.int64)
    numbers = (types.float32, types.float32)
    return result(entries, *bounds, types.float32, weight, sums, *numbers), generate


def _add_entries(
    builder: Any, arrays: Any, first: Any, last: Any, own: Any, share: Any
) -> tuple[Any, Any]:
    """Fills `sums`; the sums of all blocks, and the entry of topic `own`."""
    entries, weight, out = arrays
    sums = _sum_of(builder)
    place = cgutils.alloca_once_value(builder, lanes.START)
    builder.store(lanes.START, place)
    own = lanes.spread(builder, builder.trunc(own, lanes.NUMBER), lanes.INTS)
    share = lanes.spread(builder, share, lanes.FLOATS)
    one = ir.Constant(lanes.INDEX, 1)
    with cgutils.for_range_slice(builder, first, last, one, lanes.INDEX) as (block, _end):
        here = builder.gep(entries, [builder.mul(block, _ENTRY)])
        topics = builder.zext(lanes.load(builder, here, lanes.SHORTS), lanes.INTS)
        there = builder.gep(here, [lanes.STEP])
        counts = builder.zext(lanes.load(builder, there, lanes.SHORTS), lanes.INTS)
        is_own = builder.icmp_signed("==", topics, own)
        others = _without(builder, counts, is_own)
        weights = builder.select(is_own, share, lanes.gather(builder, weight, topics))
        total = builder.fadd(builder.load(sums), builder.fmul(others, weights))
        builder.store(total, sums)
        begin = builder.mul(builder.sub(block, first), lanes.STEP)
        lanes.store(builder, total, builder.gep(out, [begin]))
        bits = builder.bitcast(is_own, lanes.MASK)
        lane = builder.zext(builder.cttz(bits, ir.Constant(ir.IntType(1), 1)), lanes.INDEX)
        found = builder.icmp_signed("!=", bits, ir.Constant(lanes.MASK, 0))
        at = builder.add(builder.mul(block, lanes.STEP), lane)
        builder.store(builder.select(found, at, builder.load(place)), place)
    return builder.load(sums), builder.load(place)


def _without(builder: Any, counts: Any, is_own: Any) -> Any:
    """Counts as floats, one less where it is the token's own topic."""
    return builder.sitofp(builder.add(counts, builder.sext(is_own, lanes.INTS)), lanes.FLOATS)


def _sum_of(builder: Any) -> Any:
    """Sixteen sums, at zero each time this point is passed."""
    sums = cgutils.alloca_once_value(builder, lanes.ZEROS)
    builder.store(lanes.ZEROS, sums)
    return sums


def _blocks(builder: Any, size: Any) -> Any:
    """A loop over blocks of sixteen."""
    return cgutils.for_range_slice(builder, lanes.START, size, lanes.STEP, lanes.INDEX)
