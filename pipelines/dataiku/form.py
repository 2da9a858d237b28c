"""The options of the recipe functions, read from the plugin's forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# These options have the same name in recipe.json and in `nlp.config.Settings`.
_TEXTS = ("text", "id", "time", "label", "language", "model", "summarizer", "spacy_model")
# The JSON of a form may contain whole numbers as floats.
_WHOLE = ("sentences", "seed", "min_documents", "chunk_rows")


def recipe_options(config: Mapping[str, Any]) -> dict[str, Any]:
    """Options of `run_recipe`; an empty or missing field keeps its default."""
    options: dict[str, Any] = {name: config[name] for name in _TEXTS if config.get(name)}
    options |= {name: int(config[name]) for name in _WHOLE if config.get(name) is not None}
    if config.get("number") == "fixed":
        options["topics"] = int(config.get("topics") or 0)
    if config.get("stop_words"):
        options["stop_words"] = tuple(config["stop_words"])
    if config.get("carry") in ("chosen", "none"):
        options["keep"] = list(config.get("keep") or ()) if config["carry"] == "chosen" else []
    return {"text": "", "when_empty": config.get("when_empty") or "write", **options}


def report_options(config: Mapping[str, Any]) -> dict[str, Any]:
    """Options of `Destination` besides the folder."""
    options: dict[str, Any] = {"title": config.get("title") or "Topics"}
    if config.get("publish"):
        options["insight"] = config.get("insight") or "topicbrief"
    return options


def assignment_options(config: Mapping[str, Any]) -> dict[str, Any]:
    """Options of `run_assignment`."""
    options: dict[str, Any] = {"text": config["text"]} if config.get("text") else {}
    if config.get("chunk_rows") is not None:
        options["chunk_rows"] = int(config["chunk_rows"])
    return options
