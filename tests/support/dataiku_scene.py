"""A support desk's tickets in the stand-in for Dataiku, and the plugin's recipes run on them."""

from __future__ import annotations

import json
import os
import random
import runpy
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

STAND_IN = Path(__file__).parent / "stand_in"
if str(STAND_IN) not in sys.path:
    sys.path.insert(0, str(STAND_IN))

from dataiku import project as project  # noqa: E402

if TYPE_CHECKING:
    from dataiku.scene import Rows

_SOURCES = Path(__file__).resolve().parents[2] / "pipelines" / "dataiku" / "plugin"
PLUGIN = Path(os.environ.get("TOPICBRIEF_PLUGIN", _SOURCES))
TICKETS = (
    ("ticket", "string"),
    ("body", "string"),
    ("created", "date"),
    ("priority", "bigint"),
    ("score", "double"),
    ("open", "boolean"),
    ("code", "string"),
)
_SUBJECTS = (
    "parcel courier delivery depot van address late driver",
    "invoice payment refund charge card bank fee statement",
    "password login account reset email locked code phone",
)
OUTPUTS = ("topics", "documents", "summaries")


def tickets(n_rows: int = 60) -> list[list[str]]:
    """Rows of three subjects; every fifth row has missing values, and codes look like numbers."""
    dice = random.Random(7)
    rows = []
    for row in range(n_rows):
        words = _SUBJECTS[row % 3].split()
        text = " ".join(dice.choices(words, k=12)) + ". " + " ".join(dice.choices(words, k=8)) + "."
        bare = row % 5 == 4
        rows.append(
            [
                f"T{row:04}",
                text,
                "" if bare else f"2026-01-{row % 28 + 1:02}T08:30:00.000Z",
                "" if bare else str(row % 4),
                "" if bare else f"{row / 7:.3f}",
                "" if bare else ("true" if row % 2 else "false"),
                f"{row:03}",
            ]
        )
    return rows


def desk(
    rows: Rows | Iterable[list[str]] | None = None,
    schema: Iterable[tuple[str, str]] = TICKETS,
    **datasets: Iterable[tuple[str, str]],
) -> None:
    """A project with the dataset `tickets` and the folder `reports`, before a recipe is run."""
    from dataiku.scene import StoredFolder

    project.clear()
    project.add("tickets", schema, tickets() if rows is None else rows)
    project.folders["reports"] = StoredFolder()
    for name, columns in datasets.items():
        project.add(name, columns)
    project.recipe(inputs=["tickets"], outputs=[*OUTPUTS, "rejected", "reports"])


def form(recipe: str) -> dict[str, Any]:
    """A plugin recipe's description."""
    path = PLUGIN / "custom-recipes" / recipe / "recipe.json"
    described: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return described


def run_plugin_recipe(recipe: str, roles: dict[str, str], **config: object) -> None:
    """Run a recipe's file as DSS does, with the form's defaults under `config`."""
    described = form(recipe)
    defaults = {p["name"]: p["defaultValue"] for p in described["params"] if "defaultValue" in p}
    project.config = {**defaults, **config}
    project.roles = {role: [name] for role, name in roles.items()}
    kinds = {kind: [r["name"] for r in described[kind]] for kind in ("inputRoles", "outputRoles")}
    project.recipe(
        inputs=[roles[role] for role in kinds["inputRoles"]],
        outputs=[roles[role] for role in kinds["outputRoles"] if role in roles],
    )
    runpy.run_path(str(PLUGIN / "custom-recipes" / recipe / "recipe.py"), run_name="__main__")


def cells(name: str) -> list[dict[str, str]]:
    """The rows of a stored dataset."""
    stored = project.datasets[name]
    names = [column["name"] for column in stored.schema]
    return [dict(zip(names, row, strict=True)) for row in stored.rows()]


def types(name: str) -> dict[str, str]:
    """Storage type of each column of a dataset."""
    return {column["name"]: column["type"] for column in project.datasets[name].schema}
