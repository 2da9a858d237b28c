"""What is counted of a text: the author's words, in one spelling; and where they stand."""

from __future__ import annotations

import time

import pytest

from nlp.cleaning.plain_text import plain_text, readable
from nlp.cleaning.reader import clean
from nlp.config import CleaningSettings


def plain(text: str, words: str = "") -> str:
    """The plain text, blanks as one space and blank lines as a bar."""
    found = plain_text(text, words.split().__contains__).text
    lines = [" ".join(line.split()) for line in found.split("\n\n")]
    return " | ".join(line for line in lines if line)


def words(text: str, language: str = "en") -> list[str]:
    return next(clean([text], CleaningSettings(language=language)).document_words())


def sentences(text: str, language: str = "en") -> list[str]:
    spans = clean([text], CleaningSettings(language=language)).spans
    return [text[start:end] for start, end in spans]


# ---------------------------------------------------------------- markup


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("M&uuml;ller &amp; S&#246;hne &#x41;", "Müller & Söhne A"),
        ("don&#39;t &amp;uuml;ber", "don't über"),
        ("AT&T; Q&A R&D; x&y", "AT&T; Q&A R&D; x&y"),
        ("price < half and quality > good", "price < half and quality > good"),
        ("price<half and quality>good", "price<half and quality>good"),
        ("if a<b and c>d", "if a<b and c>d"),
        ("I <3 you > all", "I <3 you > all"),
        ("<p>One</p><p>Two</p>", "One | Two"),
        ("One<br/>Two", "One Two"),
        ("a <b>bold</b> wo<b>rd</b>", "a bold word"),
        ("<a href=\"x > y\" title='a>b'>link</a>", "link"),
        ("<style>p{x:y}</style>One<script>if (a<b) x('</p>')</script>Two", "One | Two"),
        ("<STYLE type='a'>p{}</STYLE >One", "One"),
        ("One<!-- a > b <p> -->Two", "One Two"),
        ("One <!-- no end", "One <!- no end"),
        ("One<style>p{x:y}", "One"),
        ("<?xml version='1.0'?><ticket><id>7</id><body>One</body></ticket>", "7 | One"),
        ("<!DOCTYPE html><html><head><title>T</title></head>One</html>", "T | One"),
        ("<o:p>One</o:p>", "One"),
        ("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", "One | Two"),
        ("price &lt; half", "price < half"),
        ("How do I close a <li> in HTML?", "How do I close a in HTML?"),
        (f"<img src='data:image/png;base64,{'aB3/' * 5_000}'>One", "One"),
        ("wrote to <kim@example.com> today", "wrote to < > today"),
    ],
)
def test_markup_goes_and_references_become_characters(text: str, found: str) -> None:
    assert plain(text) == found


def test_a_reference_stands_for_its_place_in_the_original() -> None:
    text = "Die T&uuml;r klemmt. M&uuml;ller &amp; Co&nbsp;kommen&shy;t."
    assert sentences(text, "de") == ["Die T&uuml;r klemmt.", text[21:]]
    assert readable(text) == "Die Tür klemmt. Müller & Co komment."


# ---------------------------------------------------------------- characters


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pass\u00adword cou\u200brier \u200ebook\u200f \ufefffine", "password courier book fine"),
        ("ﬁle oﬃce ﬂow ﬆ", "file office flow st"),
        ("Ｏｒｄｅｒ １２３ Ｃ＋＋", "Order 123 C++"),
        ("𝗯𝗼𝗹𝗱 𝓯𝓪𝓷𝓬𝔂", "bold fancy"),
        ("re\u0301sume\u0301", "résumé"),
        ("iPhone™ m² ½", "iPhone™ m² ½"),
        ("ĳs ǆ CO₂", "ijs dž CO2"),
        ("one\u00a0two\u2009three\u3000four", "one two three four"),
        ("one\u2028two\rthree\r\nfour", "one two three four"),
    ],
)
def test_a_character_has_one_way_to_be_written(text: str, found: str) -> None:
    assert plain(text) == found


