"""The columns of every output in Dataiku's storage types, and tables converted to them.

Schemas are fixed here and written first, so that a column's type never depends on one night's data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

Schema = list[dict[str, Any]]
"""Dataiku's form: one mapping per column, with `name`, `type` and any other attributes."""

_OWN_TYPES = {
    "bigint": ("topic_id", "size", "parent", "rank", "start", "end", "record", "second_topic_id"),
    "double": ("share", "coherence", "probability", "second_probability"),
    "date": ("timestamp",),
}
_TYPE_OF = {name: kind for kind, names in _OWN_TYPES.items() for name in names}
_WHOLE = ("tinyint", "smallint", "int", "bigint")
_DECIMAL = ("float", "double")


def own_schema(columns: Sequence[str]) -> Schema:
    """The schema of the columns that the library writes."""
    return [{"name": name, "type": _TYPE_OF.get(name, "string")} for name in columns]


def beside(source: Schema, own: Sequence[str]) -> tuple[dict[str, str], Schema]:
    """New names for the input's columns, and their schema, so that none collides with `own`.

    Names that differ only in case collide, as in many databases.
    """
    taken = {name.lower() for name in own}
    names: dict[str, str] = {}
    for column in source:
        name = column["name"]
        while name.lower() in taken:
            name = f"source_{name}"
        taken.add(name.lower())
        names[column["name"]] = name
    return names, [{**column, "name": names[column["name"]]} for column in source]


def fit(table: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """The table's columns in the schema's order, converted to the schema's types.

    Missing cells stay missing. Dates without a time zone become UTC, because Dataiku requires one.
    """
    fitted: dict[str, pd.Series[Any]] = {}
    for column in schema:
        name: str = column["name"]
        fitted[name] = _values(table[name], column["type"])
    return pd.DataFrame(fitted)


def _values(column: pd.Series[Any], kind: str) -> pd.Series[Any]:
    if kind in _WHOLE:
        whole = pd.to_numeric(column, errors="raise").astype("Int64")
        return whole if whole.isna().any() else whole.astype("int64")
    if kind in _DECIMAL:
        return pd.to_numeric(column, errors="raise").astype("float64")
    if kind == "date":
        dates = pd.to_datetime(column, utc=True, format="ISO8601")
        return dates.astype("datetime64[ns, UTC]")
    values = column.astype("object")
    return values.where(values.notna(), None)
