import numpy as np
import pytest
import scipy.sparse as sp

from nlp.fitting.comparison import found_again, rival
from nlp.fitting.fit import fitter
from nlp.topics.model import Kind


@pytest.mark.parametrize("kind", ["lda", "gsdmm", "nmf"])
def test_planted_topics_are_found_again_from_any_seed(kind: Kind) -> None:
    means = np.kron(np.eye(3), np.full((20, 6), 1.5)) + 0.1
    counts = sp.csr_matrix(np.random.default_rng(0).poisson(means))
    terms = tuple(f"term{column}" for column in range(18))
    model = fitter(kind)(counts, terms, 3, 2**32 - 1)
    assert model.kind == kind
    assert found_again(model, counts) > 0.5
    agreement = rival(model, counts, [row // 20 for row in range(60)]).agreement
    assert agreement is not None
    assert agreement.nmi > 0.8
