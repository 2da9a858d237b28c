"""Deployments on a real server with a real worker: what docs/scheduling.md says, done."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("prefect", reason="the prefect extra is not installed")

import httpx

ROOT = Path(__file__).resolve().parents[1]
PREFECT = str(Path(sys.executable).with_name("prefect"))
# Far more than it takes: a busy machine is no bug.
PATIENCE = 600

pytestmark = [
    pytest.mark.filterwarnings("default"),
    # The server's SQLite answers 503 when the machine is busy, and its worker then gives a run up.
    pytest.mark.flaky(reruns=2, reruns_delay=5),
]


@dataclass(frozen=True)
class Server:
    """A Prefect server of its own, with the deployments of prefect.yaml and a worker."""

    home: Path
    url: str
    environment: dict[str, str]

    def prefect(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PREFECT, "--no-prompt", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.home / f"{arguments[0]}.log").open("wb") as log:
            return subprocess.Popen(
                [PREFECT, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def get(self, path: str) -> Any:
        return httpx.get(self.url + path, timeout=60, trust_env=False).raise_for_status().json()

    def post(self, path: str, **body: Any) -> Any:
        # A SQLite that is busy answers 503, and Prefect's own client asks again too.
        for _ in range(20):
            answer = httpx.post(self.url + path, json=body, timeout=60, trust_env=False)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(0.5)
        return answer.raise_for_status().json() if answer.content else None

    def deployment(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/deployments/name/topic-report/{name}")
        return found

    def submit(self, deployment: str, **parameters: Any) -> str:
        path = f"/deployments/{self.deployment(deployment)['id']}/create_flow_run"
        return str(self.post(path, parameters=parameters)["id"])

    def ended(self, flow_run: str) -> dict[str, Any]:
        """The run once it is in a final state."""
        final = {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}
        return wait(
            lambda: self.get(f"/flow_runs/{flow_run}"),
            lambda run: run["state_type"] in final,
        )

    def tasks(self, flow_run: str) -> dict[str, dict[str, Any]]:
        found = self.post("/task_runs/filter", flow_runs={"id": {"any_": [flow_run]}})
        return {task["name"]: task for task in found}

    def artifacts(self, flow_run: str) -> dict[str, Any]:
        found = self.post("/artifacts/filter", artifacts={"flow_run_id": {"any_": [flow_run]}})
        return {one["key"]: one["data"] for one in found}


def wait(look: Callable[[], Any], enough: Callable[[Any], bool]) -> Any:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        with suppress(httpx.TransportError):
            found = look()
            if enough(found):
                return found
        time.sleep(0.5)
    raise TimeoutError("waited in vain")


def stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("prefect")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    environment = {
        **os.environ,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
        "PREFECT_SERVER_SERVICES_SCHEDULER_DEPLOYMENT_BATCH_SIZE": "10",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "NO_PROXY": "127.0.0.1,localhost",
        "PYTHONPATH": str(ROOT),
        "TOPICBRIEF_RETRY_SECONDS": "1",
        "TOPICBRIEF_TEST_ADDRESS": str(write(home / "from-environment.csv")),
    }
    one = Server(home, url, environment)
    running = [one.start("server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui")]
    try:
        wait(lambda: one.get("/health"), bool)
        for arguments in (
            ("work-pool", "create", "topicbrief", "--type", "process"),
            ("deploy", "--all"),
        ):
            done = one.prefect(*arguments)
            assert done.returncode == 0, done.stdout + done.stderr
        running.append(one.start("worker", "start", "--pool", "topicbrief"))
        yield one
    finally:
        for process in reversed(running):
            stop(process)


def write(path: Path, n_documents: int = 60) -> Path:
    words = ["card payment declined bank limit", "parcel courier late delivery door"]
    lines = ["id,text"]
    for number in range(n_documents):
        chosen = random.Random(number).choices(words[number % 2].split(), k=6)
        lines.append(f"d{number},{' '.join(chosen)}.")
    path.write_text("\n".join(lines) + "\n")
    return path


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
    assert set(server.tasks(asked["id"])) == {"ingest", "clean", "fit", "summarize", "report"}
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


def test_no_secret_reached_the_database(server: Server) -> None:
    address = server.environment["TOPICBRIEF_TEST_ADDRESS"]
    for path in server.home.glob("*.db*"):
        data = path.read_bytes()
        assert b"hunter2" not in data
        assert Path(address).name.encode() not in data
