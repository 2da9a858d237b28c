"""TopicModel: valid or refused, saved without loss, never an empty topic."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.errors import InputError, StorageError
from nlp.topics.admixture import AdmixtureTopics
from nlp.topics.inference import without_evidence
from nlp.topics.mixture import MixtureTopics
from nlp.topics.model import NO_TOPIC, Kind, TopicModel, best_topics, order_topics


def model_of(
    doc_topic: Sequence[Sequence[float]] | np.ndarray, lengths: Sequence[int] | None = None
) -> TopicModel:
    shares = np.asarray(doc_topic, dtype=np.float64)
    n_docs, n_topics = shares.shape
    terms = np.random.default_rng(0).dirichlet(np.ones(7), n_topics)
    return TopicModel(
        topic_term=terms,
        doc_topic=shares,
        terms=("a", "b", "c", "d", "e", "é\ud800", "g\n"),
        doc_lengths=np.asarray(lengths if lengths is not None else [3] * n_docs, dtype=np.int64),
        term_counts=np.arange(7, dtype=np.int64),
        topic_prior=np.full(n_topics, 0.1),
        kind="lda",
        params={"alpha": [0.1], "note": "é"},
        seed=5,
    )


@st.composite
def models(draw: st.DrawFn) -> TopicModel:
    n_docs, n_topics = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    # Few different weights, so that ties and empty topics are common.
    weights = st.lists(st.sampled_from([0, 0, 1, 2]), min_size=n_topics, max_size=n_topics)
    rows = np.array(draw(st.lists(weights, min_size=n_docs, max_size=n_docs)), dtype=float)
    rows[rows.sum(axis=1) == 0] = 1.0
    lengths = draw(st.lists(st.integers(0, 2), min_size=n_docs, max_size=n_docs))
    return model_of(rows / rows.sum(axis=1, keepdims=True), lengths)


# ---------------------------------------------------------------- what a model must be


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("topic_term", np.ones(3), r"topic_term has shape \(3,\)"),
        ("topic_term", np.ones((0, 7)), "topic_term has shape"),
        ("doc_topic", np.ones((2, 3)) / 3, r"doc_topic has shape \(2, 3\), expected \(2, 2\)"),
        ("terms", ("a",), "terms has shape"),
        ("term_counts", np.ones(3, dtype=np.int64), "term_counts has shape"),
        ("term_counts", -np.ones(7, dtype=np.int64), "term_counts holds a negative"),
        ("topic_prior", np.ones(3), "topic_prior has shape"),
        ("topic_prior", np.zeros(2), "topic_prior is zero"),
        ("topic_prior", np.array([np.nan, 1]), "topic_prior holds a negative or non-finite"),
        ("doc_lengths", np.array([-1, 2]), "doc_lengths holds a negative"),
        ("doc_lengths", np.ones((2, 1), dtype=np.int64), "doc_lengths has shape"),
        ("doc_topic", np.array([[np.nan, 1.0], [0.5, 0.5]]), "doc_topic holds a negative or non"),
        ("doc_topic", np.array([[-0.5, 1.5], [0.5, 0.5]]), "doc_topic holds a negative"),
        ("doc_topic", np.array([[0.5, 0.4], [0.5, 0.5]]), "rows of doc_topic do not sum to 1"),
    ],
)
def test_a_model_that_is_none_is_refused(field: str, value: Any, fault: str) -> None:
    good = model_of([[0.6, 0.4], [0.3, 0.7]])
    with pytest.raises(InputError, match=fault):
        replace(good, **{field: value})


def test_all_faults_are_named_together() -> None:
    good = model_of([[0.6, 0.4], [0.3, 0.7]])
    with pytest.raises(InputError) as caught:
        replace(good, terms=("a",), topic_prior=np.ones(3))
    assert "terms has shape" in str(caught.value)
    assert "topic_prior has shape" in str(caught.value)


def test_parameters_cannot_be_changed_from_outside() -> None:
    model = model_of([[1.0]])
    with pytest.raises(TypeError):
        model.params["alpha"] = 1  # type: ignore[index]


# ---------------------------------------------------------------- files


def same(one: TopicModel, other: TopicModel) -> bool:
    arrays = ("topic_term", "doc_topic", "doc_lengths", "term_counts", "topic_prior")
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        and getattr(one, name).dtype == getattr(other, name).dtype
        for name in arrays
    ) and all(
        getattr(one, name) == getattr(other, name) for name in ("terms", "params", "kind", "seed")
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(model=models())
def test_a_model_saved_and_loaded_is_the_same(tmp_path: Path, model: TopicModel) -> None:
    model.save(tmp_path / "model")
    assert same(TopicModel.load(tmp_path / "model"), model)


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        model_of([[0.6, 0.4]]).save(tmp_path / name)
    for file in ("model.npz", "model.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_a_damaged_model_is_refused_with_one_line(tmp_path: Path, data: st.DataObject) -> None:
    folder = tmp_path / "model"
    model_of([[0.6, 0.4], [0.3, 0.7]]).save(folder)
    path = folder / data.draw(st.sampled_from(["model.npz", "model.json"]))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    path.write_bytes(bytes(content))
    message = ""
    try:
        TopicModel.load(folder)
    except StorageError as error:
        message = str(error)
    assert "\n" not in message


@pytest.mark.parametrize(
    "header",
    ["", "[]", "5", "{}", '{"kind": "lda"}', "{" * 100_000, "\xff", '{"terms": 5}'],
)
def test_a_header_of_another_kind_is_refused(tmp_path: Path, header: str) -> None:
    model_of([[1.0]]).save(tmp_path)
    (tmp_path / "model.json").write_text(header, encoding="latin-1")
    with pytest.raises(StorageError, match="cannot read a topic model"):
        TopicModel.load(tmp_path)


@pytest.mark.parametrize("field", ["kind", "seed", "params", "terms"])
@pytest.mark.parametrize("value", [None, 5, "x", [1, 2]])
def test_a_header_field_of_another_type_is_refused(
    tmp_path: Path, field: str, value: object
) -> None:
    model_of([[1.0]]).save(tmp_path)
    header = json.loads((tmp_path / "model.json").read_text())
    if field == "seed" and value == 5:
        value = "5"
    header[field] = value
    (tmp_path / "model.json").write_text(json.dumps(header))
    with pytest.raises(StorageError, match="cannot read a topic model"):
        TopicModel.load(tmp_path)


def test_a_model_that_is_not_there_or_incomplete_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        TopicModel.load(tmp_path)
    model_of([[1.0]]).save(tmp_path)
    (tmp_path / "model.npz").unlink()
    with pytest.raises(StorageError):
        TopicModel.load(tmp_path)


def test_a_pickle_inside_is_never_opened(tmp_path: Path) -> None:
    model_of([[1.0]]).save(tmp_path)
    np.savez(tmp_path / "model.npz", topic_term=np.array([object()], dtype=object))
    with pytest.raises(StorageError):
        TopicModel.load(tmp_path)


# ---------------------------------------------------------------- labels, sizes, order


def test_a_document_no_better_than_chance_has_no_topic() -> None:
    shares = np.array([[0.5, 0.5], [0.51, 0.49], [0.0, 1.0], [1.0, 0.0]])
    labels = best_topics(shares, np.array([3, 3, 3, 0]))
    assert labels.tolist() == [NO_TOPIC, 0, 1, NO_TOPIC]


def test_with_one_topic_every_document_with_a_word_has_it() -> None:
    assert best_topics(np.ones((2, 1)), np.array([1, 0])).tolist() == [0, NO_TOPIC]


@settings(max_examples=300)
@given(models())
def test_ordered_topics_are_never_empty_and_largest_first(model: TopicModel) -> None:
    ordered = order_topics(model)
    sizes = ordered.sizes()
    assert (np.diff(sizes) <= 0).all()
    if (model.doc_lengths > 0).any() and (ordered.labels() != NO_TOPIC).any():
        assert (sizes > 0).all()
    assert ordered.n_topics >= 1
    assert ordered.n_docs == model.n_docs
    np.testing.assert_allclose(ordered.doc_topic.sum(axis=1), 1.0)
    assert order_topics(ordered) is ordered


@given(models())
def test_ordering_keeps_each_topic_with_its_own_terms(model: TopicModel) -> None:
    ordered = order_topics(model)
    known = {tuple(row) for row in model.topic_term}
    assert {tuple(row) for row in ordered.topic_term} <= known


def test_sizes_and_documents_without_topic_add_up() -> None:
    model = model_of([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]], [1, 1, 0])
    assert model.sizes().sum() + (model.labels() == NO_TOPIC).sum() == model.n_docs


def test_equal_terms_are_named_in_the_order_of_the_vocabulary() -> None:
    model = replace(model_of([[1.0]]), topic_term=np.full((1, 7), 1 / 7))
    assert model.top_terms(3) == [["a", "b", "c"]]
    assert len(model.top_terms(100)[0]) == 7


# ---------------------------------------------------------------- new documents


@pytest.mark.parametrize("kind", ["lda", "gsdmm", "nmf"])
def test_new_documents_get_shares_that_sum_to_one(kind: Kind) -> None:
    model = replace(model_of([[0.6, 0.4], [0.3, 0.7]]), kind=kind)
    counts = sp.csr_matrix(np.random.default_rng(0).integers(0, 3, (20, 7)))
    shares = model.assign(counts)
    assert shares.shape == (20, 2)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    np.testing.assert_array_equal(shares, model.assign(cast(Any, counts.tocsc())))
    np.testing.assert_array_equal(shares[3:9], model.assign(counts[3:9]))


@pytest.mark.parametrize("kind", ["lda", "gsdmm"])
def test_a_document_of_unknown_words_gets_the_shares_of_the_topics_and_no_topic(
    kind: Kind,
) -> None:
    model = replace(model_of([[0.6, 0.4], [0.3, 0.7]]), kind=kind, topic_prior=np.array([1.0, 3.0]))
    shares = model.assign(sp.csr_matrix((1, 7)))
    np.testing.assert_allclose(shares, [[0.25, 0.75]])
    assert best_topics(shares, np.array([0])).tolist() == [NO_TOPIC]


def test_counts_of_another_vocabulary_are_refused() -> None:
    with pytest.raises(InputError, match="counts have 3 terms, the model has 7"):
        model_of([[1.0]]).assign(sp.csr_matrix((1, 3)))


def test_a_document_of_a_hundred_thousand_words_does_not_underflow() -> None:
    topic_term = np.array([[0.5, 0.5 - 1e-9, 1e-9], [0.25, 0.25, 0.5]])
    counts = sp.csr_matrix(np.array([[60_000, 40_000, 0], [0, 0, 100_000], [50_000, 49_999, 1]]))
    shares = MixtureTopics(topic_term, np.array([1.0, 1.0])).posterior(counts)
    assert np.isfinite(shares).all()
    assert shares.argmax(axis=1).tolist() == [0, 1, 0]
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)


def test_the_mixture_is_bayes_rule() -> None:
    topic_term = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    prior = np.array([2.0, 1.0])
    counts = np.array([[2, 1, 0], [0, 1, 1]])
    joint = (topic_term[None] ** counts[:, None, :]).prod(axis=2) * prior
    expected = joint / joint.sum(axis=1, keepdims=True)
    found = MixtureTopics(topic_term, prior).posterior(sp.csr_matrix(counts))
    np.testing.assert_allclose(found, expected)


def test_a_document_that_no_topic_explains_is_without_evidence() -> None:
    topic_term = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]])
    counts = sp.csr_matrix(np.array([[3, 0, 0], [0, 0, 2], [0, 0, 2], [0, 0, 0]]))
    shares = np.array([[0.4, 0.3, 0.3], [0.4, 0.3, 0.3], [0.6, 0.2, 0.2], [0.4, 0.3, 0.3]])
    seen = without_evidence(shares, counts, topic_term, np.array([40, 40, 20]))
    np.testing.assert_array_equal(seen[[0, 2, 3]], shares[[0, 2, 3]])
    np.testing.assert_array_equal(seen[1], [1 / 3] * 3)
    assert best_topics(seen, np.array([3, 2, 2, 0])).tolist() == [0, NO_TOPIC, 0, NO_TOPIC]


def test_folding_in_finds_the_shares_a_document_was_made_of() -> None:
    topic_term = np.array([[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]])
    counts = sp.csr_matrix(np.array([[30, 30, 20, 20], [100, 0, 0, 0]]))
    shares = AdmixtureTopics(topic_term, np.array([0.01, 0.01])).posterior(counts)
    np.testing.assert_allclose(shares, [[0.6, 0.4], [1.0, 0.0]], atol=1e-3)


def test_a_term_that_no_topic_has_changes_nothing() -> None:
    topic_term = np.array([[1.0, 0.0], [1.0, 0.0]])
    for kind in (AdmixtureTopics, MixtureTopics):
        topics = kind(topic_term, np.array([1.0, 3.0]))
        shares = topics.posterior(sp.csr_matrix(np.array([[0, 5]])))
        assert np.isfinite(shares).all()
        np.testing.assert_allclose(shares.sum(axis=1), 1.0)
