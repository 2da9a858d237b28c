"""Sources into records: whatever a person would call a record comes out, read or accounted for."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import tarfile
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.config import SourceSettings
from nlp.errors import InputError, StorageError, TopicbriefError
from nlp.ingest.column_names import unique
from nlp.ingest.records import Reason, Record
from nlp.ingest.sources.files import read_records
from nlp.ingest.tables.delimited import read_delimited

plain = st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=30)


def read(path: Path | str, **options: object) -> list[Record]:
    return list(read_records(path, SourceSettings(**options)))


def table(text: str, separator: str | None = None) -> list[Record]:
    return list(read_delimited(text, "test", separator))


def reasons(records: list[Record]) -> list[str | None]:
    return [record.reason and str(record.reason) for record in records]


# ---------------------------------------------------------------- CSV


@given(
    st.lists(st.lists(plain, min_size=3, max_size=3), min_size=1),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_csv_writer_wrote_is_read_as_it_was(
    rows: list[list[str]], separator: str, line_end: str
) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *rows])
    records = table(buffer.getvalue())
    assert [list(record.fields.values()) for record in records] == rows
    assert [record.number for record in records] == list(range(1, len(rows) + 1))


@given(st.text(alphabet='ab",;\n\r\t ', max_size=200))
def test_any_text_is_read_and_every_record_numbered_once(text: str) -> None:
    records = table(text)
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    assert set(reasons(records)) <= {
        *(None, "malformed_record", "blank_line", "repeated_header", "metadata_row")
    }


@given(
    st.lists(st.tuples(st.integers(), st.text(alphabet="xyz ", min_size=1)), min_size=1),
    st.data(),
)
def test_a_quote_never_closed_costs_only_its_own_line(
    rows: list[tuple[int, str]], data: st.DataObject
) -> None:
    bad = data.draw(st.integers(0, len(rows)))
    lines = [f"{number},{text}" for number, text in rows]
    lines.insert(bad, '7,"a quote is opened here')
    records = table("\n".join(["id,text", *lines]))
    assert [i for i, record in enumerate(records) if record.reason] == [bad]
    assert len(records) == len(rows) + 1
    assert f"line {bad + 2}: a quote is not closed" in records[bad].detail


def test_a_stray_quote_before_a_quoted_row_costs_only_its_own_line() -> None:
    records = table('id,text\n1,"never closed\n2,b\n3,"quoted, with a comma"\n4,d')
    assert reasons(records) == ["malformed_record", None, None, None]
    assert records[2].fields == {"id": "3", "text": "quoted, with a comma"}


def test_rows_swallowed_between_two_stray_quotes_are_given_back() -> None:
    records = table('id,text\n1,"stray\n2,b\n3,c\n4,d",stray\n5,e')
    assert [record.fields.get("id") for record in records if not record.reason] == ["2", "3", "5"]
    assert len(records) == 5


def test_text_that_begins_with_an_inch_mark_or_a_quotation_is_kept() -> None:
    records = table('id,text\n1,"5" screen broken\n2,"so-called" refund\n3,plain')
    assert reasons(records) == [None, None, None]


def test_a_quote_open_at_the_end_of_a_line_is_not_half_a_text() -> None:
    records = table('id,text\n1,"He said "hello" to me\nand left"\n2,b')
    assert reasons(records) == ["malformed_record", "malformed_record", None]
    assert records[-1].fields == {"id": "2", "text": "b"}


@pytest.mark.parametrize("row", ["1,2,3", '1,"2",3', ",,,,x"])
def test_a_row_too_long_costs_itself_only(row: str) -> None:
    records = table(f"id,text\n1,a\n{row}\n2,b")
    assert reasons(records) == [None, "malformed_record", None]
    assert "the header has 2" in records[1].detail
    assert "line 3" in records[1].detail


def test_all_rows_too_long_are_all_malformed_and_nothing_shifts() -> None:
    assert set(reasons(table("id,text\n1,a,x\n2,b,y"))) == {"malformed_record"}


def test_a_field_of_a_megabyte_is_read() -> None:
    records = table(f'id,text\n1,{"x" * 1_000_000}\n2,"{"y" * 1_000_000}"')
    assert [len(str(record.fields["text"])) for record in records] == [1_000_000] * 2
    assert csv.field_size_limit() == 131_072


def test_line_breaks_inside_quotes_belong_to_the_text() -> None:
    records = table('id,text\r\n1,"first\r\nsecond\rthird\n"\r\n2,b\r\n')
    assert [r.fields["text"] for r in records] == ["first\r\nsecond\rthird\n", "b"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_and_blank_lines(end: str) -> None:
    records = table(end.join(["", "id,text", "1,a", "", "2,b", "", ""]))
    assert reasons(records) == [None, "blank_line", None]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
        (["", "", "x"], ["column_1", "column_2", "x"]),
        (["column_2", ""], ["column_2", "column_2_2"]),
    ],
)
def test_column_names_repeated_or_empty_lose_no_column(
    names: list[str], expected: list[str]
) -> None:
    assert unique(names) == expected


@given(st.lists(st.sampled_from(["", "a", "a_2", "a_2_2", "a_3", "column_1", "column_2"])))
def test_made_column_names_are_always_different_and_as_many(names: list[str]) -> None:
    made = unique(list(names))
    assert len(set(made)) == len(made) == len(names)


@pytest.mark.parametrize("text", ["", "\n", "\r\n\r\n", "id,text", "id,text\n\n", "\ufeff"])
def test_an_empty_table_or_one_of_only_a_header_has_no_record(text: str) -> None:
    assert table(text) == []


def test_the_separator_line_of_spreadsheets_is_no_header() -> None:
    records = table("sep=;\r\nid;text\r\n1;a, b, c\r\n")
    assert records[0].fields == {"id": "1", "text": "a, b, c"}


def test_zero_bytes_stay_in_their_field() -> None:
    assert table("id,text\n1,a\0b")[0].fields["text"] == "a\0b"


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n" + '1,"x\n' * 50_000,
        "a,b\n" + '1,"x ""y"" z\n' * 50_000,
        "a,b\n" + '1,"""\n' * 50_000,
        'a,b\n1,"x' + "\n2,y" * 100_000,
        "a,b\n" + 'a,"x\nb,"""\n' * 50_000,
        "a,b\n" + '1,"x\n2,y\n3,z",w\n' * 30_000,
        "a,b\n" + '"' * 500_000,
        "a,b\n" + ("1," + "x" * 10 + '"' * 5 + "\n") * 50_000,
    ],
)
def test_no_pattern_of_quotes_takes_quadratic_time(text: str) -> None:
    start = time.process_time()
    table(text)
    assert time.process_time() - start < 3


