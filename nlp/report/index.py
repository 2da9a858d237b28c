"""The index of all runs, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from nlp.report.escaping import plain, policy
from nlp.report.notes import Figure, figures
from nlp.report.templating import asset, environment


@dataclass(frozen=True)
class _Run:
    name: str
    run_id: str
    created: str
    href: str
    documents: int | None
    topics: int | None
    model: str
    quality: tuple[Figure, ...]
    changed: str
    n_alerts: int
    n_warnings: int


def render_index(runs: Sequence[Mapping[str, Any]]) -> str:
    """A page that lists runs, newest first, each with a link to its report.

    Each run is its manifest: name, run_id, created (ISO 8601), records_kept, n_topics, model
    {kind}, quality, warnings; beside it `href` (relative address of its report) and `changed`
    (what changed since the run before, a text or a list of texts). All but `created` may be absent.
    """
    styles = (asset("report.css"),)
    ordered = sorted((_run(facts) for facts in runs), key=lambda run: run.name)
    ordered.sort(key=lambda run: (run.created, run.run_id), reverse=True)
    template = environment().get_template("index.html.j2")
    return template.render(policy=policy((), styles), styles=styles, runs=ordered)


def _run(facts: Mapping[str, Any]) -> _Run:
    model, changed = facts.get("model", ""), facts.get("changed") or ""
    return _Run(
        name=str(facts.get("name", "")),
        run_id=str(facts.get("run_id", "")),
        created=str(facts.get("created", "")),
        href=relative(str(facts.get("href", ""))),
        documents=facts.get("records_kept"),
        topics=facts.get("n_topics"),
        model=str(model.get("kind", "")) if isinstance(model, Mapping) else str(model),
        quality=tuple(figures(facts.get("quality", {}))[:4]),
        changed=changed if isinstance(changed, str) else "; ".join(map(str, changed)),
        n_alerts=len(facts.get("alerts", ())),
        n_warnings=len(facts.get("warnings", ())),
    )


def relative(address: str) -> str:
    """The address if it stays on this server, percent-encoded; otherwise nothing."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or address.startswith(("/", "\\")):
        return ""
    return quote(plain(address), safe="/-_.~%")
