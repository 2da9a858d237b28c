"""Which lines to show: sentences, not greetings, signatures, headings or fragments."""

from __future__ import annotations

import re

from nlp.spreadsheet import runs_as_formula

SHORTEST, LONGEST = 15, 400
"""Characters of a readable sentence: shorter are "Thank you." and headings, longer are tables."""
# As in `candidates`: more words are a list or a table.
MOST_WORDS = 60

_GREETING = re.compile(
    r"""(dear|hi|hello|hey|greetings|good\ (morning|afternoon|evening|day)|to\ whom
    |sehr\ geehrte[rsn]?|liebe[rs]?|hallo|guten\ (tag|morgen|abend)|moin|servus
    |bonjour|bonsoir|salut|ch[eè]re?s?|madame|monsieur
    |hola|buen[oa]s\ (d[ií]as|tardes|noches)|buenas|estimad[oa]s?|querid[oa]s?)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_FAREWELL = re.compile(
    r"""((with|mit|all|my)\ )?((best|kind|kindest|warm|many|warmest)\ )?
    (regards|wishes|thanks|thank\ you|thx|cheers|sincerely|yours|respectfully|sent\ from
    |get\ outlook    |(freundlichen|viele|liebe|beste|herzliche)\ gr(ü|ue)(ß|ss)en?|mfg|lg|vg|danke
    |vielen\ dank|gesendet\ von
    |cordialement|bien\ (à|a)\ vous|salutations|merci|envoyé
    |saludos|atentamente|un\ saludo|gracias|muchas\ gracias|enviado)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_HEADER = re.compile(
    r"""(from|to|cc|bcc|subject|date|sent|re|fwd?|tel|phone|fax|mobile|e-?mail|organi[sz]ation
    |von|an|betreff|gesendet|telefon|objet|envoyé|de|para|asunto)\s?:
    |[-_=*#~>|+]{2,} | [>|\#•·*\u2013\u2014-] | in\ article\b | in\ <""",
    re.IGNORECASE | re.VERBOSE,
)
_QUOTING = re.compile(r"\b(writes|wrote|schrieb|écrit|escribió)\s?:\s*$", re.IGNORECASE)
_ADDRESS = re.compile(r"\S@\S|https?://|www\.", re.IGNORECASE)
_FINAL = frozenset(".!?…‽؟۔।。！？｡")  # noqa: RUF001
_CLOSING = "\"'”’»)]* "  # noqa: RUF001
# Words of a line that can be a farewell as a whole ("With kind regards to you all").
_FEW = 6


def readable(sentence: str, alone: bool) -> bool:
    """Whether a line is a sentence to quote; `alone` if it is the whole document.

    A whole document (a title, a question to a help desk) may lack a final mark and a capital;
    elsewhere such a line is a heading or a fragment.
    """
    words = sentence.split()
    return (
        SHORTEST <= len(sentence) <= LONGEST
        and len(words) <= MOST_WORDS
        and not noise(sentence)
        and (alone or complete(sentence))
    )


def short_line(sentence: str, longest: int = 90) -> bool:
    """Whether a line can be the headline of a topic: a heading or a short sentence."""
    return (
        SHORTEST <= len(sentence) <= longest
        and "\n" not in sentence
        and not noise(sentence)
        and (complete(sentence) or sentence[0].isupper())
    )


def complete(sentence: str) -> bool:
    """Whether a line begins and ends like a sentence and closes the quotes that it opens."""
    end = sentence.rstrip(_CLOSING)
    first = sentence.lstrip("\"'“‘«¿¡([*")  # noqa: RUF001
    quotes = sentence.count('"') % 2 == 0 and sentence.count("“") == sentence.count("”")
    return bool(end) and end[-1] in _FINAL and bool(first) and not first[0].islower() and quotes


def noise(sentence: str) -> bool:
    """Whether a line is a greeting, signature, mail header, all capitals or mostly not letters."""
    words = sentence.split()
    few = len(words) <= _FEW
    letters = sum(sign.isalpha() for sign in sentence)
    return (
        (few and bool(_FAREWELL.match(sentence)))
        or (len(words) <= _FEW - 2 and bool(_GREETING.match(sentence)))
        or bool(_HEADER.match(sentence))
        # It would need an apostrophe in a CSV file and no longer be verbatim there.
        or runs_as_formula(sentence)
        or bool(_QUOTING.search(sentence))
        or (len(words) <= 2 * _FEW and bool(_ADDRESS.search(sentence)))
        or (len(words) > 2 and sentence.isupper())
        or letters < 0.6 * sum(map(len, words))
    )


_KNOWN = re.compile(r"(The|Le|La|Les|El|Los|Las) [^\WA-Z]|L['’][^\WA-Z]")  # noqa: RUF001
_DANGLING = re.compile(
    r"""["'“(]?(i|we|you|my|our|your|he|she|it|they|his|her|its|their|him|them|this|that|these|those|there|such
    |and|but|or|so|also|however|therefore|instead|meanwhile|then|thus|yet|moreover|nor|which|who
    |ich|wir|mein|unser|er|sie|es|ihr|ihre|seine?|diese[rsnm]?|dies
    |das|und|aber|oder|doch|auch|jedoch|deshalb|dann
    |je|nous|vous|mon|ma|notre|il|elle|ils|elles|cela|ce|ces|cette|leurs?
    |et|mais|ou|donc|aussi|cependant|puis
    |yo|nosotros|mi|nuestr[oa]|él|ella|ellos|ellas|est[eoa]s?|es[eoa]s?
    |y|pero|o|también|entonces|sin\ embargo
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def dangling(sentence: str, place: int) -> bool:
    """Whether a sentence begins with a reference to something outside it ("He", "However").

    `place` is its position in its document, from 0: after the title and the first sentence, "The
    company" refers to one that was named before.
    """
    return bool(_DANGLING.match(sentence) or (place > 1 and _KNOWN.match(sentence)))
