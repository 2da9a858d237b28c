"""Small inputs that once went wrong: the same content made here, and the files where they lie."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from nlp.config import SourceSettings
from nlp.errors import InputError
from nlp.ingest.corpus import Corpus, frame_corpus, read_corpus
from nlp.ingest.reading import Reading

TEXTS = [
    f"{first} {second}"
    for first in (
        "Tracking number shows the parcel stuck in customs.",
        "Please refund the double payment to my card.",
        "The app logs me out of my account every minute.",
        "Delivery of the parcel was promised for Monday.",
        "The bank charged the card twice for one payment.",
        "Password reset link for my account expired too fast.",
    )
    for second in (
        "Courier left my parcel with a neighbour in Bremen, unasked.",
        "My credit card was declined at the checkout in Leeds.",
        "I cannot log in because the reset mail never comes.",
        "The parcel arrived late at the warehouse in Gdansk.",
        "My account email changed and nothing works.",
    )
]
N = len(TEXTS)
DAYS = [f"2026-03-{1 + n % 28:02}" for n in range(N)]


@dataclass(frozen=True)
class Case:
    """A file to write, what comes out of it, and the file of the same kind beside the project."""

    name: str
    write: Callable[[Path], None]
    kept: int
    columns: tuple[str, ...]
    dropped: tuple[tuple[str, int], ...] = ()
    warns: str = ""
    text: str | None = None
    beside: str = ""
    """Name and number of documents of the file in the folder of cases."""


def lines(head: str, row: Callable[[int, str], str], end: str = "\r\n") -> Callable[[Path], None]:
    body = head + "".join(row(n, text) + end for n, text in enumerate(TEXTS))

    def write(path: Path) -> None:
        path.write_bytes(body.encode())

    return write


def write_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Tickets"
    sheet.append(["Ticket export"])
    sheet.append([])
    sheet.append(["Ticket-Nr.", "Created", "Body", "Amount", "Open"])
    for n, text in enumerate(TEXTS):
        day = datetime(2026, 3, 1) + timedelta(days=n)  # noqa: DTZ001
        sheet.append([n + 1, day, text, 1.5 * n, n % 2 == 0])
    book.save(path)


def write_subtitles(path: Path) -> None:
    cues = ["The parcel arrived", "late at the warehouse.", "The <i>courier</i> never", "rang."]
    times = "00:00:{:02},000 --> 00:00:{:02},500"
    path.write_text(
        "\n\n".join(f"{n}\n{times.format(n, n + 1)}\n{cue}" for n, cue in enumerate(cues, 1))
    )


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("README.txt", "What this is.")
        for part in (0, 1):
            rows = "".join(f'{n},"{t}"\n' for n, t in enumerate(TEXTS) if n % 2 == part)
            archive.writestr(f"part{part}.csv", "id,text\n" + rows)


def write_unicode_text(path: Path) -> None:
    rows = "".join(f"{n}\t{text}\r\n" for n, text in enumerate(TEXTS))
    path.write_bytes(f"id\ttext\r\n{rows}".encode("utf-16"))


def write_json(path: Path) -> None:
    path.write_text(json.dumps([{"id": n, "text": t} for n, t in enumerate(TEXTS)], indent=1))


def write_nested(path: Path) -> None:
    path.write_text(
        "".join(
            json.dumps({"id": n, "data": {"body": t, "user": {"name": "Kim"}}, "created_at": d})
            + "\n"
            for n, (t, d) in enumerate(zip(TEXTS, DAYS, strict=True))
        )
    )


def write_parquet(path: Path) -> None:
    frame = pd.DataFrame({"id": range(N), "data": [{"body": t, "words": 9} for t in TEXTS]})
    frame.to_parquet(path)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


CASES = [
    Case(
        "header with line breaks",
        lines(
            '"Zeitstempel\n(Ortszeit)";"Ihre Meinung\nzum Produkt";"Filiale"\r\n',
            lambda n, t: f'"0{1 + n % 9}.03.2026 09:00";{quoted(t)};"Köln"',
        ),
        N,
        ("doc_id", "text", "timestamp", "Filiale"),
        beside="c01_multiline_header_semicolon.csv 48",
    ),
    Case(
        "an empty field too many in each row",
        lines("ticket_id,created_at,body\r\n", lambda n, t: f"T{n},{DAYS[n]},{quoted(t)},"),
        N,
        ("doc_id", "text", "timestamp"),
        beside="c03_trailing_comma_rows.csv 60",
    ),
    Case(
        "title lines above the header",
        lines(
            "Ticket export\r\nMade by HelpDesk, Inc., 4.2\r\n\r\nticket_id,created_at,body\r\n",
            lambda n, t: f"T{n},{DAYS[n]},{quoted(t)}",
        ),
        N,
        ("doc_id", "text", "timestamp"),
        beside="c05_preamble.csv 60",
    ),
    Case(
        "quotes escaped by backslashes",
        lines(
            "ticket_id,created_at,body\n",
            lambda n, t: f'"T{n}","{DAYS[n]}","They said \\"soon\\", and: {t}"',
            "\n",
        ),
        N,
        ("doc_id", "text", "timestamp"),
        beside="c06_backslash_quotes.csv 60",
    ),
    Case(
        "placeholders for texts",
        lines(
            "id,text\n", lambda n, t: f"{n},{('nan', 'NULL')[n % 2] if n < 10 else quoted(t)}", "\n"
        ),
        N - 10,
        ("doc_id", "text"),
        (("placeholder", 10),),
        beside="c11_nan_strings.csv 60",
    ),
    Case("a JSON list", write_json, N, ("doc_id", "text"), beside="c12_array.json 60"),
    Case(
        "a path into nested JSON",
        write_nested,
        N,
        ("doc_id", "text", "timestamp", "data"),
        text="data.body",
        beside="c13_nested.jsonl 60",
    ),
    Case(
        "a survey export",
        lines(
            "StartDate,ResponseId,Q1\r\nStart Date,Response ID,What went wrong? Say it.\r\n"
            '"{""ImportId"":""startDate""}","{""ImportId"":""_recordId""}","{""ImportId"":""Q""}"\r\n',
            lambda n, t: f"{DAYS[n]} 10:00:00,R_{n:04},{quoted(t)}",
        ),
        N,
        ("doc_id", "text", "timestamp"),
        (("metadata_row", 2),),
        beside="c23_qualtrics.csv 60",
    ),
    Case("subtitles", write_subtitles, 1, ("doc_id", "text"), beside="c25_subtitles.srt 1"),
    Case(
        "subtitles called text",
        write_subtitles,
        1,
        ("doc_id", "text"),
        beside="c25b_subtitles.txt 1",
    ),
    Case(
        "Excel's Unicode text",
        write_unicode_text,
        N,
        ("doc_id", "text"),
        beside="c26_unicode_text.txt 60",
    ),
    Case(
        "days as numbers of a spreadsheet",
        lines("id,date,text\n", lambda n, t: f"{n},{46082 + n},{quoted(t)}", "\n"),
        N,
        ("doc_id", "text", "timestamp"),
        warns="spreadsheet's days",
        beside="c27b_excel_serial.csv 60",
    ),
    Case(
        "signs before ids and texts",
        lines(
            "id,sentiment,date,text\r\n", lambda n, t: f"-x{n},-0.5,{DAYS[n]},{quoted('- ' + t)}"
        ),
        N,
        ("doc_id", "text", "timestamp", "sentiment"),
        beside="c31_leading_signs.csv 60",
    ),
    Case(
        "Twitter's dates",
        lines(
            "id,created_at,text\n",
            lambda n, t: f"{n},Wed Mar 04 10:{n:02}:00 +0000 2026,{quoted(t)}",
            "\n",
        ),
        N,
        ("doc_id", "text", "timestamp"),
        beside="c34_twitter_dates.csv 60",
    ),
    Case(
        "a workbook",
        write_workbook,
        N,
        ("doc_id", "text", "timestamp", "Amount", "Open"),
        beside="c37_book.xlsx 60",
    ),
    Case(
        "a workbook called csv",
        write_workbook,
        N,
        ("doc_id", "text", "timestamp", "Amount", "Open"),
        beside="c37b_xlsx_named.csv 60",
    ),
    Case(
        "no header",
        lines("", lambda n, t: f"{n},{DAYS[n]},{quoted(t)}", "\n"),
        N,
        ("doc_id", "text", "timestamp", "column_1"),
        warns="no header",
        beside="c39_no_header.csv 60",
    ),
    Case("tables in a zip", write_zip, N, ("doc_id", "text"), (("unsupported_file", 1),)),
    Case("Parquet with structs", write_parquet, N, ("doc_id", "text", "data"), text="data.body"),
]
SUFFIXES = {
    "a JSON list": "x.jsonl", "a path into nested JSON": "x.jsonl", "subtitles": "x.srt",
    "subtitles called text": "x.txt", "Excel's Unicode text": "x.txt", "a workbook": "x.xlsx",
    "tables in a zip": "x.zip", "Parquet with structs": "x.parquet",
}  # fmt: skip
BESIDE = Path(
    os.environ.get("TOPICBRIEF_CASES", Path(__file__).resolve().parents[4] / "shared" / "cases")
)


def read(path: Path, case: Case) -> Corpus:
    return read_corpus([path], SourceSettings(text=case.text))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_small_input_is_read_as_a_person_reads_it(tmp_path: Path, case: Case) -> None:
    path = tmp_path / SUFFIXES.get(case.name, "x.csv")
    case.write(path)
    corpus = read(path, case)
    assert len(corpus.documents) == case.kept
    assert tuple(corpus.documents.columns) == case.columns
    assert corpus.dropped == dict(case.dropped)
    assert case.warns in " ".join(corpus.warnings)
    assert bool(corpus.warnings) == bool(case.warns)
    if "timestamp" in case.columns:
        assert not corpus.documents["timestamp"].isna().any()
    if case.kept == N:
        wanted = "- " if case.name.startswith("signs") else ""
        wanted = 'They said "soon", and: ' if case.name.startswith("quotes") else wanted
        assert sorted(corpus.texts) == sorted(wanted + text for text in TEXTS)


@pytest.mark.skipif(
    not BESIDE.is_dir(), reason="the folder of cases is not here (TOPICBRIEF_CASES)"
)
def test_the_files_of_the_cases_are_read_and_the_table_of_them_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows, wrong = [], []
    for case in CASES:
        if not case.beside:
            continue
        name, kept = case.beside.split()
        corpus = read(BESIDE / name, case)
        dropped = ", ".join(f"{count} {reason}" for reason, count in corpus.dropped.items())
        said = "; ".join((*corpus.reading.in_words(), *corpus.warnings))
        rows.append(f"{name:36} {len(corpus.documents):3} documents  {dropped or '-':24} {said}")
        if len(corpus.documents) != int(kept):
            wrong.append(name)
    with capsys.disabled():
        print("\n" + "\n".join(rows))
    assert wrong == []


def test_subtitles_make_whole_sentences(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    write_subtitles(path)
    text = read_corpus([path]).texts[0]
    assert text == "The parcel arrived late at the warehouse. The courier never rang."


def test_nested_json_without_a_path_is_refused_with_the_path(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    write_nested(path)
    with pytest.raises(InputError, match=r"cannot tell .*--text data\.body"):
        read_corpus([path])


def test_a_workbook_keeps_its_dates_and_numbers(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_workbook(path)
    documents = read_corpus([path]).documents
    assert documents["doc_id"].tolist()[:2] == ["1", "2"]
    assert documents["timestamp"].iloc[1] == pd.Timestamp("2026-03-02", tz="UTC")
    assert documents["Amount"].tolist()[:3] == [0.0, 1.5, 3.0]
    assert documents["Open"].dtype == "boolean"


def test_frames_keep_their_index_and_take_any_name() -> None:
    frame = pd.DataFrame({"text": TEXTS})
    named = frame.set_index(pd.Index([f"TK-{n}" for n in range(N)], name="ticket"))
    assert frame_corpus(named).documents["doc_id"].tolist()[:2] == ["TK-0", "TK-1"]
    labels = frame_corpus(frame[frame.index % 2 == 0]).documents["doc_id"]
    assert labels.tolist()[:3] == ["0", "2", "4"]
    levels = frame.assign(id=range(N), created_at=DAYS).set_index(["id", "created_at"])
    documents = frame_corpus(levels).documents
    assert documents["doc_id"].tolist()[:2] == ["0", "1"]
    assert not documents["timestamp"].isna().any()
    assert (
        frame_corpus(pd.DataFrame({0: TEXTS, 1: range(N)}), SourceSettings(text=0)).texts == TEXTS
    )
    pairs = pd.DataFrame({("m", "id"): range(N), ("b", "text"): TEXTS})
    assert frame_corpus(pairs, SourceSettings(text=("b", "text"))).texts == TEXTS
    assert frame_corpus(frame["text"]).texts == frame_corpus(TEXTS).texts == TEXTS
    words = pd.DataFrame({"tok": [text.split() for text in TEXTS]})
    assert frame_corpus(words, SourceSettings(text="tok")).texts == TEXTS
    for wrong in ("a text alone", 7, {"text": TEXTS}):
        with pytest.raises(InputError, match="give a DataFrame"):
            frame_corpus(wrong)  # type: ignore[arg-type]


def test_what_was_chosen_goes_into_a_file_and_back(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "id,title,body\n" + "".join(f"{n},Late,{t[:40]}\n" for n, t in enumerate(TEXTS))
    )
    reading = read_corpus([path], SourceSettings(text="title,body")).reading
    assert (reading.text, reading.id, reading.guessed) == (("title", "body"), "id", ("id",))
    assert Reading.from_json(json.loads(json.dumps(reading.to_json()))) == reading
    assert reading.in_words() == (
        "x.csv: table, separator ',', header in line 1",
        "text from 'title + body', id from 'id' (guessed)",
    )
