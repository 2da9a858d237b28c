"""The state of DSS: the project's datasets, folders and insights, and the recipe that runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Rows = Callable[[], Iterable[list[str]]]

dku_flow_variables: dict[str, str] = {}
"""PARTITIONS: variables of the partition being built, as a dictionary in the module."""


@dataclass
class StoredDataset:
    """A stored dataset; a cell is text, empty for a missing value."""

    schema: list[dict[str, str]]
    rows: Rows
    partitioning: dict[str, Any] = field(default_factory=dict)
    keeps_rows: bool = True
    written: int = 0


@dataclass
class StoredFolder:
    """A stored managed folder."""

    files: dict[str, bytes] = field(default_factory=dict)
    modified: dict[str, int] = field(default_factory=dict)
    local_path: str | None = None


class Project:
    """The scene of one test."""

    key = "SUPPORT"

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.datasets: dict[str, StoredDataset] = {}
        self.folders: dict[str, StoredFolder] = {}
        self.insights: dict[str, tuple[bytes, str, str | None]] = {}
        self.inputs: set[str] = set()
        self.outputs: set[str] = set()
        self.roles: dict[str, list[str]] = {}
        self.config: dict[str, Any] = {}
        self.webapp_config: dict[str, Any] = {}
        self.open_writers: set[str] = set()
        self.open_streams = 0
        self.clock = 0
        dku_flow_variables.clear()

    def add(
        self,
        name: str,
        schema: Iterable[tuple[str, str]] = (),
        rows: Rows | Iterable[list[str]] = (),
    ) -> StoredDataset:
        """A dataset of (name, type) columns; `rows` are lists of cells, or a function of them."""
        columns = [{"name": column, "type": kind} for column, kind in schema]
        held = [] if callable(rows) else [list(row) for row in rows]
        stored = StoredDataset(columns, rows if callable(rows) else lambda: held)
        self.datasets[name] = stored
        return stored

    def recipe(self, inputs: Iterable[str] = (), outputs: Iterable[str] = ()) -> None:
        """Declare what the running recipe may read and write; outputs that are new are made."""
        self.inputs, self.outputs = set(inputs), set(outputs)
        for name in self.outputs - set(self.datasets) - set(self.folders):
            self.add(name)

    def short(self, name: str) -> str:
        """The name without the project's key before it."""
        return name.removeprefix(f"{self.key}.")


project = Project()
