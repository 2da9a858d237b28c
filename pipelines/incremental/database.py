"""Rows of a database query as a file of JSON lines: all of them, or only those from a mark on.

SQLAlchemy is imported here only.
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
# What SQLite, which has one error for everything, says of a query that is at fault.
_AT_FAULT = ("syntax error", "no such", "unrecognized token", "ambiguous")


@dataclass(frozen=True)
class Query:
    """What is asked of a database."""

    sql: str
    id: str | None = None
    """Column that names each row; every row must have it if there is a watermark."""
    watermark: str | None = None
    """Column whose values rise as rows are added or changed."""
    since: Mapping[str, Any] | None = None
    """The mark from which on rows are fetched, as `Extract.mark` has it; None for all."""
    most_bytes: int = 8_000_000_000


@dataclass(frozen=True)
class Extract:
    """Rows that were fetched."""

    source: str
    """The address without its secrets."""
    rows: int
    bytes: int
    sha256: str
    """Of the file."""
    since: Mapping[str, Any] | None
    mark: Mapping[str, Any] | None
    """The watermark's highest value: `type` (number, text, date or datetime) and `value`."""
    rows_at_mark: int
    sha256_at_mark: str | None
    """Of the rows that have that value, in whatever order they came."""

    def record(self) -> InputRecord:
        """For the record of the run."""
        return InputRecord(**asdict(self))


def is_database(source: str) -> bool:
    """Whether a source is a database's address: `sqlite:///tickets.db`, `postgresql://host/db`."""
    return "://" in source and not is_url(source)


def fetch(address: str, query: Query, path: Path) -> Extract:
    """Write the rows of a query to `path`, a line of JSON each.

    Raises `InputError` for an address, a query or a column that cannot be meant, `StorageError` if
    the database cannot be reached, is locked or says no.
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
                    f"the query gives more than {query.most_bytes // 1_000_000} MB: narrow it, or "
                    "set max_megabytes in the config file"
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
    """The highest value of the watermark so far, and the rows that have it."""

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
                f"watermark: {self._column!r} holds values that cannot be compared: "
                f"{self.highest!r} and {value!r}"
            ) from None
        if value == self.highest:
            self.lines.append(line)

    def digest(self) -> str | None:
        return hashlib.sha256(b"".join(sorted(self.lines))).hexdigest() if self.lines else None


def _rows(connection: Connection, query: Query) -> Iterator[dict[str, Any]]:
    from sqlalchemy import text

    # No colon of the user's is the name of a parameter.
    inner = query.sql.strip().rstrip(";").replace(":", r"\:")
    given: dict[str, Any] = {}
    if query.since is not None and query.watermark:
        column = connection.dialect.identifier_preparer.quote(query.watermark)
        # From the mark on, not after it: a row of the same value may have come later.
        inner = (
            f"SELECT * FROM ({inner}) newest "  # noqa: S608 - the query is the user's own
            f"WHERE {column} >= :since OR {column} IS NULL ORDER BY {column}"
        )
        given["since"] = _untagged(query.since)
    result = connection.execute(text(inner), given)
    names = list(result.keys())
    for role, name in (("watermark", query.watermark), ("id", query.id)):
        if query.watermark and name not in names:
            raise InputError(f"{role}: no column {name!r} in the query (columns: {names})")
    for row in result.mappings():
        record = {str(name): value for name, value in row.items()}
        if query.watermark and record[str(query.id)] is None:
            raise InputError(f"id: a row has no {query.id!r}, by which --watermark knows it again")
        yield record


@contextmanager
def _connected(address: str) -> Iterator[Connection]:
    try:
        from sqlalchemy import create_engine, exc, make_url, pool
    except ImportError:
        raise InputError(f"source: {masked(address)!r} is a database: {_INSTALL}") from None
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
    """What JSON can hold of a value."""
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
