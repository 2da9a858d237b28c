"""The bytes of one file, in each format, into records."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nlp.config import SourceSettings
from nlp.errors import StorageError
from nlp.ingest.delimited import read_delimited, unique
from nlp.ingest.encoding import decode
from nlp.ingest.records import NAME, TEXT, Reason, Record

_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
}
_ROWS_AT_ONCE = 10_000


def format_of(name: str) -> str | None:
    """The format that a file's name tells, `.gz` or not."""
    return _SUFFIXES.get(Path(name.lower().removesuffix(".gz")).suffix)


def _read_text(data: bytes, source: str, settings: SourceSettings) -> Iterator[Record]:
    if data:
        yield Record(source, 1, {NAME: Path(source).name, TEXT: decode(data)})


def _read_lines(data: bytes, source: str, settings: SourceSettings) -> Iterator[Record]:
    for number, line in enumerate(_lines(decode(data)), start=1):
        reason = None if line.strip() else Reason.BLANK
        yield Record(source, number, {TEXT: line}, reason)


def _read_jsonl(data: bytes, source: str, settings: SourceSettings) -> Iterator[Record]:
    for number, line in enumerate(_lines(decode(data)), start=1):
        yield _json_record(line, source, number)


def _json_record(line: str, source: str, number: int) -> Record:
    if not line.strip():
        return Record(source, number, {}, Reason.BLANK)
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Record(source, number, {}, Reason.MALFORMED, f"not JSON: {error}")
    if isinstance(value, str):
        return Record(source, number, {TEXT: value})
    if isinstance(value, dict):
        return Record(source, number, value)
    kind = {list: "list", bool: "truth value", type(None): "null"}.get(type(value), "number")
    detail = f"a JSON {kind} where an object was expected"
    return Record(source, number, {}, Reason.MALFORMED, detail)


def _lines(text: str) -> list[str]:
    """Lines without the blank ones at the end; carriage returns end a line only before a feed."""
    lines = text.rstrip("\r\n").split("\n")
    return [] if lines == [""] else [line.removesuffix("\r") for line in lines]


def _read_csv(data: bytes, source: str, settings: SourceSettings) -> Iterator[Record]:
    return read_delimited(decode(data), source)


def _read_tsv(data: bytes, source: str, settings: SourceSettings) -> Iterator[Record]:
    return read_delimited(decode(data), source, separator="\t")


def _read_parquet(data: bytes, source: str, settings: SourceSettings) -> Iterator[Record]:
    import pyarrow as pa

    try:
        yield from _parquet_records(data, source, settings)
    except StorageError:
        raise
    except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError) as error:
        cause = " ".join(str(error).split())
        raise StorageError(f"cannot read {source!r}: {cause}") from error


def _parquet_records(data: bytes, source: str, settings: SourceSettings) -> Iterator[Record]:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(io.BytesIO(data))
    names = unique([str(name) for name in file.schema_arrow.names])
    number, n_bytes = 0, 0
    for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
        n_bytes += batch.nbytes
        if n_bytes > settings.max_megabytes * 1_000_000:
            raise StorageError(too_large(source, settings.max_megabytes))
        columns = [_values(column) for column in batch.columns]
        for row in range(batch.num_rows):
            number += 1
            fields = {name: column[row] for name, column in zip(names, columns, strict=True)}
            bad = [name for name, value in fields.items() if isinstance(value, _Unreadable)]
            if bad:
                detail = f"unreadable value in column {bad[0]!r}"
                yield Record(source, number, {}, Reason.MALFORMED, detail)
            else:
                yield Record(source, number, fields)


def too_large(name: str, megabytes: int) -> str:
    """What is said of a file over the limit."""
    return f"{name!r} holds more than {megabytes} MB: raise max_megabytes to read it"


class _Unreadable:
    """Stands for a value that Python has no type for, or that is damaged."""


def _values(column: Any) -> list[object]:
    """The values of an Arrow column; text that is not UTF-8 is shown as well as can be."""
    import pyarrow as pa

    try:
        values: list[object] = column.to_pylist()
    except (pa.ArrowException, ValueError, OverflowError):
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            return _values(column.cast(pa.large_binary()))
        return [_value(cell) for cell in column]
    return values


def _value(cell: Any) -> object:
    try:
        return cell.as_py()
    except (ValueError, OverflowError):
        return _Unreadable()


READERS: dict[str, Callable[[bytes, str, SourceSettings], Iterator[Record]]] = {
    "csv": _read_csv,
    "tsv": _read_tsv,
    "jsonl": _read_jsonl,
    "parquet": _read_parquet,
    "text": _read_text,
    "lines": _read_lines,
}
