"""The report's parts: excerpts, the bounded table, trends, the zoom, the pyLDAvis numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyLDAvis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.report_content import content, record_of, small_model

from nlp.report import notes, render_report
from nlp.report.pyldavis import (
    _positive_rows,
    jensen_shannon,
    prepare,
    topic_coordinates,
)
from nlp.report.sections import levels as zoom
from nlp.report.sections import shown_documents as documents
from nlp.report.sections.charts import branches
from nlp.report.sections.excerpts import (
    affordable,
    around,
    distinct,
    line,
    page_bytes,
)
from nlp.report.sections.trends import trends
from nlp.topics.quality import Agreement


@given(st.text(max_size=300), st.data())
def test_an_excerpt_is_a_stretch_of_the_text_that_keeps_the_quotation(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    part = around(text, start, end, data.draw(st.integers(0, 200)))
    assert part.quote == text[start:end]
    whole = part.before + part.quote + part.after
    assert text[start - len(part.before) : end + len(part.after)] == whole
    assert part.starts_late == (len(part.before) < start)
    assert part.ends_early == (end + len(part.after) < len(text))


def test_an_excerpt_gives_unused_room_to_the_other_side() -> None:
    text = "word " * 100
    assert len(around(text, 0, 4, 100).after) > 80
    assert len(around(text, 495, 500, 100).before) > 80
    assert around(text, 0, 0, 600).after == text
    assert len(affordable(text, 0, 0, 400, 60).after) <= 100


def test_an_endless_quotation_is_cut_and_says_so() -> None:
    part = around("x" * 5_000, 100, 4_900, 2_000)
    assert len(part.quote) == 800
    assert part.ends_early


@given(st.text(max_size=200), st.integers(1, 60))
def test_a_line_has_no_breaks_and_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert len(line(text, limit)) <= limit + 1
    assert len(line(text, limit).splitlines()) <= 1


@given(st.lists(st.text(max_size=12), max_size=20))
def test_chart_names_are_never_merged(names: list[str]) -> None:
    assert len(set(distinct(names, 6))) == len(names)


def test_table_takes_the_surest_of_each_topic_in_turn_and_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_content = content(n_docs=48)
    assert len(documents.table(given_content).rows) == 48
    monkeypatch.setattr(documents, "MOST_ROWS", 8)
    rows = documents.table(given_content).rows
    assert [row.topic_id for row in rows] == [1, 1, 2, 2, 3, 3, 4, 4]
    surest = given_content.documents.groupby("topic_id")["probability"].max()
    assert [row.probability for row in rows[::2]] == surest.tolist()
    monkeypatch.setattr(documents, "TABLE_BYTES", 900)
    assert 1 <= len(documents.table(given_content).rows) <= 4


def test_a_page_of_ten_thousand_long_documents_is_bounded_and_says_so() -> None:
    page = render_report(
        content(20, 10_000, disguise=lambda text: f"{text} {text} ü{text} <&> " * 3)
    )
    assert len(page.encode()) < 2_000_000
    assert "of 10,000 documents are shown" in page


def test_carried_columns_of_any_kind_are_shown() -> None:
    given_content = content()
    carried = pd.Series([["a", "b"], None, pd.NaT, 1.5] * 12, dtype=object)
    frame = given_content.documents.drop(columns="channel").assign(tags=carried)
    rows = documents.table(replace(given_content, documents=frame)).rows
    assert {row.carried[0] for row in rows} == {"['a', 'b']", "", "1.5"}


def test_quotations_share_a_budget() -> None:
    given_content = content(disguise=lambda text: "<" * 3_000 + text + ">" * 3_000)
    quotes = documents.quotes(given_content, given_content.summaries, 30_000)
    frugal = sum(quote.excerpt.cost for quote in quotes)
    lavish = documents.quotes(given_content, given_content.summaries, 10**9)
    assert frugal < sum(quote.excerpt.cost for quote in lavish)
    assert page_bytes("<é") == 6


@pytest.mark.parametrize(
    ("days", "unit"), [(0.5, "day"), (4, "week"), (15, "month"), (60, "quarter"), (300, "year")]
)
def test_the_period_suits_the_span(days: float, unit: str) -> None:
    start = pd.Timestamp("2001-01-01", tz="UTC")
    times = [start + pd.Timedelta(days=days * row) for row in range(60)]
    found = trends(pd.DataFrame({"topic_id": [1, 2] * 30, "timestamp": times}), 3)
    assert found is not None
    assert found.unit == unit
    assert found.counts.to_numpy().sum() == 60 - found.earlier
    assert (found.earlier > 0) == (unit == "year")
    assert found.counts[3].sum() == 0
    assert len(found.labels) == len(found.counts) <= 40


def test_only_clear_changes_are_named() -> None:
    times = pd.date_range("2024-01-01", periods=400, freq="D", tz="UTC")
    topic = np.where(np.arange(400) < 300, 1, 2)
    topic[::10] = 3
    found = trends(pd.DataFrame({"topic_id": topic, "timestamp": times}), 3)
    assert found is not None
    assert {(change.topic_id, change.rose) for change in found.changes} == {(1, False), (2, True)}


def test_undated_documents_are_counted_and_a_single_day_has_no_trend() -> None:
    day = pd.Timestamp("2024-05-05", tz="UTC")
    frame = pd.DataFrame(
        {"topic_id": [1, 1, 1], "timestamp": [day, pd.NaT, day + pd.Timedelta("9D")]}
    )
    found = trends(frame, 1)
    assert found is not None
    assert found.undated == 1
    assert trends(frame.assign(timestamp=day), 1) is None
    assert (
        trends(frame.assign(timestamp=pd.Series([pd.NaT] * 3, dtype="datetime64[ns, UTC]")), 1)
        is None
    )


@given(st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_every_level_of_the_zoom_holds_every_topic_once(n_topics: int, seed: int) -> None:
    merges = random_tree(n_topics, seed)
    for n_groups in zoom.level_sizes(n_topics):
        groups = zoom.cut(merges, n_groups)
        assert len(groups) == n_groups
        assert sorted(topic for group in groups for topic in group) == list(range(n_topics))
    assert sorted(zoom.leaf_order(merges)) == list(range(n_topics))
    assert len(branches(merges, zoom.leaf_order(merges))) == 3 * (n_topics - 1)


def test_groups_carry_the_documents_of_their_topics() -> None:
    model = small_model()
    for level in zoom.levels(model, random_tree(4, 0), {1: 5, 2: 4, 3: 2, 4: 1}):
        assert sum(group.size for group in level.groups) == 12
        assert [group.size for group in level.groups] == sorted(
            (group.size for group in level.groups), reverse=True
        )


def test_many_topics_are_offered_in_steps_that_end_with_all() -> None:
    sizes = zoom.level_sizes(200)
    assert sizes[0] == 2
    assert sizes[-1] == 200
    assert len(sizes) < 40
    assert zoom.level_sizes(1) == [1]


def test_quality_figures_each_have_a_sentence() -> None:
    quality = record_of(small_model()).quality
    shown = notes.figures(replace(quality, agreement=Agreement(0.5, 0.4, 0.3, 0.6)))
    names = [figure.name for figure in shown]
    assert names[0] == "Coherence (mean NPMI)"
    assert {"Agreement: ARI", "Stability", "Diversity"} <= set(names)
    assert len(names) == len({figure.reading for figure in shown}) == 9
    assert all(figure.reading.endswith(".") for figure in shown)
    assert len(notes.figures(replace(quality, stability=None))) == 4


def test_prepared_numbers_are_pyldavis_own() -> None:
    model = small_model(5, 60)
    ours = prepare(model)
    theirs = pyLDAvis.prepare(
        model.topic_term, model.doc_topic, model.doc_lengths, list(model.terms), model.term_counts,
        mds=lambda _: np.zeros((5, 2)), n_jobs=1, sort_topics=False, lambda_step=0.1,
    ).to_dict()  # fmt: skip
    for table in ("tinfo", "token.table"):
        ours_sorted, theirs_sorted = (_rows(data[table]) for data in (ours, theirs))
        assert [row[0] for row in ours_sorted] == [row[0] for row in theirs_sorted]
        for (_, mine), (_, other) in zip(ours_sorted, theirs_sorted, strict=True):
            assert mine == pytest.approx(other, rel=1e-5, abs=1e-5)


def test_coordinates_keep_the_distances_that_two_dimensions_can_hold() -> None:
    rng = np.random.default_rng(0)
    topics = _positive_rows(rng.random((3, 40)) ** 4)
    points = topic_coordinates(topics)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    naive = [
        [0.5 * (_divergence(p, (p + q) / 2) + _divergence(q, (p + q) / 2)) for q in topics]
        for p in topics
    ]
    assert jensen_shannon(topics) == pytest.approx(np.array(naive), abs=1e-12)
    assert apart == pytest.approx(np.array(naive), abs=1e-9)


@pytest.mark.parametrize("n_topics", [1, 2, 3])
def test_few_and_equal_topics_have_real_coordinates(n_topics: int) -> None:
    points = topic_coordinates(np.full((n_topics, 7), 1 / 7))
    assert points.tolist() == [[0.0, 0.0]] * n_topics


def test_unknown_topic_and_wrong_tree_are_refused() -> None:
    given_content = content()
    with pytest.raises(
        ValueError, match=r"documents has topics that the model does not have: \[9\]"
    ):
        replace(given_content, documents=given_content.documents.assign(topic_id=9))
    with pytest.raises(
        ValueError, match="topics has 3 topics; it must have topic_id 1 to 4 in order"
    ):
        replace(given_content, topics=given_content.topics.iloc[1:])
    with pytest.raises(ValueError, match="tree has shape"):
        replace(given_content, tree=np.zeros((9, 4)))


def random_tree(n_topics: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    alive, rows = list(range(n_topics)), []
    for merge in range(n_topics - 1):
        pair = [alive.pop(int(rng.integers(len(alive)))) for _ in range(2)]
        alive.append(n_topics + merge)
        rows.append((*pair, float(merge), 0.0))
    return np.array(rows).reshape(-1, 4)


def _divergence(p: np.ndarray, q: np.ndarray) -> float:
    return float((p * np.log(p / q)).sum())


def _rows(table: dict[str, list[object]]) -> list[tuple[tuple[object, ...], list[float]]]:
    names = [name for name in ("Term", "Category", "Topic") if name in table]
    numbers = [name for name in ("Freq", "Total", "logprob", "loglift") if name in table]
    return sorted(
        (tuple(table[name][row] for name in names), [float(table[name][row]) for name in numbers])  # type: ignore[arg-type]
        for row in range(len(table["Term"]))
    )
