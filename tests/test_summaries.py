"""Summaries: every sentence quoted verbatim, from a document of its topic, none twice."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.config import SummarySettings
from nlp.errors import InputError
from nlp.summaries import Citation, TopicSummary, brief, summarize_topics
from nlp.tokens import Tokens
from nlp.topics import TopicModel

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


def test_representatives_are_documents_of_the_topic_with_their_probability(
    summaries: tuple[TopicSummary, ...],
) -> None:
    assert {doc for doc, _ in summaries[0].representatives} == {0, 1, 2}
    assert all(probability == pytest.approx(0.9) for _, probability in summaries[0].representatives)


def test_every_topic_has_a_name_and_a_headline(summaries: tuple[TopicSummary, ...]) -> None:
    assert all(summary.name and summary.headline for summary in summaries)


def test_the_same_sentence_is_cited_once() -> None:
    texts = ("The printer prints blank pages.",) * 50
    tokens = tokens_of(texts)
    found = summarize_topics(model_of(tokens, [0] * 50), tokens, texts, SummarySettings())
    assert [citation.sentence for citation in found[0].citations] == [texts[0]]


def test_the_brief_quotes_the_largest_topic_first(summaries: tuple[TopicSummary, ...]) -> None:
    tokens = tokens_of(GARDEN + BANK)
    cited = brief(summaries, model_of(tokens, [0, 0, 0, 1, 1]))
    assert cited == (summaries[0].citations[0], summaries[1].citations[0])
    assert all(isinstance(citation, Citation) for citation in cited)


def test_a_model_of_other_documents_is_refused() -> None:
    tokens = tokens_of(GARDEN)
    with pytest.raises(InputError, match="fitted on"):
        summarize_topics(model_of(tokens, [0, 0, 0]), tokens, GARDEN[:2], SummarySettings())
