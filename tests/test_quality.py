import json
from dataclasses import asdict

import numpy as np
import pytest
import scipy.sparse as sp

from nlp.errors import InputError
from nlp.lda import fit_lda
from nlp.quality import agree, diversity, document_npmi, measure


def test_measure_is_json_and_scores_planted_topics_high():
    counts = sp.csr_matrix(np.kron(np.eye(2, dtype=int), np.full((10, 5), 2)))
    labels = ["a"] * 10 + ["b"] * 10
    quality = measure(fit_lda(counts, list("abcdefghij"), 2), counts, labels)
    json.dumps(asdict(quality), allow_nan=False)
    assert quality.agreement is not None
    assert quality.agreement.ari == pytest.approx(1)
    assert quality.agreement.purity == 1


def test_npmi_is_one_for_terms_always_together_and_minus_one_for_never():
    counts = sp.csr_matrix([[1, 1, 0], [1, 1, 0], [0, 0, 1]])
    assert document_npmi(np.array([[0, 1], [0, 2]]), counts).tolist() == pytest.approx([1, -1])


def test_npmi_is_defined_where_all_terms_stand_everywhere_or_nowhere():
    counts = sp.csr_matrix([[1, 1, 0], [1, 1, 0]])
    assert document_npmi(np.array([[0, 1], [0, 2]]), counts).tolist() == [1, -1]
    assert document_npmi(np.array([[0]]), counts).tolist() == [0]


def test_diversity_counts_distinct_top_terms():
    assert diversity(np.array([[0, 1], [2, 3]])) == 1
    assert diversity(np.array([[0, 1], [0, 1]])) == 0.5


def test_agreement_needs_a_label_for_each_document():
    with pytest.raises(InputError, match="1 labels for 2"):
        agree(np.array([0, 1]), ["a"])
