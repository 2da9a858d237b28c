"""TOML and YAML files that a person writes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import yaml

from nlp.errors import InputError, StorageError


def read_settings_file(path: Path, role: str) -> Any:
    """What a TOML or YAML file holds; an error begins with `role`, the option that named it."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{role}: no such file: {str(path)!r}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{role}: cannot read {str(path)!r}: {error}") from error
    try:
        return tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text)
    except (tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{role}: {str(path)!r} cannot be read: {error}") from error