def test_codes_are_no_words_and_paths_and_slugs_are() -> None:
    base64 = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4"
    assert words(f"logo {base64} file") == ["logo", "file"]
    assert words(f"logo {base64}\n{base64 * 2}\nBJRU5ErkJggg==\nfile") == ["logo", "file"]
    assert words("key 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b end") == ["key", "end"]
    assert words("key 550e8400-e29b-41d4-a716-446655440000 end") == ["key", "end"]
    assert "lockdown" in words("the covid-19-pandemic-restrictions-in-lockdown rule")


# ---------------------------------------------------------------- lines


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the par-\ncel came", "the parcel came"),
        ("the par\u00ad\n  cel came", "the parcel came"),
        ("the par\u2010\r\ncel came", "the parcel came"),
        ("the COVID-\n19 rule", "the COVID-19 rule"),
        ("in Berlin-\nMitte", "in Berlin-Mitte"),
        ("a well-\nknown name", "a well-known name"),
        ("Vor-\nund Nachteile", "Vor- und Nachteile"),
        ("a list -\nof things", "a list - of things"),
    ],
)
def test_a_word_cut_at_a_lines_end_is_whole(text: str, found: str) -> None:
    assert plain(text, "parcel well known") == found


def test_a_cut_word_is_quoted_as_it_stands() -> None:
    text = "Refund the double pay-\nment now. The par-\ncel is late."
    assert sentences(text) == ["Refund the double pay-\nment now.", "The par-\ncel is late."]
    assert {"payment", "parcel"} <= set(words(text))


# ---------------------------------------------------------------- mail

OWN = "The parcel is stuck in customs. Please help."
QUOTED = "> My card was declined.\n> \n> Best regards\n> Kim"


@pytest.mark.parametrize(
    "header",
    [
        "On Tue, 3 Mar 2026 at 10:00, Kim Muster <kim@example.com> wrote:",
        "On Tue, 3 Mar 2026 at 10:00, Kim Muster\n<kim@example.com> wrote:",
        "Am Di., 3. März 2026 um 10:00 Uhr schrieb Kim Muster <kim@example.com>:",
        "Am 03.03.2026 um 10:00 schrieb Kim Muster:",
        "Le mar. 3 mars 2026 à 10:00, Kim Muster <kim@example.com> a écrit :",
        "El mar, 3 mar 2026 a las 10:00, Kim Muster (<kim@example.com>) escribió:",
        "Il giorno mar 3 mar 2026 alle ore 10:00 Kim <kim@example.com> ha scritto:",
        "Op di 3 mrt. 2026 om 10:00 schreef Kim Muster <kim@example.com>:",
        "Em ter., 3 de mar. de 2026 às 10:00, Kim <kim@example.com> escreveu:",
        "2026-03-03 10:00 GMT+01:00 Kim Muster <kim@example.com>:",
        "Kim Muster <kim@example.com> wrote:",
    ],
)
def test_quoted_mail_and_who_wrote_it_are_left_out(header: str) -> None:
    assert plain(f"{OWN}\n\n{header}\n{QUOTED}") == OWN
    assert sentences(f"{OWN}\n\n{header}\n{QUOTED}") == OWN.replace(". ", ".|").split("|")
    unmarked = QUOTED.replace("> ", "")
    if "\n" not in header:
        assert plain(f"{OWN}\n\n{header}\n\n{unmarked}") == OWN
        below = plain(f"{header}\n{QUOTED}\n\n{OWN}")
        assert below == OWN


@pytest.mark.parametrize(
    "header",
    [
        "-----Original Message-----\nFrom: Kim\nSent: Tuesday\nSubject: Card",
        "-----Ursprüngliche Nachricht-----\nVon: Kim\nGesendet: Dienstag\nBetreff: Karte",
        "-------- Message d'origine --------\nDe : Kim\nEnvoyé : mardi\nObjet : Carte",
        "-----Mensaje original-----\nDe: Kim\nEnviado: martes\nAsunto: Tarjeta",
        "________________________________\nFrom: Kim\nSent: Tuesday\nTo: Help\nSubject: Card",
        "Von: Kim\nGesendet: Dienstag, 3. März\nAn: Hilfe\nBetreff: Karte",
        "*From:* Kim\n*Sent:* Tuesday\n*To:* Help\n*Subject:* Card",
        "---------- Forwarded message ---------\nFrom: Kim\nDate: Tue\nSubject: Card\nTo: Help",
    ],
)
def test_an_earlier_mail_below_its_headers_is_left_out(header: str) -> None:
    assert plain(f"{OWN}\n\n{header}\n\nMy card was declined.").strip(" |_") == OWN


