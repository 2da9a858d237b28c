"""Sentences end where a reader ends them: a table in four languages, and texts of any length."""

from __future__ import annotations

import pytest
from support.sentence_table import TABLE, texts

from nlp.cleaning.reader import clean
from nlp.config import CleaningSettings


def sentences(text: str, language: str = "en") -> list[str]:
    spans = clean([text], CleaningSettings(language=language)).spans
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize("language", TABLE)
def test_the_table_of_sentences_is_right(language: str) -> None:
    rows = texts(language)
    tokens = clean([text for text, _ in rows], CleaningSettings(language=language))
    found: list[list[str]] = [[] for _ in rows]
    for number, (start, end) in zip(tokens.sentence_documents, tokens.spans, strict=True):
        found[number].append(rows[number][0][start:end])
    wrong = [
        f"{text!r}\n  found {cut}\n  right {right}"
        for (text, right), cut in zip(rows, found, strict=True)
        if cut != right
    ]
    right = len(rows) - len(wrong)
    print(f"\n{language}: {right} of {len(rows)} texts right, {sum(map(len, found))} sentences")
    assert not wrong, "\n".join(wrong)


def test_the_table_is_long_enough_to_say_something() -> None:
    assert sum(len(texts(language)) for language in TABLE) >= 120


def test_a_mark_that_nothing_parts_from_the_next_sentence_ends_one() -> None:
    assert sentences("Great product!Bad delivery.") == ["Great product!", "Bad delivery."]
    assert sentences("It broke.The box too.") == ["It broke.", "The box too."]
    assert sentences("Yahoo!groups and Node.js and ASP.NET work.") == [
        "Yahoo!groups and Node.js and ASP.NET work."
    ]


@pytest.mark.parametrize("mark", "。！？｡")
def test_marks_of_chinese_and_japanese_end_a_sentence(mark: str) -> None:
    text = f"包裹在海关被扣留了{mark}快递员没有联系我{mark}"
    assert sentences(text) == [f"包裹在海关被扣留了{mark}", f"快递员没有联系我{mark}"]


def test_a_long_document_is_cut_nowhere_but_at_its_sentences() -> None:
    clauses = [
        f"Under clause {n} the tenant shall pay the rent if the agent agrees." for n in range(6_000)
    ]
    text = " ".join(clauses)
    assert len(text) > 300_000
    assert sentences(text) == clauses


def test_a_sentence_longer_than_any_piece_is_one() -> None:
    text = "the tenant " * 20_000 + "pays."
    assert sentences(text) == [text]


def test_lines_that_were_wrapped_are_joined_and_lists_verse_and_addresses_are_not() -> None:
    wrapped = "The courier never\nrang the bell. My card\nwas declined."
    assert sentences(wrapped) == ["The courier never\nrang the bell.", "My card\nwas declined."]
    for lines in (
        ["milk", "eggs", "bread"],
        ["- milk", "- eggs and more"],
        ["1. Open the box", "2. Take the parcel out"],
        ["Kim Muster", "Northgate Trading", "12 High Street", "Leeds"],
        ["Roses are red,", "Violets are blue,", "Parcels are late,", "And so are you."],
    ):
        assert sentences("\n".join(lines)) == lines


def test_every_text_ends_in_time() -> None:
    for text in (
        ". " * 50_000,
        "a. " * 50_000,
        "A.B." * 20_000,
        "?! " * 50_000,
        "»" * 50_000,
        "1. " * 50_000,
    ):
        sentences(text)
