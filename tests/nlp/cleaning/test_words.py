"""Which tokens count, and as what: names that a tokenizer would cut are one term each."""

from __future__ import annotations

import pytest

from nlp.cleaning.reader import clean
from nlp.config import CleaningSettings


def words(text: str, language: str = "en") -> list[str]:
    return next(clean([text], CleaningSettings(language=language)).document_words())


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C++ C# F# (C++) C#. C++, c# C#?", "c++ c# f# c++ c# c++ c# c#"),
        (".NET ASP.NET Node.js", ".net asp.net node.js"),
        ("401k 401(k) 4K 3M 5G", "401k 401k 4k 3m 5g"),
        ("COVID-19 GPT-4o B-52 MP3", "covid-19 gpt-4o b-52 mp3"),
        ("Wi-Fi WiFi wifi Hi-Fi", "wifi wifi wifi hi-fi"),
        ("AT&T R&D H&M", "at&t r&d h&m"),
        ("O'Brien O’Brien", "o'brien o'brien"),
        ("İstanbul Istanbul", "istanbul istanbul"),
    ],
)
def test_a_name_is_one_term_in_every_language(language: str, text: str, found: str) -> None:
    assert words(text, language) == found.split()


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "x-ray T-shirts e-mail T-Mobile", "x-ray t-shirt e-mail t-mobile"),
        ("en", "AT&T's O'Brien's COVID-19's", "at&t o'brien covid-19"),
        ("en", "re-order well-known A-Z", "order know"),
        ("en", "$4k 10k 30K 100m 5kg 8pm", ""),
        ("de", "E-Mail E-Mails U-Boote", "e-mail e-mail u-boot"),
        ("fr", "aujourd’hui jusqu’ici l'O'Brien", "ici o'brien"),
    ],
)
def test_other_words_are_cut_and_led_back_as_before(language: str, text: str, found: str) -> None:
    assert words(text, language) == found.split()
