"""What all tests share: repeatable property tests, and the labelled corpora where there are any."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support.slow import is_slow

# The same examples on every machine and no limit on the time of one: a busy machine is no bug.
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "corpora"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if is_slow(item.nodeid):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def corpora() -> Callable[[str], Path]:
    """The file of a labelled corpus by its name; the test is skipped where it is not there."""
    folder = Path(os.environ.get("TOPICBRIEF_CORPORA", _BESIDE))

    def find(name: str) -> Path:
        path = folder / f"{name}.jsonl.gz"
        if not path.is_file():
            pytest.skip(f"no labelled corpus {name} in {folder} (set TOPICBRIEF_CORPORA)")
        return path

    return find
