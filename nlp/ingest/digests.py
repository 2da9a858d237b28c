"""Texts known again by their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Digests = NDArray[np.uint8]
"""(n_texts, 16) bytes"""

# 128 bits: among a billion texts two differ and share a digest with probability 1e-21.
DIGEST_BYTES = 16


def text_digests(texts: Sequence[str]) -> Digests:
    """(n_texts, 16) BLAKE2b digest of each text; lone surrogates count as they are."""
    joined = b"".join(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()
        for text in texts
    )
    return np.frombuffer(joined, dtype=np.uint8).reshape(-1, DIGEST_BYTES)
