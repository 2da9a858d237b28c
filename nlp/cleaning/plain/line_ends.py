"""Words cut at a line's end, made whole: `par-` and `cel` are one word."""

from __future__ import annotations

import re
from collections.abc import Callable

from nlp.cleaning.plain.normalised import Normalised

_CUT = re.compile(
    r"(?P<head>[^\W\d_]{1,40})(?P<cut>(?P<hyphen>[-\u2010\u00ad])[ \t]*\n[ \t]*)"
    r"(?P<tail>[^\W_]{1,40})"
)
# German shares the end of a word: `Vor-` and then `und Nachteile`.
_SHARED = frozenset("und oder bzw sowie als bis and or to et ou y o e".split())


def with_whole_words(source: Normalised, is_word: Callable[[str], bool]) -> Normalised:
    """The text with the words that a line's end cut.

    The hyphen goes, unless it belongs to the word: before a capital or a digit (`COVID-` `19`), or
    where both parts are words and the whole is none (`well-` `known`).
    """
    if "-\n" not in source.text and not _CUT.search(source.text):
        return source
    edits = []
    for match in _CUT.finditer(source.text):
        head, tail = match["head"], match["tail"]
        if tail in _SHARED:
            continue
        soft = match["hyphen"] == "\u00ad"
        keeps = not soft and (
            not tail[0].islower()
            or (not is_word(head + tail) and len(head) > 1 and is_word(head) and is_word(tail))
        )
        edits.append((*match.span("cut"), "-" if keeps else ""))
    return source.edited(edits)
