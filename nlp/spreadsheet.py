"""Which texts a spreadsheet would run as a formula.

A cell that begins with = + - or @ may be taken for a formula (OWASP, "CSV Injection"). What does
harm in one is a function call, a link to another program (DDE, written with |) or to another file
(written with !). An id such as -x001, a number such as -0.50 and a line such as "- late again" do
none of that, so they stay as they are.
"""

from __future__ import annotations

import re

_STARTS = ("=", "+", "-", "@")
_CALL_OR_LINK = re.compile(r"[\w.]\(|\||!\s*[\w$]|\[")
_SUM = re.compile(r"\S[^\s+*/^&<>=]*[+*/^&<>=]\S*")


def runs_as_formula(text: str) -> bool:
    """Whether a spreadsheet that opens a CSV file would run this cell."""
    start = text.lstrip()
    if not start.startswith(_STARTS):
        return False
    # A sign before an equals sign, as in +=, changes nothing.
    return (
        start.lstrip("+-@ ").startswith("=")
        or _CALL_OR_LINK.search(start) is not None
        or _SUM.fullmatch(start) is not None
    )


def inert(text: str) -> str:
    """The text; with an apostrophe before it if a spreadsheet would run it."""
    return f"'{text}" if runs_as_formula(text) else text
