"""The index of all runs, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from nlp.record import Publication, RunRecord
from nlp.report.escaping import plain, policy
from nlp.report.notes import Figure, figures
from nlp.report.templating import asset, environment

# Not measured: the changes that fit a row of the table; the report lists all of them.
_CHANGES = 3


@dataclass(frozen=True)
class IndexEntry:
    """One finished run in the index."""

    record: RunRecord
    href: str
    """Relative address of its report."""


@dataclass(frozen=True)
class _Row:
    name: str
    run_id: str
    created: str
    href: str
    documents: int
    topics: int
    model: str
    quality: tuple[Figure, ...]
    changed: str
    n_alerts: int
    n_warnings: int


def render_index(entries: Sequence[IndexEntry]) -> str:
    """Return a page that lists finished runs, newest first, each with a link to its report."""
    styles = (asset("report.css"),)
    rows = [
        _row(entry.record, entry.record.published, entry.href)
        for entry in entries
        if entry.record.published is not None
    ]
    rows.sort(key=lambda row: row.name)
    rows.sort(key=lambda row: (row.created, row.run_id), reverse=True)
    template = environment().get_template("index.html.j2")
    return template.render(policy=policy((), styles), styles=styles, runs=rows)


def _row(record: RunRecord, published: Publication, href: str) -> _Row:
    changes = [f"{change.label} {change.text}" for change in record.changes]
    more = [f"and {len(changes) - _CHANGES} more"] if len(changes) > _CHANGES else []
    return _Row(
        name=published.name,
        run_id=published.run_id,
        created=published.created,
        href=relative(href),
        documents=record.account.records_kept,
        topics=record.model.n_topics,
        model=record.model.kind,
        quality=tuple(figures(record.quality)[:4]),
        changed="; ".join(changes[:_CHANGES] + more),
        n_alerts=len(published.alerts),
        n_warnings=len(record.warnings),
    )


def relative(address: str) -> str:
    """Return a relative address, percent-encoded; "" if the address leads to another server."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or address.startswith(("/", "\\")):
        return ""
    return quote(plain(address), safe="/-_.~%")
