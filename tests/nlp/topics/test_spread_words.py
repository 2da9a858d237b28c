"""A corpus' own stop words: listed, never cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import scipy.sparse as sp
from support.report_content import bare_record, content, small_model

from nlp import analyze
from nlp.report import render_report
from nlp.topics.model import TopicModel
from nlp.topics.spread_words import spread_words

TERMS = ("card", "everywhere", "parcel", "rare", "two words")


def model_of(counts: np.ndarray, doc_topic: np.ndarray) -> TopicModel:
    topic_term = doc_topic.T @ counts + 0.1
    return TopicModel(
        topic_term=topic_term / topic_term.sum(axis=1, keepdims=True),
        doc_topic=doc_topic,
        terms=TERMS,
        doc_lengths=counts.sum(axis=1),
        term_counts=counts.sum(axis=0),
        topic_prior=np.full(doc_topic.shape[1], 0.1),
        kind="gsdmm",
        params={},
        seed=0,
    )


def corpus(n_docs: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Even documents speak of cards, odd ones of parcels; two words stand everywhere."""
    counts = np.zeros((n_docs, 5), dtype=np.int64)
    counts[::2, 0] = counts[1::2, 2] = 2
    counts[:, 1] = counts[:, 4] = 1
    counts[0, 3] = 1
    return counts, np.eye(2)[np.arange(n_docs) % 2]


def test_words_in_the_documents_of_every_topic_are_listed() -> None:
    counts, doc_topic = corpus()
    found = spread_words(model_of(counts, doc_topic), sp.csr_matrix(counts))
    assert [one.word for one in found] == ["everywhere"]
    assert found[0].documents == 40
    assert found[0].divergence < 0.001


def test_the_divergence_is_that_of_the_formula() -> None:
    counts, doc_topic = corpus()
    counts[:8:2, 1] = 0
    given = np.array([16, 20]) / 36
    overall = np.array([counts[::2].sum(), counts[1::2].sum()]) / counts.sum()
    (found,) = spread_words(model_of(counts, doc_topic), sp.csr_matrix(counts))
    assert found.divergence == round(float((given * np.log(given / overall)).sum()), 4)


def test_with_one_topic_or_no_word_nothing_is_spread() -> None:
    counts, _ = corpus()
    one = model_of(counts, np.ones((40, 1)))
    assert spread_words(one, sp.csr_matrix(counts)) == ()
    two = model_of(counts, np.eye(2)[np.arange(40) % 2])
    assert spread_words(two, sp.csr_matrix(np.zeros((40, 5), dtype=np.int64))) == ()


def test_an_analysis_lists_them_and_keeps_them_in_the_model() -> None:
    subjects = (["card", "payment", "bank"], ["parcel", "courier", "door"])
    random = np.random.default_rng(0)
    texts = [
        " ".join([*random.choice(subjects[n % 2], 4), "branch" * (n % 3 > 0)]) for n in range(90)
    ]
    result = analyze(pd.DataFrame({"text": texts}), topics=2, max_share=0.9)
    assert [one.word for one in result.record.spread_words] == ["branch"]
    assert "branch" in result.model.terms


def test_the_report_lists_them_with_the_way_to_cut_them() -> None:
    page = render_report(content())
    assert "1 word spread evenly over all topics" in page
    assert "--stop-words FILE" in page
    silent = render_report(replace(content(), record=bare_record(small_model())))
    assert "spread evenly" not in silent
