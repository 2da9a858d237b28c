"""The sentences that answer a query."""

from __future__ import annotations

import numpy as np

from nlp.cleaning.reader import clean
from nlp.cleaning.tokens import Tokens
from nlp.retrieval.quotation import Passage, passages

TEXT = "Hello there, friends. My parcel is late. The voucher was refused. The voucher is new."
TOKENS = clean([TEXT])


def test_the_sentence_with_the_rarest_word_comes_first() -> None:
    found = passages(TEXT, TOKENS, 0, {"voucher": 1.0, "refuse": 2.0, "parcel": 0.5})
    assert [one.sentence for one in found] == ["The voucher was refused.", "My parcel is late."]
    assert all(TEXT[one.start : one.end] == one.sentence for one in found)


def test_a_sentence_that_adds_no_word_is_not_quoted() -> None:
    assert [one.sentence for one in passages(TEXT, TOKENS, 0, {"voucher": 1.0})] == [
        "The voucher was refused."
    ]


def test_without_any_word_the_nearest_sentence_is_quoted() -> None:
    nearness = np.array([0.1, 0.9, 0.2, 0.3], dtype=np.float32)
    found = passages(TEXT, TOKENS, 0, {"coupon": 1.0}, nearness)
    assert [one.sentence for one in found] == ["My parcel is late."]
    assert len(passages(TEXT, TOKENS, 0, {})) == 1


def test_at_most_three_sentences_are_quoted() -> None:
    text = "Card. Parcel. Voucher. Refund."
    words = dict.fromkeys(("card", "parcel", "voucher", "refund"), 1.0)
    assert len(passages(text, clean([text]), 0, words)) == 3


def test_a_document_without_sentences_is_quoted_whole() -> None:
    nothing = Tokens.from_lists([[]], [[]])
    assert passages("?!", nothing, 0, {"card": 1.0}) == (Passage("?!", 0, 2),)
