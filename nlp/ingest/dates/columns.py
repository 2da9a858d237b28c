"""Dates and times as people and programs write them, into UTC.

Read by our own rules and not by a guessing parser (python-dateutil, dateparser): those fill what
is missing from today's date, read zone names by the machine's own time zone, take `now` for a date
and decide each value alone, where a column shows which of day and month comes first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from nlp.ingest.dates.patterns import (
    CHARACTERS,
    DAY_MONTH,
    MONTH_DAY,
    MONTH_YEAR,
    MONTHS,
    NUMERIC,
    NUMERIC_MONTH,
    PLAIN_ISO,
    QUARTER,
    SERIAL,
    SHORT_ISO,
    UNIX,
    WEEK,
    YEAR_FIRST,
    YEAR_LAST,
    ZONES,
)
from nlp.ingest.values import as_text, is_missing

# Longer than any date with weekday, zone name and comment.
_LONGEST = 80
# What pandas can hold in nanoseconds is 1677 to 2262.
_EARLIEST, _LATEST = 1700, 2261
# Day 0 of spreadsheets (1900 system), with the 29 February 1900 that never was.
_SERIAL_START = datetime(1899, 12, 30, tzinfo=UTC)
_MONTHS_IN_YEAR = 12


@dataclass(frozen=True)
class Dates:
    """A column of dates."""

    stamps: pd.Series[pd.Timestamp]
    """In UTC; `NaT` where there is no date. A date without a zone is taken as UTC."""
    n_bad: int
    """Values that are there but are no date."""
    ambiguous: bool
    """Whether nothing in the column tells days from months in dates such as 01/02/2026."""
    bad: tuple[str, ...] = ()
    """Some of the values that are no date."""
    order: str = ""
    """`day first` or `month first`, if there are dates such as 01/02/2026."""
    why: str = ""
    """What the order was seen from."""
    n_serial: int = 0
    """Values read as a spreadsheet's number of days."""

    def warnings(self, name: str) -> list[str]:
        """What a reader of the column should know."""
        found = []
        if self.n_bad:
            found.append(f"{self.n_bad} values of column {name!r} are not dates")
        if self.order:
            shown = "31/12/2026" if self.order == "day first" else "12/31/2026"
            found.append(
                f"dates of column {name!r} are read with the {self.order}, as {shown}: {self.why}"
            )
        if self.n_serial:
            found.append(
                f"{self.n_serial} values of column {name!r} are read as a spreadsheet's days: "
                "46085 is 2026-03-04"
            )
        return found


def read_dates(values: Sequence[object]) -> Dates:
    """Dates of years 1700 to 2261; each distinct value is read once."""
    written = [None if is_missing(value) else as_text(value).strip() or None for value in values]
    distinct = list(dict.fromkeys(text for text in written if text is not None))
    order, why = _order(distinct)
    iso = [_as_iso(text, order != "month first") for text in distinct]
    parsed = pd.to_datetime(
        pd.Series(iso, dtype="object"), utc=True, errors="coerce", format="ISO8601"
    )
    parsed = parsed.where(parsed.dt.year.between(_EARLIEST, _LATEST))
    place = {text: number for number, text in enumerate(distinct)}
    places = [-1 if text is None else place[text] for text in written]
    stamps = parsed.reindex(places).reset_index(drop=True)
    n_bad = int(stamps.isna().sum()) - places.count(-1)
    bad = [text for text, lost in zip(distinct, parsed.isna(), strict=True) if lost][:3]
    serial = {place[text] for text in distinct if SERIAL.match(text)}
    n_serial = sum(one in serial for one in places) if serial else 0
    return Dates(stamps, n_bad, why == _NOTHING_TELLS, tuple(bad), order, why, n_serial)


def is_date(text: str) -> bool:
    """Whether a cell alone is a date or a time stamp."""
    return len(text) <= _LONGEST and _as_iso(text.strip(), True) is not None


_NOTHING_TELLS = "nothing tells days from months"


def _order(written: Sequence[str]) -> tuple[str, str]:
    """Which of day and month comes first in dates like 01/02/2026, and what it is seen from."""
    found = [match for text in written if (match := NUMERIC.match(text[:_LONGEST]))]
    slashed = [match for match in found if match["mark"] != "."]
    if not slashed:
        return "", ""
    days_first = sum(int(match["first"]) > _MONTHS_IN_YEAR for match in slashed)
    months_first = sum(int(match["other"]) > _MONTHS_IN_YEAR for match in slashed)
    if days_first or months_first:
        order = "day first" if days_first >= months_first else "month first"
        told = max(days_first, months_first)
        against = min(days_first, months_first)
        why = f"{told} of {len(slashed)} can be read in no other way"
        return order, why + (f", but {against} only the other way round" if against else "")
    by_day, by_month = (
        _in_sequence([_key(match, first) for match in slashed]) for first in (True, False)
    )
    if by_day != by_month and len(slashed) > 2:
        return ("day first" if by_day else "month first"), "only so they are in sequence"
    return "month first", _NOTHING_TELLS


