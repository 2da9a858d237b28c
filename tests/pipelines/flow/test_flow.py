"""Deployments on a real server with a real worker, and the flow in this process, with one server.

One file: a server takes half a minute to start, and test runners share nothing between files.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from inspect import signature
from pathlib import Path

import pytest

pytest.importorskip("prefect", reason="the prefect extra is not installed")

import httpx
from prefect.settings import PREFECT_API_URL, temporary_settings
from support.prefect_server import PATIENCE, ROOT, Server, running_server, stop, wait, write

from pipelines.steps import STEPS

TICKETS = ROOT / "data" / "tickets.csv"

pytestmark = [
    pytest.mark.filterwarnings("default"),
    # The server's SQLite answers 503 when the machine is busy, and its worker then gives a run up.
    pytest.mark.flaky(reruns=2, reruns_delay=5),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("prefect")) as one:
        yield one


@pytest.fixture
def api(server: Server) -> Iterator[None]:
    """Prefect's client in this process asks that server."""
    with temporary_settings({PREFECT_API_URL: server.url}):
        yield


@pytest.fixture(scope="module", autouse=True)
def served(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[bytes]]:
    """The one-process way, started first: it takes its time while the other tests run."""
    source = write(tmp_path_factory.mktemp("served") / "in.csv")
    process = server.start(
        "-m", "pipelines.flow", str(source), "--name", "served", "--topics", "2",
        "--serve", "--cron", "0 2 * * *", program=sys.executable,
    )  # fmt: skip
    yield process
    stop(process)


def test_deployments_have_schedules_tags_limits_and_a_form(server: Server) -> None:
    for name, tag in (("nightly", "nightly"), ("hourly", "hourly"), ("weekly-refit", "weekly")):
        deployment = server.deployment(name)
        assert {"topicbrief", tag} <= set(deployment["tags"])
        assert deployment["version"]
        assert len(deployment["schedules"]) == 1
        assert deployment["global_concurrency_limit"]["limit"] == 1
        form = deployment["parameter_openapi_schema"]["properties"]
        assert form["sentences"]["maximum"] == 100
        assert "description" in form["topics"]
    assert [server.deployment(n)["schedules"][0]["active"] for n in ("nightly", "hourly")] == [
        True,
        False,
    ]


def test_a_parameter_that_makes_no_sense_or_holds_a_password_is_refused(server: Server) -> None:
    for parameters in (
        {"sentences": 0},
        {"model": "bert"},
        {"source": "https://user:hunter2@example.org/x.csv"},
        {"source": ["a.csv", "https://example.org/x.csv?token=hunter2"]},
    ):
        with pytest.raises(httpx.HTTPStatusError, match=r"409|422"):
            server.submit("nightly", **parameters)


