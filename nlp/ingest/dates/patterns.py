"""Names of months and zones, and the patterns of dates as people and programs write them."""

from __future__ import annotations

import re

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero ene jänner gennaio gen janeiro januari",
            "feb february februar février fevrier fév febrero febbraio fevereiro fev februari",
            "mar march mär märz maerz mrz mars marzo março marco maart mrt",
            "apr april avril avr abril abr aprile",
            "may mai mayo maggio mag maio mei",
            "jun june juni juin junio giugno giu junho",
            "jul july juli juillet juil julio luglio lug julho",
            "aug august août aout agosto ago augustus",
            "sep sept september septembre septiembre settembre set setembro",
            "oct october okt oktober octobre octubre ottobre ott outubro out",
            "nov november novembre noviembre novembro",
            "dec december dez dezember décembre decembre déc diciembre dic dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
# RFC 5322, section 4.3; the European ones are as unambiguous.
ZONES = {
    **dict.fromkeys(("Z", "UT", "UTC", "GMT", "WET"), 0),
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "CET": 1,
    "CEST": 2,
    "MEZ": 1,
    "MESZ": 2,
    "EET": 2,
    "EEST": 3,
    "WEST": 1,
}
_CLOCK = r"""
    (?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?
    (?:\s*(?P<half>[ap])\.?m\.?|\s*(?:Uhr|h)\b)?
"""
_ZONE = (
    r"(?P<zone>[A-Za-z]{1,4}|(?:UTC|GMT)?[+-]\d{2}:?(?:\d{2})?"
    r"|[A-Z][A-Za-z_]{1,20}/[A-Za-z_/+-]{2,30})"
)
_TIME = rf"""
    (?:(?:\s*,\s*|\s+|T)(?:(?:at|um|à|a\ las)\s+)?
        {_CLOCK}
        (?:\s*{_ZONE})?
        (?:\s*\([^()]{{1,40}}\))?
    )?\s*$
"""
_OPTIONS = re.VERBOSE | re.IGNORECASE
_WEEKDAY = r"\s*(?:[^\W\d_]{2,10}\.?,?\s+)?"
_NAME = r"(?P<name>[^\W\d_]{3,10})\.?"

NUMERIC = re.compile(
    r"\s*(?P<first>\d{1,2})(?P<mark>[./-])(?P<other>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})" + _TIME,
    _OPTIONS,
)
"""01/02/2026, 01.02.26, 01-02-2026 10:00"""
YEAR_FIRST = re.compile(
    r"\s*(?P<year>\d{4})(?P<mark>[./-])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})" + _TIME,
    _OPTIONS,
)
"""2026-03-04, 2026/3/4 10:00 Europe/Berlin"""
DAY_MONTH = re.compile(
    _WEEKDAY
    + r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?[\s-]*(?:of\s|de\s)?\s*"
    + _NAME
    + r"[\s,-]*(?:de\s+)?(?P<year>\d{4}|\d{2}(?!\d|:))"
    + _TIME,
    _OPTIONS,
)
"""Wed, 4 March 2026 10:00:00 +0000 (RFC 5322), 4. März 2026, 4 Mar 26"""
MONTH_DAY = re.compile(
    _WEEKDAY + _NAME + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})" + _TIME,
    _OPTIONS,
)
"""March 4, 2026"""
YEAR_LAST = re.compile(
    _WEEKDAY
    + _NAME
    + r"\s+(?P<day>\d{1,2})\s+"
    + _CLOCK
    + rf"\s+(?:{_ZONE}\s+)?(?P<year>\d{{4}})\s*$",
    _OPTIONS,
)
"""Wed Mar  4 10:00:00 2026 (C's ctime), Wed Mar 04 10:00:00 +0000 2026 (Twitter), ... UTC 2026"""
MONTH_YEAR = re.compile(
    rf"\s*{_NAME}(?:\s+de)?"
    r"(?:[\s/,]+(?P<year>\d{4})|\s*[-'\u2019]\s*(?P<short>\d{2}|\d{4}))\s*$",
    re.IGNORECASE,
)
"""March 2026, März 2026, Mar-26"""
NUMERIC_MONTH = re.compile(
    r"\s*(?:(?P<month>\d{1,2})[/.](?P<year>\d{4})|(?P<year2>\d{4})/(?P<month2>\d{1,2}))\s*$"
)
"""03/2026, 2026/03"""
QUARTER = re.compile(
    r"\s*(?:(?:[QT]|Quarter\s)(?P<quarter>[1-4])[\s/'-]*(?P<year>\d{4}|\d{2})"
    r"|(?P<year2>\d{4})[\s/-]*[QT](?P<quarter2>[1-4])"
    r"|(?P<quarter3>[1-4])(?:\.\s*Quartal|\.?\s*Q)[\s/]*(?P<year3>\d{4}))\s*$",
    re.IGNORECASE,
)
"""Q1 2026, 2026-Q1, T1 2026, 1. Quartal 2026"""
WEEK = re.compile(
    r"\s*(?:(?P<year>\d{4})-?\s?W(?P<week>\d{1,2})(?:-?(?P<day>[1-7]))?"
    r"|(?:KW|CW|Week|Woche|W)\.?\s?(?P<week2>\d{1,2})[\s/,-]+(?P<year2>\d{4})"
    r"|(?P<year3>\d{4})[\s/-]+(?:KW|CW)\s?(?P<week3>\d{1,2}))\s*$",
    re.IGNORECASE,
)
"""2026-W10, 2026-W10-3 (ISO 8601), KW 10/2026"""
CHARACTERS = re.compile(
    r"\s*(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]"
    r"(?:\s*(?P<hour>\d{1,2})(?::|[时時시]\s?)(?P<minute>\d{2})(?::(?P<second>\d{2})|[分분])?)?\s*$"
)
"""2026年3月4日 10:05"""
UNIX = re.compile(r"\s*(\d{10}(?:\.\d+)?|\d{13})\s*$")
"""Seconds or milliseconds since 1970"""
SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?\Z")
"""Days since 1899-12-30, as spreadsheets count: 20000 is of 1954, 79999 of 2119"""
PLAIN_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?\Z"
)
SHORT_ISO = re.compile(r"\d{4}(?:-?\d{2}(?:\d{2}(?:T\d{4,6}Z?)?)?)?\Z")
