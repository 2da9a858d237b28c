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
_SAMPLE_BYTES = 50_000
_UTF16_SAMPLE_BYTES = 4_000
_MOSTLY = 0.7
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_WESTERN = ("cp1252", "mac_roman", "cp850")
_CLEARLY_WESTERN = 0.9
# Their letters, never more than two in a row (Cyrillic or Greek read as Western is a long run of
# them), and their signs where they are not inside a word.
_WESTERN_LETTERS = "äöüßàâæçéèêëîïíìôœòóùûúñáãåøõÄÖÜÀÂÆÇÉÈÊËÎÏÍÔŒÓÙÛÚÑÁÅØ"
_WESTERN_TEXT = re.compile(
    rf"(?<![{_WESTERN_LETTERS}])[{_WESTERN_LETTERS}]{{1,2}}(?![{_WESTERN_LETTERS}])"
    r"|(?<![A-Za-z])[€£§°«»¿¡ºª·©®™½¼¾²³•–—…“”„‘’‚‹›\xa0]"
    r"|[€°ºª²³©®™–—…”’»›½¼¾“\xa0](?![A-Za-z])|’"
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def decode(data: bytes) -> str:
    """The text of `data`; never fails, never yields a lone surrogate.

    A byte-order mark decides, or the zero bytes that UTF-16 puts between Latin letters; else
    UTF-8, even with a few damaged characters (shown as U+FFFD); else what charset-normalizer finds
    most likely.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", errors="replace")
        n_damaged = text.count("\ufffd")
        n_whole = len(text) - len(text.encode("ascii", errors="ignore")) - n_damaged
        if n_whole <= n_damaged:
            return data.decode(_unmarked_utf16(data) or _guess(data), errors="replace")
    utf16 = _unmarked_utf16(data)
    return data.decode(utf16, errors="replace") if utf16 else text


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark, if every second byte of the start is mostly zero and no other is."""
    sample = data[:_UTF16_SAMPLE_BYTES]
    if len(data) % 2 or b"\0" not in sample:
        return None
    first, second = (part.count(0) / len(part) for part in (sample[::2], sample[1::2]))
    if second > _MOSTLY > 1 - _MOSTLY > first:
        return "utf-16-le"
    return "utf-16-be" if first > _MOSTLY > 1 - _MOSTLY > second else None


def without_surrogates(text: str) -> str:
    """The text with lone surrogates, which no file can hold, shown as U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def _guess(data: bytes) -> str:
    # A sample around the first byte that is no ASCII: before it, every guess is as good.
    first = _BEYOND_ASCII.search(data)
    start = max(0, (first.start() if first else 0) - 1_000)
    sample = data[start : start + _SAMPLE_BYTES]
    # charset-normalizer takes much French and English for Polish, and short texts for Chinese;
    # so the encodings of the languages we read are tried first.
    fits = {name: _western_share(sample, name) for name in _WESTERN}
    best = max(fits, key=lambda name: fits[name])
    if fits[best] >= _CLEARLY_WESTERN:
        return best
    from charset_normalizer import from_bytes

    found = from_bytes(sample).best()
    return found.encoding if found else "cp1252"


def _western_share(sample: bytes, name: str) -> float:
    """Share of the characters beyond ASCII that make sense in English, German, French, Spanish."""
    text = sample.decode(name, errors="replace")
    n_beyond = len(text) - len(text.encode("ascii", errors="ignore"))
    n_plausible = sum(len(match) for match in _WESTERN_TEXT.findall(text))
    return n_plausible / n_beyond if n_beyond else 1.0