def test_runs_from_the_command_a_schedule_and_the_form(server: Server, tmp_path: Path) -> None:
    source, out = write(tmp_path / "in.csv"), tmp_path / "out"
    bad = tmp_path / "bad.csv.gz"
    bad.write_bytes(b"\x1f\x8b half-written")
    failing = server.submit("nightly", source=str(bad), name="bad", out=str(out))
    hidden = server.submit(
        "hourly", source="env:TOPICBRIEF_TEST_ADDRESS", name="hidden", out=str(out), topics=2
    )
    weekly = server.deployment("weekly-refit")["id"]
    due = datetime.now(UTC) + timedelta(seconds=3)
    scheduled = {"source": str(source), "name": "scheduled", "out": str(out), "topics": 2}
    httpx.patch(
        f"{server.url}/deployments/{weekly}", json={"parameters": scheduled}, trust_env=False
    ).raise_for_status()
    schedule = {"interval": 3600.0, "anchor_date": due.isoformat()}
    httpx.post(
        f"{server.url}/deployments/{weekly}/schedules",
        json=[{"schedule": schedule, "active": True}],
        trust_env=False,
    ).raise_for_status()

    done = server.prefect(
        "deployment", "run", "topic-report/nightly", "--watch",
        "-p", f"source={source}", "-p", "name=asked", "-p", f"out={out}", "-p", "topics=2",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert (out / "asked" / "latest" / "report.html").is_file()
    asked = server.post("/flow_runs/filter", sort="START_TIME_DESC", limit=50)
    asked = next(run for run in asked if run["parameters"].get("name") == "asked")
    assert set(server.tasks(asked["id"])) == set(STEPS)
    artifacts = server.artifacts(asked["id"])
    assert {"asked-brief", "asked-topics", "asked-records", "asked-report"} <= set(artifacts)
    assert "60 of 60 records" in artifacts["asked-brief"]

    failed = server.ended(failing)
    assert failed["state_type"] == "FAILED"
    assert "cannot read" in failed["state"]["message"]
    assert server.tasks(failing)["ingest"]["run_count"] == 3
    assert list((out / "bad" / "runs").iterdir()) == []

    assert server.ended(hidden)["state_type"] == "COMPLETED"
    fired = wait(
        lambda: server.post(
            "/flow_runs/filter",
            flow_runs={
                "deployment_id": {"any_": [weekly]},
                "state": {"type": {"any_": ["COMPLETED"]}},
            },
        ),
        bool,
    )
    assert fired[0]["auto_scheduled"]
    assert (out / "scheduled" / "latest" / "report.html").is_file()


def test_a_cancelled_run_leaves_nothing_behind(server: Server, tmp_path: Path) -> None:
    source, out = write(tmp_path / "in.csv", 60_000), tmp_path / "out"
    flow_run = server.submit("nightly", source=str(source), name="cancelled", out=str(out))
    runs = out / "cancelled" / "runs"
    wait(lambda: runs.is_dir() and list(runs.iterdir()), bool)
    server.post(
        f"/flow_runs/{flow_run}/set_state", state={"type": "CANCELLING", "name": "Cancelling"}
    )
    assert server.ended(flow_run)["state_type"] == "CANCELLED"
    wait(lambda: list(runs.iterdir()), lambda left: not left)
    assert not (out / "cancelled" / "latest").exists()


def test_every_option_of_the_command_is_a_parameter_of_the_flow() -> None:
    from pipelines.cli import run
    from pipelines.flow.flow import topic_report

    options = {str(option.name) for option in run.params} - {"sources", "debug", "quiet", "json"}
    parameters = set(signature(topic_report.fn).parameters)
    assert parameters - {"source"} == options


# --- the flow called in this process


def test_the_flow_publishes_what_the_command_publishes(api: None, tmp_path: Path) -> None:
    from pipelines.flow.flow import topic_report
    from pipelines.options.options import read_options
    from pipelines.runner import run_job

    folder = Path(topic_report(source=str(TICKETS), out=str(tmp_path / "flow"), topics=6))
    options = read_options([str(TICKETS)], {"topics": 6})
    other = run_job(options.job, tmp_path / "plain", quiet=True)
    files = json.loads((folder / "manifest.json").read_text())["files"]
    expected = json.loads((other / "manifest.json").read_text())["files"]
    # The pages and the workbook carry the run's own name and date.
    tables = [name for name in expected if not name.endswith((".html", ".xlsx"))]
    assert {name: files[name] for name in tables} == {name: expected[name] for name in tables}
    assert (tmp_path / "flow" / "tickets" / "latest").resolve() == folder


def test_a_failed_flow_says_why_and_leaves_nothing(api: None, tmp_path: Path) -> None:
    from pipelines.flow.flow import topic_report

    source = tmp_path / "input.csv"
    source.write_text("text\n???\n")
    state = topic_report(source=str(source), out=str(tmp_path / "out"), return_state=True)
    assert state.is_failed()
    assert "no usable documents" in str(state.message)
    assert list((tmp_path / "out" / "input" / "runs").iterdir()) == []


def test_a_secret_block_and_a_variable_name_a_source_and_stay_out_of_everything(
    api: None, server: Server, tmp_path: Path
) -> None:
    from prefect.blocks.system import Secret
    from prefect.variables import Variable

    from pipelines.flow.flow import topic_report

    secret = write(tmp_path / "hunter2-block.csv")
    Secret(value=str(secret)).save("topicbrief-test", overwrite=True)
    Variable.set("topicbrief_test", str(write(tmp_path / "by-variable.csv")), overwrite=True)
    for source in ("secret:topicbrief-test", "variable:topicbrief_test"):
        folder = topic_report(source=source, name="named", out=str(tmp_path / "out"), topics=2)
        assert (Path(folder) / "report.html").is_file()
    state = topic_report(source="secret:no-such-block", return_state=True)
    assert "create a Secret block of this name" in str(state.message)
    assert b"hunter2" not in server.database()


def test_a_source_that_lost_most_of_its_documents_fails_with_what_to_do(
    api: None, tmp_path: Path
) -> None:
    from pipelines.flow.flow import topic_report

    source = write(tmp_path / "in.csv")
    first = topic_report(source=str(source), out=str(tmp_path / "out"), topics=2)
    write(source, 6)
    given = {"source": str(source), "out": str(tmp_path / "out"), "min_documents_share": 0.5}
    state = topic_report(**given, topics=2, return_state=True)
    assert "check the source" in str(state.message)
    assert (tmp_path / "out" / "in" / "latest").resolve() == Path(first)


# --- afterwards


def test_no_secret_reached_the_database_or_the_logs(server: Server) -> None:
    address = server.environment["TOPICBRIEF_TEST_ADDRESS"]
    logs = b"".join(path.read_bytes() for path in server.home.glob("*.log"))
    for told in (server.database(), logs):
        assert b"hunter2" not in told
        assert Path(address).name.encode() not in told


def test_one_process_serves_a_schedule_and_runs_when_asked(
    server: Server, served: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    deployment = wait(lambda: server.found("served"), bool)
    assert [one["schedule"]["cron"] for one in deployment["schedules"]] == ["0 2 * * *"]
    assert not deployment["paused"]
    flow_run = server.submit("served", out=str(tmp_path / "out"))
    assert server.ended(flow_run)["state_type"] == "COMPLETED"
    assert (tmp_path / "out" / "served" / "latest" / "report.html").is_file()
    served.send_signal(signal.SIGINT)
    assert served.wait(timeout=PATIENCE) == 0
    assert server.deployment("served")["paused"]


def test_without_a_server_a_run_says_so_in_one_line_and_leaves_nothing(
    server: Server, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.flow", str(write(tmp_path / "in.csv")), "--out",
         str(tmp_path / "out")],
        cwd=ROOT,
        env={**server.environment, "PREFECT_API_URL": "http://127.0.0.1:9/api"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )  # fmt: skip
    assert done.returncode == 6
    assert "no Prefect server answers at http://127.0.0.1:9/api" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "out").exists()
