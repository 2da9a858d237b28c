"""Dates and times as people and programs write them.

columns   a column of dates into timestamps
patterns  names of months and zones, and how dates are written
"""

from nlp.ingest.dates.columns import Dates, is_date, read_dates

__all__ = ["Dates", "is_date", "read_dates"]
