"""`dataiku.customrecipe`: what DSS passes to a plugin's recipe.

https://doc.dataiku.com/dss/11/python-api/plugins/custom_recipes.html
"""

from __future__ import annotations

import json
from typing import Any

from dataiku.scene import project


def get_input_names_for_role(role: str, full: bool = True) -> list[str]:
    return _names(role, project.inputs, full)


def get_output_names_for_role(role: str, full: bool = True) -> list[str]:
    return _names(role, project.outputs, full)


def get_recipe_config() -> dict[str, Any]:
    """https://doc.dataiku.com/dss/latest/plugins/reference/params.html: JSON, whole numbers too
    may come as floats."""
    config: dict[str, Any] = json.loads(json.dumps(project.config), parse_int=float)
    return config


def _names(role: str, declared: set[str], full: bool) -> list[str]:
    names = [name for name in project.roles.get(role, []) if name in declared]
    return [f"{project.key}.{name}" if full else name for name in names]
