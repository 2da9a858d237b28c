"""What a file holds, by its content first and by its name second."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from nlp.errors import InputError
from nlp.ingest.column_names import is_known
from nlp.ingest.encoding import decode
from nlp.ingest.tables.dialects import find_dialect
from nlp.ingest.tables.rows import fields_of_any_size

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xls": "excel",
    ".srt": "subtitles",
    ".vtt": "subtitles",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
}
TABLES = frozenset(("csv", "tsv", "json", "jsonl", "parquet", "excel"))
"""Formats of which one file holds many records."""
ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# First bytes of files that people take for tables or texts: what they are, and what to do.
_FOREIGN = (
    (b"%PDF", "a PDF: save it as text"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"SQLite format 3\0", "an SQLite database: name it as sqlite:///FILE with --query"),
    (b"{\\rtf", "a Rich Text document: save it as text"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it"),
    (b"Rar!", "a RAR archive: unpack it"),
    (b"ORC", "an ORC file: save it as Parquet"),
    (b"Obj\x01", "an Avro file: save it as Parquet"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)  # fmt: skip
_HTML = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)
# The mark of each kind of Office file inside its zip.
_PARTS = (
    ("xl/workbook.xml", "excel"),
    ("xl/workbook.bin", "a binary workbook (.xlsb): save it as .xlsx or CSV"),
    ("word/document.xml", "a Word document: save it as text"),
    ("ppt/presentation.xml", "a presentation: save it as text"),
    ("META-INF/manifest.xml", "an OpenDocument file or an application: save it as .xlsx or CSV"),
)
_SAMPLE = 8_192
# Text has tabs, line ends and now and then a form feed; binary files are a third control bytes.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOSTLY_TEXT = 0.05
_CUE = re.compile(
    r"\ufeff?(?:\s*WEBVTT\b|\s*(?:\d+\s*\r?\n)?\s*(?:\d+:)?\d\d:\d\d[,.]\d{3}\s*-->\s*(?:\d+:)?\d\d:\d\d)"
)
# A text is taken for a table only if nearly all of its lines are rows, and a few are there.
_ROWS_OF_A_TABLE = 3
_NEARLY_ALL = 0.95


def format_of(name: str) -> str | None:
    """The format that a file's name tells, `.gz` or not."""
    return SUFFIXES.get(Path(name.lower().removesuffix(".gz")).suffix)


def recognise(data: bytes, name: str, asked: str, columns: frozenset[str] = frozenset()) -> str:
    """The format of a file: the one `asked` for unless that is `auto`.

    Raises `InputError` for what is no text at all and for what nothing tells the format of; no
    message shows bytes of the file. `columns` are names that a table of text should hold.
    """
    found = _binary(data, name)
    if found is not None:
        return found
    named = format_of(name)
    kind = asked if asked != "auto" else named
    if asked != "auto" or kind in ("parquet", "excel", "jsonl", "json"):
        return str(kind)
    _refuse_binary(data, name)
    text = decode(data[: 40 * _SAMPLE])
    if _CUE.match(text):
        return "subtitles"
    if kind != "subtitles" and _is_json(text):
        return "json"
    if kind in (None, "text") and _is_table(text, columns):
        return "csv"
    if kind is None:
        raise InputError(
            f"source: cannot tell the format of {name!r}: name it with --format "
            "(csv, tsv, json, jsonl, parquet, excel, subtitles, text, lines)"
        )
    return kind


def _binary(data: bytes, name: str) -> str | None:
    """A format that the first bytes tell for certain."""
    if data[:4] == b"PAR1":
        return "parquet"
    if data[:8] == _OLD_OFFICE:
        return "excel"
    if data[:4] == ZIP:
        found = office_part(data)
        if found == "excel":
            return "excel"
        raise InputError(f"source: {name!r} is {found or 'a zip archive: name it .zip'}")
    for mark, what in _FOREIGN:
        if data.startswith(mark):
            raise InputError(f"source: {name!r} is {what}")
    if _HTML.match(data[:1_000]) and format_of(name) not in (None, "text"):
        raise InputError(f"source: {name!r} is a web page (HTML), not a table: export it again")
    return None


def office_part(content: bytes | Path) -> str | None:
    """What kind of Office file a zip is: `excel`, or words that refuse it; None for an archive."""
    try:
        place = content if isinstance(content, Path) else io.BytesIO(content)
        with zipfile.ZipFile(place) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "a damaged zip archive or workbook"
    return next((what for part, what in _PARTS if part in names), None)


def _refuse_binary(data: bytes, name: str) -> None:
    sample = data[:_SAMPLE]
    if sample[:4].startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return
    control = len(_CONTROL.findall(sample))
    # UTF-16 without a mark has a zero byte beside each Latin letter.
    if control > _MOSTLY_TEXT * len(sample) and "\0" in decode(sample[: len(sample) // 2 * 2]):
        raise InputError(
            f"source: {name!r} is no text: {control} of its first {len(sample)} bytes are control "
            "characters; export it as CSV, JSON or text"
        )


def _is_json(text: str) -> bool:
    """Whether a text begins as JSON objects, or a list of them, do."""
    return re.match(r"\ufeff?\s*(?:\[\s*)?\{\s*(?:\"|\})", text) is not None


def _is_table(text: str, columns: frozenset[str]) -> bool:
    """Whether nearly all lines of a text are rows under a header."""
    with fields_of_any_size():
        sample = find_dialect(text, 0, None, columns)
    layout, dialect = sample.layout, sample.dialect
    below = [row for row in sample.rows[layout.first :] if row]
    if layout.header is None or layout.width < 2 or len(below) < _ROWS_OF_A_TABLE:
        return False
    names = [cell.strip() for cell in sample.rows[layout.header]]
    known = sum(is_known(name) or name in columns for name in names)
    enough = 1 if dialect.separator == "\t" else 2
    return sample.fit >= _NEARLY_ALL and (known >= enough or (enough == 1 and layout.votes > 0))
