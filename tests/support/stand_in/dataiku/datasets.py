"""`dataiku.Dataset` and its writer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from dataiku.scene import StoredDataset, project

_STORAGE_TYPES = {
    "string", "tinyint", "smallint", "int", "bigint", "float", "double", "boolean", "date",
    "dateonly", "datetimenotz", "geopoint", "geometry", "array", "map", "object",
}  # fmt: skip
_NUMPY_TYPES = {
    "tinyint": np.int8, "smallint": np.int16, "int": np.int32, "bigint": np.int64,
    "float": np.float32, "double": np.float64, "boolean": np.bool_,
}  # fmt: skip
_NULLABLE_TYPES = {"tinyint": "Int8", "smallint": "Int16", "int": "Int32", "bigint": "Int64"}
_FORMS = {
    **dict.fromkeys(_NULLABLE_TYPES, re.compile(r"-?\d+")),
    **dict.fromkeys(("float", "double"), re.compile(r"-?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+)")),
    "boolean": re.compile(r"true|false", re.IGNORECASE),
    # TYPES: a date is an instant, so it needs its time zone.
    "date": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)"),
}
_SAMPLINGS = ("head", "random", "random-column")


class Dataset:
    """REFERENCE: a handle; nothing is read or written until a method is called."""

    def __init__(self, name: str, project_key: str | None = None, ignore_flow: bool = False):
        if not isinstance(name, str) or not name:
            raise TypeError(f"a dataset is looked up by its name, got {name!r}")
        self.name = project.short(name)
        self.full_name = f"{project_key or project.key}.{self.name}"
        if self.name not in project.datasets:
            raise Exception(f"Dataset {self.full_name} does not exist")
        if not ignore_flow and self.name not in project.inputs | project.outputs:
            raise Exception(f"Dataset {self.name} is declared neither as input nor as output")

    @property
    def _stored(self) -> StoredDataset:
        return project.datasets[self.name]

    def _check_readable(self) -> None:
        # RECIPES: a recipe reads its inputs and writes its outputs.
        if self.name not in project.inputs:
            raise Exception(f"You cannot read dataset {self.name}, it is not declared as an input")

    def _check_writable(self) -> None:
        if self.name not in project.outputs:
            raise Exception(
                f"You cannot write dataset {self.name}, it is not declared as an output"
            )

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "partitioning": self._stored.partitioning}

    def set_write_partition(self, spec: str) -> None:
        # REFERENCE: "Setting the write partition is not allowed in Python recipes".
        raise Exception("Setting the write partition is not allowed in Python recipes")

    def add_read_partitions(self, spec: str) -> None:
        # REFERENCE: partitions are set by the dependencies, not by the recipe.
        raise Exception("You cannot set partitions when running inside a Python recipe")

    def read_schema(self, raise_if_empty: bool = True) -> list[dict[str, str]]:
        if raise_if_empty and not self._stored.schema:
            # REFERENCE: raise_if_empty.
            raise Exception(f"No column in schema of {self.full_name}. Have you set up the schema?")
        return [dict(column) for column in self._stored.schema]

    def write_schema(self, columns: list[dict[str, str]], drop_and_create: bool = False) -> None:
        self._check_writable()
        if self.full_name in project.open_writers:
            # DATA: set the schema first, on the dataset; it cannot be set for each chunk.
            raise Exception(f"the schema of {self.name} cannot change while it is written")
        for column in columns:
            if not all(isinstance(column.get(key), str) for key in ("name", "type")):
                # DATA, "Writing the output schema": name and type of each column.
                raise Exception(f"column {column} needs a name and a type")
            if column["type"] not in _STORAGE_TYPES:
                # TYPES: the closed list of storage types.
                raise Exception(f"{column['type']!r} of {column['name']!r} is not a storage type")
        names = [column["name"] for column in columns]
        if len(set(names)) != len(names):
            raise Exception(f"duplicate column names: {names}")
        self._stored.schema = [dict(column) for column in columns]

    def write_schema_from_dataframe(self, df: pd.DataFrame) -> None:
        self.write_schema(_schema_of(df))

    def write_dataframe(self, df: pd.DataFrame, infer_schema: bool = False) -> None:
        _check_frame(df)
        if infer_schema:
            self.write_schema_from_dataframe(df)
        with self.get_writer() as writer:
            writer.write_dataframe(df)

    def write_with_schema(self, df: pd.DataFrame, drop_and_create: bool = False) -> None:
        self.write_dataframe(df, infer_schema=True)

    def get_writer(self) -> DatasetWriter:
        self._check_writable()
        return DatasetWriter(self)

    def get_dataframe(
        self, columns: list[str] | None = None, limit: int | None = None, **options: Any
    ) -> pd.DataFrame:
        frames = list(
            self.iter_dataframes(chunksize=10**9, columns=columns, limit=limit, **options)
        )
        return frames[0]

    def iter_dataframes(
        self,
        chunksize: int = 10_000,
        infer_with_pandas: bool = True,
        sampling: str = "head",
        sampling_column: str | None = None,
        parse_dates: bool = True,
        limit: int | None = None,
        ratio: float | None = None,
        columns: list[str] | None = None,
        bool_as_str: bool = False,
        int_as_float: bool = False,
        use_nullable_integers: bool = False,
        float_precision: Any = None,
        na_values: Any = None,
        keep_default_na: bool = True,
    ) -> Iterator[pd.DataFrame]:
        """DATA: the rows as frames of at most `chunksize` rows, parsed by pandas from text."""
        self._check_readable()
        if sampling not in _SAMPLINGS or (sampling != "head" and ratio is None and limit is None):
            # DATA, "Sampling": head takes limit; random takes ratio or limit.
            raise ValueError(f"sampling {sampling!r} with ratio {ratio!r} and limit {limit!r}")
        schema = self.read_schema()
        names = [column["name"] for column in schema]
        chosen = names if columns is None else list(columns)
        unknown = [name for name in chosen if name not in names]
        if unknown:
            raise Exception(f"Column {unknown[0]} is not in the schema of {self.name}")
        kinds = {column["name"]: column["type"] for column in schema}
        dtypes = {
            name: _dtype(kinds[name], bool_as_str, int_as_float, use_nullable_integers)
            for name in chosen
        }
        positions = [names.index(name) for name in chosen]
        rows = iter(self._stored.rows())
        if limit is not None:
            rows = islice(rows, int(limit))
        first = True
        while True:
            part = list(islice(rows, chunksize))
            if not part and not first:
                return
            first = False
            frame = pd.read_table(
                _text(part, positions),
                names=chosen,
                header=None,
                dtype=None if infer_with_pandas else dtypes,
                na_values=na_values,
                keep_default_na=keep_default_na,
                float_precision=float_precision,
                doublequote=True,
                # A row of one empty cell is a row, not a blank line.
                skip_blank_lines=False,
            )
            if parse_dates:
                for name in chosen:
                    if kinds[name] == "date":
                        frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
            yield frame
            if len(part) < chunksize:
                return


class DatasetWriter:
    """DATA: must be closed, or nothing is fully written; `with` sees to it."""

    def __init__(self, dataset: Dataset) -> None:
        if dataset.full_name in project.open_writers:
            # REFERENCE, DatasetWriter: one at a time.
            raise Exception(f"There is already another active writer for {dataset.full_name}")
        self._dataset = dataset
        self._closed = False
        self._rows: list[list[str]] = []
        self._count = 0
        project.open_writers.add(dataset.full_name)

    def __enter__(self) -> DatasetWriter:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self.close()
        else:
            self._closed = True
            project.open_writers.discard(self._dataset.full_name)

    def write_dataframe(self, df: pd.DataFrame) -> None:
        _check_frame(df)
        if self._closed:
            raise Exception("the writer is closed")
        # DATA: for chunked writing the schema is set first, on the dataset.
        schema = self._dataset.read_schema(raise_if_empty=True)
        names = [column["name"] for column in schema]
        if list(df.columns) != names:
            raise Exception(f"columns {list(df.columns)} do not fit the schema's {names}")
        for column in schema:
            dates = df[column["name"]]
            if column["type"] == "date" and dates.dtype.kind == "M" and dates.dt.tz is None:
                # TYPES: a date is an instant.
                raise Exception(f"dates of {column['name']!r} have no time zone")
        for row in _rows_of(df):
            for cell, column in zip(row, schema, strict=True):
                form = _FORMS.get(column["type"])
                if cell and form is not None and not form.fullmatch(cell):
                    raise Exception(
                        f"{cell!r} of {column['name']!r} is not of type {column['type']}"
                    )
            self._count += 1
            if self._dataset._stored.keeps_rows:
                self._rows.append(row)

    def write_row_array(self, row: Sequence[object]) -> None:
        self.write_dataframe(pd.DataFrame([row], columns=self._names(), dtype="object"))

    def write_row_dict(self, row: Mapping[str, object]) -> None:
        self.write_row_array([row.get(name) for name in self._names()])

    def _names(self) -> list[str]:
        return [column["name"] for column in self._dataset.read_schema()]

    def close(self) -> None:
        """DATA: what was written replaces what was there (append mode is off)."""
        stored, rows = self._dataset._stored, self._rows
        stored.rows, stored.written = lambda: rows, self._count
        self._closed = True
        project.open_writers.discard(self._dataset.full_name)


def _check_frame(df: object) -> None:
    # REFERENCE: these methods take a dataframe.
    if not hasattr(df, "to_csv"):
        raise ValueError(f"a dataframe is expected, got {type(df)}")


def _dtype(kind: str, bool_as_str: bool, int_as_float: bool, nullable: bool) -> Any:
    """DATA, "Typing and schema": what infer_with_pandas=False hands to pandas."""
    if kind == "boolean" and bool_as_str:
        return np.object_
    if kind in _NULLABLE_TYPES and int_as_float:
        return np.float64
    if kind in _NULLABLE_TYPES and nullable:
        return _NULLABLE_TYPES[kind]
    return _NUMPY_TYPES.get(kind, np.object_)


def _text(rows: list[list[str]], positions: list[int]) -> io.StringIO:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
    writer.writerows([row[position] for position in positions] for row in rows)
    stream.seek(0)
    return stream


def _rows_of(df: pd.DataFrame) -> Iterator[list[str]]:
    """The cells as they travel: CSV text, where a missing value is an empty cell."""
    stream = io.StringIO()
    df.to_csv(stream, index=False, header=False, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    stream.seek(0)
    for row in csv.reader(stream):
        yield row or [""]


def _schema_of(df: pd.DataFrame) -> list[dict[str, str]]:
    """DATA: the schema that pandas' types suggest."""
    kinds = {"i": "bigint", "u": "bigint", "f": "double", "b": "boolean", "M": "date"}
    return [
        {"name": str(name), "type": kinds.get(getattr(dtype, "kind", "O"), "string")}
        for name, dtype in df.dtypes.items()
    ]
