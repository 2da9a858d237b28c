"""Single columns and single rows of a finished run's documents, without reading all texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from nlp.arrays import Ints
from nlp.errors import StorageError

T = TypeVar("T")


class DocumentRows:
    """The documents of a finished run; raises `StorageError` where they cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "documents.parquet"

    @property
    def names(self) -> Sequence[str]:
        """Names of the columns."""
        return tuple(self._read(lambda: self._file.schema_arrow.names))

    def __len__(self) -> int:
        """Number of documents."""
        return int(self._read(lambda: self._file.metadata.num_rows))

    def columns(self, names: Sequence[str]) -> pd.DataFrame:
        """Return some columns of all rows."""
        return self._frame(lambda: self._file.read(list(names)))

    def rows(self, rows: Ints, names: Sequence[str]) -> pd.DataFrame:
        """Return some columns of some rows, in the order given; only their row groups are read."""
        groups = np.searchsorted(self._bounds, rows, side="right") - 1
        needed = np.unique(groups)
        sizes = np.diff(self._bounds)[needed]
        starts = np.concatenate([[0], np.cumsum(sizes)])[np.searchsorted(needed, groups)]
        places = starts + rows - self._bounds[groups]
        return self._frame(
            lambda: self._file.read_row_groups(needed.tolist(), list(names)).take(places)
        )

    @cached_property
    def _file(self) -> Any:
        from pyarrow.parquet import ParquetFile

        return ParquetFile(self._path)

    @cached_property
    def _bounds(self) -> Ints:
        """(n_groups + 1,) the first row of each row group, then the number of rows."""

        def bounds() -> Ints:
            known = self._file.metadata
            sizes = [known.row_group(group).num_rows for group in range(known.num_row_groups)]
            return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

        return self._read(bounds)

    def _frame(self, read: Callable[[], Any]) -> pd.DataFrame:
        return self._read(lambda: pd.DataFrame(read().to_pandas()))

    def _read(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except (OSError, ValueError) as error:
            raise StorageError(
                f"cannot read the documents of {str(self._path.parent)!r}: {error}"
            ) from error
