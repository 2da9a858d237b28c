"""Summaries: every sentence quoted verbatim, from a document of its topic, none twice."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.cleaning import reader as cleaning
from nlp.cleaning.reader import clean
from nlp.cleaning.redaction import redact
from nlp.cleaning.tokens import Tokens
from nlp.config import CleaningSettings, SummarySettings
from nlp.errors import InputError
from nlp.summaries import (
    SUMMARIZERS,
    TopicSummary,
    summarize,
    summarize_topics,
)
from nlp.summaries.candidates import MOST_SENTENCES, TopicSentences, trimmed
from nlp.summaries.readability import dangling, readable
from nlp.summaries.sentence_choice import redundancy, unit_vectors
from nlp.topics.model import TopicModel

GARDEN = (
    "The tomato plants need water every morning. A gardener waters the plants before noon. ",
    "Slugs eat young lettuce at night. The gardener protects lettuce with a ring of ash. ",
    "Water the lettuce and the tomato plants in the morning.",
)
BANK = (
    "The bank refused my card at the shop. My card payment was refused twice. ",
    "A transfer to another bank takes three days. The payment is still pending.",
)


def tokens_of(texts: tuple[str, ...]) -> Tokens:
    """Sentences end with a full stop; words are lower-case runs of letters of four or more."""
    documents, spans = [], []
    for text in texts:
        starts = [0, *[place + 1 for place, sign in enumerate(text) if sign == "."]]
        pairs = [(a, b) for a, b in zip(starts, [*starts[1:], len(text)], strict=True) if b > a]
        spans.append(pairs)
        documents.append(
            [
                [word for word in text[a:b].lower().replace(".", " ").split() if len(word) > 3]
                for a, b in pairs
            ]
        )
    return Tokens.from_lists(documents, spans)


def model_of(tokens: Tokens, labels: list[int]) -> TopicModel:
    """A model whose topics are known: counts of the words of each label's documents."""
    n_topics = max(labels) + 1
    counts = np.full((n_topics, len(tokens.words)), 0.01)
    table = {word: code for code, word in enumerate(tokens.words)}
    for label, words in zip(labels, tokens.document_words(), strict=True):
        for word in words:
            counts[label, table[word]] += 1
    doc_topic = np.full((len(labels), n_topics), 0.1 / max(n_topics - 1, 1))
    doc_topic[np.arange(len(labels)), labels] = 1.0 if n_topics == 1 else 0.9
    return TopicModel(
        topic_term=counts / counts.sum(axis=1, keepdims=True),
        doc_topic=doc_topic / doc_topic.sum(axis=1, keepdims=True),
        terms=tokens.words,
        doc_lengths=tokens.document_lengths,
        term_counts=np.bincount(tokens.codes, minlength=len(tokens.words)).astype(np.int64),
        topic_prior=np.full(n_topics, 0.1),
        kind="lda",
        params={},
        seed=0,
    )


@pytest.fixture(scope="module")
def summaries() -> tuple[TopicSummary, ...]:
    tokens = tokens_of(GARDEN + BANK)
    model = model_of(tokens, [0, 0, 0, 1, 1])
    return summarize_topics(model, tokens, GARDEN + BANK, SummarySettings(sentences=3))


