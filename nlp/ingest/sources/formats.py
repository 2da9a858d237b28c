"""The bytes of one file, in each format, into records."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nlp.config import SourceSettings
from nlp.errors import StorageError
from nlp.ingest.column_names import unique
from nlp.ingest.columns import names_asked
from nlp.ingest.encoding import decode
from nlp.ingest.reading import TableReading
from nlp.ingest.records import NAME, TEXT, Reason, Record
from nlp.ingest.sources.json_records import read_json, text_lines
from nlp.ingest.sources.streams import too_large
from nlp.ingest.sources.subtitles import subtitle_text
from nlp.ingest.tables.delimited import read_delimited
from nlp.ingest.tables.spreadsheet import read_spreadsheet

Note = Callable[[TableReading], None]
"""Told how a file was read."""


def ignore(reading: TableReading) -> None:
    """For those who need not know."""


# Rows of a Parquet file that are Python values at the same time.
_ROWS_AT_ONCE = 10_000


def _read_text(data: bytes, source: str, settings: SourceSettings, note: Note) -> Iterator[Record]:
    note(TableReading(source, "text"))
    if data:
        yield Record(source, 1, {NAME: Path(source).name, TEXT: decode(data)})


def _read_subtitles(
    data: bytes, source: str, settings: SourceSettings, note: Note
) -> Iterator[Record]:
    note(TableReading(source, "subtitles"))
    yield Record(source, 1, {NAME: Path(source).name, TEXT: subtitle_text(decode(data))})


def _read_lines(data: bytes, source: str, settings: SourceSettings, note: Note) -> Iterator[Record]:
    note(TableReading(source, "lines"))
    for number, line in enumerate(text_lines(decode(data)), start=1):
        reason = None if line.strip() else Reason.BLANK
        yield Record(source, number, {TEXT: line}, reason)


def _read_json(data: bytes, source: str, settings: SourceSettings, note: Note) -> Iterator[Record]:
    note(TableReading(source, "json"))
    return read_json(decode(data), source)


def _read_csv(data: bytes, source: str, settings: SourceSettings, note: Note) -> Iterator[Record]:
    return read_delimited(decode(data), source, None, names_asked(settings), note)


def _read_tsv(data: bytes, source: str, settings: SourceSettings, note: Note) -> Iterator[Record]:
    text = decode(data)
    # A file that is only called so is read as what it is, unless the format was asked for.
    tabs = settings.format == "tsv" or "\t" in text
    return read_delimited(text, source, "\t" if tabs else None, names_asked(settings), note)


def _read_excel(data: bytes, source: str, settings: SourceSettings, note: Note) -> Iterator[Record]:
    most = settings.max_megabytes * 1_000_000
    return read_spreadsheet(data, source, most, settings.sheet, names_asked(settings), note)


def _read_parquet(
    data: bytes, source: str, settings: SourceSettings, note: Note
) -> Iterator[Record]:
    import pyarrow as pa

    note(TableReading(source, "parquet"))

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


READERS: dict[str, Callable[[bytes, str, SourceSettings, Note], Iterator[Record]]] = {
    "csv": _read_csv,
    "tsv": _read_tsv,
    "json": _read_json,
    "jsonl": _read_json,
    "parquet": _read_parquet,
    "excel": _read_excel,
    "subtitles": _read_subtitles,
    "text": _read_text,
    "lines": _read_lines,
}
