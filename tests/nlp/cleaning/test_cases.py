"""The small inputs that went wrong, from the folder of cases where it is there."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from nlp.cleaning.languages import find_languages
from nlp.cleaning.reader import clean
from nlp.config import CleaningSettings
from nlp.vocabulary.terms import count_terms

# The same content is tested inline in the other files; the folder is no part of the repository.
CASES = Path(os.environ.get("TOPICBRIEF_CASES", Path(__file__).parents[4] / "shared" / "cases"))

RIGHT = {
    "c07_html_entities_de.csv": ("spülmaschine überweisung tür", "uuml lmaschine berweisung"),
    "c07b_same_decoded.csv": ("spülmaschine überweisung tür", "über ist den"),
    "c07c_entities_apostrophe_en.csv": ("account password", "don doesn 39"),
    "c08_soft_hyphen_zwsp.csv": ("account parcel password", "ac count par cel"),
    "c10_html_mail.csv": ("parcel courier", "body{font tracker pageview arial"),
    "c15_turkish.csv": ("istanbul isparta", "i̇stanbul"),
    "c16_mixed_languages.csv": ("zahlung colis parcel", "die le the de"),
    "c32_cpp_csharp.csv": ("c++ c# 401k wifi", "wi fi"),
    "c35_quoted_mail.csv": ("parcel card account", "muster kim northgate write"),
    "c36_retweets.csv": ("parliament rail budget", ""),
    "c40_pdf_hyphenation.csv": ("payment parcel account password", "ac ment cel deliv"),
    "c43_dominant.csv": ("parcel courier", ""),
}


def rows(name: str) -> list[str]:
    path = CASES / name
    if not path.is_file():
        pytest.skip(f"the folder of cases is not here: {path}")
    with path.open(encoding="utf-8", newline="") as stream:
        records = list(csv.DictReader(stream))
    return [record.get("text") or record["body"] for record in records]


@pytest.mark.parametrize("name", RIGHT)
def test_a_case_has_the_right_terms(name: str) -> None:
    terms = set(count_terms(clean(rows(name))).terms)
    wanted, unwanted = (set(words.split()) for words in RIGHT[name])
    print(f"\n{name}: {len(terms)} terms, missing {wanted - terms}, wrong {unwanted & terms}")
    assert wanted <= terms
    assert not unwanted & terms


@pytest.mark.parametrize(
    ("name", "language", "warned"),
    [
        ("c07b_same_decoded.csv", "en", "read as German"),
        ("c16_mixed_languages.csv", "auto", "several languages"),
        ("c14c_arabic.csv", "auto", "no table of base forms"),
    ],
)
def test_a_case_is_warned_of(name: str, language: str, warned: str) -> None:
    assert warned in " ".join(find_languages(rows(name), language).warnings)


@pytest.mark.parametrize("name", ["c24_abbrev_en.csv", "c44_german_quotes.csv"])
def test_a_case_has_whole_sentences(name: str) -> None:
    texts = rows(name)
    tokens = clean(texts, CleaningSettings())
    for document, (start, end) in zip(tokens.sentence_documents, tokens.spans, strict=True):
        sentence = texts[document][start:end]
        assert sentence[-1] in ".?!“"
        assert not sentence.startswith(("“", "«"))
        assert not sentence.endswith(("approx.", "ca.", "Fig.", "p.", "vs.", "no.", "U.S.", "i.e."))