@pytest.fixture
def cleaned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same texts go to every summarizer: clean them once, not once each."""
    monkeypatch.setattr(cleaning, "clean", lambda texts, options: _cleaned(tuple(texts), options))


@cache
def _cleaned(texts: tuple[str, ...], options: CleaningSettings) -> Tokens:
    return clean(texts, options)


def test_every_sentence_is_verbatim_in_a_document_of_its_topic(
    summaries: tuple[TopicSummary, ...],
) -> None:
    texts = GARDEN + BANK
    assert [summary.topic for summary in summaries] == [0, 1]
    for summary, documents in zip(summaries, ({0, 1, 2}, {3, 4}), strict=True):
        assert summary.citations
        for citation in summary.citations:
            assert texts[citation.doc][citation.start : citation.end] == citation.sentence
            assert citation.sentence == citation.sentence.strip() != ""
            assert citation.doc in documents
            assert 0 <= citation.score <= 1


def test_every_topic_has_a_name_and_a_headline(summaries: tuple[TopicSummary, ...]) -> None:
    assert all(summary.name and summary.headline for summary in summaries)


def test_the_same_sentence_is_cited_once() -> None:
    texts = ("The printer prints blank pages.",) * 50
    tokens = tokens_of(texts)
    found = summarize_topics(model_of(tokens, [0] * 50), tokens, texts, SummarySettings())
    assert [citation.sentence for citation in found[0].citations] == [texts[0]]


def test_a_model_of_other_documents_is_refused() -> None:
    tokens = tokens_of(GARDEN)
    with pytest.raises(InputError, match="fitted on"):
        summarize_topics(model_of(tokens, [0, 0, 0]), tokens, GARDEN[:2], SummarySettings())


@pytest.mark.parametrize("summarizer", SUMMARIZERS)
@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], []),
        ([""], []),
        (["   \n"], []),
        (["It is what it was, and that is that."], []),
        (["😀 😀😀 🎉", "🎉"], []),
        (["The printer prints blank pages."], ["The printer prints blank pages."]),
        (["The printer prints blank pages."] * 1_000, ["The printer prints blank pages."]),
    ],
    ids=["nothing", "empty", "blank", "stop words", "emoji", "one sentence", "one repeated"],
)
def test_every_summarizer_defines_what_comes_of_little(
    summarizer: str, texts: list[str], expected: list[str], cleaned_once: None
) -> None:
    found = summarize(texts, summarizer=summarizer)
    assert [citation.sentence for citation in found] == expected


@pytest.mark.parametrize("summarizer", SUMMARIZERS)
@pytest.mark.parametrize(
    "texts",
    [
        ["الطابعة تطبع صفحات فارغة كل يوم. الورق عالق في الطابعة منذ الصباح."] * 2,
        ["המדפסת מדפיסה דפים ריקים. הנייר תקוע במדפסת."],
        ["打印机 打印 空白 页面。 纸张 卡 在 打印机 里。"],
        ["打印机打印空白页面。"],
    ],
    ids=["Arabic", "Hebrew", "Chinese with blanks", "Chinese"],
)
def test_any_script_is_quoted_verbatim(
    summarizer: str, texts: list[str], cleaned_once: None
) -> None:
    found = summarize(texts, summarizer=summarizer)
    assert found
    for citation in found:
        assert texts[citation.doc][citation.start : citation.end] == citation.sentence


@pytest.mark.parametrize("summarizer", SUMMARIZERS)
def test_a_sentence_of_two_megabytes_is_cut_at_a_word(summarizer: str) -> None:
    text = "printer paper jams again " * 80_000
    words = ["printer", "paper", "jam"] * 80_000
    tokens = Tokens.from_lists([[words]], [[(0, len(text))]])
    options = SummarySettings(summarizer=summarizer)
    start = time.process_time()
    (citation,) = summarize_topics(model_of(tokens, [0]), tokens, (text,), options)[0].citations
    assert time.process_time() - start < 5
    assert text[citation.start : citation.end] == citation.sentence
    assert 300 < len(citation.sentence) <= 400
    assert text[citation.end] == " "


def random_topic(n_sentences: int) -> tuple[TopicModel, Tokens, list[str]]:
    """One-sentence documents of eight words at Zipf's frequencies."""
    draw = np.random.default_rng(0)
    names = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(600)]
    shares = 1 / np.arange(1, 601)
    codes = draw.choice(600, size=(n_sentences, 8), p=shares / shares.sum())
    documents = [[[names[code] for code in row]] for row in codes.tolist()]
    texts = [" ".join(sentences[0]).capitalize() + "." for sentences in documents]
    tokens = Tokens.from_lists(documents, [[(0, len(text))] for text in texts])
    return model_of(tokens, [0] * len(texts)), tokens, texts


def test_a_topic_of_a_hundred_thousand_sentences_takes_seconds() -> None:
    topic = random_topic(100_000)
    start = time.process_time()
    (summary,) = summarize_topics(*topic, SummarySettings())
    assert time.process_time() - start < 5
    assert len(summary.citations) == 5