def _key(match: re.Match[str], day_first: bool) -> tuple[int, int, int]:
    first, other = int(match["first"]), int(match["other"])
    return (int(match["year"]), *((other, first) if day_first else (first, other)))


def _in_sequence(keys: Sequence[tuple[int, int, int]]) -> bool:
    """Whether dates only rise or only fall."""
    pairs = list(pairwise(keys))
    return all(a <= b for a, b in pairs) or all(a >= b for a, b in pairs)


def _as_iso(text: str, day_first: bool) -> str | None:
    """A date in ISO 8601; nothing if it is no full date."""
    if PLAIN_ISO.match(text):
        return text
    if len(text) > _LONGEST or not any(c.isdigit() for c in text):
        return None
    if text[0].isdigit():
        if match := UNIX.match(text):
            seconds = float(match[1]) / (1000 if len(match[1]) == 13 else 1)
            return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).isoformat()
        if SERIAL.match(text):
            moment = _SERIAL_START + timedelta(seconds=round(float(text) * 86_400))
            return moment.isoformat()
        if SHORT_ISO.match(text):
            return text
        if match := YEAR_FIRST.match(text):
            return _iso(match, int(match["month"]), int(match["day"]))
        if match := NUMERIC.match(text):
            first, second = int(match["first"]), int(match["other"])
            swapped = first > _MONTHS_IN_YEAR or (
                second <= _MONTHS_IN_YEAR and (day_first or match["mark"] == ".")
            )
            return _iso(match, *((second, first) if swapped else (first, second)))
    for pattern in (DAY_MONTH, MONTH_DAY, YEAR_LAST):
        if (match := pattern.match(text)) and (month := MONTHS.get(match["name"].lower())):
            return _iso(match, month, int(match["day"]))
    return _rounded(text)


def _rounded(text: str) -> str | None:
    """The first day of a month, a quarter or a week; and dates in East Asian characters."""
    if (match := MONTH_YEAR.match(text)) and (month := MONTHS.get(match["name"].lower())):
        return _day(_year(match["year"] or match["short"]), month, 1)
    if match := NUMERIC_MONTH.match(text):
        month = int(match["month"] or match["month2"])
        return _day(int(match["year"] or match["year2"]), month, 1)
    if match := QUARTER.match(text):
        quarter = int(match["quarter"] or match["quarter2"] or match["quarter3"])
        year = _year(match["year"] or match["year2"] or match["year3"])
        return _day(year, 3 * quarter - 2, 1)
    if match := WEEK.match(text):
        year = int(match["year"] or match["year2"] or match["year3"])
        week = int(match["week"] or match["week2"] or match["week3"])
        try:
            return date.fromisocalendar(year, week, int(match["day"] or 1)).isoformat()
        except ValueError:
            return None
    if match := CHARACTERS.match(text):
        clock = {**dict.fromkeys(("half", "zone", "fraction")), **match.groupdict()}
        return _moment(clock, int(match["month"]), int(match["day"]))
    return None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _year(written: str) -> int:
    """A year of two digits as POSIX has it: 69 to 99 are of the last century."""
    year = int(written)
    return year if len(written) > 2 else year + (1900 if year >= 69 else 2000)


def _iso(match: re.Match[str], month: int, day: int) -> str | None:
    return _moment(match.groupdict(), month, day)


def _moment(clock: dict[str, str | None], month: int, day: int) -> str | None:
    """A moment in UTC from the named parts of a pattern."""
    hour = int(clock["hour"] or 0)
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"].lower() == "p" else 0)
    try:
        moment = datetime(
            _year(clock["year"] or ""),
            month,
            day,
            hour,
            int(clock["minute"] or 0),
            # A leap second is the last one of its minute.
            min(int(clock["second"] or 0), 59),
            tzinfo=UTC,
        )
        fraction = (clock["fraction"] or "0").ljust(9, "0")[:6]
        moment = moment.replace(microsecond=int(fraction))
        offset = _offset(clock["zone"], moment)
        return None if offset is None else (moment - offset).isoformat()
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None, moment: datetime) -> timedelta | None:
    """How far a zone is ahead of UTC; none for a name that is not known."""
    if zone is None:
        return timedelta(0)
    if "/" in zone:
        place = _place(zone)
        return None if place is None else moment.replace(tzinfo=place).utcoffset()
    name = zone.upper().removeprefix("UTC").removeprefix("GMT") or "UTC"
    if name[0] in "+-":
        ahead = timedelta(hours=int(name[1:3]), minutes=int(name[3:].lstrip(":") or 0))
        return -ahead if name[0] == "-" else ahead
    return timedelta(hours=ZONES[name]) if name in ZONES else None


@lru_cache(maxsize=700)
def _place(name: str) -> ZoneInfo | None:
    """A zone of the IANA database, of which there are about 600."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
