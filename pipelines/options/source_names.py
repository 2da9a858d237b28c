"""What a user names as sources, made plain: names of the environment, patterns, databases."""

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
    """The addresses and files that sources stand for.

    `env:NAME` is what the environment variable holds; a pattern, all files and folders it matches,
    in order. Raises `InputError` for a variable that is not set or a pattern without a match.
    """
    return tuple(path for source in sources for path in _matches(_from_environment(source)))


def default_name(sources: Sequence[str]) -> str:
    """A run's name made from its first source; from the folder that a pattern looks in."""
    first = _from_environment(sources[0])
    if not _is_pattern(first):
        return name_from(first)
    plain = [part for part in Path(first).parent.parts if not has_magic(part)]
    return name_from(plain[-1]) if plain else "documents"


def database_faults(sources: Sequence[str], upkeep: Mapping[str, Any], id_: object) -> list[str]:
    """What is wrong with a query or a watermark beside these sources."""
    query, watermark = upkeep.get("query"), upkeep.get("watermark")
    databases = [source for source in sources if is_database(source)]
    faults = []
    if query and (len(sources) != 1 or not databases):
        faults.append(f"query: needs one database as its source, not {_shown(sources)}")
    if databases and not query:
        faults.append(
            f"source: {masked(databases[0])!r} is neither a file nor an http(s) address; a "
            "database needs a --query"
        )
    if watermark and not query:
        faults.append(f"watermark: {watermark!r} needs a --query whose column it is")
    elif watermark and not id_:
        faults.append("watermark: needs --id, by which rows are known again")
    return faults


def _from_environment(source: str) -> str:
    if not source.startswith(_ENVIRONMENT):
        return source
    value = os.environ.get(source.removeprefix(_ENVIRONMENT))
    if not value:
        raise InputError(f"source: {source!r} is not set: set it where the run is started")
    return value


def _is_pattern(source: str) -> bool:
    return "://" not in source and has_magic(source) and not Path(source).expanduser().exists()


def _matches(source: str) -> list[str]:
    if not _is_pattern(source):
        return [source]
    found = sorted(glob(str(Path(source).expanduser()), recursive=True))  # noqa: PTH207 - from any folder
    if not found:
        raise InputError(f"source: nothing matches {source!r}")
    return found


def _shown(sources: Sequence[str]) -> str:
    return ", ".join(repr(masked(source)) for source in sources[:3])
