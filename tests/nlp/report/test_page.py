"""The report's pages: self-contained, deterministic, bounded, honest about what they leave out."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from support.report_content import bare_record, content, record_of, small_model

from nlp.errors import InputError
from nlp.ingest.reading import Reading, TableReading
from nlp.report import IndexEntry, render_index, render_pyldavis, render_report

EXTERNAL = re.compile(r"""(?:src|href)\s*=\s*["']?\s*(?:[a-z]+:)?//""", re.IGNORECASE)


@pytest.fixture(scope="module")
def page() -> str:
    return render_report(content(outliers=2))


def test_same_content_gives_same_bytes(page: str) -> None:
    assert render_report(content(outliers=2)) == page


def test_no_address_outside_the_page(page: str) -> None:
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not EXTERNAL.search(markup)
    assert "url(" not in markup
    assert "@import" not in markup


def test_page_carries_a_policy_without_unsafe_words(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy.group(1)
    assert "unsafe" not in policy.group(1)


def test_every_topic_shows_its_name_size_terms_and_quotations(page: str) -> None:
    given = content(outliers=2)
    for topic in given.topics.to_dict("records"):
        if topic["topic_id"] > 0:
            assert f'id="topic-{topic["topic_id"]}"' in page
            assert str(topic["label"]) in page
    for sentence in given.summaries["sentence"]:
        assert f"<mark>{sentence}</mark>" in page


def test_account_parameters_and_hashes_are_shown(page: str) -> None:
    for shown in ("Dropped: <bdi>empty text</bdi>", "n_sweeps", "ab" * 32, "2.4.6", "duplicate id"):
        assert shown in page


def test_warnings_name_few_documents_instability_and_the_runs_own(page: str) -> None:
    assert "Only 48 documents were analysed" in page
    assert "The topics are unstable (stability 0.44)" in page
    assert "Two thirds of the documents come from one week." in page


def test_sections_without_matter_are_left_out() -> None:
    bare = content(dated=False, tree=False)
    bare = replace(bare, record=bare_record(bare.model), rejected=bare.rejected.iloc[:0])
    page = render_report(bare)
    for section in ("brief", "zoom", "time"):
        assert f'<section id="{section}"' not in page


def test_one_topic_still_makes_a_page() -> None:
    assert "there is only one topic" in render_report(content(n_topics=1))


def test_a_misquotation_is_refused() -> None:
    given = content()
    summaries = given.summaries.assign(start=given.summaries["start"] + 1)
    with pytest.raises(InputError, match=r"quotes document .* wrongly"):
        replace(given, summaries=summaries)


def test_missing_columns_are_named_together() -> None:
    given = content()
    with pytest.raises(InputError, match=r"topics lacks the column 'label'.*summaries lacks"):
        replace(
            given,
            topics=given.topics.drop(columns="label"),
            summaries=given.summaries.drop(columns="sentence"),
        )


def test_pyldavis_page_has_the_models_own_topic_numbers() -> None:
    from nlp.report.pyldavis import prepare

    model = small_model()
    data = prepare(model)
    assert data["mdsDat"]["topics"] == [1, 2, 3, 4]
    for topic, words in enumerate(model.top_terms(3), start=1):
        names = data["tinfo"]["Category"]
        rows = [row for row, name in enumerate(names) if name == f"Topic{topic}"]
        best = sorted(rows, key=lambda row: -data["tinfo"]["logprob"][row])[:3]
        assert [data["tinfo"]["Term"][row] for row in best] == words
    assert render_pyldavis(model) == render_pyldavis(model)


def test_identical_topics_and_zero_probabilities_stay_real_and_finite() -> None:
    from nlp.report.pyldavis import prepare

    model = small_model(6)
    same = np.tile(np.r_[np.full(10, 0.1), np.zeros(len(model.terms) - 10)], (6, 1))
    data = prepare(replace(model, topic_term=same, doc_lengths=np.zeros(48, dtype=np.int64)))
    assert data["mdsDat"]["x"] == [0] * 6
    assert np.isfinite(data["tinfo"]["loglift"]).all()


def test_index_lists_runs_newest_first_and_links_only_inside() -> None:
    record = record_of(small_model())
    assert record.published is not None
    old = replace(record.published, name="old", created="2025-01-01T00:00:00Z")
    new = replace(record.published, name="new", created="2025-02-01T00:00:00Z")
    page = render_index(
        [
            IndexEntry(replace(record, published=old), "javascript:alert(1)"),
            IndexEntry(replace(record, published=new), "new/latest/report.html"),
        ]
    )
    assert page.index("new") < page.index("old</bdi>")
    assert "javascript" not in page
    assert 'href="new/latest/report.html"' in page
    assert "No run has finished yet" in render_index([])


def test_the_page_says_how_the_source_was_read_and_in_which_language() -> None:
    given = content()
    reading = Reading(
        (TableReading("tickets.csv", "table", "separator ';'", header_line=4, columns=("a",)),),
        text=("body",),
        guessed=("text",),
    )
    record = replace(given.record, reading=reading, languages={"de": 0.9, "en": 0.1})
    page = render_report(replace(given, record=record))
    for shown in ("separator &#39;;&#39;, header in line 4", "text from &#39;body&#39; (guessed)"):
        assert shown in page
    assert "de 90%, en 10%" in page
    assert "none: words alone" in page
