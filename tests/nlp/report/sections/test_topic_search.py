"""The search for the number of topics, on the page: chart, table, and nothing without a search."""

from __future__ import annotations

from dataclasses import replace

from support.report_content import bare_record, content, small_model

from nlp.record import TopicSearch
from nlp.report import render_report
from nlp.report.sections.topic_search import curve


def test_every_number_tried_is_in_the_table_and_the_chosen_one_is_named() -> None:
    page = render_report(content())
    section = page[page.index("<h3>Number of topics</h3>") : page.index("<h3>Inputs</h3>")]
    for number, score in ((2, "0.100"), (3, "0.190"), (7, "0.300"), (10, "0.200")):
        assert f'<th scope="row">{number}</th><td class="num">{score}</td>' in section
    assert '<th scope="row">5 (chosen)</th><td class="num">0.310</td>' in section
    assert section.count("<svg") == 2
    assert 'aria-label="Line: the score of each number of topics tried, 5 chosen' in section


def test_the_one_chosen_need_not_have_the_highest_score() -> None:
    found = curve(TopicSearch(5, ((2, 0.5), (5, 0.4))))
    assert found is not None
    assert (found.chosen, found.scores) == (5, ((2, 0.5), (5, 0.4)))
    assert "5 topics" in found.drawing


def test_without_a_search_the_page_says_nothing_of_one() -> None:
    assert curve(None) is None
    assert curve(TopicSearch(5, ((5, 0.4),))) is None
    page = render_report(replace(content(), record=bare_record(small_model())))
    assert "Number of topics" not in page
