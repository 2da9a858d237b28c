"""Sources given as a query, a pattern or env:NAME: which rows are fetched and recognised."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from support.small_runs import fast, keys, manifest, write

from nlp.errors import InputError, StorageError
from pipelines.incremental import database as databases
from pipelines.incremental.database import Query, fetch, is_database
from pipelines.options.options import read_options
from pipelines.runner import run_job
from pipelines.runs.folder import published_runs

pytest.importorskip("sqlalchemy", reason="the sql extra is not installed")

__all__ = ["fast"]  # the fixture
pytestmark = pytest.mark.usefixtures("fast")

QUERY = "SELECT id, body, changed, channel FROM tickets WHERE body <> 'spam: x'"


class Tickets:
    """A database of tickets in SQLite."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.execute("CREATE TABLE tickets (id TEXT, body TEXT, changed TEXT, channel)")

    @property
    def address(self) -> str:
        return f"sqlite:///{self.path}"

    def execute(self, sql: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(sql, values)

    def add(self, first: int, last: int, changed: str) -> None:
        subjects = ["card payment declined bank limit", "parcel courier late delivery door"]
        for number in range(first, last):
            words = random.Random(number).choices(subjects[number % 2].split(), k=6)
            row = f"t{number}", " ".join(words), changed, number % 3
            self.execute("INSERT INTO tickets VALUES (?, ?, ?, ?)", *row)

    def run(self, **flags: Any) -> Path:
        given = {
            "out": str(self.path.parent / "out"), "query": QUERY, "watermark": "changed",
            "id": "id", "text": "body", "topics": 2, **flags,
        }  # fmt: skip
        options = read_options([self.address], given)
        assert options.job.name == "tickets"
        return run_job(options.job, Path(options.out), quiet=True)


@pytest.fixture
def tickets(tmp_path: Path) -> Tickets:
    made = Tickets(tmp_path / "tickets.db")
    made.add(0, 40, "2026-01-01")
    made.add(40, 60, "2026-01-02")
    return made


def test_only_rows_from_the_mark_on_are_fetched_and_the_others_are_kept(tickets: Tickets) -> None:
    first = tickets.run()
    tickets.add(60, 63, "2026-01-02")
    tickets.add(63, 66, "2026-01-03")
    second = tickets.run()
    read = manifest(second)["inputs"][0]
    assert manifest(first)["inputs"][0]["rows"] == 60
    assert read["since"] == {"type": "text", "value": "2026-01-02"}
    assert (read["rows"], read["mark"]["value"]) == (26, "2026-01-03")
    told = manifest(second)
    assert (told["records_in"], told["records_kept"]) == (66, 66)
    assert told["lineage"]["documents"] == {"known": 60, "new": 6, "edited": 0, "deleted": 0}
    assert told["lineage"]["cleaned"] <= 6
    documents = pd.read_parquet(second / "documents.parquet").set_index("doc_id")
    assert documents.loc["t1", "changed"] == "2026-01-01"
    assert documents["channel"].tolist() == [int(name[1:]) % 3 for name in documents.index]
    assert set(keys(second)) == {f"t{number}" for number in range(66)}


def test_no_new_row_is_nothing_new_and_the_mark_stays(tickets: Tickets) -> None:
    tickets.run()
    tickets.add(60, 66, "2026-01-03")
    second, third, fourth = (tickets.run() for _ in range(3))
    assert [manifest(run).get("same_as") for run in (third, fourth)] == [second.name] * 2
    assert manifest(fourth)["inputs"] == manifest(second)["inputs"]
    tickets.add(66, 67, "2026-01-03")
    assert manifest(tickets.run())["records_kept"] == 67


def test_an_edited_row_replaces_the_earlier_one_and_a_deleted_one_stays(tickets: Tickets) -> None:
    tickets.run()
    tickets.execute(
        "UPDATE tickets SET body = 'bank bank limit', changed = '2026-02-01' WHERE id = 't3'"
    )
    tickets.execute("DELETE FROM tickets WHERE id = 't4'")
    second = tickets.run()
    documents = pd.read_parquet(second / "documents.parquet").set_index("doc_id")
    assert documents.loc["t3", "text"] == "bank bank limit"
    assert (len(documents), "t4" in documents.index) == (60, True)
    assert manifest(second)["lineage"]["documents"]["edited"] == 1


@pytest.mark.parametrize(
    "flags", [{"refit": "always"}, {"follows": "none"}, {"watermark": None}, {"stop_words": ("x",)}]
)
def test_a_run_that_reads_all_forgets_what_was_deleted(
    tickets: Tickets, flags: dict[str, Any]
) -> None:
    tickets.run()
    tickets.execute("DELETE FROM tickets WHERE id = 't4'")
    found = manifest(tickets.run(**flags))
    assert found["inputs"][0]["since"] is None
    assert found["records_kept"] == 59


def test_rows_that_are_no_documents_stay_accounted_for(tickets: Tickets) -> None:
    tickets.execute("INSERT INTO tickets VALUES ('empty', '', '2026-01-01', 1)")
    tickets.run()
    tickets.execute("INSERT INTO tickets VALUES ('new', ' ', '2026-01-05', 'x')")
    second = manifest(tickets.run())
    assert (second["records_in"], second["records_kept"]) == (62, 60)
    assert second["records_dropped"] == {"empty_text": 2}
    third = manifest(tickets.run(min_documents=1))
    assert (third["records_in"], third["records_dropped"]) == (62, {"empty_text": 2})


def test_a_column_that_turns_from_numbers_to_text_is_text(tickets: Tickets) -> None:
    tickets.run()
    tickets.execute("INSERT INTO tickets VALUES ('new', 'late parcel', '2026-01-05', 'mail')")
    documents = pd.read_parquet(tickets.run() / "documents.parquet").set_index("doc_id")
    assert documents.loc[["t1", "new"], "channel"].tolist() == ["1", "mail"]


def test_a_row_without_a_mark_is_fetched_every_time(tickets: Tickets) -> None:
    tickets.execute("INSERT INTO tickets VALUES ('odd', 'late parcel courier', NULL, 1)")
    tickets.run()
    tickets.execute("UPDATE tickets SET body = 'card declined bank' WHERE id = 'odd'")
    documents = pd.read_parquet(tickets.run() / "documents.parquet").set_index("doc_id")
    assert documents.loc["odd", "text"] == "card declined bank"


def test_a_locked_database_can_be_tried_again_and_nothing_is_published(tickets: Tickets) -> None:
    first = tickets.run()
    with closing(sqlite3.connect(tickets.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match="database is locked"):
            tickets.run(seed=1)
    assert published_runs(first.parents[1]) == [first]
    assert tickets.run(seed=1) != first


def test_the_database_is_only_read(tickets: Tickets) -> None:
    with pytest.raises((InputError, StorageError)):
        tickets.run(query="DELETE FROM tickets RETURNING *")
    assert manifest(tickets.run())["records_kept"] == 60


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"query": None}, "needs a --query"),
        ({"id": None}, "watermark: needs --id"),
        ({"watermark": "nosuch"}, "watermark: the query has no column 'nosuch'"),
        ({"query": "SELEKT 1"}, "query: .*syntax error"),
        ({"query": "SELECT * FROM nosuch"}, "query: no such table"),
    ],
)
def test_a_wrong_query_or_column_is_named(
    tickets: Tickets, flags: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        tickets.run(**flags)


def test_an_address_that_cannot_be_meant_is_named_without_its_password(tmp_path: Path) -> None:
    for address in (
        f"sqlite:///{tmp_path}/none.db",
        "nosuch://user:hunter2@host/x",
        "mssql+nosuch://user:hunter2@host/x",
    ):
        with pytest.raises(InputError) as caught:
            fetch(address, Query("SELECT 1"), tmp_path / "x")
        assert "hunter2" not in str(caught.value)
    assert not (tmp_path / "none.db").exists()
    with pytest.raises(InputError, match="query: needs exactly one database"):
        read_options(["a.csv"], {"query": "SELECT 1"})


def test_a_row_without_an_id_is_refused_with_a_watermark(tickets: Tickets) -> None:
    tickets.execute("INSERT INTO tickets VALUES (NULL, 'late parcel', '2026-01-05', 1)")
    with pytest.raises(InputError, match="id: a row has no value in 'id'"):
        tickets.run()
    assert manifest(tickets.run(watermark=None))["records_kept"] == 61


def test_colons_and_percent_signs_of_a_query_are_its_own(tickets: Tickets) -> None:
    query = "SELECT id, body, changed FROM tickets WHERE body NOT LIKE '%:name%' AND ':x' <> '%s';"
    tickets.run(query=query)
    tickets.add(60, 61, "2026-01-09")
    assert manifest(tickets.run(query=query))["records_kept"] == 61


def test_values_of_all_types_are_written_as_text_or_numbers_and_marks_are_read_back() -> None:
    stamp = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    values = [None, True, 3, 2.5, float("nan"), "x", b"\xff\x00", Decimal("1.10"), stamp]
    assert [databases._plain(value) for value in values] == [
        None, True, 3, 2.5, None, "x", "\ufffd\x00", "1.10", "2026-01-02T03:04:05+00:00",
    ]  # fmt: skip
    for value in (stamp, stamp.date(), 7, 2.5, "2026"):
        assert databases._untagged(databases._tagged(value)) == value


def test_what_is_a_database() -> None:
    assert is_database("postgresql+psycopg://host/db")
    assert not is_database("https://host/x.csv")
    assert not is_database("C:/x.csv")


# --- patterns and names


def test_a_pattern_reads_what_is_there_when_the_run_starts(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    write(drop / "day-1.csv", 30)
    (drop / "other.txt").write_text("not meant")

    def night() -> dict[str, Any]:
        options = read_options([str(drop / "day-*.csv")], {"topics": 3})
        assert options.job.name == "drop"
        return manifest(run_job(options.job, tmp_path / "out", quiet=True))

    assert night()["records_kept"] == 30
    assert night()["same_as"]
    write(drop / "day-2.csv", 30, first=100)
    second = night()
    assert second["records_kept"] == 60
    assert second["lineage"]["documents"]["known"] == 30
    assert [Path(one["source"]).name for one in second["inputs"]] == ["day-1.csv", "day-2.csv"]
    with pytest.raises(InputError, match="no file or folder matches"):
        read_options([str(drop / "week-*.csv")], {})


def test_an_environment_variable_holds_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOPICBRIEF_TEST_SOURCE", str(write(tmp_path / "in.csv")))
    assert read_options(["env:TOPICBRIEF_TEST_SOURCE"], {}).job.name == "in"
    with pytest.raises(InputError, match="is not set"):
        read_options(["env:TOPICBRIEF_TEST_NONE"], {})


def test_a_file_whose_name_looks_like_a_pattern_is_itself(tmp_path: Path) -> None:
    source = write(tmp_path / "in[1].csv")
    assert read_options([str(source)], {}).job.sources == (str(source),)
