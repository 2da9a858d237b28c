"""TOML and YAML files that a person writes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import yaml

from nlp.errors import InputError, StorageError


def read_settings_file(path: Path, role: str) -> Any:
    """Return the content of a TOML or YAML file; errors begin with `role`, the option's name."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{role}: no such file: {str(path)!r}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{role}: cannot read {str(path)!r}: {error}") from error
    try:
        return tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text)
    except (tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        kind = "TOML" if path.suffix == ".toml" else "YAML"
        raise InputError(f"{role}: {str(path)!r} is not valid {kind}: {error}") from error
