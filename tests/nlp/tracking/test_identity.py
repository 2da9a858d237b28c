"""Topics keep their identity from run to run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.errors import StorageError
from nlp.ingest.digests import text_digests
from nlp.topics.model import Kind, TopicModel
from nlp.topics.tree import merge_topics
from nlp.tracking.identity import identify, topic_keys
from nlp.tracking.memory import Identity, Life, Past, document_names, remember
from nlp.tracking.warm_start import continue_model

N_WORDS = 4
"""Words that belong to one topic alone, in the corpora made here."""


def corpus(labels: Sequence[int], n_topics: int, seed: int = 0) -> sp.csr_matrix:
    """Documents of six tokens, each with the words of its label."""
    random = np.random.default_rng(seed)
    counts = np.zeros((len(labels), n_topics * N_WORDS), dtype=np.int32)
    for row, label in enumerate(labels):
        np.add.at(counts[row], label * N_WORDS + random.integers(0, N_WORDS, 6), 1)
    return sp.csr_matrix(counts)


def model_of(labels: Sequence[int], counts: sp.csr_matrix) -> TopicModel:
    """The model that has exactly these labels as its topics, by size."""
    found, sizes = np.unique(labels, return_counts=True)
    order = found[np.argsort(-sizes, kind="stable")]
    doc_topic = (np.asarray(labels)[:, None] == order) * 0.9 + 0.1 / len(order)
    topic_term = np.vstack(
        [np.asarray(counts[np.flatnonzero(np.asarray(labels) == one)].sum(axis=0)) for one in order]
    ).astype(float)
    topic_term += 0.01
    return TopicModel(
        topic_term=topic_term / topic_term.sum(axis=1, keepdims=True),
        doc_topic=doc_topic / doc_topic.sum(axis=1, keepdims=True),
        terms=tuple(f"w{n:03}" for n in range(counts.shape[1])),
        doc_lengths=np.asarray(counts.sum(axis=1)).ravel().astype(np.int64),
        term_counts=np.asarray(counts.sum(axis=0)).ravel().astype(np.int64),
        topic_prior=np.ones(len(order)),
        kind="gsdmm",
        params={"beta": 0.01},
        seed=0,
    )


def past_of(
    model: TopicModel, identity: Identity, names: Sequence[str], past: Past | None = None
) -> Past:
    lives = remember(identity, list(identity.keys), model.sizes(), past)
    return Past(identity.run, lives, dict(zip(names, model.labels().tolist(), strict=True)))


def follow(
    first: Sequence[int], second: Sequence[int], n_topics: int = 6
) -> tuple[Identity, Identity]:
    """Identities of one corpus cut into topics in two ways."""
    counts = corpus([int(label) for label in first], n_topics)
    names = [str(row) for row in range(len(first))]
    before, now = model_of(first, counts), model_of(second, counts)
    identity = identify(before, names)
    return identity, identify(now, names, past_of(before, identity, names))


def kinds(identity: Identity) -> dict[str, str]:
    return {change.key: change.kind for change in identity.changes}


def test_topics_with_the_same_terms_get_different_keys() -> None:
    model = model_of([0, 1, 2], sp.csr_matrix(np.ones((3, 2), dtype=np.int32)))
    assert len(set(topic_keys(model))) == 3


def test_a_first_run_has_keys_and_nothing_changed() -> None:
    first, _ = follow([0] * 9 + [1] * 6, [0] * 9 + [1] * 6)
    assert (first.run, first.changes, len(set(first.keys))) == (1, (), 2)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(4)), st.lists(st.integers(0, 3), min_size=20, max_size=60))
def test_numbering_topics_otherwise_changes_no_key(order: Sequence[int], labels: list[int]) -> None:
    labels = [0, 1, 2, 3, *labels]
    counts = corpus(labels, 4)
    names = [str(row) for row in range(len(labels))]
    model = model_of(labels, counts)
    shuffled = replace(
        model, topic_term=model.topic_term[list(order)], doc_topic=model.doc_topic[:, list(order)]
    )
    first = identify(model, names)
    second = identify(shuffled, names, past_of(model, first, names))
    assert second.keys == tuple(first.keys[topic] for topic in order)
    assert set(kinds(second).values()) == {"same"}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=10, max_size=60),
    st.lists(st.integers(0, 4), min_size=60, max_size=60),
)
def test_keys_are_unique_and_every_topic_is_accounted_for(
    first: list[int], second: list[int]
) -> None:
    before, now = follow(first, second[: len(first)])
    assert len(set(now.keys)) == len(now.keys)
    present = {change.key for change in now.changes if change.kind != "gone"}
    gone = {change.key for change in now.changes if change.kind == "gone"}
    assert present == set(now.keys)
    assert gone == set(before.keys) - set(now.keys)
    assert all(0 <= likeness <= 1 + 1e-9 for likeness in now.likeness)


def test_the_same_run_and_past_give_the_same_identity() -> None:
    first, second = [0] * 20 + [1] * 12 + [2] * 8, [0] * 18 + [3] * 14 + [2] * 8
    assert follow(first, second) == follow(first, second)


def test_a_topic_that_two_came_from_took_the_other_in() -> None:
    before, now = follow([0] * 20 + [1] * 12 + [2] * 8, [0] * 32 + [2] * 8)
    merged = next(change for change in now.changes if change.kind == "merged")
    gone = next(change for change in now.changes if change.kind == "gone")
    assert (merged.key, merged.others) == (before.keys[0], (before.keys[1],))
    assert (gone.key, gone.others) == (before.keys[1], (before.keys[0],))


def test_a_topic_cut_in_two_keeps_its_key_in_the_larger_part() -> None:
    before, now = follow([0] * 30 + [1] * 12, [0] * 20 + [2] * 10 + [1] * 12)
    split = next(change for change in now.changes if change.kind == "split")
    assert split.others == (before.keys[0],)
    assert before.keys[0] in now.keys
    assert split.key not in before.keys


def test_a_subject_that_no_earlier_topic_had_is_new() -> None:
    counts = corpus([0] * 20 + [1] * 10 + [2] * 8, 3)
    names = [str(row) for row in range(38)]
    before = model_of([0] * 20 + [1] * 10, counts[:30])
    first = identify(before, names[:30])
    now = identify(
        model_of([0] * 20 + [1] * 10 + [2] * 8, counts),
        names,
        past_of(before, first, names[:30]),
    )
    assert sorted(kinds(now).values()) == ["new", "same", "same"]


def test_growth_counts_only_beyond_chance_and_beside_the_whole() -> None:
    doubled = [0] * 400 + [1] * 400
    counts = corpus(doubled, 2)
    names = [str(row) for row in range(800)]
    before = model_of(doubled[100:500], counts[100:500])
    first = identify(before, names[100:500])
    now = identify(model_of(doubled, counts), names, past_of(before, first, names[100:500]))
    found = {change.key: change.kind for change in now.changes}
    assert found == {first.keys[0]: "shrunk", first.keys[1]: "grown"}
    _, even = follow(doubled, doubled)
    assert set(kinds(even).values()) == {"same"}


def test_a_topic_that_was_gone_comes_back_under_its_key() -> None:
    labels = [0] * 20 + [1] * 12
    counts = corpus(labels, 2)
    names = [str(row) for row in range(32)]
    full, part = model_of(labels, counts), model_of(labels[:20], counts[:20])
    first = identify(full, names)
    past = past_of(full, first, names)
    second = identify(part, names[:20], past)
    assert kinds(second)[first.keys[1]] == "gone"
    past = past_of(part, second, names[:20], past)
    third = identify(full, names, past)
    assert third.keys == first.keys
    assert kinds(third)[first.keys[1]] == "back"
    lives = remember(third, ["a", "b"], full.sizes(), past)
    assert [one.run for one in lives[1].history] == [1, 3]


def test_terms_alone_match_runs_that_share_no_document() -> None:
    labels = [0] * 20 + [1] * 12 + [2] * 6
    before, now = (model_of(labels, corpus(labels, 3, seed)) for seed in (0, 1))
    first = identify(before, [f"a{n}" for n in range(38)])
    second = identify(
        now, [f"b{n}" for n in range(38)], past_of(before, first, [f"a{n}" for n in range(38)])
    )
    assert second.keys == first.keys


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=20))
def test_documents_are_named_by_text_and_occurrence_alone(texts: list[str]) -> None:
    names = document_names(text_digests(texts))
    assert len(set(names)) == len(texts)
    assert sorted(document_names(text_digests(texts[::-1]))) == sorted(names)


def test_a_memory_is_read_back_and_a_damaged_one_is_an_error() -> None:
    model = model_of([0] * 4 + [1] * 3, corpus([0] * 4 + [1] * 3, 2))
    identity = identify(model, [str(n) for n in range(7)])
    for life in remember(identity, ["=x", "y"], model.sizes()):
        stored = json.loads(json.dumps(life.to_json()))
        assert Life.from_json(stored).to_json() == stored
    with pytest.raises(StorageError, match="damaged"):
        Life.from_json({"key": "a"})


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=5, max_size=40),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
)
def test_merged_topics_hold_the_documents_of_both(labels: list[int], groups: list[int]) -> None:
    labels = [0, 1, 2, 3, *labels]
    model = model_of(labels, corpus(labels, 4))
    found = merge_topics(model, np.array(groups))
    merged = found.model
    assert merged.n_topics == len(set(groups))
    assert np.array_equal(found.topic_of[model.labels()], merged.labels())
    assert np.allclose(merged.topic_term.sum(axis=1), 1)
    assert np.allclose(merged.doc_topic.sum(axis=1), 1)


@pytest.mark.parametrize("kind", ["gsdmm", "lda", "nmf"])
def test_a_model_goes_on_with_its_topics_and_leaves_deleted_documents_behind(
    kind: Kind,
) -> None:
    labels = [0] * 20 + [1] * 15 + [2] * 10
    counts = corpus(labels, 3)
    last = replace(model_of(labels, counts), kind=kind, topic_prior=np.full(3, 0.1))
    kept = counts[:35, : 2 * N_WORDS].tocsr()
    now = continue_model(last, kept, last.terms[: 2 * N_WORDS])
    assert now.labels().tolist() == labels[:35]
    assert now.n_docs == 35
    assert not set(last.terms[2 * N_WORDS :]) & set(now.terms)


def test_a_word_never_seen_before_takes_the_topic_of_its_documents() -> None:
    labels = [0] * 20 + [1] * 15
    counts = corpus(labels, 2)
    last = model_of(labels, counts)
    wider = sp.hstack([counts, sp.csr_matrix((np.array(labels) == 1).astype(np.int32)[:, None])])
    now = continue_model(last, wider.tocsr(), (*last.terms, "zzz"))
    assert now.topic_term[:, -1].argmax() == 1
    assert now.topic_term[1, -1] > 10 * now.topic_term[0, -1]
