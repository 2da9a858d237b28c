"""Documents and ledger: every record is kept, or dropped for one named reason."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.config import SourceSettings
from nlp.errors import InputError, NoDocumentsError
from nlp.ingest.corpus import Corpus, frame_corpus, read_corpus
from nlp.ingest.records import Reason

GZIP = b"\x1f\x8b"
REASONS = {str(reason) for reason in Reason}
in_tmp_path = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


def account_holds(corpus: Corpus) -> None:
    """What must be true of every corpus, whatever went in."""
    assert corpus.records_in == len(corpus.documents) + len(corpus.rejected)
    assert set(corpus.rejected["reason"]) <= REASONS
    assert list(corpus.rejected.columns) == ["source", "record", "doc_id", "reason", "detail"]
    assert sum(corpus.dropped.values()) == len(corpus.rejected)
    places = [
        *corpus.documents.index,
        *corpus.rejected[["source", "record"]].itertuples(index=False, name=None),
    ]
    assert len(set(places)) == corpus.records_in
    ids = corpus.documents["doc_id"].tolist()
    assert len(set(ids)) == len(ids)
    assert all(isinstance(one, str) and one for one in ids)
    assert all(isinstance(text, str) and text.strip() for text in corpus.texts)
    for table in (corpus.documents, corpus.rejected):
        back = pd.read_parquet(io.BytesIO(table.reset_index(drop=True).to_parquet()))
        assert back.shape == table.shape
        table.to_csv(io.StringIO())


def accounted(read: Any) -> Corpus | None:
    """The corpus, checked; nothing if no document was left."""
    try:
        corpus: Corpus = read()
    except NoDocumentsError:
        return None
    account_holds(corpus)
    return corpus


cells = st.one_of(st.just(""), st.sampled_from(["NA", "null", "None", "007", " "]), st.text())
csv_cells = st.text(alphabet=st.characters(blacklist_categories=["Cs"])) | st.just("NA")


@in_tmp_path
@given(
    rows=st.lists(st.lists(csv_cells, min_size=1, max_size=4), min_size=1),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_csv_records_are_all_accounted_for(
    tmp_path: Path, rows: list[list[str]], quoting: Any
) -> None:
    path = tmp_path / "x.csv"
    buffer = io.StringIO()
    csv.writer(buffer, quoting=quoting).writerows([["id", "text", "n"], *rows])
    path.write_bytes(buffer.getvalue().encode())
    options = {"text": "text", "id": "id", "max_dropped": 1.0}
    corpus = accounted(lambda: read_corpus([path], SourceSettings(**options)))
    if corpus is not None and quoting == csv.QUOTE_ALL:
        assert corpus.records_in == len(rows)


@in_tmp_path
@given(
    data=st.binary(max_size=300).filter(lambda data: data[:2] != GZIP),
    name=st.sampled_from(["x.csv", "x.tsv", "x.txt", "x.cor"]),
)
def test_arbitrary_bytes_are_all_accounted_for(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    kind = "lines" if name.endswith("cor") else "auto"
    fault = ""
    try:
        accounted(lambda: read_corpus([path], SourceSettings(format=kind, max_dropped=1)))
    except InputError as error:
        fault = str(error)
    assert not fault or fault.startswith(("text: cannot tell which column", "source: 'x."))
    assert fault.isprintable()
    assert "\n" not in fault


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@in_tmp_path
@given(
    lines=st.lists(
        st.dictionaries(st.sampled_from(["text", "id", "x", "topic_id", "\ud800"]), values)
        | values
        | st.just("not json"),
        min_size=1,
    )
)
def test_json_records_are_all_accounted_for(tmp_path: Path, lines: list[Any]) -> None:
    path = tmp_path / "x.jsonl"
    lines.append({"text": "so that there is such a column"})
    written = [line if line == "not json" else json.dumps(line) for line in lines]
    path.write_text("\n".join(written), encoding="utf-8")
    corpus = accounted(lambda: read_corpus([path], SourceSettings(text="text", max_dropped=1)))
    assert corpus is not None, "the last line is a document"
    assert corpus.records_in == len(lines)


columns = st.lists(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(),
        st.binary(),
        st.datetimes(),
        st.datetimes(timezones=st.just(UTC)),
        st.dates(),
        st.decimals(),
        st.timedeltas(),
        st.just(pd.NA),
        st.just(pd.NaT),
        st.just(np.array([1, 2])),
        st.just(np.int64(5)),
        st.just(np.float32("nan")),
        st.just(np.datetime64("NaT", "ns")),
        st.sets(st.integers()),
        st.just(1 + 2j),
        st.just(10**400),
    ),
    min_size=4,
    max_size=4,
)


frame_names = st.sampled_from([0, "text", None, "topic_id", "\ud800", ("a", 1)])


@settings(max_examples=40)
@given(
    first=columns,
    second=columns,
    names=st.lists(frame_names, min_size=2, max_size=2),
)
def test_frames_of_any_values_are_accounted_for_and_can_be_written(
    first: list[Any], second: list[Any], names: list[Any]
) -> None:
    frame = pd.DataFrame({0: pd.Series(first, dtype="object")})
    frame[1] = pd.Series(second, dtype="object")
    frame[2] = ["some text", "more", None, " "]
    frame.columns = pd.Index([*names, "body"], dtype="object")
    before = frame.copy(deep=True)
    corpus = accounted(lambda: frame_corpus(frame, SourceSettings(text="body")))
    assert corpus is not None
    assert corpus.records_in == 4
    assert corpus.dropped == {"empty_text": 1, "missing_text": 1}
    assert list(frame.columns) == list(before.columns)


@pytest.mark.parametrize("value", ["NA", "null", "None", "N/A", "nan", "007", "1e5", "TRUE", "-0"])
def test_values_that_look_like_something_else_stay_text(tmp_path: Path, value: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"id,text,other\n{value},it came late,{value}\n")
    corpus = read_corpus([path], SourceSettings(text="text", id="id"))
    row = corpus.documents.iloc[0]
    assert (row["doc_id"], row["other"]) == (value, value)


def test_missing_empty_repeated_and_malformed_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('id,text\na,one\na,two\nb, \n,three\n\nc,x,y\nd,""\n')
    corpus = read_corpus([path], SourceSettings(id="id", max_dropped=0.5))
    account_holds(corpus)
    assert corpus.documents["doc_id"].tolist() == ["a", "x.csv:4"]
    assert corpus.rejected["doc_id"].tolist()[3] == "c"
    assert list(zip(corpus.rejected["record"], corpus.rejected["reason"], strict=True)) == [
        (2, "duplicate_id"),
        (3, "empty_text"),
        (5, "blank_line"),
        (6, "malformed_record"),
        (7, "empty_text"),
    ]
    assert corpus.rejected["doc_id"].tolist()[0] == "a"


def test_a_dropped_record_does_not_take_the_id_of_a_good_one(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,text\na, \na,good\n")
    corpus = read_corpus([path], SourceSettings(id="id"))
    assert corpus.texts == ["good"]


def test_columns_named_as_ours_are_carried_under_another_name() -> None:
    names = ["topic_id", "doc_id", "probability", "text", "timestamp", "label", "source_topic_id"]
    frame = pd.DataFrame([[f"{name} {n}" for name in names] for n in range(3)], columns=names)
    frame["body"] = ["a first text", "a second text", "a third text"]
    corpus = frame_corpus(frame, SourceSettings(text="body", id="probability"))
    account_holds(corpus)
    assert corpus.documents["source_text"].tolist() == ["text 0", "text 1", "text 2"]
    assert set(corpus.documents.columns) == {
        *("doc_id", "text", "label", "source_doc_id", "source_topic_id", "source_text"),
        *("source_timestamp", "source_source_topic_id"),
    }


def test_types_of_carried_columns_survive() -> None:
    frame = pd.DataFrame(
        {
            "body": ["a", "b", "c"],
            "whole": [1, 2, 3],
            "half": [0.5, None, 1.5],
            "flag": [True, False, True],
            "maybe": pd.array([1, None, 3], dtype="Int64"),
            "kind": pd.Categorical(["x", "y", None]),
            "when": pd.to_datetime(["2026-01-01", "", "2026-01-03"]),
            "zoned": pd.to_datetime(["2026-01-01T12:00+02:00"] * 3),
            "bytes": [b"caf\xe9", b"a", None],
            "nested": [{"a": [1, date(2026, 1, 1)]}, [Decimal("1.5")], ()],
            "huge": [10**30, 1, None],
        }
    )
    documents = frame_corpus(frame, SourceSettings(text="body")).documents
    kinds = {name: str(dtype) for name, dtype in documents.dtypes.items()}
    assert (kinds["whole"], kinds["maybe"], kinds["flag"]) == ("Int64", "Int64", "boolean")
    assert kinds["half"] == "float64"
    assert kinds["when"].startswith("datetime64")
    assert kinds["zoned"].endswith("UTC]")
    assert documents["bytes"].tolist()[:2] == ["café", "a"]
    assert documents["nested"].tolist() == ['{"a": [1, "2026-01-01"]}', '["1.5"]', "[]"]
    assert documents["huge"].tolist()[:2] == [str(10**30), "1"]
    assert documents["kind"].tolist()[:2] == ["x", "y"]


def test_the_frame_given_is_not_changed() -> None:
    frame = pd.DataFrame({"text": ["a", "b"], "n": [1, 2]}, index=[7, 7])
    before = frame.copy(deep=True)
    frame_corpus(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_a_frame_of_one_record_per_reason_never_raises_pandas_errors() -> None:
    with pytest.raises(NoDocumentsError, match=r"2 records read, all dropped \(missing_text: 2\)"):
        frame_corpus(pd.DataFrame({"text": [None, float("nan")]}))
    with pytest.raises(NoDocumentsError, match="0 records read"):
        frame_corpus(pd.DataFrame())


def test_ids_of_several_sources_name_the_source(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text("text\none\n")
    (tmp_path / "y.csv").write_text("text\ntwo\n")
    corpus = read_corpus([tmp_path / "a" / "x.csv", tmp_path / "y.csv"])
    assert corpus.documents["doc_id"].tolist() == ["x.csv:1", "y.csv:1"]
    same_name = read_corpus([tmp_path / "a" / "x.csv", tmp_path / "b" / "x.csv"])
    account_holds(same_name)
    assert len(same_name.documents) == 2


def test_tables_do_not_depend_on_how_the_source_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.csv").write_text("text\none\n\ntwo\n")
    absolute = read_corpus([tmp_path / "x.csv"])
    monkeypatch.chdir(tmp_path)
    relative = read_corpus(["x.csv"])
    pd.testing.assert_frame_equal(absolute.documents, relative.documents)
    pd.testing.assert_frame_equal(absolute.rejected, relative.rejected)


def test_texts_of_a_folder_are_named_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.txt").write_text("text b")
    (tmp_path / "a.txt").write_text("text a")
    (tmp_path / "c.docx").write_text("no text")
    corpus = read_corpus([tmp_path])
    account_holds(corpus)
    assert corpus.documents["doc_id"].tolist() == ["a.txt", "sub/b.txt"]
    assert corpus.rejected["doc_id"].tolist() == ["c.docx"]


def test_names_without_end_are_not_carried_and_the_text_is_still_found(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    lines = [json.dumps({f"key {n}": n}) for n in range(1_200)]
    path.write_text("\n".join([*lines, '{"body": "some text"}']))
    corpus = read_corpus([path], SourceSettings(text="body"))
    assert corpus.texts == ["some text"]
    assert len(corpus.documents.columns) < 1_100
    assert any("not carried" in warning for warning in corpus.warnings)


def test_reject_moves_documents_to_the_ledger() -> None:
    corpus = frame_corpus(pd.DataFrame({"text": ["a", None, "x" * 100, "d"]}))
    moved = corpus.reject(np.array([False, True, True]), Reason.NO_WORDS)
    account_holds(moved)
    assert moved.rejected["record"].tolist() == [2, 3, 4]
    assert moved.dropped == {"missing_text": 1, "no_words": 2}
    assert len(moved.rejected["detail"].tolist()[1]) <= 60
    assert corpus.reject(np.zeros(3, dtype=bool), Reason.NO_WORDS) is corpus
    with pytest.raises(NoDocumentsError):
        moved.reject(np.ones(1, dtype=bool), Reason.NO_WORDS).require_documents()


def test_times_come_out_in_utc_and_bad_ones_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("text,created\na,2026-03-01T10:00:00+02:00\nb,never\nc,\nd,31.03.2026 08:15\n")
    corpus = read_corpus([path], SourceSettings(time="created"))
    assert corpus.documents["timestamp"].tolist() == [
        pd.Timestamp(datetime(2026, 3, 1, 8, tzinfo=UTC)),
        pd.NaT,
        pd.NaT,
        pd.Timestamp(datetime(2026, 3, 31, 8, 15, tzinfo=UTC)),
    ]
    assert corpus.warnings == ("1 values of column 'created' are not dates",)


def test_progress_is_told_and_may_stop_the_work(tmp_path: Path) -> None:
    path = tmp_path / "x.cor"
    path.write_text("text\n" * 25_000)
    seen: list[int] = []
    read_corpus([path], SourceSettings(format="lines"), lambda done, _: seen.append(done))
    assert seen == [10_000, 20_000]

    def stop(done: int, total: int) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        read_corpus([path], SourceSettings(format="lines"), stop)


def test_the_sample_tickets_are_all_accounted_for() -> None:
    path = Path(__file__).resolve().parents[3] / "data" / "tickets.csv"
    options = {"text": "body", "id": "ticket_id", "time": "created_at", "label": "label"}
    corpus = read_corpus([path], SourceSettings(**options))
    account_holds(corpus)
    assert corpus.records_in == 685
    assert corpus.dropped == {"empty_text": 5, "placeholder": 3}
    assert not corpus.documents["timestamp"].isna().any()
    guessed = read_corpus([path])
    pd.testing.assert_frame_equal(corpus.documents, guessed.documents)
