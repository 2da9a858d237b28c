"""What a report shows of the runs before it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from support.report_content import bare_record, content, small_model

from nlp.report import render_report
from nlp.report.sections.run_history import changes, histories, runs


@pytest.fixture(scope="module")
def page() -> str:
    return render_report(content())


def section(page: str, name: str) -> str:
    found = re.search(rf'<section id="{name}".*?</section>', page, flags=re.DOTALL)
    assert found is not None
    return found.group()


def test_changes_are_told_by_kind_and_those_left_out_are_counted(page: str) -> None:
    told = section(page, "changes")
    assert "Since the run of <bdi>2025-05-31 02:00 UTC</bdi>: 6 new, 2 deleted documents." in told
    headings = re.findall(r"<h3>(.*?)</h3>", told)
    assert headings == ["New", "Gone", "Grown", "Shrunk"]
    assert told.count("shrunk from 30 to 12") == 12
    assert "and 2 more" in told
    assert 'href="#changes"' in page


def test_a_first_run_says_nothing_of_changes() -> None:
    given = content()
    assert given.record.published is not None
    lineage = replace(given.record.published.lineage, follows=None)
    record = replace(
        given.record,
        changes=(),
        history={"a": ((1, 9, 1.0),)},
        published=replace(given.record.published, lineage=lineage),
    )
    page = render_report(replace(given, record=record))
    assert 'id="changes"' not in page
    assert 'class="spark"' not in page


def test_a_run_without_a_change_says_so(page: str) -> None:
    given = content()
    quiet = render_report(replace(given, record=replace(given.record, changes=())))
    assert "no topic grew or shrank" in section(quiet, "changes")
    assert "no topic grew or shrank" not in page


def test_each_topic_shows_its_sizes_in_bars_that_can_be_read_aloud(page: str) -> None:
    label = "Documents in the last 3 runs, oldest first: 9, none, 12"
    assert f'aria-label="{label}"' in page
    assert page.count('class="spark"') == 4
    table = section(page, "changes")
    assert re.search(r'<td class="num">9</td><td class="num"></td><td class="num">12</td>', table)


def test_a_hidden_topic_is_folded_away_and_stays_counted(page: str) -> None:
    cards, hidden = section(page, "topics").split('<details class="fold" id="hidden">')
    assert "1 topic is hidden by choice; 12 documents" in hidden
    assert 'id="topic-2"' in hidden
    assert 'id="topic-2"' not in cards
    assert ">Invoices<" not in section(page, "overview")
    assert "Hidden by choice" in section(page, "overview")


def test_what_a_person_chose_is_shown_as_such(page: str) -> None:
    card = page.split('id="topic-1"')[1].split("</article>")[0]
    assert "named by hand" in card
    assert "1 topic merged into it by hand" in card
    assert "named by hand" not in page.split('id="topic-3"')[1].split("</article>")[0]


def test_alerts_stand_before_everything_else_and_lead_to_their_topic(page: str) -> None:
    box = page.split('class="alert-box"')[1].split("</section>")[0]
    assert "“refund”: 9 of 48" in box
    assert 'href="#topic-1"' in box
    assert page.index('class="alert-box"') < page.index('class="caution-box"')


def test_a_run_of_long_standing_shows_its_last_thirty_runs() -> None:
    sizes = tuple((run, run, 0.5) for run in range(1, 100))
    record = replace(bare_record(small_model()), history={"a": sizes, "b": ((99, 3, 0.1),)})
    assert list(runs(record)) == list(range(70, 100))
    found = histories(record)
    assert found["a"].sizes == tuple(range(70, 100))
    assert found["b"].sizes == (*[None] * 29, 3)
    assert found["b"].bars.count("<rect") == 30


def test_a_record_without_memory_has_no_changes() -> None:
    assert changes(bare_record(small_model())) is None
    assert histories(bare_record(small_model())) == {}
