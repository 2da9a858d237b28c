"""Masks e-mail addresses, phone numbers, IBANs and card numbers at the same length.

`len(redact(text)) == len(text)`, and nothing outside a finding changes. Every offset into the
original text is therefore valid in the redacted text: a sentence's span and a citation's `start`
and `end` can be used with both, and `text[start:end] == sentence` holds in both. Redact whole
documents and then slice them, never the slices: a number may cross a slice's edge. The price is
that the length of a masked value stays visible. Names of people and postal addresses are not found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from nlp.errors import InputError

Kind = Literal["email", "iban", "card", "phone"]
BLOT = "█"

# Possessive repeats and a look-behind keep the time of every pattern linear in the text.
_EMAIL = re.compile(
    r"""(?<![\w.+%'-]) [\w.+%'-]++
    (?: [@\uff20] | \s?[\[(]\s?(?:at|AT)\s?[\])]\s? )
    [\w-]++ (?: \s?[\[(]\s?(?:dot|DOT|punkt)\s?[\])]\s?[\w-]++ | \.[\w-]++ )+""",
    re.VERBOSE,
)
_IBAN = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d{2}(?:[ \xa0-]?[A-Za-z\d]){11,32}")
_CARD = re.compile(r"(?<![\d.,])\d(?:[ \xa0-]?\d){12,18}(?![\d])")
_CARD_GROUPS = re.compile(r"\d{4}([ \xa0-])\d{4}\1\d{4}\1\d{4}")
_PHONE = re.compile(r"(?<![\w.,/+-])(?:\+|\(\+?)?\d[\d() \xa0./-]{4,22}\d(?!\w)")
_CUE = re.compile(
    r"""\b(?:tel|phone|telephone|call|fax|mobile|cell|whatsapp|sms|text|dial|ring|hotline
    |telefon|handy|mobil|anruf|rufnummer|tél|téléphone|portable|appelez|teléfono|móvil|llame)
    \w{0,6}\W{0,4}(?:\w{1,6}\W{1,3}){0,2}\Z""",
    re.IGNORECASE | re.VERBOSE,
)
# Characters before a number in which a word such as "call" announces it: a short phrase.
_CUE_REACH = 30
_GROUP = re.compile(r"[^ \xa0]+")
_NUMERAL = re.compile(r"1(?![.-])")
# "+49 (0) 30 12 34 56 78" has seven; further groups belong to the next number.
_MOST_GROUPS = 7
# Characters: local numbers have six digits or more.
_SHORTEST_PHONE = 6
_DATE = re.compile(r"\d{1,2}([./ -])\d{1,2}\1\d{2,4}|\d{4}([./ -])\d{1,2}\2\d{1,2}")
_DECIMAL = re.compile(r"\d+\.\d+")
_NORTH_AMERICAN = re.compile(r"(?:1[.-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-]?)[2-9]\d\d[ .-]?\d{4}")
_THREES = re.compile(r"[679]\d\d ([1-9]\d\d|0[1-9]\d|00[1-9]) \d\d[1-9]")

# Length by country, IBAN registry of SWIFT, release 99.
_IBAN_LENGTHS = {
    int(length): frozenset(countries.split())
    for length, countries in {
        "15": "NO",
        "16": "BE",
        "18": "DK FI FO GL NL SD",
        "19": "MK SI",
        "20": "AT BA EE KZ LT LU XK MN",
        "21": "CH CR HR LI LV",
        "22": "BG BH DE GB GE IE ME RS",
        "23": "AE GI IL IQ OM SO TL",
        "24": "AD CZ ES MD PK RO SA SE SK TN VG",
        "25": "LY PT ST",
        "26": "IS TR",
        "27": "BI DJ FR GR IT MC MR SM",
        "28": "AL AZ BY CY DO GT HU LB NI PL SV",
        "29": "BR EG PS QA UA",
        "30": "JO KW MU YE",
        "31": "MT SC",
        "32": "LC",
        "33": "RU",
    }.items()
}


@dataclass(frozen=True)
class Finding:
    """A piece of personal data and its position: `text[start:end]`."""

    kind: Kind
    start: int
    end: int


def redact(text: str) -> str:
    """The text with every finding overwritten by as many `█`; same length, same offsets.

    In doubt it masks: a ten-digit order number that could be a North American phone number is
    masked. Dates, amounts and decimals stay. Raises `InputError` if `text` is not a string.
    """
    return _search(text)[1]


def find(text: str) -> tuple[Finding, ...]:
    """The findings that `redact` masks, in reading order."""
    return tuple(sorted(_search(text)[0], key=lambda finding: finding.start))


def _search(text: str) -> tuple[list[Finding], str]:
    if not isinstance(text, str):
        raise InputError(f"redact needs a string (seen: {type(text).__name__})")
    findings: list[Finding] = []
    for kind, spans in _FINDERS:
        # A later kind does not see what an earlier kind has masked.
        for start, end in list(spans(text)):
            findings.append(Finding(kind, start, end))
        text = _blotted(text, [(f.start, f.end) for f in findings if f.kind == kind])
    return findings, text


def _blotted(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, last = [], 0
    for start, end in spans:
        pieces += [text[last:start], BLOT * (end - start)]
        last = end
    return "".join([*pieces, text[last:]])


def _emails(text: str) -> Iterator[tuple[int, int]]:
    for match in _EMAIL.finditer(text):
        yield match.span()


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(text):
        country = match[0][:2].upper()
        length = next((n for n, known in _IBAN_LENGTHS.items() if country in known), 0)
        places = [place for place, sign in enumerate(match[0]) if sign.isalnum()]
        if not 0 < length <= len(places):
            continue
        end = places[length - 1] + 1
        written = match[0][:end]
        ends_a_word = not text[match.start() + end : match.start() + end + 1].isalnum()
        if ends_a_word and (written.isalnum() or _valid_iban(written)):
            yield match.start(), match.start() + end


def _valid_iban(written: str) -> bool:
    signs = "".join(sign for sign in written.upper() if sign.isalnum())
    return int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _CARD.finditer(text):
        digits = [int(sign) for sign in match[0] if sign.isdigit()]
        doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
        luhn = (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 and any(digits)
        if luhn or _CARD_GROUPS.fullmatch(match[0]):
            yield match.span()


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for match in _PHONE.finditer(text):
        before = text[max(0, match.start() - _CUE_REACH) : match.start()]
        for start, end in _phones_among(match[0], bool(_CUE.search(before))):
            yield match.start() + start, match.start() + end


def _phones_among(written: str, announced: bool) -> Iterator[tuple[int, int]]:
    """Phone numbers in a run of digit groups, in which a time or a date may be next to a number."""
    groups = [group.span() for group in _GROUP.finditer(written)]
    done = 0
    for first, (start, _) in enumerate(groups):
        if start < done or (not announced and _NUMERAL.match(written, start)):
            continue
        for _, end in reversed(groups[first : first + _MOST_GROUPS]):
            if end - start >= _SHORTEST_PHONE and _is_phone(written[start:end], announced):
                yield start, end
                done = end
                break


def _is_phone(written: str, announced: bool) -> bool:
    if not (announced or written[0] in "+(0"):
        return bool(_NORTH_AMERICAN.fullmatch(written) or _THREES.fullmatch(written))
    digits = "".join(sign for sign in written if sign.isdigit())
    if _DATE.fullmatch(written) or _DECIMAL.fullmatch(written):
        return False
    # Lengths: ITU-T E.164 allows 15 digits with the country code; 00 and a trunk 0 come on top.
    if written.startswith(("+", "(+")):
        return 7 <= len(digits) <= 15
    if digits.startswith("00"):
        return 9 <= len(digits) <= 17
    if digits.startswith("0"):
        return 8 <= len(digits) <= 13
    if announced:
        return 6 <= len(digits) <= 15
    return bool(_NORTH_AMERICAN.fullmatch(written))


_FINDERS: tuple[tuple[Kind, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    ("email", _emails),
    ("iban", _ibans),
    ("card", _cards),
    ("phone", _phones),
)
