"""What `topicbrief run` says at its end: lines for a person, JSON for a script."""

from __future__ import annotations

import json
from pathlib import Path

from nlp.record import RunRecord
from pipelines.console import printable
from pipelines.runs.manifest import read_record


def outcome_lines(folder: Path) -> list[str]:
    """Return the outcome of a finished run in a few lines of text."""
    record = read_record(folder)
    account, model = record.account, record.model
    dropped = ", ".join(
        f"{count:,} for {reason.replace('_', ' ')}"
        for reason, count in account.records_dropped.items()
    )
    dropped = dropped or "none"
    topics = "1 topic" if model.n_topics == 1 else f"{model.n_topics:,} topics"
    lines = [
        f"kept {account.records_kept:,} of {account.records_in:,} records; dropped: {dropped}",
        *record.reading.in_words(),
        f"language: {_languages(record)}",
        f"model: {model.kind}, {topics}",
        *(f"warning: {warning}" for warning in record.warnings),
        f"report: {folder / 'report.html'}",
    ]
    return [printable(line) for line in lines]


def outcome_json(folder: Path) -> str:
    """Return the outcome of a finished run as one JSON object, in one line."""
    record = read_record(folder)
    value = {
        "run_dir": str(folder),
        "report": str(folder / "report.html"),
        "records_in": record.account.records_in,
        "records_kept": record.account.records_kept,
        "records_dropped": dict(record.account.records_dropped),
        "model": record.model.kind,
        "n_topics": record.model.n_topics,
        "language": record.cleaning().language,
        "columns": _columns(record),
        "warnings": list(record.warnings),
    }
    return json.dumps(value)


def _languages(record: RunRecord) -> str:
    if record.config.language != "auto" or not record.languages:
        return record.config.language
    return ", ".join(f"{name} {share:.0%}" for name, share in record.languages.items())


def _columns(record: RunRecord) -> dict[str, str | list[str]]:
    """The column of each role that has one; a list where several are joined to the text."""
    reading = record.reading
    text = list(reading.text)
    found = {
        "text": text if len(text) != 1 else text[0],
        "id": reading.id,
        "time": reading.time,
        "label": reading.label,
    }
    return {role: name for role, name in found.items() if name}
