"""The search for the number of topics: each number tried with its score, as chart and table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from nlp.record import TopicSearch
from nlp.report.sections.charts import ACCENT, INK, chart


@dataclass(frozen=True)
class Curve:
    """The search as the page shows it."""

    chosen: int
    scores: tuple[tuple[int, float], ...]
    """(number of topics, score) of each number tried, ascending."""
    drawing: Markup


def curve(search: TopicSearch | None) -> Curve | None:
    """Return the curve of a search; None if the number was given or only one was tried."""
    if search is None or len(search.scores) < 2:
        return None
    return Curve(search.chosen, search.scores, _draw(search.scores, search.chosen))


def _draw(scores: tuple[tuple[int, float], ...], chosen: int) -> Markup:
    import altair as alt

    frame = pd.DataFrame(scores, columns=["topics", "score"])
    best = frame[frame["topics"] == chosen].assign(name=f"{chosen} topics")

    def build(width: int) -> Any:
        # A logarithmic axis: the numbers tried grow by factors.
        x = alt.X("topics:Q", title="number of topics").scale(type="log", nice=False, padding=24)
        every = frame["topics"].tolist()[:: 1 if width > 500 else 1 + len(frame) // 8]
        y = alt.Y("score:Q", title="score").axis(tickCount=5).scale(padding=18)
        base = alt.Chart(frame, width=width, height=min(260, width))
        x = x.axis(values=every, format="d", grid=False)
        line = base.mark_line(color=ACCENT, strokeWidth=1.5).encode(x, y)
        dots = base.mark_circle(color=ACCENT, opacity=1, size=36).encode(x, y)
        at = alt.Chart(best).encode(x, y)
        ring = at.mark_point(color=INK, size=170, strokeWidth=1.5, opacity=1)
        text = at.mark_text(dy=-16, color=INK, fontSize=12).encode(text="name:N")
        return line + dots + ring + text

    described = f"Line: the score of each number of topics tried, {chosen} chosen, as in the table."
    return chart(build, described)
