"""Reads tensors from a safetensors file: a length, a JSON header, plain numbers; no code runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from nlp.errors import InputError

_KINDS: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I8": np.dtype("i1"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}
# The format's own limit on its header.
_LONGEST_HEADER = 100_000_000


def read_tensors(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Every tensor of a file by its name, as read-only views of the file's bytes.

    Raises `InputError` for a file that is not whole or of a kind that NumPy has no type for.
    """
    content = path.read_bytes()
    try:
        size = int.from_bytes(content[:8], "little")
        if not 2 <= size <= min(len(content) - 8, _LONGEST_HEADER):
            raise ValueError("its header does not fit")
        header = json.loads(content[8 : 8 + size])
        header.pop("__metadata__", None)
        body = memoryview(content)[8 + size :]
        return {name: _tensor(body, **entry) for name, entry in header.items()}
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise InputError(
            f"{path} is no whole safetensors file ({type(error).__name__}: {error}): fetch it again"
        ) from None


def _tensor(
    body: memoryview, dtype: str, shape: list[int], data_offsets: list[int]
) -> np.ndarray[Any, Any]:
    start, end = data_offsets
    if not 0 <= start <= end <= len(body):
        raise ValueError("a tensor lies outside of the file")
    if dtype == "BF16":
        # The upper half of a 32-bit number.
        halves = np.frombuffer(body[start:end], dtype="<u2").astype("<u4") << 16
        return halves.view("<f4").reshape(shape)
    return np.frombuffer(body[start:end], dtype=_KINDS[dtype]).reshape(shape)
