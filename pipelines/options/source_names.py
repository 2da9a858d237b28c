"""Sources as a user gives them, turned into addresses and files: env:NAME, patterns, databases."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from glob import glob, has_magic
from pathlib import Path
from typing import Any

from nlp.errors import InputError
from nlp.http.urls import masked
from pipelines.incremental.database import is_database
from pipelines.runs.folder import name_from

_ENVIRONMENT = "env:"


def plain_sources(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses and files that the sources mean.

    `env:NAME` becomes the value of the environment variable NAME; a pattern becomes all files and
    folders that match it, sorted. Raises `InputError` for a variable that is not set or a pattern
    without a match.
    """
    return tuple(path for source in sources for path in _matches(_from_environment(source)))


def default_name(sources: Sequence[str]) -> str:
    """Return a name for a run, made from its first source; for a pattern, from its folder."""
    first = _from_environment(sources[0])
    if not _is_pattern(first):
        return name_from(first)
    plain = [part for part in Path(first).parent.parts if not has_magic(part)]
    return name_from(plain[-1]) if plain else "documents"


def database_faults(sources: Sequence[str], upkeep: Mapping[str, Any], id_: object) -> list[str]:
    """Return the faults of a query or a watermark, given the sources."""
    query, watermark = upkeep.get("query"), upkeep.get("watermark")
    databases = [source for source in sources if is_database(source)]
    faults = []
    if query and (len(sources) != 1 or not databases):
        faults.append(f"query: needs exactly one database as its source, not {_shown(sources)}")
    if databases and not query:
        faults.append(
            f"source: {masked(databases[0])!r} is neither a file nor an http(s) address; a "
            "database needs a --query"
        )
    if query and upkeep.get("split"):
        faults.append(f"split: {upkeep['split']!r} does not work with a --query")
    if watermark and not query:
        faults.append(f"watermark: {watermark!r} needs a --query that has this column")
    elif watermark and not id_:
        faults.append("watermark: needs --id, to recognise rows that were fetched before")
    return faults


def _from_environment(source: str) -> str:
    if not source.startswith(_ENVIRONMENT):
        return source
    value = os.environ.get(source.removeprefix(_ENVIRONMENT))
    if not value:
        raise InputError(
            f"source: {source!r}: this environment variable is not set: set it before the run"
        )
    return value


def _is_pattern(source: str) -> bool:
    return "://" not in source and has_magic(source) and not Path(source).expanduser().exists()


def _matches(source: str) -> list[str]:
    if not _is_pattern(source):
        return [source]
    found = sorted(glob(str(Path(source).expanduser()), recursive=True))  # noqa: PTH207 - from any folder
    if not found:
        raise InputError(f"source: no file or folder matches {source!r}")
    return found


def _shown(sources: Sequence[str]) -> str:
    return ", ".join(repr(masked(source)) for source in sources[:3])
