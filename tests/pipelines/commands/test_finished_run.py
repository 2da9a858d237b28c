"""A finished run can be asked."""

from __future__ import annotations

import csv
import json
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest

from nlp.errors import InputError, StorageError
from pipelines.commands import reports as shelf
from pipelines.commands.assign import assign_source
from pipelines.commands.evaluate import evaluate_run
from pipelines.options.options import read_options
from pipelines.runner import run_job

TICKETS = Path(__file__).resolve().parents[3] / "data" / "tickets.csv"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    options = read_options([str(TICKETS)], {"topics": 12, "label": "label"})
    return run_job(options.job, out, quiet=True)


def test_the_runs_own_documents_get_their_own_topics(run: Path, tmp_path: Path) -> None:
    account = assign_source(run, str(TICKETS), tmp_path / "again.parquet", {})
    assert account.startswith("677 documents of 685 records")
    again = pd.read_parquet(tmp_path / "again.parquet").set_index("doc_id")["topic_id"]
    first = pd.read_parquet(run / "documents.parquet").set_index("doc_id")["topic_id"]
    assert (again.loc[first.index] == first).mean() > 0.9


def test_words_the_model_never_saw_fit_no_topic(run: Path, tmp_path: Path) -> None:
    source = tmp_path / "new.csv"
    source.write_text("body\nzyzzyva quokka\nmy card was declined\n")
    assign_source(run, str(source), tmp_path / "out.csv", {})
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[0]["topic_name"] == "No topic"
    labels = pd.read_parquet(run / "topics.parquet").set_index("topic_id")["label"]
    assert rows[1]["topic_name"] == labels[int(rows[1]["topic_id"])]
    assert [row["doc_id"] for row in rows] == ["1", "2"]
    assert rows[0]["topic_id"] == "-1"
    assert int(rows[1]["topic_id"]) > 0


def test_assign_needs_a_table_to_write_and_leaves_nothing_half_done(
    run: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"\.csv or \.parquet"):
        assign_source(run, str(TICKETS), tmp_path / "out.xlsx", {})
    with pytest.raises(InputError, match="no such file"):
        assign_source(run, str(tmp_path / "none.csv"), tmp_path / "out.csv", {})
    assert list(tmp_path.iterdir()) == []


def test_evaluate_compares_with_other_fits(run: Path) -> None:
    found = evaluate_run(run, None)
    assert 0 < found["stability"] <= 1
    assert set(found["nmf"]["agreement"]) == {"nmi", "ami", "ari", "purity"}
    assert len(found["nmf"]["npmi"]) <= found["n_topics"]
    plain = evaluate_run(run, None, refit=False)
    assert plain["stability"] is None
    assert "nmf" not in plain


def test_evaluate_scores_against_any_column(run: Path) -> None:
    by_label = evaluate_run(run, None, refit=False)
    assert set(json.loads(json.dumps(by_label, allow_nan=False))) == set(by_label)
    assert (
        by_label["agreement"]["nmi"]
        > evaluate_run(run, "channel", refit=False)["agreement"]["nmi"] + 0.2
    )
    with pytest.raises(InputError, match="no column 'x'"):
        evaluate_run(run, "x")


def test_a_run_with_a_damaged_model_is_a_storage_error(run: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    (damaged / "model").mkdir(parents=True)
    for name in ("manifest.json", "documents.parquet", "model/model.json"):
        (damaged / name).write_bytes((run / name).read_bytes())
    (damaged / "model" / "model.npz").write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(StorageError, match="topic model"):
        evaluate_run(damaged, None)


def test_the_list_names_every_run_newest_first(run: Path) -> None:
    listed = shelf.list_runs(run.parents[2])
    assert "tickets" in listed
    assert str(run / "report.html") in listed
    with pytest.raises(InputError, match="there is no folder"):
        shelf.list_runs(run / "nosuch")


def test_reports_are_served_on_this_machine_only(run: Path, tmp_path: Path) -> None:
    out = run.parents[2]
    (out / "tickets" / ".secret").write_text("x")
    server = shelf.make_server(out, 0)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        assert server.server_address[0] == "127.0.0.1"

        def get(path: str, **headers: str) -> tuple[int, str]:
            connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

        status, page = get("/")
        assert (status, "tickets" in page) == (200, True)
        assert get(f"/tickets/runs/{run.name}/report.html")[0] == 200
        assert get("/", Host="attacker.example")[0] == 403
        assert get("/tickets/")[0] == 404
        assert get("/tickets/.secret")[0] == 404
        assert get("/../../../../etc/passwd")[0] == 404
        assert get("/%2e%2e/%2e%2e/etc/passwd")[0] == 404
    finally:
        server.shutdown()
        server.server_close()
