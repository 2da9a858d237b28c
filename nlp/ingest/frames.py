"""What people have in memory (a DataFrame, a Series, a list) into columns of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nlp.config import column_name
from nlp.errors import InputError
from nlp.ingest.column_names import unique
from nlp.ingest.records import TEXT

FrameLike = pd.DataFrame | pd.Series | Sequence[object]


@dataclass(frozen=True)
class FrameColumns:
    """Columns of equal length, those of the index first."""

    columns: dict[str, list[object]]
    n_rows: int
    own_id: str | None = None
    """The named index, which names the documents if its values all differ."""
    spare_id: str | None = None
    """The index without a name, which does so where no column does."""


def frame_columns(data: FrameLike) -> FrameColumns:
    """The columns of a DataFrame, of a Series or of a list of texts or records.

    Raises `InputError` for anything else.
    """
    frame = _frame(data)
    labels, own_id, spare_id = _labels(frame.index)
    given = [*labels, *(str(column_name(name)) for name in frame.columns)]
    names = unique(given)
    values = [*labels.values(), *(frame.iloc[:, i].tolist() for i in range(frame.shape[1]))]
    return FrameColumns(dict(zip(names, values, strict=True)), len(frame), own_id, spare_id)


def _frame(data: FrameLike) -> pd.DataFrame:
    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame(TEXT if data.name is None else data.name)
    given: object = data
    items = given.tolist() if isinstance(given, np.ndarray) and given.ndim == 1 else given
    if isinstance(items, (list, tuple)):
        if items and all(isinstance(one, Mapping) for one in items):
            return pd.DataFrame([dict(one) for one in items], dtype="object")
        if all(one is None or isinstance(one, str) for one in items):
            return pd.DataFrame({TEXT: pd.Series(list(items), dtype="object")})
    raise InputError(
        "documents: give a DataFrame, a Series or a list of texts or of records (dicts), not "
        f"{type(data).__name__}"
    )


def _labels(index: pd.Index[Any]) -> tuple[dict[str, list[object]], str | None, str | None]:
    """The columns that an index makes, and which of them may name the documents."""
    if isinstance(index, pd.RangeIndex) and (index.start, index.step, index.name) == (0, 1, None):
        return {}, None, None
    if isinstance(index, pd.MultiIndex):
        names = [
            f"index_{level}" if name is None else str(column_name(name))
            for level, name in enumerate(index.names, start=1)
        ]
        values = [index.get_level_values(level).tolist() for level in range(index.nlevels)]
        return dict(zip(unique(names), values, strict=True)), None, None
    values_of_one = index.tolist()
    if isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex)):
        name = "timestamp" if index.name is None else str(column_name(index.name))
        plain = index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index
        return {name: [*plain]}, None, None
    if index.name is not None:
        name = str(column_name(index.name)) or "index"
        return {name: values_of_one}, name, None
    return {"index": values_of_one}, None, "index" if index.is_unique else None