@pytest.mark.parametrize("summarizer", SUMMARIZERS)
def test_every_summarizer_bears_the_largest_pool(summarizer: str) -> None:
    summarize_topics(*random_topic(20), SummarySettings(summarizer=summarizer))  # compiles
    topic = random_topic(2 * MOST_SENTENCES)
    start = time.process_time()
    (summary,) = summarize_topics(*topic, SummarySettings(summarizer=summarizer))
    assert time.process_time() - start < 5
    assert len(summary.citations) == 5


def test_the_pool_of_a_large_topic_is_half_its_best_and_half_spread_over_the_rest() -> None:
    texts = tuple(f"The printer prints page number {n}." for n in range(1_000))
    documents = [[["printer", "print", f"page{n}"]] for n in range(len(texts))]
    tokens = Tokens.from_lists(documents, [[(0, len(text))] for text in texts])
    probability = np.linspace(0.4, 0.9, len(texts))
    weights = np.ones(len(tokens.words))
    pool = TopicSentences.create(tokens, texts, np.arange(1_000), probability, weights).gather(
        limit=100
    )
    chosen = pool.documents.tolist()
    assert len(chosen) == len(set(chosen)) == 100
    assert chosen[-50:] == list(range(950, 1_000))
    assert max(np.diff(chosen[:50])) <= 10
    assert len(pool) < MOST_SENTENCES


def test_no_more_than_ten_times_the_limit_is_looked_at() -> None:
    texts = ["= 12 printer 34 56 78 90 ="] * 100
    texts[61] = "The printer prints blank pages."
    documents = [[["printer", f"page{n}"]] for n in range(100)]
    tokens = Tokens.from_lists(documents, [[(0, len(text))] for text in texts])
    weights = np.ones(len(tokens.words))
    source = TopicSentences.create(tokens, texts, np.arange(100), np.linspace(1, 0.5, 100), weights)
    assert source.gather(limit=10).documents.tolist() == [61]
    assert 61 not in source.gather(limit=2).documents


LINES = [
    ("The bank refused my card at the shop.", True, True),
    ("my card does not work", True, False),
    ("Blair to face MPs amid feud talk", True, False),
    ("and then it stopped working.", True, False),
    ('He said: "We will win.', True, False),
    ("Dear Mr Smith,", False, False),
    ("Hello there!", False, False),
    ("Best regards, Anna", False, False),
    ("Mit freundlichen Grüßen", False, False),
    ("Thanks in advance for any help.", False, False),
    ("In article <1993@x.edu> bob@x.edu writes:", False, False),
    ("> The bank refused my card at the shop.", False, False),
    ("Subject: your card was refused.", False, False),
    ("Phone: 555 1234, office 12.", False, False),
    ("PLEASE READ THIS NOW!", False, False),
    ("12 34 56 78 | 90 12 34 | 56 77.", False, False),
    ("Hi, my card was refused at the shop.", True, True),
    ("Thank you for the new card, but it does not work.", True, True),
]


@pytest.mark.parametrize(("line", "alone", "among_others"), LINES)
def test_only_sentences_are_quoted(line: str, alone: bool, among_others: bool) -> None:
    assert readable(line, alone=True) is alone
    assert readable(line, alone=False) is among_others


def test_sentences_that_lean_on_others_are_known() -> None:
    assert dangling("He refused the card.", 1)
    assert dangling("The company refused.", 5)
    assert not dangling("The company refused.", 1)
    assert not dangling("The Bank of England refused.", 5)
    assert not dangling("Hetty refused the card.", 5)


def test_greetings_and_signatures_are_not_quoted() -> None:
    texts = (
        "Dear support team, The printer prints blank pages today. Kind regards, Paul. ",
        "Hello everybody. The printer prints yellow pages since Monday. Kind regards, Anna. ",
    )
    tokens = tokens_of(texts)
    quoted = summarize_topics(model_of(tokens, [0, 0]), tokens, texts, SummarySettings())
    assert all("egards" not in c.sentence for c in quoted[0].citations)
    assert all("Hello" not in c.sentence for c in quoted[0].citations)


def test_a_summary_says_nothing_twice_and_is_spread_over_documents() -> None:
    texts = GARDEN * 3 + BANK * 3
    tokens = tokens_of(texts)
    model = model_of(tokens, ([0] * 3) * 3 + ([1] * 2) * 3)
    for summary in summarize_topics(model, tokens, texts, SummarySettings(sentences=3)):
        words = [citation.sentence.lower().split() for citation in summary.citations]
        assert redundancy(words) < 0.8
        documents = [citation.doc for citation in summary.citations]
        assert len(set(documents)) >= 2
        found = [citation.sentence for citation in summary.citations]
        assert len(set(found)) == len(found)


