"""The adapter for Dataiku, against a stand-in that refuses what DSS is documented to refuse."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from support.dataiku_scene import OUTPUTS, TICKETS, cells, desk, form, project, tickets, types

from nlp.analysis import Result
from nlp.errors import InputError, NoDocumentsError, StorageError
from pipelines.dataiku import datasets, folders, recipes, schemas
from pipelines.dataiku.publication import Destination
from pipelines.dataiku.recipes import Outputs, run_assignment, run_recipe

NAMES = dict(zip(OUTPUTS, OUTPUTS, strict=True))
COLUMNS = {"text": "body", "id": "ticket", "time": "created"}


@pytest.fixture(autouse=True)
def scene() -> Iterator[None]:
    desk()
    yield
    assert not project.open_writers
    assert not project.open_streams


@pytest.fixture
def real_page() -> None:
    """Asks for the report itself; drawing it is slow, so that other tests do without."""


@pytest.fixture(autouse=True)
def page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_page" not in request.fixturenames:
        monkeypatch.setattr(Result, "report_html", lambda result, title: f"<title>{title}")


def run(source: str = "tickets", **options: Any) -> Result | None:
    fields = Destination.__dataclass_fields__
    report = Destination(**{key: options.pop(key) for key in fields if key in options})
    outputs = Outputs(**NAMES, rejected=options.pop("rejected", None), report=report)
    return run_recipe(source, outputs, **{**COLUMNS, **options})


def learn_and_declare_assignment() -> None:
    run(folder="reports")
    project.recipe(inputs=["tickets", "reports"], outputs=["assigned"])


def test_outputs_have_the_librarys_columns_in_fixed_types() -> None:
    run(rejected="rejected")
    assert types("topics") == {
        "topic_id": "bigint", "key": "string", "label": "string", "size": "bigint",
        "share": "double", "top_terms": "string", "coherence": "double", "parent": "bigint",
        "change": "string", "history": "string",
    }  # fmt: skip
    assert types("summaries") == {
        "topic_id": "bigint", "topic_name": "string", "rank": "bigint", "sentence": "string",
        "doc_id": "string", "start": "bigint", "end": "bigint",
    }  # fmt: skip
    assert types("rejected") == {
        "source": "string", "record": "bigint", "doc_id": "string", "reason": "string",
        "detail": "string",
    }  # fmt: skip


def test_documents_carry_the_inputs_columns_in_the_inputs_types_and_values() -> None:
    run(chunk_rows=7)
    kinds = types("documents")
    assert kinds["timestamp"] == "date"
    carried = {"priority": "bigint", "score": "double", "open": "boolean", "code": "string"}
    assert {name: kinds[name] for name in carried} == carried
    source = {row[0]: dict(zip(dict(TICKETS), row, strict=True)) for row in tickets()}
    rows = cells("documents")
    assert len(rows) == 60
    for row in rows:
        known = source[row["doc_id"]]
        assert row["code"] == known["code"]
        assert row["priority"] == known["priority"]
        assert row["open"].lower() == known["open"]
        assert row["text"] == known["body"]
        assert bool(row["timestamp"]) == bool(known["created"])


def test_text_that_stands_for_a_missing_value_is_carried_and_is_no_document() -> None:
    rows = tickets()
    rows[0][6] = "NA"
    rows[1][1] = "None"
    desk(rows)
    run(rejected="rejected")
    assert "NA" in {row["code"] for row in cells("documents")}
    assert [row["reason"] for row in cells("rejected")] == ["placeholder"]


def test_chunks_of_any_size_give_the_same_outputs() -> None:
    run(chunk_rows=1_000)
    whole = {name: cells(name) for name in OUTPUTS}
    desk()
    run(chunk_rows=9)
    assert {name: cells(name) for name in OUTPUTS} == whole


def test_columns_named_like_ours_are_renamed_and_keep_their_type() -> None:
    schema = [*TICKETS[:3], ("topic_id", "bigint"), ("text", "string")]
    desk([[*row[:3], "7", "note"] for row in tickets()], schema)
    run()
    assert types("documents")["source_topic_id"] == "bigint"
    assert {row["source_topic_id"] for row in cells("documents")} == {"7"}
    assert {row["source_text"] for row in cells("documents")} == {"note"}


def test_only_the_columns_to_keep_are_read_and_carried() -> None:
    run(keep=["code"])
    assert list(types("documents"))[6:] == ["text", "timestamp", "code"]


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"text": "bodi"}, "did you mean 'body'"),
        ({"text": "Body", "time": "creation"}, "text: .*; time: "),
        ({"keep": ["codes"]}, "no column 'codes'"),
        ({"topics_": 3}, "there is no such option"),
        ({"id": "body"}, "id, time and label must be different columns"),
        ({"chunk_rows": 0}, "chunk_rows must be at least 1 row"),
        ({"text": ""}, "text: no column ''"),
    ],
)
def test_bad_option_or_renamed_column_is_refused_before_a_row_is_read(
    options: dict[str, Any], fault: str
) -> None:
    def unread() -> list[list[str]]:
        raise AssertionError("rows were read")

    desk(unread)
    with pytest.raises(InputError, match=fault):
        run(**options)
    assert not project.datasets["topics"].schema


def test_dataset_without_schema_is_refused() -> None:
    desk([], schema=())
    with pytest.raises(InputError, match="has no columns"):
        run()


@pytest.mark.parametrize(
    "rows",
    [[], [[f"T{row}", "", "", "", "", "", ""] for row in range(5)]],
    ids=["no rows", "every text missing"],
)
def test_without_a_text_the_outputs_are_empty_with_the_usual_schema(
    rows: list[list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    run(rejected="rejected")
    usual = {name: types(name) for name in (*OUTPUTS, "rejected")}
    desk(rows)
    with caplog.at_level(logging.WARNING):
        assert run(rejected="rejected", folder="reports", insight="topics") is None
    assert {name: types(name) for name in usual} == usual
    assert not any(cells(name) for name in OUTPUTS)
    assert "no usable documents" in caplog.text
    assert b"no usable documents" in project.folders["reports"].files["/report.html"]
    assert b"no usable documents" in project.insights["topics"][0]


def test_empty_outputs_have_the_renamed_columns_too() -> None:
    schema = [*TICKETS[:3], ("topic_id", "bigint"), ("subject", "string"), ("Label", "string")]
    desk([], schema)
    run(label="subject")
    assert list(types("documents"))[6:] == [
        "text", "timestamp", "label", "source_topic_id", "source_Label",
    ]  # fmt: skip


def test_column_named_like_a_role_is_carried_unless_it_is_named_for_it() -> None:
    schema = [("id", "bigint"), ("body", "string"), ("date", "string"), ("label", "string")]
    desk([["1", row[1], "2026-01-01", "x"] for row in tickets()], schema)
    run(id=None, time=None)
    assert list(types("documents"))[6:] == ["text", "id", "date", "label"]
    assert {row["label"] for row in cells("documents")} == {"x"}


def test_recipe_can_fail_without_a_text_and_then_leaves_the_outputs_alone() -> None:
    desk([])
    with pytest.raises(NoDocumentsError, match="has no rows"):
        run(when_empty="fail")
    assert not project.datasets["topics"].schema


def test_reader_that_refuses_an_empty_stream_counts_as_no_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dataiku import Dataset

    def refuse(*_: object, **options: object) -> Iterator[pd.DataFrame]:
        def read(text: str) -> pd.DataFrame:
            raise pd.errors.EmptyDataError(text)

        yield read("No columns to parse from file")

    monkeypatch.setattr(Dataset, "iter_dataframes", refuse)
    assert run() is None
    assert cells("topics") == []


def test_output_with_another_schema_gets_ours_and_the_log_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk(topics=[("topic", "string"), ("size", "string")])
    with caplog.at_level(logging.WARNING):
        run()
    assert types("topics")["size"] == "bigint"
    assert "topics had another schema; it is replaced" in caplog.text


def test_report_and_model_go_to_a_folder_that_is_not_local(real_page: None) -> None:
    result = run(folder="reports", title="Desk <1>")
    assert result is not None
    files = project.folders["reports"].files
    assert sorted(files) == ["/model.zip", "/report.html"]
    assert b"<title>Desk &lt;1&gt;" in files["/report.html"]
    assert folders.load_model("reports").model.terms == result.model.terms


def test_each_partition_has_its_report_and_model() -> None:
    project.add("documents")
    project.datasets["documents"].partitioning = {"dimensions": [{"name": "day"}, {"name": "shop"}]}
    sys.modules["dataiku"].dku_flow_variables.update(
        DKU_DST_day="2026-01-22", DKU_DST_shop="a/b", DKU_DST_YEAR="2026"
    )
    run(folder="reports")
    assert "/2026-01-22/a_b/report.html" in project.folders["reports"].files
    sys.modules["dataiku"].dku_flow_variables["DKU_DST_day"] = "2026-01-21"
    run(folder="reports")
    assert folders.list_reports("reports") == [
        "/2026-01-21/a_b/report.html",
        "/2026-01-22/a_b/report.html",
    ]


def test_report_is_published_as_an_insight() -> None:
    run(insight="topics", title="Desk")
    page, kind, label = project.insights["topics"]
    assert kind == "text/html"
    assert label == "Desk"
    assert page == b"<title>Desk"


def test_report_too_large_for_an_insight_is_announced_instead(
    caplog: pytest.LogCaptureFixture, real_page: None
) -> None:
    with caplog.at_level(logging.WARNING):
        run(insight="topics", folder="reports", insight_megabytes=0.001)
    page = project.insights["topics"][0].decode()
    assert "too large for an insight; it is in the folder reports" in page
    assert len(page) < 10_000
    assert cells("topics")[0]["label"] in page
    assert f"<p>{len(tickets())} documents" in page
    assert len(project.folders["reports"].files["/report.html"]) > 10_000


def test_markup_in_cells_is_text_in_every_page(real_page: None) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    rows = tickets()
    for row in rows:
        row[0], row[1] = hostile + row[0], f"{row[1]} {hostile}"
    desk(rows)
    run(insight="topics", insight_megabytes=0.001, folder="reports", title=hostile)
    for page in (project.insights["topics"][0], project.folders["reports"].files["/report.html"]):
        assert b"<script>alert(1)" not in page
        assert b"<img src=x" not in page
    assert cells("documents")[0]["text"].endswith(hostile)


def test_progress_appears_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        run(chunk_rows=20)
    assert "read: 20 rows of tickets" in caplog.text
    assert "read: 60 rows of tickets" in caplog.text
    assert "wrote: 60 rows of documents" in caplog.text


def test_long_steps_report_every_few_seconds(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter([0.0, 1.0, 11.0, 11.0, 12.0])
    monkeypatch.setattr("pipelines.dataiku.recipes.time.monotonic", lambda: next(now))
    report = recipes._log("fit")
    with caplog.at_level(logging.INFO):
        report(1, 9)
        report(2, 9)
        report(3, 9)
    assert [record.message for record in caplog.records] == ["fit: 2 of 9"]


def test_every_row_gets_the_topic_it_had_when_the_model_was_learned() -> None:
    learn_and_declare_assignment()
    learned = {row["doc_id"]: row["topic_id"] for row in cells("documents")}
    assert run_assignment("tickets", "reports", "assigned", chunk_rows=7) == 60
    rows = cells("assigned")
    assert [row["ticket"] for row in rows] == [row[0] for row in tickets()]
    same = sum(row["topic_id"] == learned[row["ticket"]] for row in rows)
    assert same >= 57
    labels = {row["topic_id"]: row["label"] for row in cells("topics")}
    assert all(row["topic_name"] == labels[row["topic_id"]] for row in rows)


def test_assignment_keeps_rows_and_columns_of_the_input_and_their_types() -> None:
    learn_and_declare_assignment()
    run_assignment("tickets", "reports", "assigned")
    kinds = types("assigned")
    assert list(kinds)[:7] == list(dict(TICKETS))
    assert {name: kinds[name] for name in dict(TICKETS)} == dict(TICKETS)
    assert [row["code"] for row in cells("assigned")] == [row[6] for row in tickets()]


def test_row_without_text_or_without_a_known_word_has_no_topic() -> None:
    learn_and_declare_assignment()
    project.add("new", [("body", "string"), ("topic_id", "string")], [["", "a"], ["qwxz", "b"]])
    project.recipe(inputs=["new", "reports"], outputs=["assigned"])
    run_assignment("new", "reports", "assigned")
    rows = cells("assigned")
    assert [row["topic_id"] for row in rows] == ["-1", "-1"]
    assert [row["source_topic_id"] for row in rows] == ["a", "b"]


def test_assignment_of_no_rows_writes_an_empty_output_with_its_schema() -> None:
    learn_and_declare_assignment()
    project.add("new", [("body", "string")])
    project.recipe(inputs=["new", "reports"], outputs=["assigned"])
    assert run_assignment("new", "reports", "assigned") == 0
    assert list(types("assigned"))[:2] == ["body", "topic_id"]


def test_assignment_takes_the_newest_model() -> None:
    sys.modules["dataiku"].dku_flow_variables["DKU_DST_day"] = "1"
    project.add("documents")
    project.datasets["documents"].partitioning = {"dimensions": [{"name": "day"}]}
    run(folder="reports")
    sys.modules["dataiku"].dku_flow_variables["DKU_DST_day"] = "0"
    run(folder="reports", stop_words=("parcel",))
    assert "parcel" not in folders.load_model("reports").model.terms


def test_folder_without_a_model_or_with_a_damaged_one_is_an_error_that_says_so() -> None:
    with pytest.raises(StorageError, match=r"holds no model\.zip"):
        folders.load_model("reports")
    run(folder="reports")
    stored = project.folders["reports"].files
    stored["/model.zip"] = stored["/model.zip"][:200]
    with pytest.raises(StorageError, match=r"cannot read /model\.zip"):
        folders.load_model("reports")


def test_reader_gets_only_reports_of_the_folder() -> None:
    run(folder="reports")
    assert folders.read_report("reports", "/report.html")
    for path in ("/model.zip", "/../report.html", "report.html", ""):
        with pytest.raises(StorageError, match="holds no report"):
            folders.read_report("reports", path)


def test_assignment_holds_one_chunk_at_a_time() -> None:
    learn_and_declare_assignment()
    alive: list[int] = []
    text = tickets(3)

    def rows() -> Iterator[list[str]]:
        for number in range(4_000):
            alive.append(number)
            yield text[number % 3]

    project.add("many", TICKETS, rows)
    project.recipe(inputs=["many", "reports"], outputs=["assigned"])
    read_when_written: list[int] = []
    original = schemas.fit

    def fit(table: pd.DataFrame, schema: schemas.Schema) -> pd.DataFrame:
        read_when_written.append(len(alive))
        return original(table, schema)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "fit", fit)
        assert run_assignment("many", "reports", "assigned", chunk_rows=1_000) == 4_000
    assert read_when_written == [1_000, 2_000, 3_000, 4_000]


def test_reader_without_the_newer_options_is_used_without_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dataiku import Dataset

    def older(
        self: Dataset,
        chunksize: int = 10_000,
        infer_with_pandas: bool = True,
        parse_dates: bool = True,
        columns: list[str] | None = None,
    ) -> Iterator[pd.DataFrame]:
        return newer(self, chunksize, infer_with_pandas, parse_dates=parse_dates, columns=columns)

    newer: Callable[..., Iterator[pd.DataFrame]] = Dataset.iter_dataframes
    schema = [column for column in TICKETS if column[1] != "bigint" and column[1] != "boolean"]
    desk([[*row[:3], row[4], row[6]] for row in tickets()], schema)
    monkeypatch.setattr(Dataset, "iter_dataframes", older)
    run()
    assert len(cells("documents")) == 60


def test_model_file_holds_plain_data_only() -> None:
    import io
    import zipfile

    run(folder="reports")
    with zipfile.ZipFile(io.BytesIO(project.folders["reports"].files["/model.zip"])) as bundle:
        names = sorted(bundle.namelist())
        assert json.loads(bundle.read("settings.json"))["text"] == "body"
    assert names == ["meaning.npz", "model.json", "model.npz", "settings.json", "topics.json"]


def python_blocks() -> list[str]:
    text = (Path(__file__).resolve().parents[3] / "docs" / "dataiku.md").read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def test_recipes_in_the_documentation_run_as_they_stand() -> None:
    for block in python_blocks():
        desk()
        exec(compile(block, "docs/dataiku.md", "exec"), {})
        assert len(cells("documents")) == 60
        assert project.folders["reports"].files["/report.html"]
        assert project.insights["tickets"]


def test_parameters_in_the_documentation_are_those_of_the_form() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "dataiku.md").read_text(encoding="utf-8")
    switches = ("advanced", "keep", "topics", "insight")
    for param in form("topicbrief-topics")["params"]:
        if param["type"] != "SEPARATOR" and param["name"] not in switches:
            assert f"{param['label']} |" in text
