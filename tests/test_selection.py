import numpy as np
import scipy.sparse as sp

from nlp.selection import choose_model, choose_topics


def test_short_documents_go_to_gsdmm_and_long_ones_to_lda():
    assert choose_model([8, 9, 10]).kind == "gsdmm"
    assert choose_model([8, 9, 10]).reason == "median 9 words: GSDMM"
    assert choose_model([200, 300, 0, 0, 0]).kind == "lda"
    assert choose_model([]).kind == "gsdmm"


def test_the_number_of_topics_is_between_one_and_the_documents():
    for n_docs in (1, 3, 50):
        counts = sp.csr_matrix(np.ones((n_docs, 4), dtype=np.int32))
        assert 1 <= choose_topics(counts, list("abcd")).n_topics <= n_docs
