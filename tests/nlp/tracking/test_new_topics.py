"""New subjects between two fits become topics; more of the same does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.topics.model import NO_TOPIC, TopicModel
from nlp.tracking.defaults import DEFAULTS
from nlp.tracking.new_topics import Births, find_births
from nlp.tracking.warm_start import continue_model, in_vocabulary

N_WORDS = 12
"""Words that belong to one subject alone."""
N_TOKENS = 8


def documents(labels: list[int], n_subjects: int, seed: int = 0) -> sp.csr_matrix:
    """Documents of eight tokens from the words of their subject."""
    random = np.random.default_rng(seed)
    counts = np.zeros((len(labels), n_subjects * N_WORDS), dtype=np.int32)
    for row, label in enumerate(labels):
        np.add.at(counts[row], label * N_WORDS + random.integers(0, N_WORDS, N_TOKENS), 1)
    return sp.csr_matrix(counts)


def model_of(labels: list[int], counts: sp.csr_matrix, kind: str) -> TopicModel:
    """The model that has these labels as its topics, all of one size."""
    n_topics = max(labels) + 1
    doc_topic = np.eye(n_topics)[labels] * 0.98 + 0.02 / n_topics
    topic_term = doc_topic.T @ counts.toarray() + 0.01
    return TopicModel(
        topic_term=topic_term / topic_term.sum(axis=1, keepdims=True),
        doc_topic=doc_topic / doc_topic.sum(axis=1, keepdims=True),
        terms=tuple(f"w{n:03}" for n in range(counts.shape[1])),
        doc_lengths=np.asarray(counts.sum(axis=1)).ravel().astype(np.int64),
        term_counts=np.asarray(counts.sum(axis=0)).ravel().astype(np.int64),
        topic_prior=np.full(n_topics, len(labels) / n_topics if kind == "gsdmm" else 0.1),
        kind=kind,  # type: ignore[arg-type]
        params={"beta": 0.05},
        seed=0,
    )


def night(kind: str, new: list[int], waiting: int = 0) -> tuple[TopicModel, TopicModel, Births]:
    """The last model, the next one and what was born, when `new` documents join 240 of four
    subjects, and the last `waiting` of the known ones wait."""
    known = [row % 4 for row in range(240)] + [4] * waiting
    counts = documents([*known, *new], 6)
    past = known[:240] + [0] * waiting
    last = model_of(past, counts[: len(known)], kind)
    rows = np.r_[np.arange(len(known)), np.full(len(new), -1)]
    candidates = np.arange(240, len(known) + len(new))
    table = in_vocabulary(last, last.terms)
    births = find_births(last, counts, table, rows, candidates)
    return last, continue_model(last, counts, last.terms, rows=rows, births=births), births


@pytest.mark.parametrize("kind", ["gsdmm", "lda", "nmf"])
def test_a_new_subject_becomes_a_topic_of_its_own(kind: str) -> None:
    last, now, births = night(kind, [0, 1, 2, 3] * 5 + [4] * 15)
    assert (births.n_topics, births.sizes().tolist()) == (1, [15])
    assert (births.groups[260:] == 0).all()
    assert now.n_topics == last.n_topics + 1
    labels = now.labels()
    assert len(set(labels[260:])) == 1
    assert not set(labels[260:]) & set(labels[:260])


@pytest.mark.parametrize("kind", ["gsdmm", "lda", "nmf"])
def test_more_of_what_is_known_is_no_new_topic(kind: str) -> None:
    last, now, births = night(kind, [0, 1, 2, 3] * 15)
    assert births.n_topics == 0
    assert now.n_topics == last.n_topics


def test_two_new_subjects_are_two_topics() -> None:
    _, now, births = night("gsdmm", [4] * 12 + [5] * 20)
    assert births.sizes().tolist() == [20, 12]
    assert now.n_topics == 6


def test_too_few_documents_wait_until_there_are_enough() -> None:
    _, _, births = night("gsdmm", [4] * (DEFAULTS.least_documents - 1))
    assert births.n_topics == 0
    assert births.waiting.tolist() == [240, 241, 242, 243]
    _, now, births = night("gsdmm", [4] * 4, waiting=4)
    assert births.sizes().tolist() == [8]
    assert now.n_topics == 5


def test_a_group_below_the_grain_of_the_model_is_no_topic() -> None:
    labels = [row % 2 for row in range(400)]
    counts = documents([*labels, *[4] * 15], 6)
    last = model_of(labels, counts[:400], "gsdmm")
    rows = np.r_[np.arange(400), np.full(15, -1)]
    births = find_births(last, counts, in_vocabulary(last, last.terms), rows, rows[:0])
    assert births.n_topics == 0
    births = find_births(last, counts, last.topic_term, rows, np.arange(400, 415))
    assert births.n_topics == 0
    assert len(births.waiting) == 15


@settings(max_examples=20)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.integers(0, 3))
def test_every_document_is_in_one_group_or_none_and_only_candidates_are(
    new: list[int], empty: int
) -> None:
    known = [row % 4 for row in range(80)]
    counts = documents([*known, *new], 6)
    counts = sp.vstack([counts, sp.csr_matrix((empty, counts.shape[1]))]).tocsr()
    last = model_of(known, counts[:80], "gsdmm")
    rows = np.r_[np.arange(80), np.full(len(new) + empty, -1)]
    births = find_births(last, counts, last.topic_term, rows, np.flatnonzero(rows < 0))
    again = find_births(last, counts, last.topic_term, rows, np.flatnonzero(rows < 0))
    assert np.array_equal(births.groups, again.groups)
    assert (births.groups[:80] == NO_TOPIC).all()
    assert (births.groups[80 + len(new) :] == NO_TOPIC).all()
    assert (births.sizes() >= DEFAULTS.least_documents).all()
    assert not set(births.waiting) & set(np.flatnonzero(births.groups >= 0))
    tokens = births.tokens(counts)
    assert tokens.sum() == N_TOKENS * births.sizes().sum()


def test_nothing_new_is_nothing_born() -> None:
    last, now, births = night("gsdmm", [])
    assert (births.n_topics, len(births.waiting)) == (0, 0)
    assert now.n_topics == replace(last).n_topics
