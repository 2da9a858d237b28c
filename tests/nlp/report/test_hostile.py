"""Hostile text stays text: 1,000 strings through every place, judged by a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser
from support.browser import Opened, browser
from support.report_content import content, record_of, small_model

from nlp.record import RunRecord
from nlp.report import IndexEntry, render_index, render_pyldavis, render_report
from nlp.report.escaping import REPLACEMENT, json_block, plain

__all__ = ["browser"]  # the fixture

SEEDS = (
    "</script><script>alert({n})</script>",
    "<img src=x onerror=alert({n})>",
    "<svg onload=alert({n})><script>alert({n})</script></svg>",
    "\u2028alert({n})//\u2029",
    "{{{{ 7*{n} }}}}{{% for x in y %}}${{alert({n})}}",
    '=HYPERLINK("http://evil.example/{n}","x")',
    "@SUM({n})+cmd|' /C calc'!A0",
    "\ud800{n}\udfff",
    '\'"><iframe srcdoc="<script>parent.alert({n})</script>">',
    "javascript:alert({n})",
    "--><!--<script>alert({n})",
    "</style><style>*{{display:none}}</style>{n}",
    "</textarea></title><base href=http://evil.example/{n}>",
    "\x00\x08\x1b[31m{n}\x7f\ufffe",
    "\u202e{n}<b>olleh</b>",
    "&lt;img src=x onerror=alert({n})&gt;&#60;script&#62;",
    '<a href="javascript:alert({n})" onclick=alert({n})>x</a>',
    "]]><!--{n}--!><math><mtext><style><img src=x onerror=alert({n})>",
    "<details open ontoggle=alert({n})>",
    '<meta http-equiv=refresh content="0;url=http://evil.example/{n}">',
)
N_STRINGS = 1_000
LIVE = """(ownScripts) => {
  const bad = [];
  const tags = ["IMG", "BASE", "OBJECT", "EMBED", "MATH", "TEXTAREA"];
  for (const node of document.querySelectorAll("*")) {
    if (tags.includes(node.tagName)) bad.push(node.outerHTML);
    for (const {name, value} of node.attributes) {
      const inner = /^(#[a-z0-9-]+|[\\w%.~-][\\w%.~/-]*)$/.test(value);
      if (name.startsWith("on")) bad.push(name + value);
      if (["href", "src", "xlink:href", "action"].includes(name) && !inner) bad.push(name + value);
    }
  }
  bad.push(...[...document.scripts].slice(ownScripts).map((script) => script.outerHTML));
  return bad.map((text) => text.slice(0, 200));
}"""


def hostile() -> Callable[[str], str]:
    """A disguise that gives every string it is asked for another attack in front, in turn."""
    attacks = [SEEDS[n % len(SEEDS)].format(n=n) for n in range(N_STRINGS)]
    seen = 0

    def disguise(text: str) -> str:
        nonlocal seen
        attack = attacks[seen % N_STRINGS]
        seen += 1
        return f"{attack} {text} {attack}"

    disguise.seen = lambda: seen  # type: ignore[attr-defined]
    return disguise


def _hostile_record(disguise: Callable[[str], str]) -> RunRecord:
    record = record_of(small_model(), disguise=disguise)
    assert record.published is not None
    return replace(
        record,
        model=replace(record.model, kind=disguise("m")),
        published=replace(record.published, run_id=disguise("r"), created=disguise("c")),
    )


def test_a_thousand_hostile_strings_leave_no_live_node_and_no_dialog(
    browser: Browser, tmp_path: Path
) -> None:
    disguise = hostile()
    given_content = content(n_topics=16, n_docs=400, outliers=3, disguise=disguise)
    assert disguise.seen() >= N_STRINGS  # type: ignore[attr-defined]
    pages = {
        "report.html": render_report(given_content),
        "pyldavis.html": render_pyldavis(given_content.model),
        "index.html": render_index(
            [IndexEntry(_hostile_record(disguise), disguise("h")) for _ in range(30)]
        ),
    }  # fmt: skip
    for name, html in pages.items():
        path = tmp_path / name
        path.write_text(html, encoding="utf-8")
        with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
            opened = Opened(context, path)
            own_scripts = {"report.html": 2, "pyldavis.html": 4, "index.html": 0}[name]
            assert opened.page.evaluate(LIVE, own_scripts) == []
            if name == "report.html":
                _use(opened)
                assert opened.page.evaluate(LIVE, own_scripts) == []
            assert opened.dialogs == []
            assert opened.complaints == []
            assert len([url for url in opened.requests if not url.startswith("about:")]) == 1


def _use(opened: Opened) -> None:
    """Whatever a reader would do that builds new nodes."""
    opened.page.get_by_role("searchbox").fill("alert")
    opened.page.locator("#results").wait_for()
    frame = opened.map()
    for _ in range(3):
        frame.get_by_role("button", name="Next Topic").click()
    frame.locator(".terms").first.dispatch_event("mouseover")
    assert frame.locator("img, iframe, script:nth-of-type(5)").count() == 0
    assert frame.locator("a[*|href]").count() == 0
    opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


def test_what_a_hostile_title_says_is_still_readable() -> None:
    attack = SEEDS[0].format(n=1)
    page = render_report(replace(content(), title=attack))
    assert "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert attack not in page


@given(st.text(st.characters(), max_size=40))
def test_plain_text_keeps_its_length_and_can_always_be_encoded(text: str) -> None:
    shown = plain(text)
    assert len(shown) == len(text)
    assert shown.encode().decode() == shown
    assert "\x00" not in shown


@given(st.recursive(st.text(max_size=30), lambda part: st.lists(part, max_size=3)))
def test_json_block_is_the_same_json_and_cannot_leave_its_element(value: object) -> None:
    block = str(json_block(value))
    assert json.loads(block) == value
    assert not set("<>&\u2028\u2029") & set(block)


def test_lone_surrogates_become_the_replacement_character() -> None:
    assert plain("a" + chr(0xD800) + "b" + chr(0xDFFF)) == f"a{REPLACEMENT}b{REPLACEMENT}"
