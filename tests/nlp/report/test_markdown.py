"""The brief as Markdown: the same text, and nothing of a document takes effect."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.record import Brief
from nlp.report.markdown import brief_markdown, inert


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain (e-mail) text, 20 % more!", "plain (e-mail) text, 20 % more!"),
        ("<img src=x onerror=1>", "&lt;img src=x onerror=1&gt;"),
        ("[a](javascript:1)", "\\[a\\](javascript:1)"),
        ("# heading", "\\# heading"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("685 documents.", "685 documents."),
        ("two\nlines", "two lines"),
    ],
)
def test_marks_are_escaped_and_plain_text_is_not(text: str, written: str) -> None:
    assert inert(text) == written


@given(st.text(alphabet="ab *_[]()<>&`~|\\#-+=1.)\n", max_size=40))
def test_unescaped_markdown_is_the_text(text: str) -> None:
    plain = html.unescape(re.sub(r"\\(.)", r"\1", inert(text)))
    assert plain == " ".join(text.split())


def test_brief_is_a_paragraph_and_quotations() -> None:
    brief = Brief("9 documents.\n“One <b>.” (A, document 1)", ("9 documents.",), ())
    assert brief_markdown(brief) == "9 documents.\n\n> “One &lt;b&gt;.” (A, document 1)\n"
