"""HTML in a text: character references become characters, tags and what is no text go.

A document is often a fragment, so this is no parser of pages: `price < half and quality > good` is
text, and so is `price<half and quality>good`. A tag is a name of HTML, or any name that stands
alone or with attributes that have values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from html import unescape

from nlp.cleaning.plain.normalised import Edit, Normalised

_BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html legend li main nav ol "
    "option p pre section select summary table tbody td textarea tfoot th thead title tr ul".split()
)
# They stand inside words; a link or a span stands around them.
_INSIDE_WORDS = frozenset("b big em font i mark s small strike strong tt u wbr".split())
_INLINE = frozenset(
    "a abbr acronym applet area audio base bdi bdo button canvas cite code col colgroup data "
    "datalist del dfn embed frame frameset iframe img input ins kbd label link map meta meter "
    "noscript object output param picture progress q ruby rt rp samp script slot source span style "
    "sub sup svg path template time track var video".split()
)
_HTML = _BLOCKS | _INSIDE_WORDS | _INLINE
_BARE_ATTRIBUTES = frozenset(
    "allowfullscreen async autofocus autoplay checked compact controls default defer disabled "
    "hidden ismap itemscope loop multiple muted nohref noshade novalidate nowrap open readonly "
    "required reversed selected".split()
)
# Possessive, so that a text full of half a tag takes linear time.
_TAG = re.compile(
    r"""<(?P<close>/?)(?P<name>[A-Za-z][\w:.-]*+)
    (?P<attributes>(?:[\s/]++[^\s"'<>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>`]++))?+)*+)
    [\s/]*+>
    | <!(?!--)[A-Za-z\[][^<>]*+> | <\?[^<>]*+>""",
    re.VERBOSE,
)
_VALUE = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>`]++)""")
# What these hold is no text. Without an end it reaches as far as the text does.
_CODE_OPENS = re.compile(r"<(script|style|svg|noembed|template)\b", re.IGNORECASE)
_COMMENT_OPENS, _COMMENT_CLOSES = "<!--", "-->"
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Exports that escape twice are common (`&amp;uuml;`), more than twice are not.
_MOST_ESCAPES = 2


def without_markup(source: Normalised) -> Normalised:
    """The text without tags, with the characters that references stand for."""
    if "<" in source.text:
        source = _without_tags(source)
    for _ in range(_MOST_ESCAPES):
        if "&" not in source.text:
            break
        decoded = source.replaced(_REFERENCE, _character)
        if decoded.text == source.text:
            break
        source = _without_tags(decoded) if "<" in decoded.text else decoded
    return source


def _character(match: re.Match[str]) -> str | None:
    found = unescape(match[0])
    return None if found == match[0] else found


def _without_tags(source: Normalised) -> Normalised:
    source = source.edited(_code(source.text))
    # A question about `<li>` names a tag and has none.
    is_page = "</" in source.text or "<br" in source.text.lower()
    return source.replaced(_TAG, partial(_gap, is_page=is_page))


def _gap(match: re.Match[str], is_page: bool) -> str | None:
    """What stands for a tag: a blank line, a space or nothing; None if it is no tag."""
    name = (match["name"] or "").lower()
    if not name:
        return " "
    written = match["attributes"]
    bare = _VALUE.sub(" ", written).replace("/", " ").lower().split() if written else []
    # What is left of attributes with a value is their name.
    n_values = len(_VALUE.findall(written)) if written else 0
    if name not in _HTML and not match["close"] and len(bare) > n_values:
        return None
    if len(bare) > n_values and not set(bare) & _BARE_ATTRIBUTES:
        return None
    if name in _BLOCKS and is_page:
        return "\n" if name == "br" else "\n\n"
    return "" if name in _INSIDE_WORDS else " "


def _code(text: str) -> Iterator[Edit]:
    """Scripts, styles and comments, from their beginning to their end."""
    place = 0
    last_comment = text.rfind(_COMMENT_CLOSES)
    lowered = ""
    while (place := text.find("<", place)) >= 0:
        end = place + 1
        if text.startswith(_COMMENT_OPENS, place):
            # An arrow that opens nothing is text.
            if last_comment >= place:
                end = text.find(_COMMENT_CLOSES, place) + len(_COMMENT_CLOSES)
                yield place, end, " "
        elif opened := _CODE_OPENS.match(text, place):
            # Lower case by ASCII alone: other letters would change the length.
            lowered = lowered or re.sub("[A-Z]+", lambda found: found[0].lower(), text)
            close = lowered.find(f"</{opened[1].lower()}", place)
            close = len(text) if close < 0 else close
            end = text.find(">", close) + 1 or len(text)
            yield place, end, "\n\n"
        place = end
