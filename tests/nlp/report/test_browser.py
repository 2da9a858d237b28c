"""The report in a real browser: Debian's chromium, headless, with no network at all.

To run these: `apt-get install chromium` (or name a browser in TOPICBRIEF_CHROMIUM), `make test`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from support.browser import Opened, browser
from support.report_content import content

from nlp.report import IndexEntry, render_index, render_pyldavis, render_report

__all__ = ["browser"]  # the fixture


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_report(content(outliers=2)), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[Opened]:
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        yield Opened(context, report)


def test_page_asks_for_nothing_but_itself_and_complains_of_nothing(
    opened: Opened, report: Path
) -> None:
    opened.map()
    outside = [url for url in opened.requests if not url.startswith(("about:", "data:"))]
    assert outside == [report.as_uri()]
    assert opened.complaints == []


def test_search_finds_topics_terms_and_documents(opened: Opened) -> None:
    opened.page.get_by_role("searchbox").fill("cour")
    results = opened.page.locator("#results")
    results.wait_for()
    assert "Terms (" in results.inner_text()
    assert "Documents (" in results.inner_text()
    opened.page.get_by_role("searchbox").fill("invoices")
    opened.page.locator("#results", has_text="Topics (1)").wait_for()
    opened.page.keyboard.press("Enter")
    assert opened.page.evaluate("document.activeElement.id") == "topic-2"
    opened.page.get_by_role("searchbox").fill("zzzz")
    opened.page.locator("#found", has_text="Nothing found").wait_for()


def test_citation_opens_its_document_with_the_sentence_highlighted(opened: Opened) -> None:
    quote = opened.page.locator("#quote-1-1")
    assert not quote.locator("mark").is_visible()
    quote.locator("summary").click()
    assert quote.locator("mark").is_visible()
    given = content(outliers=2).summaries.iloc[0]
    assert quote.locator("mark").inner_text() == given["sentence"]


def test_citation_in_the_brief_leads_to_its_source(opened: Opened) -> None:
    opened.page.locator("#brief .cite").nth(1).click()
    assert opened.page.locator("#brief-2 mark").is_visible()


def test_zoom_changes_the_topics_from_the_keyboard(opened: Opened) -> None:
    slider = opened.page.locator("#zoom-level")
    slider.focus()
    slider.press("Home")
    assert opened.page.locator("#zoom-value").inner_text() == "2"
    assert opened.page.locator(".group:visible").count() == 2
    slider.press("End")
    assert opened.page.locator(".group:visible").count() == 4


def test_pyldavis_view_reacts_and_follows_the_page(opened: Opened) -> None:
    frame = opened.map()
    frame.get_by_role("button", name="Next Topic").click()
    frame.get_by_text("Most Relevant Terms for Topic 1").wait_for()
    opened.page.locator("#topic-3 [data-topic]").click()
    frame.get_by_text("Most Relevant Terms for Topic 3").wait_for()
    slider = frame.locator("#ldavis-lambda")
    slider.fill("0")
    slider.dispatch_event("mouseup")
    assert frame.locator("#ldavis-lambda-value").inner_text() == "0"
    assert opened.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_systems_scheme(browser: Browser, report: Path, scheme: Any) -> None:
    with browser.new_context(color_scheme=scheme) as context:
        page = Opened(context, report).page
        style = "getComputedStyle(document.body)"
        paper, ink = page.evaluate(f"[{style}.backgroundColor, {style}.color]")
        assert (_brightness(paper) > _brightness(ink)) == (scheme == "light")


@pytest.mark.parametrize("width", [360, 1280, 2560])
def test_nothing_is_wider_than_the_screen(browser: Browser, report: Path, width: int) -> None:
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        opened = Opened(context, report)
        opened.map()
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def test_printed_page_loses_nothing(browser: Browser, opened: Opened) -> None:
    opened.page.emulate_media(media="print")
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    folded = "[...document.querySelectorAll('main details:not([open]):not(.level)')].length"
    assert opened.page.evaluate(folded) == 0
    assert opened.page.locator("#quote-4-1 mark").is_visible()
    assert opened.page.locator("#map-static svg").first.is_visible()
    boxes = opened.page.locator(".scroll, .passage")
    hidden = "boxes => boxes.filter(box => box.scrollHeight > box.clientHeight + 1).length"
    assert boxes.evaluate_all(hidden) == 0
    assert len(opened.page.pdf(format="A4")) > 50_000


def test_everything_is_there_without_scripts(browser: Browser, report: Path) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = Opened(context, report).page
        assert page.locator("#map-static svg").first.is_visible()
        page.locator("#quote-1-1 summary").click()
        assert page.locator("#quote-1-1 mark").is_visible()
        page.locator(".level summary").nth(1).click()
        assert page.locator(".group:visible").count() == 3
        assert not page.locator("#search").is_visible()


def test_every_control_is_reached_by_the_tab_key(opened: Opened) -> None:
    wanted = opened.page.locator(
        "main a:visible, main summary:visible, main input:visible, aside a:visible, aside input"
    )
    reached = set()
    for _ in range(wanted.count() + 20):
        opened.page.keyboard.press("Tab")
        reached.add(opened.page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
    missing = [
        html
        for html in wanted.evaluate_all("all => all.map(n => n.outerHTML.slice(0, 200))")
        if html not in reached
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        ("report", 360, "light"),
        ("report", 1280, "dark"),
        ("pyldavis", 1280, "light"),
        ("pyldavis", 360, "dark"),
        ("index", 360, "light"),
        ("index", 1280, "dark"),
    ],
)
def test_axe_finds_nothing_serious(
    browser: Browser, report: Path, tmp_path: Path, name: str, width: int, scheme: Any
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    given = content(outliers=2)
    path = report
    if name == "pyldavis":
        path = tmp_path / "pyldavis.html"
        path.write_text(render_pyldavis(given.model), encoding="utf-8")
    elif name == "index":
        path = tmp_path / "index.html"
        path.write_text(render_index([IndexEntry(given.record, "a/report.html")]), encoding="utf-8")
    viewport: Any = {"width": width, "height": 800}
    # axe is put into the page by the test, past the page's own policy.
    with browser.new_context(color_scheme=scheme, viewport=viewport, bypass_csp=True) as context:
        opened = Opened(context, path)
        if name == "report":
            opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(opened.page).response["violations"]
        serious = [item for item in found if item["impact"] in ("serious", "critical")]
        assert [(item["id"], item["nodes"][0]["html"][:200]) for item in serious] == []


def _brightness(colour: str) -> float:
    return sum(float(part) for part in colour.strip("rgba()").split(",")[:3])
