"""Where documents and topics lie among sentence vectors."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ive

from nlp.errors import InputError, StorageError
from nlp.topics.meaning import Meaning, VectorSpace, sharpened
from nlp.topics.model import NO_TOPIC, TopicModel, order_topics
from nlp.topics.tree import build_tree, merge_topics
from nlp.topics.vector_sums import VectorSums


def meaning_of(model: TopicModel) -> Meaning:
    assert model.meaning is not None
    return model.meaning


def vectors_of(truth, n_dims=12, noise=0.2, seed=0) -> np.ndarray:
    """Unit vectors around one direction for each subject."""
    random = np.random.default_rng(seed)
    middle = random.normal(size=(int(max(truth)) + 1, n_dims))
    found = middle[np.asarray(truth)] + noise * random.normal(size=(len(truth), n_dims))
    units: np.ndarray = found / np.linalg.norm(found, axis=1, keepdims=True)
    return units.astype(np.float32)


def model_of(truth, certainty=1.0) -> tuple[TopicModel, sp.csr_matrix, np.ndarray]:
    """Two topics that share their words and differ in their vectors, the smaller one first."""
    n_docs = len(truth)
    counts = sp.csr_matrix(np.ones((n_docs, 3), dtype=np.int32))
    vectors = vectors_of(truth)
    space = VectorSpace.of(vectors)
    places = space.places(vectors).astype(np.float64)
    shares = np.eye(2)[np.asarray(truth)]
    meaning = Meaning(space, shares.T @ places, np.ones(n_docs, bool), 10.0, certainty, "tests")
    model = TopicModel(
        topic_term=np.full((2, 3), 1 / 3),
        doc_topic=shares,
        terms=("a", "b", "c"),
        doc_lengths=np.full(n_docs, 3),
        term_counts=np.full(3, n_docs),
        topic_prior=shares.sum(axis=0) + 1,
        kind="gsdmm",
        params={},
        seed=0,
        meaning=meaning,
    )
    return model, counts, vectors


TRUTH = [0] * 10 + [1] * 20


def test_places_have_length_one_and_documents_without_a_vector_stay_zero() -> None:
    vectors = vectors_of(TRUTH)
    vectors[3] = 0
    places = VectorSpace.of(vectors).places(vectors)
    lengths = np.linalg.norm(places, axis=1)
    assert lengths[3] == 0
    assert np.allclose(np.delete(lengths, 3), 1, atol=1e-6)


def test_a_zero_vector_does_not_move_the_centre() -> None:
    vectors = vectors_of(TRUTH)
    with_zeros = np.vstack([vectors, np.zeros((5, vectors.shape[1]), np.float32)])
    assert np.array_equal(VectorSpace.of(vectors).centre, VectorSpace.of(with_zeros).centre)


def test_few_documents_span_few_directions() -> None:
    space = VectorSpace.of(vectors_of([0] * 20, n_dims=384))
    assert space.basis.shape == (384, 5)
    assert np.allclose(space.basis.T @ space.basis, np.eye(5))


def test_vectors_of_another_encoder_are_refused() -> None:
    model, counts, _ = model_of(TRUTH)
    with pytest.raises(InputError, match="7 dimensions, the model's have 12"):
        model.assign(counts, np.ones((len(TRUTH), 7), np.float32))


def test_vectors_decide_where_words_are_the_same() -> None:
    model, counts, vectors = model_of(TRUTH)
    assert model.assign(counts, vectors).argmax(axis=1).tolist() == TRUTH


def test_without_vectors_the_same_model_answers_by_words() -> None:
    model, counts, _ = model_of(TRUTH)
    assert np.allclose(model.assign(counts), (model.topic_prior / model.topic_prior.sum())[None])


def test_certainty_makes_probabilities_flatter_and_keeps_their_order() -> None:
    sure, counts, vectors = model_of(TRUTH)
    doubtful, _, _ = model_of(TRUTH, certainty=0.3)
    one, other = sure.assign(counts, vectors), doubtful.assign(counts, vectors)
    assert (other.max(axis=1) < one.max(axis=1)).all()
    assert np.array_equal(one.argmax(axis=1), other.argmax(axis=1))


@given(st.lists(st.floats(1e-6, 1), min_size=2, max_size=6), st.floats(0.05, 1))
def test_sharpened_shares_sum_to_one_in_the_same_order(values, power) -> None:
    shares = np.array([values]) / sum(values)
    found = sharpened(shares, power)
    assert found.sum() == pytest.approx(1)
    assert found[0, int(shares.argmax())] == found.max()


def test_directions_follow_their_topics_into_order_and_into_one_another() -> None:
    model, counts, vectors = model_of(TRUTH)
    ordered = order_topics(model)
    assert ordered.sizes().tolist() == [20, 10]
    assert np.array_equal(meaning_of(ordered).sums, meaning_of(model).sums[::-1])
    assert ordered.assign(counts, vectors).argmax(axis=1).tolist() == [1 - t for t in TRUTH]
    merged = merge_topics(model, np.array([4, 4])).model
    assert np.allclose(meaning_of(merged).sums, meaning_of(model).sums.sum(axis=0))


def test_a_document_without_words_has_the_topic_of_its_vector() -> None:
    model, _, vectors = model_of(TRUTH)
    nothing = sp.csr_matrix(np.zeros((len(TRUTH), 3), dtype=np.int32))
    assert model.assign(nothing, vectors).argmax(axis=1).tolist() == TRUTH


def test_known_vectors_count_as_evidence_of_the_fit() -> None:
    model, _, _ = model_of(TRUTH)
    fields = {name: getattr(model, name) for name in model.__dataclass_fields__}
    wordless = TopicModel(**fields | {"doc_lengths": np.zeros(len(TRUTH), dtype=np.int64)})
    assert wordless.labels().tolist() == TRUTH
    blind = TopicModel(**fields | {"doc_lengths": wordless.doc_lengths, "meaning": None})
    assert set(blind.labels().tolist()) == {NO_TOPIC}


def test_a_stored_model_answers_as_before(tmp_path) -> None:
    model, counts, vectors = model_of(TRUTH, certainty=0.5)
    model.save(tmp_path)
    loaded = TopicModel.load(tmp_path)
    assert meaning_of(loaded).encoder == "tests"
    assert np.array_equal(loaded.assign(counts, vectors), model.assign(counts, vectors))


def test_a_model_without_vectors_stores_no_meaning(tmp_path) -> None:
    model, _, _ = model_of(TRUTH)
    fields = {name: getattr(model, name) for name in model.__dataclass_fields__}
    TopicModel(**fields | {"meaning": None}).save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "model.npz"]
    assert TopicModel.load(tmp_path).meaning is None


def test_damaged_meaning_is_one_line(tmp_path) -> None:
    model_of(TRUTH)[0].save(tmp_path)
    (tmp_path / "meaning.npz").write_bytes(b"PK\x03\x04nonsense")
    with pytest.raises(StorageError, match="cannot read a topic model") as caught:
        TopicModel.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_model_whose_directions_are_of_other_topics_is_refused() -> None:
    model, _, _ = model_of(TRUTH)
    fields = {name: getattr(model, name) for name in model.__dataclass_fields__}
    wrong = meaning_of(model).chosen(np.array([0]))
    with pytest.raises(InputError, match="meaning: sums has shape"):
        TopicModel(**fields | {"meaning": wrong})


def test_the_tree_merges_topics_that_point_the_same_way() -> None:
    truth = np.repeat([0, 1, 2, 3], 15)
    random = np.random.default_rng(3)
    middle = np.array([[1, 0, 0, 0.1], [0, 1, 0, 0], [1, 0, 0, -0.1], [0, 0, 1, 0]])
    vectors = (middle[truth] + 0.02 * random.normal(size=(60, 4))).astype(np.float32)
    space = VectorSpace.of(vectors)
    shares = np.eye(4)[truth]
    sums = shares.T @ space.places(vectors).astype(np.float64)
    model = TopicModel(
        topic_term=np.full((4, 2), 0.5),
        doc_topic=shares,
        terms=("a", "b"),
        doc_lengths=np.full(60, 2),
        term_counts=np.full(2, 60),
        topic_prior=np.full(4, 15.0),
        kind="gsdmm",
        params={},
        seed=0,
        meaning=Meaning(space, sums, np.ones(60, bool), 10.0, 1.0),
    )
    tree = build_tree(model, sp.csr_matrix(np.ones((60, 2), dtype=np.int32)))
    assert sorted(tree.merges[0].tolist()) == [0, 2]


@pytest.mark.parametrize("length", [0.5, 3.0, 40.0, 900.0])
def test_gain_of_merging_is_that_of_the_exact_bessel_functions(length) -> None:
    n_dims, concentration = 64, 7.0
    sums = np.zeros((2, n_dims))
    sums[0, 0], sums[1, 1] = length, 2 * length

    def exact(r: float) -> float:
        v, x = n_dims / 2 - 1, concentration * r
        return float(np.log(ive(v, x)) + x - v * np.log(x))

    start = 1e-3
    zero = exact(start)
    wanted = exact(np.hypot(length, 2 * length)) - exact(length) - exact(2 * length) + zero
    found = VectorSums(sums, concentration).gains(0)[1]
    assert found == pytest.approx(wanted, abs=0.02)