# ---------------------------------------------------------------- lines and JSON lines


def test_json_lines_of_every_kind_are_read_or_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    lines = ['{"text": "a"}', "", "not json", '"just text"', "[1]", "3", "null", '{"text": ', "{}"]
    path.write_text("\n".join(lines), encoding="utf-8")
    records = read(path)
    bad = "malformed_record"
    assert reasons(records) == [None, "blank_line", bad, None, bad, bad, bad, bad, None]
    assert all(record.detail for record in records if record.reason == Reason.MALFORMED)


@pytest.mark.parametrize("line", ["[" * 100_000, '{"a":' * 50_000, "1" * 5_000])
def test_hostile_json_is_one_malformed_record(tmp_path: Path, line: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(f'{line}\n{{"text": "good"}}\n', encoding="utf-8")
    assert reasons(read(path)) == ["malformed_record", None]


def test_lines_keep_their_text_and_only_line_feeds_end_them(tmp_path: Path) -> None:
    path = tmp_path / "x.cor"
    path.write_bytes("one\r\n\n  \ntwo\x0bthree\u2028four\x85\n\n".encode())
    records = read(path, format="lines")
    assert [record.fields["text"] for record in records if record.reason is None] == [
        "one",
        "two\x0bthree\u2028four\x85",
    ]
    assert reasons(records) == [None, "blank_line", "blank_line", None]


# ---------------------------------------------------------------- Parquet


def test_parquet_columns_of_one_name_and_nested_values_are_all_read(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    arrays = [pa.array(["a", None]), pa.array(["b", "c"]), pa.array([[1, 2], None])]
    pq.write_table(pa.Table.from_arrays(arrays, names=["text", "text", "list"]), path)
    assert [dict(record.fields) for record in read(path)] == [
        {"text": "a", "text_2": "b", "list": [1, 2]},
        {"text": None, "text_2": "c", "list": None},
    ]


def test_parquet_text_that_is_not_utf8_is_shown_as_well_as_can_be(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    array = pa.array([b"caf\xe9", b"good"], type=pa.binary()).view(pa.string())
    pq.write_table(pa.table({"text": array}), path)
    assert [record.fields["text"] for record in read(path)] == [b"caf\xe9", b"good"]


def test_parquet_times_that_python_cannot_hold_cost_only_their_record(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    times = pa.array([0, 2**62], type=pa.timestamp("us"))
    pq.write_table(pa.table({"text": ["a", "b"], "when": times}), path)
    records = read(path)
    assert reasons(records) == [None, "malformed_record"]
    assert records[1].detail == "unreadable value in column 'when'"


# ---------------------------------------------------------------- packed, damaged, too large


def write_csv(path: Path) -> None:
    path.write_text("id,text\n" + "".join(f"{n},text number {n}\n" for n in range(200)))


def write_jsonl(path: Path) -> None:
    path.write_text("".join(json.dumps({"text": f"text {n}"}) + "\n" for n in range(200)))


def write_parquet(path: Path) -> None:
    pd.DataFrame({"text": [f"text number {n}" for n in range(200)]}).to_parquet(path)


WRITERS: dict[str, Callable[[Path], None]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
    "parquet": write_parquet,
}


@pytest.mark.parametrize("kind", WRITERS)
def test_gzip_is_read_whatever_the_name_says(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.{kind}"
    WRITERS[kind](path)
    expected = read(path)
    assert len(expected) == 200
    packed = tmp_path / f"y.{kind}.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    misnamed = tmp_path / f"z.{kind}"
    misnamed.write_bytes(gzip.compress(path.read_bytes()))
    for other in (packed, misnamed):
        assert [record.fields for record in read(other)] == [r.fields for r in expected]


@pytest.mark.parametrize("kind", WRITERS)
def test_a_gzip_file_cut_short_or_damaged_cannot_be_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.{kind}"
    WRITERS[kind](path)
    packed = gzip.compress(path.read_bytes())
    for name, data in {
        "cut": packed[: len(packed) // 2],
        "flipped": packed[:40] + bytes([packed[40] ^ 255]) + packed[41:],
        "plain": b"not gzip at all",
        "empty": b"",
    }.items():
        bad = tmp_path / f"{name}.{kind}.gz"
        bad.write_bytes(data)
        if name == "empty" and kind != "parquet":
            assert read(bad) == []
        else:
            with pytest.raises(StorageError, match="cannot read"):
                read(bad)


def test_a_parquet_file_cut_short_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(StorageError, match="cannot read"):
        read(path)


def test_more_than_max_megabytes_is_refused_packed_or_not(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.csv.gz"
    bomb.write_bytes(gzip.compress(b"text\n" + b"0" * 3_000_000))
    large = tmp_path / "large.csv"
    large.write_bytes(b"text\n" + b"0" * 3_000_000)
    table_ = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"text": pa.array(["0" * 1_000] * 3_000)}), table_, compression="zstd")
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        for number in range(6):
            members.writestr(f"{number}.txt", "0" * 500_000)
    for path in (bomb, large, table_, archive):
        with pytest.raises(StorageError, match="more than 2 MB: raise max_megabytes"):
            read(path, max_megabytes=2)
    assert len(read(bomb, max_megabytes=4)) == 1


def test_one_file_of_a_folder_that_is_too_large_is_accounted_for(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("0" * 1_500_000)
    (tmp_path / "b.txt").write_text("good")
    records = read(tmp_path, max_megabytes=1)
    assert reasons(records) == ["unreadable_file", None]
    assert "raise max_megabytes" in records[0].detail


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet", ".csv.gz", ".zip", ".tar.gz"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(data=st.data())
def test_damaged_files_raise_only_our_errors(
    tmp_path: Path, suffix: str, data: st.DataObject
) -> None:
    good = tmp_path / f"good{suffix}"
    if not good.exists():
        if suffix == ".zip":
            with zipfile.ZipFile(good, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("a.txt", "text " * 50)
                archive.writestr("b.txt", "more " * 50)
        elif suffix == ".tar.gz":
            (tmp_path / "a.txt").write_text("text " * 50)
            with tarfile.open(good, "w:gz") as tar:
                tar.add(tmp_path / "a.txt", "a.txt")
        elif suffix == ".csv.gz":
            good.write_bytes(gzip.compress(b"id,text\n1,a\n" * 20))
        else:
            WRITERS[suffix[1:]](good)
    content = bytearray(good.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(0, len(content))) :]
    bad = tmp_path / f"bad{suffix}"
    bad.write_bytes(bytes(content))
    # pyarrow and zipfile warn of what they then raise.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        records: list[Record] = []
        message = ""
        try:
            records = read(bad)
        except TopicbriefError as error:
            message = str(error)
    assert "\n" not in message
    assert len({record.number for record in records}) == len(records)


# ---------------------------------------------------------------- folders and archives


def test_a_folder_gives_a_record_for_every_file_that_is_not_hidden(tmp_path: Path) -> None:
    (tmp_path / "sub" / ".git").mkdir(parents=True)
    (tmp_path / "sub" / ".git" / "x.txt").write_text("hidden")
    (tmp_path / ".hidden.txt").write_text("hidden")
    (tmp_path / "b.txt").write_text("second")
    (tmp_path / "sub" / "a.md").write_text("third")
    (tmp_path / "sub" / "z.txt.gz").write_bytes(gzip.compress(b"fourth"))
    (tmp_path / "c.pdf").write_bytes(b"%PDF")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "broken.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    (tmp_path / "linked").symlink_to(tmp_path / "sub", target_is_directory=True)
    os.mkfifo(tmp_path / "pipe.txt")
    records = read(tmp_path)
    assert [(record.fields["file"], record.reason) for record in records] == [
        ("b.txt", None),
        ("broken.txt", Reason.UNREADABLE),
        ("c.pdf", Reason.UNSUPPORTED),
        ("linked", Reason.UNSUPPORTED),
        ("loop.txt", Reason.UNREADABLE),
        ("pipe.txt", Reason.UNSUPPORTED),
        ("sub/a.md", None),
        ("sub/z.txt.gz", None),
    ]
    assert [r.fields["text"] for r in records if not r.reason] == ["second", "third", "fourth"]


def test_a_subfolder_that_cannot_be_entered_is_accounted_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.txt").write_text("text")
    scandir = os.scandir

    def refuse(path: object) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", refuse)
    records = read(tmp_path)
    assert reasons(records) == [None, "unreadable_file"]
    assert "closed: Permission denied" in records[1].detail


def test_an_empty_folder_has_no_record(tmp_path: Path) -> None:
    assert read(tmp_path) == []


HOSTILE = ("../../escaped.txt", "/absolute.txt", "C:\\windows.txt", "..\\up.txt", "ok/../../u.txt")


def test_hostile_member_names_of_a_zip_write_nothing(tmp_path: Path) -> None:
    inside = tmp_path / "deep" / "deeper"
    inside.mkdir(parents=True)
    path = inside / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in HOSTILE:
            archive.writestr(name, f"text of {name}")
        archive.writestr("__MACOSX/._a.txt", "resource fork")
        archive.writestr("a/.DS_Store", "junk")
        archive.writestr("table.csv", "a,b")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    before = sorted(tmp_path.rglob("*"))
    records = read(path)
    assert sorted(tmp_path.rglob("*")) == before
    assert [record.reason for record in records] == [None] * 5 + [Reason.UNSUPPORTED] * 2
    assert all("root:" not in str(record.fields) for record in records)


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"])
def test_hostile_members_of_a_tar_are_no_files_of_this_machine(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    mode = {".tar": "w", ".tar.bz2": "w:bz2", ".tar.xz": "w:xz"}.get(suffix, "w:gz")
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name in HOSTILE:
            member = tarfile.TarInfo(name)
            member.size = 4
            tar.addfile(member, io.BytesIO(b"text"))
        for kind, name in ((tarfile.SYMTYPE, "soft.txt"), (tarfile.LNKTYPE, "hard.txt")):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = kind, "/etc/passwd"
            tar.addfile(link)
        device = tarfile.TarInfo("device.txt")
        device.type = tarfile.CHRTYPE
        tar.addfile(device)
    records = read(path)
    assert [record.reason for record in records] == [None] * 5 + [Reason.UNSUPPORTED] * 3
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_an_encrypted_or_damaged_member_costs_itself_only(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in ("a.txt", "b.txt", "c.txt"):
            archive.writestr(name, f"text of {name}")
    data = bytearray(path.read_bytes())
    place = data.index(b"text of b.txt")
    data[place] ^= 255
    entry = data.index(b"PK\x01\x02", data.index(b"c.txt", place))
    third = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02", entry + 4) + 4)
    data[third + 8] |= 1
    path.write_bytes(bytes(data))
    assert reasons(read(path)) == [None, "unreadable_file", "unreadable_file"]


def test_a_file_that_is_no_archive_cannot_be_read_as_one(tmp_path: Path) -> None:
    for suffix in (".zip", ".tar", ".tar.gz", ".tar.xz"):
        path = tmp_path / f"x{suffix}"
        path.write_bytes(b"this is no archive" * 100)
        with pytest.raises(StorageError, match="cannot read"):
            read(path)


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "address",
    ["nowhere.csv", "file:///etc/passwd", "ftp://h/x.csv", "gopher://x", "", "a\0b", "x" * 5_000],
)
def test_an_address_that_is_no_source_is_an_input_error(address: str) -> None:
    with pytest.raises(InputError, match="source: "):
        read(address)


def test_a_device_is_no_source() -> None:
    with pytest.raises(InputError, match="neither a file nor a folder"):
        read("/dev/null")


def test_a_file_of_unknown_format_names_the_option(tmp_path: Path) -> None:
    path = tmp_path / "x.docx"
    path.write_text("a")
    with pytest.raises(InputError, match="--format"):
        read(path)
    assert len(read(path, format="text")) == 1


def test_a_file_that_may_not_be_opened_is_a_storage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("text\na")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(StorageError, match="Permission denied"):
        read(path)
