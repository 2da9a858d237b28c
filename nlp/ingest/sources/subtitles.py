"""Subtitles (.srt, .vtt) into one text: cues joined, so that a sentence over several is whole."""

from __future__ import annotations

import re

_TIMES = re.compile(r"\s*(?:\d+:)?\d\d:\d\d[,.]\d{3}\s*-->\s*(?:\d+:)?\d\d:\d\d[,.]\d{3}")
_BLOCK = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n)){2,}")
# Italics, colours and positions: <i>, <c.yellow>, <00:00:01.000>, {\an8}.
_MARKUP = re.compile(r"<[^<>]{1,80}>|\{\\[^{}]{1,40}\}")


def subtitle_text(text: str) -> str:
    """What is said, in one line; without numbers, times, markup and lines said twice running.

    Rolling captions show a line again in the next cue; it is said once.
    """
    said: list[str] = []
    for block in _BLOCK.split(text):
        lines = block.splitlines()
        start = next((n for n, line in enumerate(lines) if _TIMES.match(line)), None)
        if start is None:
            continue
        for line in lines[start + 1 :]:
            plain = " ".join(_MARKUP.sub("", line).split())
            if plain and plain not in said[-2:]:
                said.append(plain)
    return " ".join(said)
