"""Numbers, dates and lists in plain English, the same in every locale."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

# Not `calendar.month_name`: that one speaks the language of the machine.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def several(count: int, noun: str) -> str:
    """Return a number and its noun: "1 document", "1,234 documents"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def share(value: float) -> str:
    """Return a share as a percentage: "12%", "3.4%", "less than 0.1%"."""
    percent = 100.0 * value
    if 0 < percent < 0.1:
        return "less than 0.1%"
    return f"{percent:.0f}%" if percent >= 9.95 or percent == 0 else f"{percent:.1f}%"


def enumerated(items: Sequence[str]) -> str:
    """Return a list as text: "a, b and c"; empty for an empty list."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def day(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Return the days from first to last: "3 January 2024 to 5 March 2025", or one day."""
    end = f"{last.day} {_MONTHS[last.month - 1]} {last.year}"
    if first.date() == last.date():
        return end
    start = f"{first.day} {_MONTHS[first.month - 1]}"
    return f"{start} to {end}" if first.year == last.year else f"{start} {first.year} to {end}"


def period(start: pd.Timestamp, unit: str) -> str:
    """Return the period of a unit (day, week, month, quarter, year) that begins at `start`."""
    month = _MONTHS[start.month - 1]
    return {
        "day": f"{start.day} {month} {start.year}",
        "week": f"the week of {start.day} {month} {start.year}",
        "month": f"{month} {start.year}",
        "quarter": f"quarter {(start.month + 2) // 3} of {start.year}",
        "year": f"{start.year}",
    }[unit]
