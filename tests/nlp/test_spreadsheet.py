"""Cells that a spreadsheet would run get an apostrophe; ids, numbers and plain lines stay."""

from __future__ import annotations

import pytest

from nlp.spreadsheet import inert, runs_as_formula
from nlp.summaries.readability import readable


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "@SUM(A1:A9)",
        '=HYPERLINK("http://evil.example", "click")',
        "+HYPERLINK(A1)",
        "-[book.xls]Sheet1!A1",
        "+'file'!A1",
        "  =1+1",
        "\t=1+1",
        "\r\n=1+1",
        "\u00a0=1+1",
        "+=1+1",
        "--=1",
        "-IMPORTXML(A1)",
    ],
)
def test_what_would_run_is_inert(cell: str) -> None:
    assert runs_as_formula(cell)
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell",
    [
        "-x001",
        "-0.50",
        "+49 171 1234567",
        "+1 Delivery of the parcel was promised for Monday by the courier.",
        "- Please refund the double payment to my card.",
        "- late (again)",
        "@shop_help Tracking number shows the parcel stuck in customs.",
        "-1,234.5",
        "-",
        "",
        "a=b",
        "2+2",
        "parcel (late)",
    ],
)
def test_what_would_not_run_stays_as_it_is(cell: str) -> None:
    assert inert(cell) == cell


def test_a_sentence_that_would_run_is_never_quoted() -> None:
    assert not readable("=HYPERLINK(A1) is what the customer wrote to us.", alone=False)
