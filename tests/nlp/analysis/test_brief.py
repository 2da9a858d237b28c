"""The brief: at most 120 words, every figure from the tables, every quotation verbatim."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.analysis.brief import MOST_WORDS, compose
from nlp.analysis.plain_words import day, enumerated, period, several, share
from nlp.record import KeyedLabel, TopicChange

SENTENCES = {
    "Cards": "The machine took my card.",
    "Parcels": "My parcel never came to the door.",
    "Logins": "I cannot reset the password of my account.",
}


def topics_of(sizes: dict[str, int], without: int = 0) -> pd.DataFrame:
    total = sum(sizes.values()) + without
    rows = [
        (number, f"k{number}", name, size, size / total)
        for number, (name, size) in enumerate(sizes.items(), start=1)
    ]
    rows += [(-1, "none", "No topic", without, without / total)] if without else []
    return pd.DataFrame(rows, columns=["topic_id", "key", "label", "size", "share"])


def documents_of(topics: pd.DataFrame, days: list[str] | None = None) -> pd.DataFrame:
    pairs = zip(topics["topic_id"], topics["size"], strict=True)
    ids = [topic for topic, size in pairs for _ in range(size)]
    table = pd.DataFrame({"doc_id": [f"d{row}" for row in range(len(ids))], "topic_id": ids})
    return table if days is None else table.assign(timestamp=pd.to_datetime(days, utc=True))


def summaries_of(sizes: dict[str, int], sentence: str | None = None) -> pd.DataFrame:
    rows = []
    for number, name in enumerate(sizes, start=1):
        said = sentence or SENTENCES.get(name, f"{name} is all that this text speaks of.")
        rows.append((number, name, 1, said, f"d{number}", 0, len(said)))
    columns = ["topic_id", "topic_name", "rank", "sentence", "doc_id", "start", "end"]
    return pd.DataFrame(rows, columns=columns)


SIZES = {"Cards": 1_200, "Parcels": 600, "Logins": 200}


def change(kind: str, topic_id: int | None, label: str, before: int | None = None) -> TopicChange:
    key = f"k{topic_id}"
    others = (KeyedLabel("k1", "Cards"),)
    return TopicChange(kind, key, topic_id, label, before, 1, others, kind)  # type: ignore[arg-type]


def test_brief_of_a_first_run_without_dates() -> None:
    topics = topics_of(SIZES, without=1)
    brief = compose(topics, documents_of(topics), summaries_of(SIZES))
    assert brief.text == (
        "2,001 documents. The 3 topics: “Cards” (60%), “Parcels” (30%) and “Logins” (10%). "
        "1 document (less than 0.1%) fits no topic.\n"
        "“The machine took my card.” (Cards, document d1)\n"
        "“My parcel never came to the door.” (Parcels, document d2)\n"
        "“I cannot reset the password of my account.” (Logins, document d3)"
    )
    assert " ".join(brief.figures) == brief.text.split("\n")[0]


def test_brief_says_what_rose_and_fell_since_when_and_by_how_much() -> None:
    topics = topics_of({"Cards": 240, "Parcels": 120})
    months = [f"2025-{1 + row % 12:02d}-10" for row in range(240)]
    # Parcels: all in the last quarter of the periods.
    months += [f"2025-{10 + row % 3}-10" for row in range(120)]
    brief = compose(topics, documents_of(topics, months), summaries_of({"Cards": 1, "Parcels": 1}))
    assert "360 documents, 10 January to 10 December 2025." in brief.text
    assert "Since October 2025, “Parcels” rose from 0% to 67%; “Cards” fell from 100% to 33%." in (
        brief.text
    )


def test_long_names_leave_room_for_three_quotations() -> None:
    sizes = {f"{name} with a rather long name of {name}": 50 for name in "ABCDEFGH"}
    topics = topics_of(sizes)
    changes = [change("grown", number, "x", before=1) for number in range(1, 9)]
    history = {f"k{number}": [(1, 1, 0.01), (2, 50, 0.125)] for number in range(1, 9)}
    summaries = summaries_of(sizes)
    summaries["sentence"] = [f"{a}one {a}two {a}three {a}four." for a in "abcdefgh"]
    brief = compose(topics, documents_of(topics), summaries, changes, history)
    assert len(brief.quotations) == 3
    assert ", as did 6 others." in brief.text or ", as did 7 others." in brief.text
    assert len(brief.text.split()) <= MOST_WORDS


def test_brief_says_that_nothing_moved() -> None:
    topics = topics_of({"Cards": 60})
    days = [f"2025-01-{1 + row % 20:02d}" for row in range(60)]
    brief = compose(topics, documents_of(topics, days), summaries_of({"Cards": 60}))
    assert "The only topic: “Cards” (100%)." in brief.text
    assert "no topic's share rose or fell by more than chance explains." in brief.text


def test_brief_says_what_is_new_grown_and_gone_since_the_last_run() -> None:
    topics = topics_of(SIZES)
    changes = [
        change("new", 3, "Logins"),
        change("grown", 2, "Parcels", before=100),
        change("gone", None, "Vouchers"),
    ]
    history = {"k2": [(1, 100, 0.1), (2, 600, 0.3)]}
    brief = compose(topics, documents_of(topics), summaries_of(SIZES), changes, history)
    assert "New since the last run: “Logins” (200 documents)." in brief.text
    assert "Since the last run, “Parcels” rose from 10% to 30%." in brief.text
    assert "Gone since the last run: “Vouchers”." in brief.text
    # The largest, the one that rose, the new one.
    assert [one.topic_id for one in brief.quotations] == [1, 2, 3]


def test_brief_names_and_quotes_no_hidden_topic() -> None:
    topics = topics_of(SIZES)
    changes = [change("new", 1, "Cards")]
    brief = compose(topics, documents_of(topics), summaries_of(SIZES), changes, {}, hidden=[1])
    assert "Cards" not in brief.text
    assert "The largest" in brief.text
    assert [one.topic_id for one in brief.quotations] == [2, 3]


def test_brief_quotes_the_same_sentence_once() -> None:
    topics = topics_of(SIZES)
    brief = compose(topics, documents_of(topics), summaries_of(SIZES, "Please help me soon."))
    assert len(brief.quotations) == 1


def test_quotations_are_the_summaries_own() -> None:
    topics, summaries = topics_of(SIZES), summaries_of(SIZES)
    rows = set(summaries.drop(columns="topic_name").itertuples(index=False, name=None))
    for one in compose(topics, documents_of(topics), summaries).quotations:
        quoted = (one.topic_id, one.rank, one.sentence, one.doc_id, one.start, one.end)
        assert quoted in rows
        assert f"“{one.sentence}”" in compose(topics, documents_of(topics), summaries).text


@settings(deadline=None, max_examples=50)
@given(
    names=st.lists(st.integers(1, 60), min_size=1, max_size=12),
    sentence_words=st.integers(1, 150),
    n_changes=st.integers(0, 12),
)
def test_brief_never_has_more_than_120_words(
    names: list[int], sentence_words: int, n_changes: int
) -> None:
    sizes = {" ".join([f"w{number}"] * words): 9 for number, words in enumerate(names)}
    topics = topics_of(sizes, without=3)
    changes = [
        change(kind, number % len(sizes) + 1, "gone one")
        for number in range(n_changes)
        for kind in ("new", "gone")
    ]
    said = " ".join(f"s{word}" for word in range(sentence_words))
    brief = compose(topics, documents_of(topics), summaries_of(sizes, said), changes)
    assert len(brief.text.split()) <= MOST_WORDS
    assert brief.text.startswith(f"{9 * len(sizes) + 3} documents")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (several(1, "document"), "1 document"),
        (several(1_234, "document"), "1,234 documents"),
        (share(0.0004), "less than 0.1%"),
        (share(0.034), "3.4%"),
        (share(0.126), "13%"),
        (enumerated([]), ""),
        (enumerated(["a"]), "a"),
        (enumerated(["a", "b", "c"]), "a, b and c"),
        (day(pd.Timestamp("2024-01-03"), pd.Timestamp("2024-01-03")), "3 January 2024"),
        (day(pd.Timestamp("2024-01-03"), pd.Timestamp("2024-03-05")), "3 January to 5 March 2024"),
        (
            day(pd.Timestamp("2024-01-03"), pd.Timestamp("2025-03-05")),
            "3 January 2024 to 5 March 2025",
        ),
        (period(pd.Timestamp("2024-10-01"), "quarter"), "quarter 4 of 2024"),
        (period(pd.Timestamp("2024-12-02"), "week"), "the week of 2 December 2024"),
        (period(pd.Timestamp("2024-12-01"), "month"), "December 2024"),
    ],
)
def test_numbers_and_dates_are_plain_english(said: str, expected: str) -> None:
    assert said == expected
