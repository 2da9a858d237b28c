"""The brief as Markdown, in which no document's text takes effect."""

from __future__ import annotations

import html
import re

from nlp.record import Brief

# Marks of emphasis, code, links, tables and strike-through (CommonMark 0.31, GitHub's extensions).
_INLINE = re.compile(r"([\\`*_\[\]|~])")
# Marks of headings, rules and lists: only at the beginning of a line.
_START = re.compile(r"^([#+=-]|\d+(?=[.)]))")


def inert(text: object) -> str:
    """Return the text in one line, escaped: neither Markdown nor HTML in it takes effect."""
    line = _INLINE.sub(r"\\\1", html.escape(" ".join(str(text).split()), quote=False))
    start = _START.match(line)
    if start is None:
        return line
    mark = start[0]
    rest = line[len(mark) :]
    return f"{mark}\\{rest}" if mark.isdigit() else f"\\{line}"


def brief_markdown(brief: Brief) -> str:
    """Return the text of the brief as Markdown: a paragraph of figures, then the quotations."""
    figures, *quotations = brief.text.split("\n")
    return "\n\n".join([inert(figures), *(f"> {inert(one)}" for one in quotations)]) + "\n"
