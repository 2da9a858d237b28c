import json
from dataclasses import asdict

import numpy as np
import pytest
import scipy.sparse as sp
from gensim.corpora import Dictionary
from gensim.models import CoherenceModel

from nlp._kernels.cooccurrence import count_windows
from nlp.cleaning.tokens import Tokens
from nlp.errors import InputError
from nlp.lda import fit_lda
from nlp.topics.coherence import coherence
from nlp.topics.quality import agree, diversity, measure, stability


def test_measure_is_json_and_scores_planted_topics_high():
    counts = sp.csr_matrix(np.kron(np.eye(2, dtype=int), np.full((10, 5), 2)))
    labels = ["a"] * 10 + ["b"] * 10
    quality = measure(fit_lda(counts, list("abcdefghij"), 2), counts, labels)
    json.dumps(asdict(quality), allow_nan=False)
    assert quality.agreement is not None
    assert quality.agreement.ari == pytest.approx(1)
    assert quality.agreement.purity == 1


WORDS = tuple("abcdefghijklmnop")


def tokens_of(documents):
    return Tokens.from_lists([[each] for each in documents], [[(0, 1)] for _ in documents])


def gensim_coherence(topics, documents, kind):
    dictionary = Dictionary(documents)
    model = CoherenceModel(
        topics=topics,
        texts=documents,
        corpus=[dictionary.doc2bow(each) for each in documents],
        dictionary=dictionary,
        coherence=kind,
        processes=1,
    )
    return model.get_coherence_per_topic()


@pytest.mark.parametrize("seed", range(4))
def test_coherence_is_gensims(seed):
    random = np.random.default_rng(seed)
    lengths = [0, 1, 9, 10, 11, 109, 110, 111, 150, 400]
    documents = [random.choice(WORDS, n, p=_skewed(random)).tolist() for n in lengths]
    top_terms = np.array([random.permutation(len(WORDS))[:5] for _ in range(6)])
    found = coherence(top_terms, WORDS, tokens_of(documents))
    topics = [[WORDS[i] for i in row] for row in top_terms]
    for kind, mine in (("c_npmi", found.npmi), ("c_v", found.c_v), ("u_mass", found.u_mass)):
        assert np.allclose(mine, gensim_coherence(topics, documents, kind), atol=1e-6), kind


def _skewed(random):
    weights = random.dirichlet(np.full(len(WORDS), 0.5)) + 0.003
    return weights / weights.sum()


def test_window_counts_equal_their_python():
    random = np.random.default_rng(0)
    codes = random.integers(-1, 5, 200).astype(np.int32)
    bounds = np.array([0, 0, 3, 80, 200])
    found, n_windows = count_windows(codes, bounds, 7, 5)
    expected, n_expected = count_windows.py_func(codes, bounds, 7, 5)
    assert n_windows == n_expected == 1 + 1 + 71 + 114
    assert np.array_equal(found, expected)


def test_npmi_is_one_for_terms_always_together_and_minus_one_for_never():
    counts = sp.csr_matrix([[1, 1, 0], [1, 1, 0], [0, 0, 1]])
    found = coherence(np.array([[0, 1], [0, 2]]), "abc", counts).npmi
    assert found[0] == pytest.approx(1)
    assert found[1] < -0.9


def test_coherence_is_defined_for_terms_everywhere_nowhere_and_alone():
    counts = sp.csr_matrix([[1, 1, 0], [1, 1, 0]])
    found = coherence(np.array([[0, 1], [0, 2]]), "abc", counts)
    assert found.npmi.tolist() == [1, 0]
    assert np.isfinite(found.c_v).all()
    assert np.isfinite(found.u_mass).all()
    assert coherence(np.array([[0]]), "abc", counts).npmi.tolist() == [0]


def test_stability_is_one_for_the_same_topics_in_any_order():
    topics = np.array([[0, 1, 2], [3, 4, 5]])
    assert stability(topics, topics[::-1]) == pytest.approx(1)
    assert stability(topics, topics + 6) == 0
    assert stability(topics, topics[:1]) == pytest.approx(0.5)
    assert 0 < stability(topics, np.array([[2, 1, 0], [3, 4, 9]])) < 1


def test_diversity_counts_distinct_top_terms():
    assert diversity(np.array([[0, 1], [2, 3]])) == 1
    assert diversity(np.array([[0, 1], [0, 1]])) == 0.5


def test_agreement_needs_a_label_for_each_document():
    with pytest.raises(InputError, match="1 labels for 2"):
        agree(np.array([0, 1]), ["a"])


def test_documents_without_a_label_do_not_count():
    topics = np.array([0, 0, 1, 1, 0])
    whole = agree(topics[:4], ["a", "a", "b", "b"])
    for missing in (None, "", "  ", float("nan")):
        assert agree(topics, ["a", "a", "b", "b", missing]) == whole
    with pytest.raises(InputError, match="no document has a label"):
        agree(topics, [""] * 5)