def test_redundancy_is_the_highest_cosine() -> None:
    assert redundancy([["a", "b"], ["a", "c"], ["d"]]) == pytest.approx(0.5)
    assert redundancy([["a"]]) == 0
    assert unit_vectors([["a", "a", "b"], []]).toarray()[1].tolist() == [0, 0]


def test_names_differ_even_where_topics_share_their_terms() -> None:
    texts = ("The bank refused my card.",) * 4
    tokens = tokens_of(texts)
    found = summarize_topics(model_of(tokens, [0, 1, 2, 2]), tokens, texts, SummarySettings())
    assert len({summary.name for summary in found}) == 3


def test_redacted_summaries_are_spans_of_the_redacted_texts() -> None:
    texts = (
        (
            "Please write a letter or a mail to paul.smith@bank.example about the card. "
            "The refused card has the number 4111 1111 1111 1111 on its front side."
        ),
        "The bank refused my card, so call 0171/1234567 about the card.",
    )
    tokens = Tokens.from_lists(
        [
            [["write", "letter", "mail", "card"], ["refuse", "card", "number"]],
            [["bank", "refuse", "card", "call", "card"]],
        ],
        [[(0, 75), (76, len(texts[0]))], [(0, len(texts[1]))]],
    )
    published = [redact(text) for text in texts]
    (summary,) = summarize_topics(model_of(tokens, [0, 0]), tokens, published, SummarySettings())
    assert len(summary.citations) >= 2
    for citation in summary.citations:
        assert published[citation.doc][citation.start : citation.end] == citation.sentence
    shown = " ".join([summary.headline, *(citation.sentence for citation in summary.citations)])
    assert not any(secret in shown for secret in ("paul", "4111", "1234567"))


def test_a_topic_without_a_sentence_has_an_empty_summary() -> None:
    tokens = Tokens.from_lists([[["bank", "card"]], []], [[(0, 20)], []])
    model = model_of(tokens, [0, 1])
    texts = ("The bank has my card", "")
    found = summarize_topics(model, tokens, texts, SummarySettings())
    empty = [summary for summary in found if not summary.citations]
    assert len(empty) == 1
    assert all(summary.name for summary in found)


def test_what_cannot_be_summarized_is_named_all_at_once() -> None:
    with pytest.raises(InputError, match=r"n_sentences must be at least 1 .seen: 0.*'best'.*'xx'"):
        summarize(["A text."], n_sentences=0, summarizer="best", language="xx")
    with pytest.raises(InputError, match="must be a list of strings"):
        summarize("A text.")
    with pytest.raises(InputError, match="must contain only strings"):
        summarize(["A text.", None])  # type: ignore[list-item]


PIECES = ["Card", "bank", ".", "\n", " ", "😀", "Ärger!", "abcdefgh" * 9, "1.", "Regards", "卡"]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.lists(st.sampled_from(PIECES)).map(" ".join), min_size=1, max_size=5),
    st.sampled_from(sorted(SUMMARIZERS)),
)
def test_whatever_the_texts_every_citation_is_verbatim(texts: list[str], summarizer: str) -> None:
    texts = [*texts, "Plants need water."]
    tokens = tokens_of(tuple(texts))
    options = SummarySettings(sentences=3, summarizer=summarizer)
    (summary,) = summarize_topics(model_of(tokens, [0] * len(texts)), tokens, texts, options)
    assert len(summary.citations) <= 3
    for citation in summary.citations:
        assert texts[citation.doc][citation.start : citation.end] == citation.sentence
        assert citation.sentence.strip() == citation.sentence != ""
        assert 0 <= citation.score <= 1


@given(st.text(alphabet="ab \n", max_size=900), st.integers(0, 50))
def test_a_trimmed_span_is_short_and_has_no_blank_ends(text: str, start: int) -> None:
    first, last = trimmed(text, min(start, len(text)), len(text))
    assert text[first:last] == text[first:last].strip()
    assert last - first <= 400
