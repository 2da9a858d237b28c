"""Bytes into text, whatever wrote them."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 200_000
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def decode(data: bytes) -> str:
    """The text of `data`; never fails, never yields a lone surrogate.

    A byte-order mark decides; else UTF-8, even with a few damaged characters (shown as U+FFFD);
    else the encoding that charset-normalizer finds most likely.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", errors="replace")
    n_damaged = text.count("\ufffd")
    n_whole = sum(1 for character in text if character > "\x7f") - n_damaged
    if n_whole > n_damaged:
        return text
    return data.decode(_guess(data), errors="replace")


def without_surrogates(text: str) -> str:
    """The text with lone surrogates, which no file can hold, shown as U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # A sample around the first byte that is no ASCII: before it, every guess is as good.
    first = _BEYOND_ASCII.search(data)
    start = max(0, (first.start() if first else 0) - 1_000)
    best = from_bytes(data[start : start + _SAMPLE_BYTES]).best()
    return best.encoding if best else "cp1252"
