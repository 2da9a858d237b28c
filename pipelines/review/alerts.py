"""The watch list: terms and topics to warn about when they occur more often than before."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nlp.config import describe
from nlp.errors import InputError, StorageError
from nlp.record import Alert
from pipelines.settings_file import read_settings_file

# Days of each period; a month of 30 days, so that two periods always have the same length.
_DAYS = {"last day": 1, "last week": 7, "last month": 30}


class Watch(BaseModel):
    """One entry of the watch list: a term or a topic, and the increase that raises an alert."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    term: str | None = Field(None, min_length=1, description="a word or phrase in the documents")
    topic: str | None = Field(None, min_length=1, description="a topic's key or name")
    above: float = Field(2.0, gt=0, description="warn above this many times the earlier share")
    than: Literal["last day", "last week", "last month", "last run"] = Field(
        "last month", description="the earlier period or run to compare with"
    )
    least: int = Field(5, ge=1, description="smallest number of documents that raises an alert")

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if (self.term is None) == (self.topic is None):
            raise ValueError("give either a term or a topic, and not both")
        return self


def read_watch_list(path: Path) -> list[Watch]:
    """Return the entries of a TOML or YAML file: its list `watch`, each with `Watch`'s fields.

    Raises `InputError` if the file is missing or malformed.
    """
    value = read_settings_file(path.expanduser(), "watch")
    entries = value.get("watch") if isinstance(value, dict) else value
    if not isinstance(entries, list):
        raise InputError(f"watch: {str(path)!r} has no list named watch: see docs/scheduling.md")
    return [_entry(number, entry) for number, entry in enumerate(entries, start=1)]


def watched_hash(path: str | None) -> str | None:
    """Return the hash of a watch list; a run with another watch list is not a repetition."""
    if path is None:
        return None
    try:
        return hashlib.sha256(Path(path).expanduser().read_bytes()).hexdigest()
    except FileNotFoundError:
        raise InputError(f"watch: no such file: {path!r}") from None
    except OSError as error:
        raise StorageError(f"watch: cannot read {path!r}: {error}") from error


def _entry(number: int, entry: object) -> Watch:
    try:
        return Watch.model_validate(entry)
    except ValidationError as error:
        raise InputError(f"watch: entry {number}: {describe(error)}") from None


def find_alerts(
    watches: Sequence[Watch],
    documents: pd.DataFrame,
    topics: pd.DataFrame,
    last_documents: pd.DataFrame | None = None,
    last_keys: Mapping[int, str] | None = None,
) -> list[Alert]:
    """Return the alerts for `documents` (columns text, topic_id and, if known, timestamp).

    The last day, week or month ends with the newest document and is compared with the period of
    the same length before it. Without dates, and for "last run", this run is compared with the
    last run. The comparison uses shares of the documents, since numbers of documents differ.
    """
    alerts = []
    keys = dict(zip(topics["topic_id"], topics["key"], strict=True))
    for watch in watches:
        now = _hits(watch, documents, topics, keys)
        if watch.than in _DAYS and "timestamp" in documents:
            counts = _windows(documents["timestamp"], now, _DAYS[watch.than])
        elif last_documents is not None:
            then = _hits(watch, last_documents, topics, last_keys or {})
            counts = (int(now.sum()), len(now), int(then.sum()), len(then))
        else:
            continue
        alert = _judge(watch, topics, *counts)
        if alert:
            alerts.append(alert)
    return alerts


def _hits(
    watch: Watch, documents: pd.DataFrame, topics: pd.DataFrame, keys: Mapping[int, str]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if watch.term is not None:
        words = r"\s+".join(re.escape(word) for word in watch.term.split())
        pattern = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
        return np.array([bool(pattern.search(text)) for text in documents["text"]], dtype=bool)
    key = _key(watch, topics)
    return np.array([keys.get(topic) == key for topic in documents["topic_id"]], dtype=bool)


def _key(watch: Watch, topics: pd.DataFrame) -> str | None:
    named = topics.loc[topics["label"] == watch.topic, "key"]
    return str(named.iloc[0]) if len(named) else watch.topic


def _windows(
    stamps: pd.Series[pd.Timestamp], hits: np.ndarray[tuple[int], np.dtype[np.bool_]], days: int
) -> tuple[int, int, int, int]:
    end, step = stamps.max(), pd.Timedelta(days=days)
    now = (stamps > end - step).to_numpy()
    before = ((stamps <= end - step) & (stamps > end - 2 * step)).to_numpy()
    return (
        int((hits & now).sum()), int(now.sum()), int((hits & before).sum()), int(before.sum())
    )  # fmt: skip


def _judge(
    watch: Watch, topics: pd.DataFrame, now: int, n_now: int, before: int, n_before: int
) -> Alert | None:
    if now < watch.least or n_before == 0:
        return None
    if now * n_before <= watch.above * before * n_now:
        return None
    key = None if watch.topic is None else _key(watch, topics)
    labels = topics.loc[topics["key"] == key, "label"]
    subject = str(watch.term or (labels.iloc[0] if len(labels) else watch.topic))
    text = (
        f"“{subject}”: {now} of {n_now} documents; in the {_before(watch)} {before} of {n_before}: "
        f"more than {watch.above:g} times the share"
    )
    return Alert(subject, "topic" if watch.topic else "term", key, now, before, watch.than, text)


def _before(watch: Watch) -> str:
    return "last run" if watch.than == "last run" else f"{watch.than.split()[1]} before"
