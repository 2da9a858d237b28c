"""Charts as static SVG, drawn by Altair; the style sheet sets the colours by class."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape
from numpy.typing import NDArray

from nlp.report.escaping import plain
from nlp.report.sections.excerpts import distinct

# Each colour is a role; report.css gives every role its value in light, dark and print.
INK, MUTED, RULE, ACCENT, SECOND, SOFT = (
    "#1d2127", "#5a6068", "#d9d4ca", "#245f8d", "#b4512a", "#c5d6e3",
)  # fmt: skip
_ROLES = {
    INK: "ink",
    MUTED: "muted",
    RULE: "rule",
    ACCENT: "accent",
    SECOND: "second",
    SOFT: "soft",
}
# Pixels. Not measured: the space beside the side bar on a laptop, and on a small phone.
_WIDTHS = {"wide": 860, "narrow": 320}
# Not measured: bars that fit on a screen at once; the table lists all topics.
MOST_BARS = 20
# Not measured: characters; a longer label leaves no room for the bars.
_LONGEST_LABEL = 48
# Clip paths are removed too: no chart needs one, and their ids count up from chart to chart.
_NOISE = re.compile(
    r' (?:xmlns(?::xlink)?|role|aria-[a-z]+|class|version|pointer-events|font-family)="[^"]*"'
    r'| opacity="1"| stroke-miterlimit="10"| clip-path="[^"]*"|<defs>.*?</defs>'
)
_EMPTY = re.compile(r'<path d="[^"]*"(?: display="none")?/>(?=</g>)|<path d="" display="none"/>')
# Only inside tags: a label may be a number too.
_DECIMALS = re.compile(r"(?<=[ ,(MLHVCZhvz\"-])\d+\.\d{2,}(?=[^<>]*>)")
_COLOUR = re.compile(r'(fill|stroke)="(#[0-9a-f]{6})"')


def chart(build: Callable[[int], Any], description: str) -> Markup:
    """Return one chart in two widths; the style sheet shows the one that fits the screen."""
    drawings = [
        Markup('<div class="chart {}">{}</div>').format(name, drawing(build(width), description))
        for name, width in _WIDTHS.items()
    ]
    return Markup("").join(drawings)


def drawing(picture: Any, description: str) -> Markup:
    """Return one chart as an SVG element with a description for screen readers."""
    stream = io.StringIO()
    _styled(picture).save(stream, format="svg")
    svg = _EMPTY.sub("", _NOISE.sub("", stream.getvalue()))
    svg = _COLOUR.sub(_role, _DECIMALS.sub(_rounded, svg))
    label = escape(plain(description))
    return Markup(svg.replace("<svg", f'<svg role="img" aria-label="{label}"', 1))  # noqa: S704


def sizes(labels: Sequence[str], documents: Sequence[int]) -> Markup:
    """Return bars of the topics' sizes, largest first."""
    import altair as alt

    shown = min(len(labels), MOST_BARS)
    frame = pd.DataFrame(
        {"topic": distinct(labels[:shown], _LONGEST_LABEL), "documents": documents[:shown]}
    )

    def build(width: int) -> Any:
        room = 300 if width > 500 else 140
        y = alt.Y("topic:N", sort=None, title=None).axis(
            labelLimit=room, labelPadding=8, ticks=False, domain=False
        )
        x = alt.X("documents:Q", title=None).axis(None).scale(domain=[0, 1.18 * max(documents)])
        base = alt.Chart(frame, width=width, height=alt.Step(24)).encode(x=x, y=y)
        text = base.mark_text(align="left", dx=5, color=MUTED, fontSize=12)
        return base.mark_bar(color=ACCENT, height=14, cornerRadiusEnd=2) + text.encode(
            text=alt.Text("documents:Q", format=",")
        )

    return chart(build, f"Bars: documents in each of the {shown} largest topics, as in the table.")


