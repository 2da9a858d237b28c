"""The stand-in for Dataiku refuses what DSS does; else the tests on it would prove nothing."""

from __future__ import annotations

import io
from collections.abc import Callable

import dataiku
import pandas as pd
import pytest
from support.dataiku_scene import desk, project

FRAME = pd.DataFrame({"topic_id": [1], "label": ["a"]})
COLUMNS = [{"name": "topic_id", "type": "bigint"}, {"name": "label", "type": "string"}]


@pytest.fixture(autouse=True)
def scene() -> None:
    desk()


def output() -> dataiku.Dataset:
    return dataiku.Dataset("topics")


def with_schema(*kinds: str) -> dataiku.Dataset:
    dataset = output()
    names = ("topic_id", "label")
    dataset.write_schema(
        [{"name": name, "type": kind} for name, kind in zip(names, kinds, strict=True)]
    )
    return dataset


def two_writers() -> None:
    dataset = with_schema("bigint", "string")
    with dataset.get_writer(), dataset.get_writer():
        pass


def schema_while_writing() -> None:
    dataset = with_schema("bigint", "string")
    with dataset.get_writer():
        dataset.write_schema(COLUMNS)


def write_after_close() -> None:
    writer = with_schema("bigint", "string").get_writer()
    writer.close()
    writer.write_dataframe(FRAME)


def naive_date() -> None:
    dates = pd.DataFrame({"topic_id": [1], "label": [pd.Timestamp("2026-01-01")]})
    with_schema("bigint", "date").write_dataframe(dates)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dataiku.Dataset("unknown"), "does not exist"),
        (lambda: dataiku.Dataset("tickets").write_schema(COLUMNS), "not declared as an output"),
        (lambda: next(output().iter_dataframes()), "not declared as an input"),
        (lambda: output().set_write_partition("2026"), "not allowed"),
        (lambda: dataiku.Dataset("tickets").add_read_partitions("2026"), "cannot set partitions"),
        (lambda: output().read_schema(), "No column in schema"),
        (lambda: output().write_dataframe(FRAME), "No column in schema"),
        (lambda: output().write_schema([{"name": "a"}]), "needs a name and a type"),
        (lambda: output().write_schema([{"name": "a", "type": "text"}]), "not a storage type"),
        (lambda: output().write_schema(COLUMNS[:1] * 2), "duplicate"),
        (lambda: with_schema("string", "bigint").write_dataframe(FRAME), "'a' of 'label'"),
        (lambda: with_schema("bigint", "boolean").write_dataframe(FRAME), "not of type boolean"),
        (lambda: with_schema("bigint", "string").write_dataframe(FRAME[["label"]]), "do not fit"),
        (lambda: with_schema("bigint", "string").write_dataframe([1]), "dataframe is expected"),
        (naive_date, "no time zone"),
        (two_writers, "another active writer"),
        (schema_while_writing, "cannot change while"),
        (write_after_close, "closed"),
        (lambda: dataiku.Folder("unknown"), "does not exist"),
        (lambda: dataiku.Folder("reports").get_path(), "not on the local filesystem"),
        (lambda: dataiku.Folder("reports").get_download_stream("x"), "does not exist"),
        (lambda: dataiku.Folder("reports").upload_stream("x", b"bytes"), "file-like"),
        (lambda: dataiku.Folder("reports").upload_stream("x", io.StringIO("a")), "bytes"),
        (lambda: dataiku.insights.save_data("a", "text", "text/html"), "must be bytes"),
        (lambda: dataiku.insights.save_data("a", b"x", "html"), "not a MIME type"),
    ],
)
def test_wrong_call_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(Exception, match=message):
        call()


def test_unclosed_writer_leaves_nothing_written() -> None:
    writer = with_schema("bigint", "string").get_writer()
    writer.write_dataframe(FRAME)
    assert list(project.datasets["topics"].rows()) == []
    assert project.open_writers == {"SUPPORT.topics"}


def test_folder_that_is_only_an_input_cannot_be_written() -> None:
    project.recipe(inputs=["reports"])
    with pytest.raises(Exception, match="cannot write folder"):
        dataiku.Folder("reports").upload_stream("x", io.BytesIO(b"a"))


def test_pandas_guesses_types_unless_told_not_to() -> None:
    desk([["1", "007"], ["", "NA"]], [("priority", "bigint"), ("code", "string")])
    dataset = dataiku.Dataset("tickets")
    guessed = dataset.get_dataframe()
    assert guessed["code"].tolist()[0] == 7
    assert guessed["code"].isna().tolist() == [False, True]
    with pytest.raises(ValueError, match="NA values"):
        dataset.get_dataframe(infer_with_pandas=False)
    stored = dataset.get_dataframe(
        infer_with_pandas=False, use_nullable_integers=True, keep_default_na=False, na_values=[""]
    )
    assert stored["code"].tolist() == ["007", "NA"]
    assert stored["priority"].tolist() == [1, pd.NA]


def test_download_stream_cannot_seek() -> None:
    dataiku.Folder("reports").upload_stream("x", io.BytesIO(b"abc"))
    with dataiku.Folder("reports").get_download_stream("x") as stream:
        assert stream.read(2) == b"ab"
        with pytest.raises(io.UnsupportedOperation):
            stream.seek(0)
