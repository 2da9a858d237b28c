"""What `topicbrief run` says at its end: lines for a person, JSON for a script."""

from __future__ import annotations

import json
from pathlib import Path

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
    columns = ", ".join(f"{role} from {name!r}" for role, name in record.columns.items())
    topics = "1 topic" if model.n_topics == 1 else f"{model.n_topics:,} topics"
    lines = [
        f"kept {account.records_kept:,} of {account.records_in:,} records; dropped: {dropped}",
        f"columns: {columns or 'none'}; language: {record.config.language}",
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
        "language": record.config.language,
        "columns": dict(record.columns),
        "warnings": list(record.warnings),
    }
    return json.dumps(value)
