"""Dataiku datasets in and out, a chunk of rows at a time."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import dataiku
import pandas as pd

from nlp.config import SourceSettings
from nlp.errors import InputError
from nlp.ingest.columns import require_columns
from pipelines.dataiku.schemas import Schema, fit

logger = logging.getLogger(__name__)

# Otherwise pandas guesses the types of each chunk: 007 becomes 7, the text "None" becomes a missing
# cell, and a column can have one type in one chunk and another type in the next.
_AS_STORED = {
    "infer_with_pandas": False,
    "use_nullable_integers": True,
    "bool_as_str": True,
    "parse_dates": False,
    "keep_default_na": False,
    "na_values": [""],
}


class Source:
    """An input dataset: its schema, and its rows in chunks."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._dataset = dataiku.Dataset(name)
        self.schema: Schema = list(self._dataset.read_schema(raise_if_empty=False))

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return [column["name"] for column in self.schema]

    def require(self, settings: SourceSettings, rows: int, others: Sequence[str] = ()) -> None:
        """Raise `InputError` if a column is missing or `rows` is below 1."""
        if rows < 1:
            raise InputError(f"chunk_rows must be at least 1 row (seen: {rows})")
        if not self.columns:
            raise InputError(f"dataset {self.name!r} has no columns: set its schema or build it")
        require_columns(self.columns, settings)
        absent = [name for name in others if name not in self.columns]
        if absent:
            raise InputError(
                f"dataset {self.name!r} has no column {', '.join(map(repr, absent))} "
                f"(columns: {', '.join(self.columns)})"
            )

    def chunks(self, rows: int, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Frames of at most `rows` rows with the values as Dataiku stores them."""
        reader = self._dataset.iter_dataframes
        known = inspect.signature(reader).parameters
        options: dict[str, Any] = {key: how for key, how in _AS_STORED.items() if key in known}
        if columns is not None:
            options["columns"] = list(columns)
        done = 0
        try:
            for chunk in reader(chunksize=rows, **options):
                done += len(chunk)
                logger.info("read: %s rows of %s", f"{done:,}", self.name)
                yield chunk.reset_index(drop=True)
        except pd.errors.EmptyDataError:
            logger.info("read: %s has no rows", self.name)


def write_dataset(name: str, schema: Schema, tables: Iterable[pd.DataFrame]) -> int:
    """Write the schema, then the tables one after another; returns the rows written.

    Without any table the dataset is left empty, with its schema.
    """
    dataset = dataiku.Dataset(name)
    _write_schema(dataset, name, schema)
    done = 0
    with dataset.get_writer() as writer:
        for table in tables:
            writer.write_dataframe(fit(table, schema))
            done += len(table)
    logger.info("wrote: %s rows of %s", f"{done:,}", name)
    return done


def slices(table: pd.DataFrame, rows: int) -> Iterator[pd.DataFrame]:
    """The table in pieces of at most `rows` rows; one empty piece if it has none."""
    for start in range(0, max(len(table), 1), rows):
        yield table.iloc[start : start + rows]


def target_partition(name: str) -> str:
    """The partition of this output that is being built, as a path; empty if it has none."""
    partitioning = dataiku.Dataset(name).get_config().get("partitioning") or {}
    flow = getattr(dataiku, "dku_flow_variables", None) or {}
    keys = [f"DKU_DST_{dimension['name']}" for dimension in partitioning.get("dimensions", [])]
    return "/".join(str(flow[key]).replace("/", "_") for key in keys if key in flow)


def _write_schema(dataset: Any, name: str, schema: Schema) -> None:
    before = {column["name"]: column["type"] for column in dataset.read_schema(False)}
    after = {column["name"]: column["type"] for column in schema}
    if before and before != after:
        changed = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
        logger.warning("%s had another schema; it is replaced (%s)", name, ", ".join(changed))
    dataset.write_schema(schema)
