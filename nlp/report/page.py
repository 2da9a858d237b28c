"""The report: one self-contained page made from a `ReportContent`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from numpy.typing import NDArray

from nlp.record import RunRecord, TopicNames
from nlp.report import notes
from nlp.report.content import ReportContent
from nlp.report.escaping import cell, json_block, policy
from nlp.report.markdown import brief_markdown
from nlp.report.pyldavis import Frame, pyldavis_frame
from nlp.report.sections import charts
from nlp.report.sections import levels as zoom
from nlp.report.sections import run_history as history
from nlp.report.sections import shown_documents as documents
from nlp.report.sections.topic_search import curve
from nlp.report.sections.trends import Trends, trends
from nlp.report.templating import asset, environment
from nlp.topics.model import NO_TOPIC

# As many terms as the topics table has.
TOP_TERMS = 10
# How many of each the page shows. Not measured: as many as a person reads. The tables in the run's
# folder have the rest, and the page stays small (benchmarks/results/report.json).
_MOST_REJECTED = 200
# A grid of charts, three in each row.
_MOST_CHARTED = 12
# Rows of the tables over time and over runs.
_MOST_TIMED = 50
# Quotations of a topic that are visible before a click.
_QUOTES_SHOWN = 2


@dataclass(frozen=True)
class Topic:
    """One topic as the page shows it."""

    id: int
    label: str
    headline: str
    size: int
    share: float
    terms: tuple[str, ...]
    coherence: float | None
    change: str
    key: str
    hidden: bool
    """A person hid this topic; its documents are still counted."""
    named: bool
    """A person chose its label."""
    merged: int
    """Number of topics that a person merged into it."""
    history: history.History | None
    quotes: tuple[documents.Quote, ...]
    representatives: tuple[documents.Representative, ...]


def render_report(content: ReportContent) -> str:
    """Return the whole report as HTML: one file that needs no network.

    The same content gives the same bytes.
    """
    return render_pages(content).report


@dataclass(frozen=True)
class Pages:
    """The pages of a run."""

    report: str
    pyldavis: str
    """The pyLDAvis view as a separate page."""
    brief: str = ""
    """The brief as Markdown."""


def render_pages(content: ReportContent) -> Pages:
    """Return the report, the pyLDAvis view and the brief; the view is computed once for both."""
    frame = pyldavis_frame(content.model)
    return Pages(_report(content, frame), frame.html, brief_markdown(content.record.brief))


def _report(content: ReportContent, frame: Frame) -> str:
    record = content.record
    topics = _topics(content)
    shown = [topic for topic in topics if not topic.hidden]
    hidden = [topic for topic in topics if topic.hidden]
    over_time = trends(content.documents, content.model.n_topics)
    scripts, styles = (asset("report.js"),), (asset("report.css"),)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            policy=policy((*scripts, *frame.scripts), (*styles, *frame.styles)),
            scripts=scripts,
            styles=styles,
            title=content.title,
            record=record,
            hidden_ids=record.published.hidden if record.published else (),
            warnings=notes.warnings(content),
            brief=documents.quotes(content, content.brief, documents.QUOTES_BYTES // 6),
            changes=history.changes(record),
            alerts=_alerts(record, topics),
            topics=topics,
            shown=shown,
            runs=history.runs(record),
            hidden=hidden,
            outliers=_outliers(content),
            table=documents.table(content),
            figures=notes.figures(record.quality),
            trends=over_time,
            most_bars=charts.MOST_BARS,
            most_charted=_MOST_CHARTED,
            most_timed=_MOST_TIMED,
            quotes_shown=_QUOTES_SHOWN,
            levels=_levels(content, topics),
            label_of={topic.id: topic.label for topic in topics},
            drawings=_drawings(content, topics, over_time, frame.points),
            rejected=_rejected(content.rejected),
            n_documents=len(content.documents),
            n_rejected=len(content.rejected),
            made=made(record),
            curve=curve(record.model.search),
            frame=json_block(frame.html),
        )
    )


def made(record: RunRecord) -> list[tuple[str, str]]:
    """Return how the run was made, as names and values: model, parameters, seed, versions."""
    published, model = record.published, record.model
    run = [("Run", published.run_id), ("Made", published.created)] if published else []
    languages = ", ".join(f"{name} {share:.0%}" for name, share in record.languages.items())
    rows = [
        *run,
        *(("Read", line) for line in record.reading.in_words()),
        ("Language", languages or record.config.language),
        ("Encoder", record.encoder.name if record.encoder else "none: words alone"),
        ("Model", model.kind),
        ("Chosen because", model.reason),
        *((f"Parameter {name}", value) for name, value in model.params.items()),
        ("Seed", model.seed),
        *((f"Version of {name}", value) for name, value in record.versions.items()),
    ]
    return [(name, _value(value)) for name, value in rows if value is not None]


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 200 else text[:200] + "…"


def _topics(content: ReportContent) -> list[Topic]:
    frame = content.summaries
    budget = documents.QUOTES_BYTES // max(content.model.n_topics, 1)
    quoted = {
        topic: documents.quotes(content, frame[frame["topic_id"] == topic], budget)
        for topic in range(1, content.model.n_topics + 1)
    }
    standing = documents.representatives(
        content, [{quote.row for quote in quotes} for quotes in quoted.values()]
    )
    record = content.record
    past = history.histories(record)
    names = record.published.names if record.published else TopicNames()
    hidden = record.published.hidden if record.published else ()
    found = []
    terms = content.model.top_terms(TOP_TERMS)
    for row in content.topics.to_dict("records"):
        topic = int(row["topic_id"])
        if topic == NO_TOPIC:
            continue
        key = _text(row.get("key"))
        found.append(
            Topic(
                id=topic,
                label=str(row["label"]),
                headline=record.headlines[topic - 1],
                size=int(row["size"]),
                share=float(row["share"]),
                terms=tuple(terms[topic - 1]),
                coherence=_score(row.get("coherence")),
                change=_text(row.get("change")),
                key=key,
                hidden=topic in hidden,
                named=key in names.labels,
                merged=list(names.merged.values()).count(key),
                history=past.get(key),
                quotes=tuple(quoted[topic]),
                representatives=tuple(standing.get(topic, ())),
            )
        )
    return found


def _alerts(record: RunRecord, topics: Sequence[Topic]) -> list[tuple[str, int | None]]:
    """Return the text of each alert, with its topic_id, or None if it is about a term."""
    topic_of = {topic.key: topic.id for topic in topics}
    alerts = record.published.alerts if record.published else ()
    return [(alert.text, topic_of.get(alert.key or "")) for alert in alerts]


def _levels(content: ReportContent, topics: Sequence[Topic]) -> list[zoom.Level]:
    if content.tree is None or len(topics) < 2:
        return []
    return zoom.levels(content.model, content.tree, {topic.id: topic.size for topic in topics})


def _outliers(content: ReportContent) -> int:
    return int((content.documents["topic_id"] == NO_TOPIC).sum())


def _text(value: Any) -> str:
    return str(cell(value))


def _score(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _drawings(
    content: ReportContent,
    topics: Sequence[Topic],
    over_time: Trends | None,
    points: NDArray[np.float64],
) -> dict[str, Markup]:
    drawn = {}
    labels = [f"{topic.id}  {topic.label}" for topic in topics]
    shown = [topic for topic in topics if not topic.hidden]
    names = [labels[topic.id - 1] for topic in shown]
    if len(shown) > 1:
        drawn["sizes"] = charts.sizes(names, [topic.size for topic in shown])
    if len(topics) > 1:
        drawn["map"] = charts.topic_map(points, [topic.share for topic in topics])
    scored = [topic for topic in shown if topic.coherence is not None]
    if len(scored) > 1:
        drawn["quality"] = charts.quality(
            [topic.id for topic in scored],
            [topic.size for topic in scored],
            [topic.coherence for topic in scored if topic.coherence is not None],
        )
    if over_time is not None and shown:
        charted = over_time.counts[[topic.id for topic in shown[:_MOST_CHARTED]]]
        drawn["time"] = charts.periods(charted, names[:_MOST_CHARTED])
    if content.tree is not None and len(topics) > 1:
        order = zoom.leaf_order(content.tree)
        drawn["tree"] = charts.dendrogram(content.tree, order, [labels[topic] for topic in order])
    return drawn


def _rejected(frame: pd.DataFrame) -> list[dict[str, str]]:
    head = frame.head(_MOST_REJECTED)
    return [
        {str(name): _text(value) for name, value in record.items()}
        for record in head.to_dict("records")
    ]
