"""Options of a run: flags override environment variables, which override the config file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.config import Settings
from nlp.encoder.choice import BUNDLED, check_choice
from nlp.errors import InputError, raise_faults
from nlp.http.configuration import settings_from
from nlp.record import RunRecord
from pipelines.job import Job, RunSettings
from pipelines.options.source_names import (
    database_faults,
    default_name,
    plain_sources,
)
from pipelines.review.alerts import read_watch_list
from pipelines.runs.folder import check_name
from pipelines.runs.manifest import publication, read_record
from pipelines.settings_file import read_settings_file

_OWN = ("name", "out", "timeout", "quiet", "json")
MANIFEST_KEYS = frozenset({"schema", "run_id", "config", "run_settings", "sources", "files"})
"""A file with all these keys is not a config file but the manifest of a run to repeat."""
_UPKEEP = tuple(RunSettings.model_fields)


@dataclass(frozen=True)
class Options:
    """A job, the folder for its results, its time limit, and what it says on the terminal."""

    job: Job
    out: str
    timeout: float | None
    quiet: bool
    json: bool
    """Print the outcome as JSON."""


def read_options(sources: Sequence[str], flags: Mapping[str, Any]) -> Options:
    """Return the options of a run, checked.

    Raises one `InputError` that names every fault of the flags and of the config file.
    """
    given = {key: value for key, value in flags.items() if value is not None and value is not False}
    config = given.pop("config", None)
    stored = read_config(Path(config)) if config else {}
    repeats: RunRecord | None = None
    if stored.keys() >= MANIFEST_KEYS:
        folder = Path(str(config)).resolve().parent
        record = read_record(folder)
        # With other sources this is a new run with the same settings.
        repeats = None if sources else record
        stored = options_of(record, folder)
    listed = stored.pop("source", stored.pop("sources", ()))
    merged = {**stored, **settings_from(os.environ), **given}
    if isinstance(merged.get("stop_words"), str):
        merged["stop_words"] = read_words(Path(merged["stop_words"]))
    own = {key: merged.pop(key) for key in _OWN if key in merged}
    chosen = tuple(sources) or ((listed,) if isinstance(listed, str) else tuple(listed))
    faults = _faults(chosen, own)
    plain: tuple[str, ...] = ()
    if not faults:
        try:
            plain = plain_sources(chosen)
            faults += database_faults(plain, merged, merged.get("id"))
        except InputError as error:
            faults.append(str(error))
    kept = {key: merged.pop(key) for key in _UPKEEP if key in merged}
    for create, values in ((Settings.create, merged), (RunSettings.create, kept)):
        try:
            create(**values)
        except InputError as error:
            faults.append(str(error))
    if kept.get("watch") is not None:
        try:
            read_watch_list(Path(str(kept["watch"])))
        except InputError as error:
            faults.append(str(error))
    try:
        check_choice(str(merged.get("encoder", BUNDLED)))
    except InputError as error:
        faults.append(str(error))
    raise_faults(faults)
    name = own.get("name") or default_name(chosen)
    return Options(
        job=Job(
            name=name,
            sources=plain,
            settings=Settings.create(**merged),
            upkeep=RunSettings.create(**kept),
            repeats=repeats,
        ),
        out=str(own.get("out", "reports")),
        timeout=own.get("timeout"),
        quiet=bool(own.get("quiet", False)),
        json=bool(own.get("json", False)),
    )


def options_of(record: RunRecord, folder: Path) -> dict[str, Any]:
    """Return the options of the finished run in `folder`, as a config file would hold them."""
    published = publication(record)
    before = published.lineage.follows
    again = RunSettings.create(**published.run_settings)
    return {
        **record.config.model_dump(mode="json"),
        **{
            name: getattr(again, name) for name in ("refit", "watch", "query", "watermark", "title")
        },
        "source": list(published.sources),
        "name": published.name,
        "follows": str(folder.parent / before) if before else "none",
    }


def _faults(sources: Sequence[object], own: Mapping[str, Any]) -> list[str]:
    faults = []
    if not sources:
        faults.append("source: no source given: name a file or folder to analyse")
    faults += [f"source: {s!r} is not text" for s in sources if not isinstance(s, str)]
    timeout = own.get("timeout")
    if timeout is not None and not (isinstance(timeout, int | float) and timeout > 0):
        faults.append(f"timeout: {timeout!r} is not a number of seconds above 0")
    if "name" in own:
        try:
            check_name(str(own["name"]))
        except InputError as error:
            faults.append(str(error))
    return faults


def read_words(path: Path) -> tuple[str, ...]:
    """Return the words of a file, one per line; text after a # is a comment."""
    try:
        lines = path.expanduser().read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        cause = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"stop_words: cannot read {str(path)!r}: {cause}") from None
    words = (line.split("#")[0].strip() for line in lines)
    return tuple(dict.fromkeys(word for word in words if word))


def read_config(path: Path) -> dict[str, Any]:
    """Return the options in a TOML or YAML file; their names are those of the command line."""
    value = read_settings_file(path, "config")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError(
            f"config: {str(path)!r} must hold options as NAME = VALUE (TOML) or NAME: VALUE (YAML)"
        )
    return {str(key).replace("-", "_"): item for key, item in value.items()}