def test_mail_quoted_in_one_line_is_left_out() -> None:
    header = "On Tue, 3 Mar 2026 at 10:00, Kim Muster <kim@example.com> wrote:"
    assert plain(f"{OWN} {header} > My card was declined.") == OWN


def test_a_forwarded_mail_without_a_word_of_its_own_keeps_its_text() -> None:
    headers = "From: Kim\nSent: Tuesday\nTo: Help\nSubject: Card declined"
    found = plain(f"-----Original Message-----\n{headers}\n\nMy card was declined.")
    assert "My card was declined." in found
    assert "Card declined" in found
    assert "Tuesday" not in found
    assert plain("> all of it\n> is quoted") != ""


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nKim Muster\nNorthgate Trading\n+44 20 7946 0000",
        "Best regards,\nKim Muster\nNorthgate Trading",
        "Best regards, Kim Muster",
        "Kind regards\nKim",
        "Thanks,\nKim",
        "Mit freundlichen Grüßen\nKim Muster\nNordtor GmbH",
        "Viele Grüße\nKim",
        "Cordialement,\nKim",
        "Saludos,\nKim",
        "Sent from my iPhone",
        "Gesendet von meinem iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Get Outlook for Android",
    ],
)
def test_a_signature_is_left_out(signature: str) -> None:
    assert plain(f"{OWN}\n\n{signature}") == OWN


def test_what_only_looks_like_mail_stays() -> None:
    for text in (
        "In 2019 my colleague wrote:\nthe parcel is late",
        "Thanks for the help.\nThe card works again.",
        "Best regards to the driver, he rang the bell.\nThe parcel came.",
        "From: Leeds\nthe parcel went back",
        "The price -- half of it -- was paid.",
        "Thanks,\nthe card works again since the bank has sent a new one. I am glad.",
    ):
        assert plain(text) == " ".join(text.split())


# ---------------------------------------------------------------- time

HOSTILE = {
    "half a tag with attributes": "<a b='" * 40_000,
    "values that swap their quotes": "<a x=\"<a y='" * 30_000,
    "attributes without end": "<a " + "b " * 100_000,
    "scripts without end": "<script>" * 40_000,
    "comments without end": "<!--" * 60_000,
    "styles and ends": "<style></style" * 20_000,
    "escaped escapes": "&amp;" * 60_000,
    "quote marks": "> " * 100_000,
    "quoted lines": "> a\n" * 60_000,
    "senders": "From: a\n" * 30_000,
    "attributions": "On 1 a@b " * 20_000,
    "attribution lines": "On 1 a@b.example\n" * 20_000,
    "hyphens at line ends": "a-\n" * 60_000,
    "letters and hyphens": "ab-\nab " * 30_000,
    "codes in lines": ("aB3" * 25 + "\n") * 4_000,
    "accents": "a" + "\u0301" * 200_000,
    "ligatures": "ﬁ" * 100_000,
    "closings": "Best regards\n" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_quadratic_time(name: str) -> None:
    start = time.process_time()
    plain_text(HOSTILE[name], lambda _: False)
    # The slowest takes half a second; a quadratic one takes minutes.
    assert time.process_time() - start < 4


def test_other_hyphens_and_apostrophes_are_the_usual_ones() -> None:
    words = clean(
        [
            "COVID\u201119 COVID\u201019 COVID-19 Wi\u2011Fi",
            "won\u00b4t don\u02bct O\u2018Brien O'Brien",
        ],
        CleaningSettings(language="en"),
    ).words
    assert set(words) == {"covid-19", "wifi", "o'brien"}


@pytest.mark.parametrize(
    "mail",
    [
        "Thanks, that works.\n\nKim Muster <kim@ex.com> wrote on 3/3/2026 10:00:\n> The zebra.",
        "Thanks, that works.\n\n##- Please type your reply above this line -##\nThe zebra.",
    ],
)
def test_more_mail_programs_quote_in_their_own_way(mail: str) -> None:
    assert "zebra" not in clean([mail], CleaningSettings(language="en")).words