def quality(
    identifiers: Sequence[int], documents: Sequence[int], scores: Sequence[float]
) -> Markup:
    """Return points: the size of each topic against its coherence."""
    import altair as alt

    frame = pd.DataFrame({"topic": identifiers, "documents": documents, "coherence": scores})

    def build(width: int) -> Any:
        x = alt.X("documents:Q", title="documents in the topic").axis(tickCount=width // 90)
        y = alt.Y("coherence:Q", title="coherence").axis(tickCount=5)
        base = alt.Chart(frame, width=width, height=min(380, width)).encode(
            x=x.scale(zero=False, padding=24), y=y.scale(zero=False, padding=18)
        )
        text = base.mark_text(dy=-11, color=INK, fontSize=12).encode(text="topic:N")
        return base.mark_circle(size=70, color=ACCENT, opacity=0.85) + text

    return chart(build, "Points: the size of each topic against its coherence, as in the table.")


def topic_map(points: NDArray[np.float64], shares: Sequence[float]) -> Markup:
    """Return circles: topics with similar words are near each other; the area is the size."""
    import altair as alt

    frame = pd.DataFrame(
        {"x": points[:, 0], "y": points[:, 1], "share": shares, "topic": range(1, len(points) + 1)}
    )

    def build(width: int) -> Any:
        scale = alt.Scale(padding=36, nice=False, zero=False)
        base = alt.Chart(frame, width=width - 10, height=min(420, width)).encode(
            x=alt.X("x:Q", scale=scale, axis=None), y=alt.Y("y:Q", scale=scale, axis=None)
        )
        size = alt.Size("share:Q", legend=None).scale(range=[60, 2400], zero=True)
        circles = base.mark_circle(color=SOFT, opacity=0.9, stroke=ACCENT, strokeWidth=1)
        text = base.mark_text(color=INK, fontSize=12).encode(text="topic:N")
        return circles.encode(size=size) + text

    return chart(build, "Map: topics that use similar words are near each other.")


def periods(counts: pd.DataFrame, labels: Sequence[str]) -> Markup:
    """Return one small area chart per topic: its documents in each period, on the same scale."""
    import altair as alt

    names = distinct(labels, _LONGEST_LABEL)
    table = counts.set_axis(names, axis=1).rename_axis("period").reset_index()
    frame = table.melt("period", var_name="topic", value_name="documents")
    frame["period"] = frame["period"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")

    def build(width: int) -> Any:
        columns = min(3, len(names)) if width > 500 else 1
        cell = (width - 40 * columns) // columns
        base = alt.Chart(frame, width=cell, height=56)
        area = base.mark_area(color=SOFT, line={"color": ACCENT, "strokeWidth": 1.5})
        when = (
            alt.X("period:T", title=None)
            .scale(type="utc")
            .axis(tickCount=3, format="%b %Y", labelFlush=True, grid=False)
        )
        much = alt.Y("documents:Q", title=None).axis(tickCount=2, format="d")
        header = alt.Header(title=None, labelAnchor="start", labelLimit=cell, labelFontSize=12)
        return area.encode(x=when, y=much).facet(
            alt.Facet("topic:N", sort=names, header=header), columns=columns, spacing=14
        )

    return chart(build, "Small charts: documents of each topic in each period, as in the table.")


def dendrogram(merges: NDArray[np.float64], order: Sequence[int], names: Sequence[str]) -> Markup:
    """Return the tree of topics: the further right two branches meet, the less they share."""
    import altair as alt

    frame = branches(merges, order)
    short = distinct(names, _LONGEST_LABEL)
    leaves = pd.DataFrame({"y": np.arange(len(short), dtype=float), "name": short})

    start, end = float(frame["x"].min()), float(frame["x2"].max())

    def build(width: int) -> Any:
        room = 300 if width > 500 else 150
        y_scale = alt.Scale(domain=[-0.5, len(short) - 0.5], reverse=True, nice=False)
        x_scale = alt.Scale(domain=[start, max(end, start + 1e-9)], nice=False, zero=False)
        y = alt.Y("y:Q", scale=y_scale, axis=None)
        base = alt.Chart(frame, width=width, height=22 * len(short))
        lines = base.mark_rule(color=ACCENT, strokeWidth=1.5).encode(
            x=alt.X("x:Q", scale=x_scale, axis=None), x2="x2:Q", y=y, y2="y2:Q"
        )
        text = alt.Chart(leaves).mark_text(align="right", dx=-8, color=INK, fontSize=12, limit=room)
        return lines + text.encode(x=alt.value(0), y=y, text="name:N")

    return chart(build, "Tree: which topics are most similar, and in which order they merge.")


def branches(merges: NDArray[np.float64], order: Sequence[int]) -> pd.DataFrame:
    """Return x, y, x2, y2 of the lines of a tree whose leaves are in `order` from the top.

    Leaves start shortly before the first merge and not at zero: topics differ so much that most
    of the picture would be parallel lines.
    """
    n_leaves = len(order)
    distances = merges[:, 2]
    start = float(distances.min() - 0.5 * np.ptp(distances))
    height = dict.fromkeys(range(n_leaves), start)
    place = {leaf: float(row) for row, leaf in enumerate(order)}
    lines = []
    for merge, (left, right, distance, _) in enumerate(merges, start=n_leaves):
        pair = int(left), int(right)
        level = max(float(distance), *(height[node] for node in pair))
        lines += [(height[node], place[node], level, place[node]) for node in pair]
        lines.append((level, place[pair[0]], level, place[pair[1]]))
        height[merge], place[merge] = level, sum(place[node] for node in pair) / 2
    return pd.DataFrame(lines, columns=["x", "y", "x2", "y2"])


def _styled(picture: Any) -> Any:
    # Vega cannot fit facets to a width; `periods` computes the width of their cells instead.
    fit = (
        {}
        if "facet" in picture.to_dict()
        else {"autosize": {"type": "fit-x", "contains": "padding"}}
    )
    return (
        picture.configure(font="sans-serif", padding=2, **fit)
        .configure_view(stroke=None)
        .configure_axis(
            domainColor=RULE,
            gridColor=RULE,
            tickColor=RULE,
            labelColor=INK,
            titleColor=MUTED,
            titleFontWeight="normal",
            titleFontSize=12,
            labelFontSize=12,
        )
        .configure_header(labelColor=INK, labelFontWeight="normal")
        .properties(background="transparent")
    )


def _rounded(match: re.Match[str]) -> str:
    return f"{float(match.group()):.1f}"


def _role(match: re.Match[str]) -> str:
    attribute, colour = match.groups()
    role = _ROLES.get(colour)
    return f'class="{attribute}-{role}"' if role else match.group()
