import numpy as np
import scipy.sparse as sp

from nlp.fitting.selection import choose_model, choose_topics
from nlp.lda import LDA


def test_short_documents_go_to_gsdmm_and_long_ones_to_lda():
    assert choose_model([8, 9, 10]).kind == "gsdmm"
    assert choose_model([8, 9, 10]).reason == "median 9 words: GSDMM"
    assert choose_model([200, 300, 0, 0, 0]).kind == "lda"
    assert choose_model([29, 29]).reason == "median 29 words: GSDMM"
    assert choose_model([30, 30]).reason == "median 30 words: LDA"
    assert choose_model([]).kind == "gsdmm"


def planted(n_topics, n_docs=100, n_each=12, length=25):
    random = np.random.default_rng(0)
    weights = 1 / np.arange(1, n_each + 1)
    counts = np.zeros((n_docs, n_topics * n_each), dtype=np.int32)
    for document in range(n_docs):
        drawn = random.choice(n_each, length, p=weights / weights.sum())
        np.add.at(counts[document], drawn + document % n_topics * n_each, 1)
    return sp.csr_matrix(counts), [f"term{i}" for i in range(counts.shape[1])]


def test_the_number_of_planted_topics_is_found_within_a_fifth():
    seen = []
    counts, terms = planted(5)
    choice = choose_topics(counts, terms, progress=lambda done, total: seen.append((done, total)))
    assert abs(choice.n_topics - 5) <= 1
    equals = [n for n, score in choice.curve if score >= 0.95 * max(s for _, s in choice.curve)]
    assert choice.n_topics == min(equals)
    assert choice.reason.startswith(f"{choice.n_topics} topics")
    assert seen[-1][0] == seen[-1][1]


def test_topics_that_never_cohere_are_told_apart_by_coherence_alone():
    random = np.random.default_rng(0)
    counts = sp.csr_matrix((random.random((30, 60)) < 0.05).astype(np.int32))
    choice = choose_topics(counts, [f"term{i}" for i in range(60)])
    scores = dict(choice.curve)
    assert all(np.isfinite(score) and score < 0.1 for score in scores.values())
    assert scores[choice.n_topics] == max(scores.values())


def test_few_documents_get_one_topic():
    counts = sp.csr_matrix(np.ones((4, 4), dtype=np.int32))
    assert choose_topics(counts, list("abcd")).n_topics == 1
    assert choose_topics(sp.csr_matrix(np.zeros((9, 4), np.int32)), list("abcd")).n_topics == 1


def test_a_corpus_without_structure_gets_one_topic():
    counts = sp.csr_matrix(np.ones((50, 7), dtype=np.int32))
    choice = choose_topics(counts, list("abcdefg"))
    assert choice.n_topics == 1
    assert choice.reason == "1 topic: of 2 to 7 none are found again by another fit"


def test_the_stability_of_the_chosen_number_is_told():
    counts, terms = planted(5)
    choice = choose_topics(counts, terms)
    assert choice.stability is not None
    assert 0.8 < choice.stability <= 1
    assert choice.search().stability == choice.stability


def test_documents_of_no_topic_do_not_stop_the_search(monkeypatch):
    counts, terms = planted(3)
    fit = LDA.fit

    def leave_some_out(model, *arguments):
        fit(model, *arguments).labels_[:5] = -1
        return model

    monkeypatch.setattr(LDA, "fit", leave_some_out)
    assert abs(choose_topics(counts, terms).n_topics - 3) <= 1
