"""From a request to the documents found, in memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from nlp import Result, analyze
from nlp.arrays import Singles
from nlp.errors import InputError

_TEXTS = (
    "My voucher was refused at the till.",
    "The courier left my parcel with a neighbour.",
    "I was charged twice for one order.",
)
_RARE = "Somebody painted an okapi on the delivery van."


@pytest.fixture(scope="module")
def result() -> Result:
    texts = [*(f"{text} Case {row}." for row, text in enumerate(_TEXTS * 10)), _RARE]
    frame = pd.DataFrame(
        {
            "body": texts,
            "ticket_id": [f"T{row}" for row in range(len(texts))],
            "created_at": pd.date_range("2026-01-01", periods=len(texts), tz="UTC"),
            "channel": ["mail", "web"] * 15 + ["mail"],
        }
    )
    return analyze(frame, text="body", id="ticket_id", time="created_at", topics=3)


def test_every_quotation_stands_in_its_document(result: Result) -> None:
    texts = result.documents.set_index("doc_id")["text"]
    found = result.find("a refused voucher", top=5)
    assert len(found.documents) == 5
    assert found.total == 10
    assert found.n_searched == 31
    for one in found.documents:
        assert "voucher" in one.quotations[0].sentence
        assert all(texts[one.doc_id][q.start : q.end] == q.sentence for q in one.quotations)


def test_a_word_that_no_topic_counts_is_found(result: Result) -> None:
    assert "okapi" not in result.model.terms
    found = result.find("okapi")
    assert [one.doc_id for one in found.documents] == ["T30"]
    assert found.documents[0].quotations[0].sentence == _RARE


def test_a_document_resembles_those_of_its_subject_and_not_itself(result: Result) -> None:
    found = result.find(like="T1", top=5)
    assert all(int(one.doc_id[1:]) % 3 == 1 for one in found.documents)
    assert "T1" not in [one.doc_id for one in found.documents]
    assert found.n_searched == 30


def test_only_documents_that_meet_the_conditions_are_found(result: Result) -> None:
    found = result.find("voucher", since="2026-01-10", where={"channel": "web"})
    numbers = [int(one.doc_id[1:]) for one in found.documents]
    assert sorted(numbers) == [9, 15, 21, 27]
    assert found.documents[0].date is not None
    topic = found.documents[0].topic_id
    assert {one.topic_id for one in result.find("voucher", topic=topic).documents} == {topic}


def test_the_same_question_has_the_same_answer(result: Result) -> None:
    assert result.find("parcel neighbour") == result.find("parcel neighbour")
    assert [one.score for one in result.find("parcel").documents] == sorted(
        (one.score for one in result.find("parcel").documents), reverse=True
    )


@pytest.mark.parametrize("query", ["zyzzyva", "Gutschein wurde abgelehnt", "バウチャー"])
def test_unknown_words_find_nothing_and_are_named(result: Result, query: str) -> None:
    found = result.find(query)
    assert found.documents == ()
    assert found.total == 0
    assert len(found.unknown) >= 1


def test_a_query_may_be_very_long(result: Result) -> None:
    found = result.find("the voucher was refused and nobody helped " * 2_500)
    assert "voucher" in found.documents[0].quotations[0].sentence


def test_faults_are_named_in_one_line(result: Result) -> None:
    with pytest.raises(InputError, match="no word to search for"):
        result.find("the of 12")
    with pytest.raises(InputError, match="no document 'T99'"):
        result.find(like="T99")
    with pytest.raises(InputError, match="either QUERY or"):
        result.find()


class _Subjects:
    """Stands in for an encoder: one dimension for each subject of these documents."""

    def encode(self, texts: Sequence[str]) -> Singles:
        words = (("voucher", "coupon"), ("parcel", "package"), ("charged", "billed"))
        rows = [[float(any(word in text for word in group)) for group in words] for text in texts]
        return np.array(rows, dtype=np.float32)


def test_with_vectors_a_word_of_the_same_meaning_finds_them(result: Result) -> None:
    encoder = _Subjects()
    vectors = encoder.encode(result.documents["text"].tolist())
    assert result.find("coupon").documents == ()
    found = result.find("coupon", doc_vectors=vectors, encoder=encoder)
    assert found.total == 10
    assert all("voucher" in one.quotations[0].sentence for one in found.documents)
