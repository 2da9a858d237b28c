"""Operations on sixteen numbers in parallel, written as LLVM code that numba does not generate.

Every processor runs `<16 x float>` with the same rounding: no sum is reordered. Element k of an
array is in lane k % 16 of block k // 16; arrays have whole blocks.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import extending
from numba.core import cgutils as numba_cgutils

# Sixteen float32 are one line of a processor's cache, and one register of AVX-512.
N_LANES = 16

# numba ships no types for these.
cgutils: Any = numba_cgutils
intrinsic: Any = extending.intrinsic
overload: Any = extending.overload

INDEX, NUMBER, SHORT = ir.IntType(64), ir.IntType(32), ir.IntType(16)
MASK = ir.IntType(N_LANES)
FLOATS, INTS, SHORTS = (ir.VectorType(kind, N_LANES) for kind in (ir.FloatType(), NUMBER, SHORT))
PLACES = ir.Constant(INTS, list(range(N_LANES)))
ZEROS, NONE = ir.Constant(FLOATS, [0.0] * N_LANES), ir.Constant(INTS, [0] * N_LANES)
START, STEP = ir.Constant(INDEX, 0), ir.Constant(INDEX, N_LANES)
_ALL = ir.Constant(ir.VectorType(ir.IntType(1), N_LANES), [1] * N_LANES)
_POINTERS = ir.VectorType(ir.PointerType(), N_LANES)
_GATHER = ir.FunctionType(FLOATS, [_POINTERS, NUMBER, _ALL.type, FLOATS])


def pointer(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    """Pointer to the first element of a C-contiguous array."""
    return context.make_array(kind)(context, builder, array).data


def length(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    """Size of an array along its first axis."""
    return builder.extract_value(context.make_array(kind)(context, builder, array).shape, 0)


def load(builder: Any, place: Any, kind: Any) -> Any:
    """Sixteen numbers of a vector `kind`, loaded from any address."""
    value = builder.load(builder.bitcast(place, kind.as_pointer()))
    value.align = kind.element.width // 8 if isinstance(kind.element, ir.IntType) else 4
    return value


def store(builder: Any, value: Any, place: Any) -> None:
    """Store sixteen numbers at any address."""
    builder.store(value, builder.bitcast(place, value.type.as_pointer())).align = 4


def spread(builder: Any, value: Any, kind: Any) -> Any:
    """One value in every lane."""
    undefined = ir.Constant(kind, ir.Undefined)
    single = builder.insert_element(undefined, value, ir.Constant(NUMBER, 0))
    return builder.shuffle_vector(single, undefined, NONE)


def gather(builder: Any, first: Any, places: Any) -> Any:
    """Float at each of `places` of the array that begins at `first`."""
    base = spread(builder, builder.bitcast(first, ir.PointerType()), _POINTERS)
    addresses = builder.gep(base, [places], source_etype=ir.FloatType())
    name = "llvm.masked.gather.v16f32.v16p0"
    function = cgutils.get_or_insert_function(builder.module, _GATHER, name)
    return builder.call(function, [addresses, ir.Constant(NUMBER, 4), _ALL, ZEROS])


def scan(builder: Any, lanes: Any) -> Any:
    """Prefix sums over the lanes."""
    for step in (1, 2, 4, 8):
        lanes = builder.fadd(lanes, moved(builder, lanes, step))
    return lanes


def moved(builder: Any, lanes: Any, step: int) -> Any:
    """The lanes shifted by `step`, zeros in front."""
    places = [place - step if place >= step else N_LANES for place in range(N_LANES)]
    return builder.shuffle_vector(lanes, ZEROS, ir.Constant(INTS, places))


def last_lane(builder: Any, lanes: Any) -> Any:
    """Value of the last lane."""
    return builder.extract_element(lanes, ir.Constant(NUMBER, N_LANES - 1))


def find(builder: Any, scanned: Any, sums: Any, size: Any, threshold: Any) -> Any:
    """Index, below `size`, of the element on which `threshold` falls, 64 bits.

    `scanned` are the prefix sums of all lanes, `sums` points at the running sums of each lane,
    block after block. The last bounds are left out: a threshold rounded up to the total must stay
    inside.
    """
    below = builder.fcmp_ordered("<=", scanned, spread(builder, threshold, FLOATS))
    bits = builder.and_(builder.bitcast(below, MASK), ir.Constant(MASK, 2 ** (N_LANES - 1) - 1))
    lane = builder.zext(builder.ctpop(bits), NUMBER)
    before = builder.extract_element(moved(builder, scanned, 1), lane)
    rest = spread(builder, builder.fsub(threshold, before), FLOATS)
    blocks = builder.extract_element(_count_blocks(builder, sums, size, rest), lane)
    place = builder.add(lane, builder.mul(blocks, ir.Constant(NUMBER, N_LANES)))
    return builder.zext(place, INDEX)


def _count_blocks(builder: Any, sums: Any, size: Any, rest: Any) -> Any:
    """Per lane, how many blocks (without the last) have a running sum of at most `rest`."""
    found = cgutils.alloca_once_value(builder, NONE)
    builder.store(NONE, found)
    last = builder.sub(size, STEP)
    with cgutils.for_range_slice(builder, START, last, STEP, INDEX) as (block, _end):
        lanes = load(builder, builder.gep(sums, [block]), FLOATS)
        below = builder.sext(builder.fcmp_ordered("<=", lanes, rest), INTS)
        builder.store(builder.sub(builder.load(found), below), found)
    return builder.load(found)
