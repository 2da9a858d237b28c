"""Bytes out of files, unpacked where they are packed, and never more than the user allows."""

from __future__ import annotations

import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from typing import IO

from nlp.errors import StorageError

_GZIP = b"\x1f\x8b"
_READ_AT_ONCE = 16_000_000
DAMAGED = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError,
    struct.error, NotImplementedError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip
"""All that the standard library raises on damaged files and archives."""


class TooLargeError(StorageError):
    """More bytes than the user allows."""


def too_large(name: str, megabytes: int) -> str:
    """What is said of a file over the limit."""
    return f"{name!r} holds more than {megabytes} MB: raise max_megabytes to read it"


def cause(error: BaseException) -> str:
    """What went wrong, in one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())


class Budget:
    """How many bytes may still be read, unpacked."""

    def __init__(self, megabytes: int) -> None:
        self._megabytes = megabytes
        self._left = megabytes * 1_000_000

    def read(self, stream: IO[bytes], name: str) -> bytes:
        """All bytes of a stream, unpacked if they are gzip."""
        head = stream.read(len(_GZIP))
        packed = head == _GZIP or name.lower().endswith(".gz")
        plain: IO[bytes] = _Again(head, stream)  # type: ignore[assignment]
        parts = []
        reader = gzip.GzipFile(fileobj=plain) if packed else plain
        # In parts: asked for all at once, Python reserves the whole limit before it reads.
        while part := reader.read(min(_READ_AT_ONCE, self._left + 1)):
            self._left -= len(part)
            if self._left < 0:
                raise TooLargeError(too_large(name, self._megabytes))
            parts.append(part)
        return b"".join(parts)


class _Again:
    """A stream whose first bytes were read already: archives' streams cannot be wound back."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._stream.read(size)
        head, self._head = self._head, b""
        if size < 0:
            return head + self._stream.read()
        head, self._head = head[:size], head[size:]
        return head
