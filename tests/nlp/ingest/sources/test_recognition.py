"""Files are known by what they hold; what cannot be read is refused in words, never in bytes."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from nlp.config import SourceSettings
from nlp.errors import InputError, TopicbriefError
from nlp.ingest.corpus import Corpus, read_corpus

TEXTS = [f"the parcel {n} came late, and nobody called" for n in range(12)]
LISTED = json.dumps([{"id": n, "text": text} for n, text in enumerate(TEXTS)])
LINES = "\n".join(json.dumps({"id": n, "text": text}) for n, text in enumerate(TEXTS))
TABLE = "id,text\n" + "".join(f'{n},"{text}"\n' for n, text in enumerate(TEXTS))
LETTER = "Dear all, this is a letter.\nIt has lines, of course, and commas.\nBest, Kim\n"


def read(path: Path, data: bytes | str, **options: object) -> Corpus:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_corpus([path], SourceSettings(**options))


def word_document() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    return made.getvalue()


def workbook(*, second: bool = False, far: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in [("id", "text"), *enumerate(TEXTS)]:
        sheet.append(row)
    if second:
        other = book.create_sheet("Notes")
        for note in ("made", "by", "hand"):
            other.append([note])
    if far:
        sheet["XFD1048576"] = "x"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("list.jsonl", LISTED),
        ("pretty.json", json.dumps(json.loads(LISTED), indent=2)),
        ("wrapped.json", json.dumps({"count": 12, "data": json.loads(LISTED)})),
        ("lines.txt", LINES),
        ("objects.jsonl", LINES.replace("}", "\n}").replace("{", "{\n ")),
        ("mark.jsonl", b"\xef\xbb\xbf" + LINES.encode()),
        ("table.txt", TABLE),
        ("table.dat", TABLE),
        ("table.json.csv", TABLE),
        ("tabs.tsv", TABLE.replace(",the", ", the")),
        ("book.csv", workbook()),
        ("split.json", json.dumps({"columns": ["id", "text"], "data": list(enumerate(TEXTS))})),
    ],
)
def test_records_are_found_whatever_the_file_is_called(
    tmp_path: Path, name: str, data: bytes | str
) -> None:
    corpus = read(tmp_path / name, data)
    assert [text.strip() for text in corpus.texts] == TEXTS
    assert corpus.documents["doc_id"].tolist() == [str(n) for n in range(12)]


def test_a_letter_with_commas_stays_one_document(tmp_path: Path) -> None:
    assert read(tmp_path / "x.txt", LETTER * 5).texts == [LETTER * 5]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.csv", b"%PDF-1.4\n\x00\x01\x02" * 50, "is a PDF"),
        ("x.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "is a picture"),
        ("x.csv", word_document(), "is a Word document"),
        ("x.docx", word_document(), "is a Word document"),
        ("x.csv", bytes(range(256)) * 40, "is no text"),
        ("x.csv", "<!DOCTYPE html><html><body>Log in</body></html>", "is a web page"),
        ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 3_000, "cannot read"),
        ("x.xlsx", workbook()[:-300], "damaged"),
        ("x.xlsx", workbook(far=True), "spans 1048576 rows and 16384 columns"),
        ("x.xlsx", workbook(second=True), r"'Data', 'Notes'\): name it with --sheet"),
        ("x.json", json.dumps({"a": [{"x": 1}], "b": [{"x": 2}]}), r"several lists .*\(a, b\)"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_printable_line(
    tmp_path: Path, name: str, data: bytes | str, says: str
) -> None:
    with pytest.raises(TopicbriefError, match=says) as caught:
        read(tmp_path / name, data)
    assert str(caught.value).isprintable()


def test_a_sheet_is_read_by_its_name(tmp_path: Path) -> None:
    corpus = read(tmp_path / "x.xlsx", workbook(second=True), sheet="Data")
    assert corpus.texts == TEXTS
    with pytest.raises(InputError, match=r"no sheet 'data' .*'Data', 'Notes'"):
        read(tmp_path / "x.xlsx", workbook(second=True), sheet="data")
