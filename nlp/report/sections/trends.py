"""Topics over time: documents per period, and the topics whose share rose or fell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

# Not measured: periods that fit in a small chart; the finest unit with no more is chosen.
_MOST_PERIODS = 40
# The last quarter of the periods counts as recent. Not measured: a compromise between a recent
# change and enough documents for the test.
_RECENT_PARTS = 4
_UNITS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}
_FORMATS = {
    "day": "%Y-%m-%d",
    "week": "%Y-%m-%d",
    "month": "%Y-%m",
    "quarter": "%Y Q%q",
    "year": "%Y",
}
# Two-sided 1% of the normal distribution: chance alone names about one steady topic in a hundred.
_CLEAR = 2.576


@dataclass(frozen=True)
class Change:
    """A topic whose share of the documents changed more than chance explains."""

    topic_id: int
    before: float
    """Share of the earlier documents."""
    recent: float
    """Share of the recent documents."""

    @property
    def rose(self) -> bool:
        """Whether its share of the recent documents is the larger one."""
        return self.recent > self.before


@dataclass(frozen=True)
class Trends:
    """Documents of each topic in each period."""

    unit: str
    """day, week, month, quarter or year."""
    counts: pd.DataFrame
    """Numbers of documents; rows: start of each period, without gaps; columns: topic_id from 1."""
    labels: tuple[str, ...]
    """Name of each period."""
    recent_from: str
    """Name of the first recent period."""
    changes: tuple[Change, ...]
    """The changes that chance hardly explains, clearest first."""
    undated: int
    """Number of documents without a date."""
    earlier: int
    """Number of documents from before the 40 periods shown."""


def trends(documents: pd.DataFrame, n_topics: int) -> Trends | None:
    """Return the trends of a corpus; None without a `timestamp` column or with only one period."""
    if "timestamp" not in documents:
        return None
    times = pd.to_datetime(documents["timestamp"], utc=True).dt.tz_localize(None)
    dated = times.notna()
    unit = _unit(times[dated])
    if unit is None:
        return None
    newest = times.max().to_period(_UNITS[unit])
    earlier = dated & (times < (newest - _MOST_PERIODS + 1).start_time)
    dated &= ~earlier
    periods = times[dated].dt.to_period(_UNITS[unit])
    span = pd.period_range(periods.min(), periods.max(), freq=_UNITS[unit])
    counts = (
        pd.crosstab(periods, documents.loc[dated, "topic_id"])
        .reindex(index=span, columns=range(1, n_topics + 1), fill_value=0)
        .astype(int)
    )
    totals = periods.value_counts().reindex(span, fill_value=0).to_numpy()
    recent = max(1, len(span) // _RECENT_PARTS)
    return Trends(
        unit=unit,
        counts=counts.set_axis(span.start_time),
        labels=tuple(span.strftime(_FORMATS[unit])),
        recent_from=str(span[-recent].strftime(_FORMATS[unit])),
        changes=_changes(counts, totals, recent),
        undated=int(times.isna().sum()),
        earlier=int(earlier.sum()),
    )


def _unit(times: pd.Series[pd.Timestamp]) -> str | None:
    """Return the finest unit with at most 40 periods; None if there is only one period."""
    for unit, code in _UNITS.items():
        if not len(times):
            return None
        periods = times.dt.to_period(code)
        n_periods = (periods.max() - periods.min()).n + 1
        if n_periods <= _MOST_PERIODS or unit == "year":
            return unit if n_periods > 1 else None
    return None


def _changes(counts: pd.DataFrame, totals: np.ndarray, recent: int) -> tuple[Change, ...]:
    """Compare each topic's share in the recent periods with all earlier ones (z-test)."""
    after, before = int(totals[-recent:].sum()), int(totals[:-recent].sum())
    if not after or not before:
        return ()
    in_after = counts.to_numpy()[-recent:].sum(axis=0)
    in_before = counts.to_numpy()[:-recent].sum(axis=0)
    pooled = (in_after + in_before) / (after + before)
    error = np.sqrt(np.maximum(pooled * (1 - pooled), 1e-12) * (1 / after + 1 / before))
    scores = (in_after / after - in_before / before) / error
    order = np.argsort(-np.abs(scores), kind="stable")
    return tuple(
        Change(int(counts.columns[topic]), in_before[topic] / before, in_after[topic] / after)
        for topic in order
        if abs(scores[topic]) > _CLEAR
    )
