"""Bytes into text: never a failure, and the right letters for what people's programs write."""

from __future__ import annotations

import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.ingest.encoding import decode, without_surrogates

TEXTS = {
    "de": "Die Größe der Schuhe passt nicht. Können Sie das Geld zurücküberweisen? Grüße, Jürgen\n",
    "fr": "J'ai reçu un café cassé, le numéro est erroné. Où est passé mon colis ? Voilà, merci\n",
    "es": "¿Dónde está mi pedido? El niño rompió el paquete y la atención fue pésima, señores.\n",
    "en": "The customer said “this isn’t right” – and the price was £20 at the café…\n",
}
plain = st.text(alphabet=st.characters(blacklist_categories=["Cs"]))


@given(st.binary())
def test_any_bytes_become_text_that_can_be_written(data: bytes) -> None:
    decode(data).encode("utf-8")


@given(plain.filter(lambda text: "\0" not in text and not text.startswith("\ufeff")))
def test_utf8_is_read_as_it_is_with_or_without_mark(text: str) -> None:
    assert decode(text.encode()) == text
    assert decode(codecs.BOM_UTF8 + text.encode()) == text


@given(plain.filter(lambda text: not text.startswith(("\ufeff", "\0"))))
def test_utf16_with_a_mark_is_read_as_it_is(text: str) -> None:
    assert decode(codecs.BOM_UTF16_LE + text.encode("utf-16-le")) == text
    assert decode(codecs.BOM_UTF16_BE + text.encode("utf-16-be")) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_of_latin_text_are_seen(encoding: str) -> None:
    assert decode(TEXTS["de"].encode(encoding)) == TEXTS["de"]


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize("repeats", [1, 50])
def test_what_office_programs_write_in_our_languages_is_seen(
    language: str, encoding: str, repeats: int
) -> None:
    text = TEXTS[language] * repeats
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("word", ["Grüße", "café", "¿Qué?", "20 €", "señor", "naïve – très"])
def test_a_short_western_text_is_not_taken_for_chinese(word: str) -> None:
    assert decode(word.encode("cp1252")) == word


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Привет, где мой заказ? Деньги не вернули, прошу помочь.\n", "cp1251"),
        ("注文はどこですか。返金してください。商品が壊れています。\n", "shift_jis"),
        ("我的订单在哪里？请退款。商品坏了。\n", "gb18030"),
        ("Gdzie jest moje zamówienie? Proszę o zwrot pieniędzy, źle działa.\n", "cp1250"),
    ],
)
def test_other_encodings_are_found_too(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_few_damaged_bytes_cost_no_other_letter() -> None:
    whole = (TEXTS["de"] * 10).encode()
    damaged = whole[:20] + b"\xff" + whole[20:]
    text = decode(damaged)
    assert text.count("\ufffd") == 1
    assert text.replace("\ufffd", "") == whole.decode()


def test_zero_bytes_in_plain_text_do_not_make_it_utf16() -> None:
    text = "some text\0with a few\0zero bytes in it, as dumps have"
    assert decode(text.encode()) == text


def test_ten_megabytes_of_an_old_encoding_take_under_two_seconds() -> None:
    data = (TEXTS["fr"] * 120_000).encode("cp1252")
    start = time.process_time()
    decode(data)
    assert time.process_time() - start < 2


@given(st.text())
def test_without_surrogates_keeps_length_and_can_be_written(text: str) -> None:
    clean = without_surrogates(text)
    clean.encode("utf-8")
    assert len(clean) == len(text)
