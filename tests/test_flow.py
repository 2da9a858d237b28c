"""The Prefect flow, under Prefect's own harness."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("prefect", reason="the prefect extra is not installed")

from prefect.testing.utilities import prefect_test_harness

TICKETS = Path(__file__).resolve().parents[1] / "data" / "tickets.csv"

# Prefect and its server's libraries, not this project, are warned about here.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=180):
        yield


def test_the_flow_publishes_what_the_command_publishes(tmp_path: Path) -> None:
    from pipelines.flow import topic_report
    from pipelines.job import run_job
    from pipelines.options import read_options

    folder = Path(topic_report(source=str(TICKETS), out=str(tmp_path / "flow"), topics=6))
    options = read_options([str(TICKETS)], {"topics": 6})
    other = run_job(options.job, tmp_path / "plain", quiet=True)
    files = json.loads((folder / "manifest.json").read_text())["files"]
    expected = json.loads((other / "manifest.json").read_text())["files"]
    tables = [name for name in expected if not name.endswith(".html")]
    assert {name: files[name] for name in tables} == {name: expected[name] for name in tables}
    assert (tmp_path / "flow" / "tickets" / "latest").resolve() == folder


def test_a_failed_flow_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    from pipelines.flow import topic_report

    source = tmp_path / "input.csv"
    source.write_text("text\n???\n")
    state = topic_report(source=str(source), out=str(tmp_path / "out"), return_state=True)
    assert state.is_failed()
    assert "no usable documents" in str(state.message)
    assert list((tmp_path / "out" / "input" / "runs").iterdir()) == []
