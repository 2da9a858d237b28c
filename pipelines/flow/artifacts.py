"""Artifacts of a run on its Prefect page: progress, brief, topics, account of records, link."""

from __future__ import annotations

import html
import os
import re
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any, cast
from uuid import UUID

import pandas as pd
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.events import emit_event

from nlp.progress import Progress
from nlp.record import Publication, RunRecord
from nlp.report.markdown import brief_markdown, inert
from pipelines.runs.manifest import publication, read_record

REPORTS_URL = "TOPICBRIEF_REPORTS_URL"
"""Environment variable: the URL at which the output folder is served. Without it, the link of a
run is a file:// address."""

# Not measured: each update is a request to the Prefect server, and people read the bar, not code.
_SECONDS_BETWEEN = 5.0
# Not measured: rows and changes that a person reads on a page; the report has all of them.
_TOPICS_SHOWN = 100


def step_progress(step: str) -> Progress:
    """Return a progress function that shows a bar for a step that takes more than 5 seconds."""
    shown: UUID | None = None
    last = monotonic()

    def show(done: int, total: int) -> None:
        nonlocal shown, last
        if not total or monotonic() - last < _SECONDS_BETWEEN:
            return
        last = monotonic()
        percent = 100.0 * min(done, total) / total
        if shown is None:
            made = create_progress_artifact(percent, key=f"progress-{step}", description=step)
            shown = cast(UUID, made)
        else:
            update_progress_artifact(shown, percent)

    return show


def publish_artifacts(folder: Path) -> None:
    """Publish the brief, topics, account and link of a finished run; emit an event per alert."""
    record = read_record(folder)
    published = publication(record)
    slug = re.sub(r"[^a-z0-9]+", "-", published.name.lower()).strip("-") or "corpus"
    link = _link(folder, published.name)
    create_markdown_artifact(_brief(record, published, link), key=f"{slug}-brief")
    create_table_artifact(_topics(folder, published.hidden), key=f"{slug}-topics")
    create_table_artifact(_account(record, published), key=f"{slug}-records")
    create_link_artifact(link, link_text="report.html", key=f"{slug}-report")
    for alert in published.alerts:
        emit_event(
            event="topicbrief.alert",
            resource={
                "prefect.resource.id": f"topicbrief.{slug}.{alert.key or alert.subject}",
                "prefect.resource.name": alert.subject,
            },
            payload=asdict(alert),
        )


def _link(folder: Path, name: str) -> str:
    base = os.environ.get(REPORTS_URL, "").rstrip("/")
    if base:
        return f"{base}/{name}/runs/{folder.name}/report.html"
    return (folder / "report.html").absolute().as_uri()


def _brief(record: RunRecord, published: Publication, link: str) -> str:
    read = f"{record.account.records_kept:,} of {record.account.records_in:,} records"
    lines = [
        f"# {inert(published.name)}",
        f"{read}, {record.model.n_topics} topics. [Report]({link})",
        f"Run {published.run_id}",
    ]
    if published.same_as:
        lines.append(f"**Nothing new** since run {published.same_as}.")
    lines += [f"- **{inert(alert.text)}**" for alert in published.alerts]
    lines.append(brief_markdown(record.brief))
    changes = [f"- {inert(one.label)}: {inert(one.text)}" for one in record.changes]
    if changes:
        lines += ["## Since the last run", *changes[:_TOPICS_SHOWN]]
    if record.warnings:
        lines += ["## Read with care", *(f"- {inert(text)}" for text in record.warnings)]
    return "\n\n".join(lines)


def _topics(folder: Path, hidden: tuple[int, ...]) -> list[dict[str, Any]]:
    columns = ["topic_id", "key", "label", "size", "share", "change", "history"]
    topics = pd.read_parquet(folder / "topics.parquet", columns=columns)
    topics = topics[~topics["topic_id"].isin(hidden)].head(_TOPICS_SHOWN)
    topics["share"] = topics["share"].map("{:.1%}".format)
    texts = topics.fillna({"change": "", "history": ""}).astype(str)
    return [
        {str(name): html.escape(value) for name, value in row.items()}
        for row in texts.to_dict(orient="records")
    ]


def _account(record: RunRecord, published: Publication) -> list[dict[str, Any]]:
    account, documents = record.account, published.lineage.documents
    rows = [("read", account.records_in), ("kept", account.records_kept)]
    rows += [(f"dropped: {reason}", count) for reason, count in account.records_dropped.items()]
    if documents is not None:
        rows += [(f"since the last run: {what}", n) for what, n in asdict(documents).items()]
    return [{"records": what, "number": int(count)} for what, count in rows]
