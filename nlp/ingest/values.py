"""Single values of any type: is it missing, what is its text, can its column keep its type."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from nlp.ingest.encoding import decode, without_surrogates

_INT64 = 2**63
# What programs and people write where there is no text: exports of databases, spreadsheets, forums
# and surveys. Signs alone say nothing either.
_PLACEHOLDERS = frozenset((
    "nan", "null", "none", "nil", "na", "n/a", "n.a.", "n.a", "nat", "\\n", "undefined",
    "#n/a", "#na", "#null!", "#value!", "#ref!", "#div/0!", "#name?", "#num!",
    "<na>", "<null>", "(null)", "[null]", "<none>", "(none)", "[none]",
    "<empty>", "(empty)", "[empty]", "(blank)", "[blank]", "(leer)", "(missing)", "[missing]",
    "<deleted>", "(deleted)", "[deleted]", "[deleted by user]", "<removed>", "(removed)",
    "[removed]", "[removed by reddit]", "[ removed by reddit ]", "[removed by moderator]",
    "not available", "not applicable", "no data", "keine angabe", "k.a.", "k. a.", "k.a",
    "s/o", "n/d", "sin datos", "non renseigné",
))  # fmt: skip
_LONGEST_PLACEHOLDER = max(map(len, _PLACEHOLDERS))
_SIGNS = ".,;:-–—_*/\\?!…·•#~+= "


def is_missing(value: object) -> bool:
    """Whether there is no value: None, NaN, NaT, NA; an empty text is a value."""
    if isinstance(value, str):
        return False
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    return isinstance(value, (float, np.generic)) and bool(value != value)


def is_placeholder(text: str) -> bool:
    """Whether a whole cell only says that there is no text: `N/A`, `[deleted]`, `-`."""
    plain = text.strip()
    if len(plain) > _LONGEST_PLACEHOLDER:
        return False
    return plain.lower() in _PLACEHOLDERS or not plain.strip(_SIGNS)


def words_joined(value: object) -> object:
    """A list of words as the text they make; any other value as it is."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)) and value and all(isinstance(one, str) for one in value):
        return " ".join(value)
    return value


def as_text(value: object) -> str:
    """A value as text without lone surrogates; whole floats without their `.0`."""
    if isinstance(value, str):
        return value if value.isascii() else without_surrogates(value)
    if isinstance(value, (bytes, bytearray)):
        return decode(bytes(value))
    if isinstance(value, (Mapping, list, tuple, set, frozenset, np.ndarray)):
        plain = value.tolist() if isinstance(value, np.ndarray) else value
        plain = sorted(map(str, plain)) if isinstance(plain, (set, frozenset)) else plain
        return without_surrogates(json.dumps(_plain(plain), ensure_ascii=False, default=as_text))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return without_surrogates(str(value))


def texts(values: Sequence[object]) -> list[str | None]:
    """Each value as text, None where it is missing."""
    return [None if is_missing(value) else as_text(value) for value in values]


def column(values: Sequence[object]) -> pd.Series[Any]:
    """A column as it came: numbers, booleans and times keep their type, all else becomes text.

    The result can always be written to Parquet.
    """
    present: list[Any] = [None if is_missing(value) else value for value in values]
    kinds = {type(value) for value in present if value is not None}
    if kinds == {bool}:
        return pd.Series(present, dtype="boolean")
    if kinds == {int} and all(v is None or -_INT64 <= v < _INT64 for v in present):
        return pd.Series(present, dtype="Int64")
    if kinds in ({float}, {int, float}) and (numbers := _floats(present)) is not None:
        return numbers
    if kinds and kinds <= {datetime, pd.Timestamp} and (times := _times(present)) is not None:
        return times
    return pd.Series(texts(values), dtype="str")


def _floats(values: Sequence[Any]) -> pd.Series[Any] | None:
    """A column of floats; nothing if a number is too large for one."""
    try:
        return pd.Series([np.nan if value is None else float(value) for value in values])
    except OverflowError:
        return None


def _times(values: Sequence[Any]) -> pd.Series[Any] | None:
    """A column of times, all with or all without a zone; nothing if they cannot share a type."""
    zones = {value.tzinfo is not None for value in values if value is not None}
    if len(zones) != 1:
        return None
    try:
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="object"), utc=zones.pop()))
    except (ValueError, OverflowError):  # years that this pandas cannot hold
        return None


def _plain(value: object) -> object:
    """A nested value with keys that JSON can hold."""
    if isinstance(value, Mapping):
        return {as_text(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (date, Decimal)):
        return str(value)
    return value
