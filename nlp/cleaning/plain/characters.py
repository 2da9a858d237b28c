"""Characters that are written in several ways, made one: for counting only.

Ligatures and full-width letters equal their plain forms; a letter and its accent are one; marks
that have no width vanish; what is no language (addresses, control characters, encoded attachments)
is overwritten by spaces.
"""

from __future__ import annotations

import re
from unicodedata import is_normalized, normalize

from nlp.cleaning.plain.normalised import Normalised, blank

# Soft hyphen, unless a line ends there; zero-width space, joiners and directional marks;
# word joiner; byte-order mark.
_INVISIBLE = re.compile(
    "(?:\u00ad(?![ \t]*\n)|"
    "[\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff])+"
)
# Letters that NFKC leads back to plain ones, with the accents that follow. Its other changes would
# join words (™, ², ½) or take sentences' ends away (the full-width ！ and ．).
_COMPATIBLE = re.compile(
    r"""[\u0132\u0133\u013f\u0140\u0149\u017f\u01c4-\u01cc\u01f1-\u01f3\u2080-\u2089\u212a\u212b
    \u2f00-\u2fdf\u3131-\u318e\uf900-\ufaff\ufb00-\ufdff\ufe70-\ufefc\uff03\uff06-\uff07\uff0b\uff0d
    \uff10-\uff19\uff20-\uff3a\uff3f\uff41-\uff5a\uff66-\uffdc\U0001d400-\U0001d7ff]
    |.[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093c\u0e31-\u0e4e
    \u1161-\u11ff\u3099\u309a]+""",
    re.VERBOSE | re.DOTALL,
)
# A hyphen that breaks no line (as Word writes it) and an accent typed for an apostrophe.
_HYPHEN = re.compile("[\u2010\u2011](?!\\s)")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])[\u02bc\u00b4\u2018](?=[^\W\d_])")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# More combining marks on one letter are a prank that no word survives.
_LONGEST_CLUSTER = 8

_NO_LANGUAGE = re.compile(
    r"""
    (?:https?://|www\.)[^\s<>"]{1,2000}                       # web addresses
    | (?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}           # e-mail addresses
    | [\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ud800-\udfff]  # control characters
    | (?<=[^\w\s]{3})[^\w\s]+              # all but three of a run of punctuation or emoji
    | (?<=_)_+                             # rules drawn with underscores
    """,
    re.VERBOSE,
)
# Base64, hashes and keys: the longest English and German words with a digit are shorter. A line of
# an attachment may be followed by a last one that is cut short.
_ENCODED = re.compile(
    r"(?<![\w+/=-])(?:(?:data:[\w/.+-]{1,80}(?:;[\w=-]{1,40}){0,3};base64,)|(?=[+/=_A-Za-z-]*+\d))"
    r"[\w+/=-]{32,}+(?:\s{1,3}[A-Za-z0-9+/]{60,}+={0,2})*+(?:\s{1,3}[A-Za-z0-9+/]{1,76}==?)?+",
    re.ASCII,
)
_MIGHT_BE_ENCODED = re.compile(r"[\w+/=-]{32}", re.ASCII)
# In 32 characters of base64 a sign that parts words comes once on average.
_PARTS, _LONGEST_PART = re.compile(r"[+/=_-]|\s+"), 20
_HEXADECIMAL = re.compile("[0-9A-Fa-f]*")
# The tokenizer takes `product!Bad` for one word.
_GLUED = re.compile(r"(?<=[^\W\d_])[.!?](?=[^\W\d_]{2}|[IA][ '’])|[。！？｡](?=\w)")
# spaCy takes quadratic time on a token without end.
_LONG_RUN = re.compile(r"(\S{999})\S")


def plain_characters(source: Normalised) -> Normalised:
    """The text with one way to write each character."""
    if "\r" in source.text or _BREAKS.search(source.text):
        source = source.replaced(_BREAKS, lambda match: blank(match)[1:] + "\n")
    if source.text.isascii():
        return source
    source = source.replaced(_SPACES, blank)
    source = source.replaced(_INVISIBLE, lambda _: "")
    source = source.replaced(_HYPHEN, lambda _: "-").replaced(_APOSTROPHE, lambda _: "\u2019")
    if is_normalized("NFKC", source.text):
        return source
    return source.replaced(_COMPATIBLE, _plain)


def _plain(match: re.Match[str]) -> str | None:
    cluster = match[0]
    if len(cluster) > _LONGEST_CLUSTER:
        return cluster[0] + " " * (len(cluster) - 1)
    plain = normalize("NFKC", cluster)
    return plain if plain != cluster and " " not in plain else None


def with_parted_sentences(source: Normalised) -> Normalised:
    """The text with a space after a final mark that nothing parts from the next sentence."""
    return source.replaced(_GLUED, _with_space)


def without_codes(source: Normalised) -> Normalised:
    """The text with spaces in place of all that is not language, at the same length."""
    if _MIGHT_BE_ENCODED.search(source.text):
        source = source.replaced(_ENCODED, _blank_code)
    text = _LONG_RUN.sub(r"\1 ", _NO_LANGUAGE.sub(blank, source.text))
    return Normalised(text, source.starts, source.ends)


def _with_space(match: re.Match[str]) -> str | None:
    """`product!Bad`, not `Yahoo!groups` or an address."""
    before, after = match.string[match.start() - 1 : match.start()], match.string[match.end()]
    glued = match[0] in ".!?" and not (before.islower() and after.isupper())
    return None if glued else f"{match[0]} "


def _blank_code(match: re.Match[str]) -> str | None:
    """Spaces for a code; a path or a name of several words is none."""
    parts = _PARTS.split(match[0])
    code = max(map(len, parts)) >= _LONGEST_PART or all(map(_HEXADECIMAL.fullmatch, parts))
    return blank(match) if code else None
