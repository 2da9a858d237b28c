"""Rows of a database query, written as JSON lines: all rows, or only those from a mark on.

Only this module imports SQLAlchemy.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.errors import InputError, StorageError
from nlp.http.urls import is_url, mask_text, masked
from nlp.record import InputRecord

if TYPE_CHECKING:
    from sqlalchemy import Connection

_INSTALL = "install the extra `sql` (pip install 'topicbrief[sql]') and your database's driver"
# SQLite raises the same error for every cause; these words mean that the query is wrong.
_AT_FAULT = ("syntax error", "no such", "unrecognized token", "ambiguous")


@dataclass(frozen=True)
class Query:
    """A query, and which of its rows to fetch."""

    sql: str
    id: str | None = None
    """Column with each row's id; with a watermark, every row must have one."""
    watermark: str | None = None
    """Column whose value rises when a row is added or changed."""
    since: Mapping[str, Any] | None = None
    """Fetch rows whose watermark is at least this mark (see `Extract.mark`); None for all rows."""
    most_bytes: int = 8_000_000_000


@dataclass(frozen=True)
class Extract:
    """The account of the rows that were fetched."""

    source: str
    """The address without its secrets."""
    rows: int
    bytes: int
    sha256: str
    """Hash of the file."""
    since: Mapping[str, Any] | None
    mark: Mapping[str, Any] | None
    """The watermark's highest value: `type` (number, text, date or datetime) and `value`."""
    rows_at_mark: int
    sha256_at_mark: str | None
    """Hash of the rows that have this value; it does not depend on their order."""

    def record(self) -> InputRecord:
        """Return the same as part of a run's record."""
        return InputRecord(**asdict(self))


def is_database(source: str) -> bool:
    """Return whether a source is a database address, as `sqlite:///t.db`, `postgresql://host/db`."""
    return "://" in source and not is_url(source)


def fetch(address: str, query: Query, path: Path) -> Extract:
    """Write the rows of a query to `path`, one JSON object per line; returns their account.

    Raises `InputError` for a wrong address, query or column, and `StorageError` if the database
    cannot be reached, is locked or denies access.
    """
    digest, size, rows = hashlib.sha256(), 0, 0
    marks = _Marks(query.watermark)
    with _connected(address) as connection, path.open("wb") as file:
        for row in _rows(connection, query):
            line = json.dumps(
                {name: _plain(value) for name, value in row.items()}, ensure_ascii=False
            )
            data = (line + "\n").encode("utf-8", "surrogatepass")
            marks.see(row, data)
            digest.update(data)
            size += len(data)
            rows += 1
            if size > query.most_bytes:
                raise StorageError(
                    f"the query returns more than {query.most_bytes // 1_000_000} MB: select fewer "
                    "rows or columns, or raise max_megabytes in the config file"
                )
            file.write(data)
    return Extract(
        source=masked(address),
        rows=rows,
        bytes=size,
        sha256=digest.hexdigest(),
        since=query.since,
        mark=_tagged(marks.highest) if marks.highest is not None else query.since,
        rows_at_mark=len(marks.lines),
        sha256_at_mark=marks.digest(),
    )


class _Marks:
    """The highest watermark so far, and the rows that have this value."""

    def __init__(self, column: str | None) -> None:
        self._column = column
        self.highest: Any = None
        self.lines: list[bytes] = []

    def see(self, row: Mapping[str, Any], line: bytes) -> None:
        value = row[self._column] if self._column else None
        if value is None:
            return
        try:
            if self.highest is None or value > self.highest:
                self.highest, self.lines = value, []
        except TypeError:
            raise InputError(
                f"watermark: column {self._column!r} mixes values that cannot be compared: "
                f"{self.highest!r} and {value!r}: choose a column of one type"
            ) from None
        if value == self.highest:
            self.lines.append(line)

    def digest(self) -> str | None:
        return hashlib.sha256(b"".join(sorted(self.lines))).hexdigest() if self.lines else None


def _rows(connection: Connection, query: Query) -> Iterator[dict[str, Any]]:
    from sqlalchemy import text

    # Escape colons: SQLAlchemy would take `:name` in the user's query for a parameter.
    inner = query.sql.strip().rstrip(";").replace(":", r"\:")
    given: dict[str, Any] = {}
    if query.since is not None and query.watermark:
        column = connection.dialect.identifier_preparer.quote(query.watermark)
        # >= and not >: a row with the same value may have been added after the last run.
        inner = (
            f"SELECT * FROM ({inner}) newest "  # noqa: S608 - the query is the user's own
            f"WHERE {column} >= :since OR {column} IS NULL ORDER BY {column}"
        )
        given["since"] = _untagged(query.since)
    result = connection.execute(text(inner), given)
    names = list(result.keys())
    for role, name in (("watermark", query.watermark), ("id", query.id)):
        if query.watermark and name not in names:
            raise InputError(f"{role}: the query has no column {name!r} (columns: {names})")
    for row in result.mappings():
        record = {str(name): value for name, value in row.items()}
        if query.watermark and record[str(query.id)] is None:
            raise InputError(
                f"id: a row has no value in {query.id!r}: --watermark needs one in every row, to "
                "recognise rows that were fetched before"
            )
        yield record


@contextmanager
def _connected(address: str) -> Iterator[Connection]:
    try:
        from sqlalchemy import create_engine, exc, make_url, pool
    except ImportError:
        raise InputError(
            f"source: {masked(address)!r} is a database, and SQLAlchemy is not installed: "
            f"{_INSTALL}"
        ) from None
    try:
        url = make_url(address)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            raise InputError(f"source: no such file: {url.database!r}")
        engine = create_engine(url, poolclass=pool.NullPool)
    except exc.ArgumentError as error:
        raise InputError(f"source: {masked(address)!r}: {_cause(error)}") from None
    except ImportError as error:
        raise InputError(f"source: {masked(address)!r}: {error}: {_INSTALL}") from None
    try:
        with engine.connect().execution_options(stream_results=True) as connection:
            if url.get_backend_name() == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = ON")
            yield connection
    except exc.DBAPIError as error:
        cause = _cause(error.orig or error)
        if isinstance(error, exc.ProgrammingError) or any(one in cause for one in _AT_FAULT):
            raise InputError(f"query: {cause}") from None
        raise StorageError(f"cannot read {masked(address)}: {cause}") from None


def _cause(error: BaseException) -> str:
    return mask_text(" ".join(str(error).split()))


def _plain(value: object) -> object:
    """Return the value as JSON can hold it."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.isoformat() if isinstance(value, date) else str(value)


def _tagged(value: object) -> dict[str, Any]:
    if isinstance(value, datetime | date):
        kind = "datetime" if isinstance(value, datetime) else "date"
        return {"type": kind, "value": value.isoformat()}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"type": "number", "value": value}
    return {"type": "text", "value": str(value)}


def _untagged(mark: Mapping[str, Any]) -> Any:
    readers = {"datetime": datetime.fromisoformat, "date": date.fromisoformat}
    return readers.get(str(mark["type"]), lambda value: value)(mark["value"])
