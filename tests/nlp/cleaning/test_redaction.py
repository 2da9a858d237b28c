"""Redaction: what is personal disappears, every offset stays."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.cleaning.redaction import BLOT, find, redact
from nlp.errors import InputError

PERSONAL = [
    ("email", "john.o+x@mail.example.co.uk"),
    ("email", "jane (at) firm.de"),
    ("email", "müller@firma.de"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("iban", "de89370400440532013000"),
    ("iban", "GB82 WEST 1234 5698 7654 32"),
    ("card", "4111 1111 1111 1111"),
    ("card", "4111-1111-1111-1112"),
    ("card", "378282246310005"),
    ("phone", "+44 (0)20 7946 0958"),
    ("phone", "(555) 234-5678"),
    ("phone", "555-234-5678"),
    ("phone", "1-555-234-5678"),
    ("phone", "5552345678"),
    ("phone", "0171/1234567"),
    ("phone", "06 12 34 56 78"),
    ("phone", "612 345 678"),
    ("phone", "0049 30 901820"),
]
HARMLESS = [
    "on 01.02.2004, 2004-11-22 or 11/09/2001 at 10:30",
    "rose by 0.123456789 to 1,234,567 or 1 000 000 dollars",
    "from 1999-2004 at 192.168.0.1, ISBN 978-3-16-148410-0",
    "follow @name, pay 5@2, see chapter 12 34",
    "room DE12 of 2,225 and AB12 words that follow here now",
]


@pytest.mark.parametrize(("kind", "secret"), PERSONAL)
def test_personal_data_is_blotted_out_where_it_stands(kind: str, secret: str) -> None:
    text = f"Write {secret}, please."
    assert redact(text) == f"Write {BLOT * len(secret)}, please."
    assert [(f.kind, text[f.start : f.end]) for f in find(text)] == [(kind, secret)]


@pytest.mark.parametrize("text", HARMLESS)
def test_dates_amounts_and_codes_stay(text: str) -> None:
    assert redact(text) == text


def test_an_announced_local_number_is_a_phone_number() -> None:
    assert redact("call me on 234-5678") == "call me on " + BLOT * 8
    assert redact("pages 234-5678") == "pages 234-5678"


def test_a_number_beside_a_time_is_found() -> None:
    assert redact("at 00:30 0800 123 4567 today") == "at 00:30 " + BLOT * 13 + " today"


def test_findings_come_in_reading_order() -> None:
    text = "0171/1234567 or a@b.de or 4111 1111 1111 1111"
    assert [finding.kind for finding in find(text)] == ["phone", "email", "card"]


@given(st.text(alphabet=st.sampled_from("0123456789 +-()./@ab.DE\n█é中"), max_size=80))
def test_every_offset_stays_and_nothing_else_changes(text: str) -> None:
    published = redact(text)
    hidden = {place for f in find(text) for place in range(f.start, f.end)}
    assert len(published) == len(text)
    for place, (old, new) in enumerate(zip(text, published, strict=True)):
        assert new == (BLOT if place in hidden else old)


@pytest.mark.parametrize(
    "unit", ["1", "a", "1 ", "a@", "@", "DE12 ", "(1)", "a.b-", "+1", "0 ", "2 ", "x(at)"]
)
def test_a_long_text_takes_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    # Coverage calls a function for each line: that time is not the code's.
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        start = time.process_time()
        assert len(redact(text)) == len(text)
        assert time.process_time() - start < 2
    finally:
        sys.settrace(tracer)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(InputError, match="NoneType"):
        redact(None)  # type: ignore[arg-type]
