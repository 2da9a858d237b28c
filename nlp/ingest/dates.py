"""Dates and times as people and programs write them, into UTC.

Read by our own rules and not by a guessing parser: those fill what is missing from today's date,
read zone names by the machine's own time zone, and take `now` for a date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pandas as pd

from nlp.ingest.values import as_text, is_missing

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero ene jänner",
            "feb february februar février fevrier fév febrero",
            "mar march mär märz maerz mrz mars marzo",
            "apr april avril avr abril abr",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet juil julio",
            "aug august août aout agosto ago",
            "sep sept september septembre septiembre",
            "oct october okt oktober octobre octubre",
            "nov november novembre noviembre",
            "dec december dez dezember décembre decembre déc diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}
# RFC 5322, section 4.3; the European ones are as unambiguous.
_ZONES = {
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
_TIME = r"""
    (?:(?:\s*,\s*|\s+|T)(?:(?:at|um|à|a\ las)\s+)?
        (?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?
        (?:\s*(?P<half>[ap])\.?m\.?)?
        (?:\s*(?P<zone>[A-Za-z]{1,4}|(?:UTC|GMT)?[+-]\d{2}:?(?:\d{2})?))?
        (?:\s*\([^()]{1,40}\))?
    )?\s*$
"""
_NUMERIC = re.compile(
    r"\s*(?P<first>\d{1,2})(?P<mark>[./-])(?P<other>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})" + _TIME,
    re.VERBOSE | re.IGNORECASE,
)
_YEAR_FIRST = re.compile(
    r"\s*(?P<year>\d{4})(?P<mark>[./-])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})" + _TIME,
    re.VERBOSE | re.IGNORECASE,
)
_WEEKDAY = r"\s*(?:[^\W\d_]{2,10}\.?,?\s+)?"
_DAY_MONTH = re.compile(
    _WEEKDAY + r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?[\s-]*(?:of\s|de\s)?\s*"
    r"(?P<name>[^\W\d_]{3,10})\.?[\s,-]*(?:de\s+)?(?P<year>\d{4})" + _TIME,
    re.VERBOSE | re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    _WEEKDAY + r"(?P<name>[^\W\d_]{3,10})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    r"(?P<year>\d{4})" + _TIME,
    re.VERBOSE | re.IGNORECASE,
)
_UNIX = re.compile(r"\s*(\d{10}(?:\.\d+)?|\d{13})\s*$")
_PLAIN_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?\Z"
)
_SHORT_ISO = re.compile(r"\d{4}(?:-?\d{2}(?:\d{2}(?:T\d{4,6}Z?)?)?)?\Z")
_LONGEST = 80
_EARLIEST, _LATEST = 1700, 2261


@dataclass(frozen=True)
class Dates:
    """A column of dates."""

    stamps: pd.Series[pd.Timestamp]
    """In UTC; `NaT` where there is no date. A date without a zone is taken as UTC."""
    n_bad: int
    """Values that are there but are no date."""
    ambiguous: bool
    """Whether days and months could be told apart only by taking the month first."""

    def warnings(self, name: str) -> list[str]:
        """What a reader of the column should know."""
        found = []
        if self.n_bad:
            found.append(f"{self.n_bad} values of column {name!r} are not dates")
        if self.ambiguous:
            found.append(f"dates of column {name!r} are read with the month first, as 12/31/2026")
        return found


def read_dates(values: Sequence[object]) -> Dates:
    """Dates of years 1700 to 2261; each distinct value is read once."""
    written = [None if is_missing(value) else as_text(value).strip() or None for value in values]
    distinct = list(dict.fromkeys(text for text in written if text is not None))
    day_first = _day_first(distinct)
    iso = [_as_iso(text, bool(day_first)) for text in distinct]
    parsed = pd.to_datetime(
        pd.Series(iso, dtype="object"), utc=True, errors="coerce", format="ISO8601"
    )
    parsed = parsed.where(parsed.dt.year.between(_EARLIEST, _LATEST))
    place = {text: number for number, text in enumerate(distinct)}
    places = [-1 if text is None else place[text] for text in written]
    stamps = parsed.reindex(places).reset_index(drop=True)
    n_bad = int(stamps.isna().sum()) - places.count(-1)
    return Dates(stamps, n_bad, day_first is None)


def _day_first(written: Sequence[str]) -> bool | None:
    """Whether dates like 01/02/2026 begin with the day; None if nothing tells."""
    found = [match for text in written if (match := _NUMERIC.match(text[:_LONGEST]))]
    slashed = [match for match in found if match["mark"] != "."]
    if not slashed or any(int(match["first"]) > 12 for match in slashed):
        return True
    return False if any(int(match["other"]) > 12 for match in slashed) else None


def _as_iso(text: str, day_first: bool) -> str | None:
    """A date in ISO 8601; nothing if it is no full date."""
    if _PLAIN_ISO.match(text):
        return text
    if len(text) > _LONGEST:
        return None
    if match := _UNIX.match(text):
        seconds = float(match[1]) / (1000 if len(match[1]) == 13 else 1)
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).isoformat()
    if match := _YEAR_FIRST.match(text):
        return _iso(match, int(match["month"]), int(match["day"]))
    if match := _NUMERIC.match(text):
        first, second = int(match["first"]), int(match["other"])
        swapped = first > 12 or (second <= 12 and (day_first or match["mark"] == "."))
        return _iso(match, *((second, first) if swapped else (first, second)))
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        if (match := pattern.match(text)) and (month := _MONTHS.get(match["name"].lower())):
            return _iso(match, month, int(match["day"]))
    return text if _SHORT_ISO.match(text) else None


def _iso(match: re.Match[str], month: int, day: int) -> str | None:
    year, hour = int(match["year"]), int(match["hour"] or 0)
    if len(match["year"]) == 2:
        # POSIX: 69 to 99 are of the last century.
        year += 1900 if year >= 69 else 2000
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    offset = _offset(match["zone"])
    if offset is None:
        return None
    try:
        moment = datetime(
            year,
            month,
            day,
            hour,
            int(match["minute"] or 0),
            min(int(match["second"] or 0), 59),
            tzinfo=UTC,
        )
        fraction = (match["fraction"] or "0").ljust(9, "0")[:6]
        moment = moment.replace(microsecond=int(fraction)) - timedelta(minutes=offset)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat()


def _offset(zone: str | None) -> int | None:
    """Minutes east of UTC; none for a name that is not known."""
    if zone is None:
        return 0
    name = zone.upper().removeprefix("UTC").removeprefix("GMT") or "UTC"
    if name[0] in "+-":
        minutes = int(name[1:3]) * 60 + int(name[3:].lstrip(":") or 0)
        return -minutes if name[0] == "-" else minutes
    return _ZONES[name] * 60 if name in _ZONES else None
