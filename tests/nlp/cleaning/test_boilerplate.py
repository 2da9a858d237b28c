"""Footers are left out and told; what a subject repeats stays."""

from __future__ import annotations

from nlp.cleaning.boilerplate import without_boilerplate
from nlp.cleaning.reader import clean
from nlp.config import CleaningSettings

FOOTER = "This message is confidential and meant for the addressee alone."
SUBJECTS = [
    ["The parcel is late again.", "The courier never rang the bell."],
    ["My card was declined today.", "The bank charged one payment twice."],
    ["The password reset failed.", "My account is locked again."],
]


def tickets(n: int, every: int) -> list[str]:
    texts = []
    for number in range(n):
        body = " ".join(SUBJECTS[number % 3])
        texts.append(f"{body}\n\n{FOOTER}" if (number // 3) % every == 0 else body)
    return texts


def test_a_footer_is_left_out_and_told() -> None:
    for every in (1, 2):
        texts = tickets(120, every)
        tokens, found = without_boilerplate(clean(texts, CleaningSettings(language="en")), texts)
        assert [(one.sentence, one.n_documents) for one in found] == [(FOOTER, 120 // every)]
        assert not {"confidential", "addressee"} & set(tokens.words)
        assert "parcel" in tokens.words
        assert FOOTER not in {
            texts[d][a:b] for d, (a, b) in zip(tokens.sentence_documents, tokens.spans, strict=True)
        }


def test_what_a_subject_repeats_stays() -> None:
    for texts in (
        [" ".join(SUBJECTS[n % 3]) for n in range(90)],
        ["Parliament votes on the rail budget."] * 60 + ["The parcel is late."] * 30,
        [" ".join(SUBJECTS[0])] * 70 + [" ".join(SUBJECTS[1])] * 30,
        [],
    ):
        before = clean(texts, CleaningSettings(language="en"))
        after, found = without_boilerplate(before, texts)
        assert found == ()
        assert after is before
