"""A real Prefect server with the deployments of prefect.yaml and a worker, for tests."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))
# Seconds; far more than needed, because a busy machine is not a bug.
PATIENCE = 600


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

    def start(self, *arguments: str, program: str = PREFECT) -> subprocess.Popen[bytes]:
        name = Path(arguments[0]).name if program == PREFECT else "flow"
        with (self.home / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [program, *arguments],
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

    def found(self, name: str) -> dict[str, Any] | None:
        """The deployment, or None until it exists."""
        with suppress(httpx.HTTPStatusError):
            return self.deployment(name)
        return None

    def submit(self, deployment: str, **parameters: Any) -> str:
        path = f"/deployments/{self.deployment(deployment)['id']}/create_flow_run"
        return str(self.post(path, parameters=parameters)["id"])

    def ended(self, flow_run: str) -> dict[str, Any]:
        """The flow run, as soon as it has a final state."""
        final = {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}
        run: dict[str, Any] = wait(
            lambda: self.get(f"/flow_runs/{flow_run}"),
            lambda run: run["state_type"] in final,
        )
        return run

    def database(self) -> bytes:
        """All bytes of the server's database, including its write-ahead log."""
        return b"".join(path.read_bytes() for path in self.home.glob("*.db*"))

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


@contextmanager
def running_server(home: Path) -> Iterator[Server]:
    """A server in `home` with the work pool, the deployments and a worker, as documented."""
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
