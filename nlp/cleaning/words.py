"""From a token to the word that is counted, and the terms that no tokenizer may cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from unicodedata import normalize

# Longer ones are slips: German law reaches 63 letters, addresses and keys more.
_LONGEST_WORD = 50
_LETTER = re.compile(r"[^\W\d_]")
# Ordinals, times and amounts: 1st, 8:00pm, 20kg, 30km. What has a name of its own stays: 4G, 2FA.
_MEASURE = re.compile(
    r"\d[\d.,:/'x×-]*(?:st|nd|rd|th|s|er|ère|ème|e|[ap]\.?m\.?|h|hrs?|min|sec|[km]?bit/s|"
    r"[mck]?m|km/h|[mk]?g|[mkgt]b|bn|k|m|[€$£]|eur|usd|gbp|chf|uhr|º|ª)?[.\d]*$",
    re.IGNORECASE,
)
# What the tokenizer cuts off a number.
_UNITS = frozenset(
    (
        *("am", "cm", "eur", "gb", "gbp", "hrs", "kb", "kg", "km", "km/h"),
        *("mb", "mg", "ml", "mm", "pm", "usd"),
    )
)
NETWORKS = ("2G", "3G", "4G", "5G", "6G")
# Names that end in a mark (C++, C#), begin with one (.NET), that a mark or a hyphen joins (AT&T,
# Wi-Fi, O'Brien, x-ray) or that look like an amount (401k, 4K, 3M). A name in capitals may have any
# number after its hyphen. Lower case after a hyphen joins only what is one word to everybody.
_TERM = re.compile(
    r"""
    [A-Z](?:\+\+|\#) | c(?:\+\+|\#)
    | (?:ASP|asp|VB|vb|ADO|ado)?\.(?:NET|Net|net)
    | 40[13]\(?[kKbB]\)? | 457\(?[bB]\)? | [24568]K | 3M
    | [A-Z][A-Za-z]{0,9}-\d{1,4}[A-Za-z]?(?:-\d{1,3})?
    | [A-Z]{1,5}(?:&[A-Z]{1,5}){1,2} | [a-z]&[a-z]
    | [OD]['’][A-Z][a-z]+(?:-[A-Z][a-z]+)? | [A-Z]/[A-Z](?![A-Za-z])
    | (?:[Ww][Ii]|[Hh][Ii]|[Ll][Oo]|[Ss][Cc][Ii])-[Ff][Ii]
    | [EeXxTtUu]-[A-Za-z][a-z]+ | [A-Z]-[A-Z][A-Za-z]+ | [Oo]bjective-C
    """,
    re.VERBOSE,
)
_PLURAL = re.compile(r"[EeUuXx]-[A-Za-z][a-z]+|[Tt]-[Ss]hirts")
# One term whether it is written with a hyphen or not.
_SPELLINGS = {"wi-fi": "wifi", "401(k)": "401k", "403(b)": "403b", "457(b)": "457b"}
_DOTTED_I = "i\u0307"
_TURKISH = re.compile("[çğıöşüÇĞİÖŞÜ]")


def is_term(text: str) -> bool:
    """Whether a token is a name that stays as it is written."""
    return _TERM.fullmatch(text) is not None


def match_term(text: str) -> re.Match[str] | None:
    """For the tokenizer: what it must not cut."""
    return _TERM.fullmatch(text)


def _singular(term: str, lemma: Callable[[str], str]) -> str:
    """`E-Mails` is `E-Mail`; other names stay."""
    if not _PLURAL.fullmatch(term):
        return term
    found = lemma(term)
    if found == term:
        found = term[:2] + lemma(term[2:])
    # The tables lack what is newer than they are: German `Mails`.
    return term[:-1] if found == term and re.search("[^s]s$", term) else found


def lower(text: str, language: str) -> str:
    """The text in lower case, without the dot above that `İ` leaves.

    Turkish has an `ı` without a dot; it is what `I` means where other letters show that the
    keyboard was Turkish.
    """
    if language == "tr" and "I" in text and _TURKISH.search(text):
        text = text.replace("I", "ı")
    return text.lower().replace(_DOTTED_I, "i")


def composed(text: str) -> str:
    """The token with accents and letters in one character, as tables have them."""
    return text if text.isascii() else normalize("NFC", text)


def may_be_word(text: str) -> bool:
    """Whether a token can be a word: it has a letter, and is no amount, mention or slip."""
    if len(text) > _LONGEST_WORD or text[0] == "@" or not _LETTER.search(text):
        return False
    measure = text[0].isdigit() and text.upper() not in NETWORKS and _MEASURE.match(text)
    return not (measure or text.lower() in _UNITS)


def counted_word(
    text: str, lemma: Callable[[str], str], language: str, stop_words: Container[str]
) -> str:
    """The word to count for a token; nothing where it says nothing."""
    text = composed(text)
    if is_term(text):
        word = lower(_singular(text, lemma), language).replace("’", "'")
        return "" if word in stop_words else _SPELLINGS.get(word, word)
    if not may_be_word(text):
        return ""
    word = lower(lemma(text), language).strip("'’-_.#/*+=~^|").replace("’", "'")
    if len(word) < 2 or word in stop_words or lower(text, language) in stop_words:
        return ""
    return _SPELLINGS.get(word, "".join(word.split()))
