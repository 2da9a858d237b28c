"""Templates and assets of the report, read from the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import pandas as pd

from nlp.report.escaping import cell


@cache
def environment() -> jinja2.Environment:
    """Return the template environment; it escapes all text and prints all values with `cell`."""
    created = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        finalize=cell,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    created.filters.update(number=number, percent=percent, figure=figure)
    return created


def number(value: Any) -> str:
    """Return a count with thousands separators: 18,846."""
    return f"{int(value):,}"


def percent(share: Any) -> str:
    """Return a share as a percentage: 12%, 3.4%, <0.1%."""
    value = 100.0 * float(share)
    if 0 < value < 0.1:
        return "<0.1%"
    return f"{value:.0f}%" if value >= 9.95 or value == 0 else f"{value:.1f}%"


def figure(value: Any) -> str:
    """Return a quality figure with two decimals, or "n/a" if it is not known."""
    if value is None or pd.isna(value):
        return "n/a"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


@cache
def asset(name: str) -> str:
    """Return the text of a script or style sheet of the report."""
    return (files("nlp.report") / "assets" / name).read_text(encoding="utf-8")


def _template(name: str) -> str:
    return (files("nlp.report") / "templates" / name).read_text(encoding="utf-8")
