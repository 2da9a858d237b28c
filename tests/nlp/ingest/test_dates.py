"""Dates: what people and programs write, the same on every machine and every day."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.ingest.dates import read_dates

MOMENT = datetime(2026, 3, 31, 14, 5, 9, tzinfo=UTC)
DAY = datetime(2026, 3, 31, tzinfo=UTC)


def one(value: object) -> object:
    stamp = read_dates([value]).stamps[0]
    return None if pd.isna(stamp) else stamp.to_pydatetime()


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-31T14:05:09Z",
        "2026-03-31 14:05:09",
        "2026-03-31T16:05:09+02:00",
        "2026-03-31T16:05:09+0200",
        "2026-03-31 09:05:09 EST",
        "2026/03/31 2:05:09 PM",
        "20260331T140509Z",
        "31.03.2026 14:05:09",
        "31.03.26, 14:05:09",
        "31/03/2026 14:05:09",
        "03/31/2026 2:05:09 pm",
        "Tue, 31 Mar 2026 16:05:09 +0200",
        "Tue, 31 Mar 2026 14:05:09 GMT",
        "Tue, 31 Mar 2026 16:05:09 +0200 (CEST)",
        "March 31, 2026 at 2:05:09 p.m.",
        "31. März 2026 um 14:05:09",
        "31 mars 2026 à 14:05:09",
        "31 de marzo de 2026 14:05:09",
        "1774965909",
        "1774965909000",
        1774965909,
        1774965909.0,
        MOMENT,
        pd.Timestamp(MOMENT),
        datetime(2026, 3, 31, 16, 5, 9, tzinfo=timezone(timedelta(hours=2))),
        np.datetime64("2026-03-31T14:05:09"),
    ],
)
def test_a_moment_is_read_however_it_is_written(value: object) -> None:
    assert one(value) == MOMENT


@pytest.mark.parametrize(
    "value",
    [
        *("2026-03-31", "20260331", 20260331, "2026-3-31", "2026/3/31", "31.3.2026", "31/3/26"),
        *("31 March 2026", "31st of March 2026", "Mar 31, 2026", "31-Mar-2026", "31. Mär. 2026"),
        *("31 mars 2026", "31 de marzo de 2026", date(2026, 3, 31), " 2026-03-31 "),
    ],
)
def test_a_day_is_read_however_it_is_written(value: object) -> None:
    assert one(value) == DAY


@pytest.mark.parametrize(
    "value",
    [
        *("now", "today", "Monday", "10:30", "March", "5", "12", "1.5", "never", "2026-13-45"),
        *("31/31/2026", "2026-02-30", "30 February 2026", "9999-12-31", "0001-01-01", "x" * 9_999),
        *("2026-03-31 10:00 XYZ", "12345", "T-0001", "31 Foo 2026", "2026-03-31 25:00", True),
        *("\ud800", "2026-03-31\x00", "٣١/٠٣", "[]", "inf", "-1", "10000000000000000000"),
    ],
)
def test_what_is_no_full_date_is_counted_and_never_filled_up(value: object) -> None:
    dates = read_dates([value, "2026-03-31"])
    assert dates.n_bad == 1
    assert dates.stamps.isna().tolist() == [True, False]


@given(st.lists(st.none() | st.text() | st.integers() | st.floats() | st.datetimes() | st.dates()))
def test_any_values_give_as_many_stamps_and_a_true_count(values: list[object]) -> None:
    dates = read_dates(values)
    assert len(dates.stamps) == len(values)
    assert str(dates.stamps.dtype).endswith("UTC]")
    assert 0 <= dates.n_bad <= dates.stamps.isna().sum()


@given(st.datetimes(datetime(1700, 1, 2), datetime(2261, 12, 30)))  # noqa: DTZ001
def test_iso_dates_are_read_exactly(moment: datetime) -> None:
    assert one(moment.isoformat()) == moment.replace(tzinfo=UTC)


def test_one_clear_date_tells_the_order_of_all() -> None:
    assert read_dates(["01/02/2026", "13/02/2026"]).stamps[0] == pd.Timestamp("2026-02-01", tz=UTC)
    assert read_dates(["01/02/2026", "02/13/2026"]).stamps[0] == pd.Timestamp("2026-01-02", tz=UTC)


def test_an_order_that_nothing_tells_is_said() -> None:
    dates = read_dates(["01/02/2026", "03/04/2026"])
    assert dates.ambiguous
    assert "month first" in dates.warnings("when")[0]
    assert not read_dates(["01.02.2026"]).ambiguous
    assert not read_dates(["2026-01-02", None, "x"]).ambiguous


def test_the_time_zone_of_the_machine_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for zone in ("UTC", "America/New_York", "Asia/Tokyo"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert one("2026-03-31 14:05:09") == MOMENT
        assert one("2026-03-31 09:05:09 EST") == MOMENT
        assert one("1774965909") == MOMENT
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("garbage", ["1" * 80, "a" * 80, " " * 79, "1 " * 40, "31 " + "m" * 70])
def test_garbage_takes_no_time(garbage: str) -> None:
    start = time.process_time()
    read_dates([f"{garbage}{number}" for number in range(20_000)])
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("March 2026", "2026-03-01"),
        ("Mar-26", "2026-03-01"),
        ("März 2026", "2026-03-01"),
        ("03/2026", "2026-03-01"),
        ("Q1 2026", "2026-01-01"),
        ("2026-Q3", "2026-07-01"),
        ("1. Quartal 2026", "2026-01-01"),
        ("2026-W10", "2026-03-02"),
        ("KW 10/2026", "2026-03-02"),
        ("4 Mar 26", "2026-03-04"),
        ("46085", "2026-03-04"),
        ("2026年3月4日", "2026-03-04"),
        ("Wed Mar 04 10:00:00 +0000 2026", "2026-03-04T10:00"),
        ("Wed Mar 04 10:00:00 UTC 2026", "2026-03-04T10:00"),
        ("Wed Mar  4 10:00:00 2026", "2026-03-04T10:00"),
        ("4 mars 2026 10h05", "2026-03-04T10:05"),
        ("2026-03-04 10:00:00 Europe/Berlin", "2026-03-04T09:00"),
        ("46085.5", "2026-03-04T12:00"),
    ],
)
def test_dates_of_exports_are_read(written: str, day: str) -> None:
    assert read_dates([written]).stamps[0] == pd.Timestamp(day, tz=UTC)


def test_the_order_of_days_and_months_is_seen_from_the_sequence_and_said() -> None:
    dates = read_dates(["11/02/2026", "12/02/2026", "01/03/2026", "02/03/2026"])
    assert dates.stamps[0] == pd.Timestamp("2026-02-11", tz=UTC)
    assert "day first, as 31/12/2026: only so they are in sequence" in dates.warnings("when")[0]


def test_days_of_a_spreadsheet_are_said() -> None:
    (warning,) = read_dates(["46085", "46086"]).warnings("when")
    assert "2 values of column 'when' are read as" in warning
