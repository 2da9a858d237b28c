"""One sweep of the LDA sampler, written from the paper: to be read, and to test the kernels with.

`nlp._kernels.lda_sweep` makes the same draws from the same uniforms, but for the rounding of single
precision, very much faster; `nlp._kernels.lda_sweep_sparse` draws from the same
probabilities in another order. This module is here rather than beside the kernels because it needs
no compiler, and because whoever reads `nlp.lda` should meet the model before its optimisations.

Griffiths and Steyvers 2004, "Finding scientific topics" (PNAS), with one alpha per topic as in
Wallach, Mimno and McCallum 2009, "Rethinking LDA: why priors matter". The letters:

    i, d, w, k   a token, its document, its term, its topic; V terms in all
    n_dk         tokens of document d in topic k     }
    n_kw         tokens of term w in topic k         } all of them counted without token i
    n_k          tokens in topic k                   }
"""

from __future__ import annotations

import numpy as np

from nlp.arrays import Floats, Ints, Singles

# The kernel adds up sixteen topics at once; in any order the probabilities are the same, but only
# the same order makes the same draws.
_LANES = 16


def sweep(
    topics: Ints,
    documents: Ints,
    terms: Ints,
    n_terms: int,
    alpha: Floats,
    beta: float,
    uniforms: Floats | Singles,
) -> Ints:
    """(n_tokens,) the topic of each token after all were drawn again, in turn: equation 5.

    `topics`, `documents`, `terms` and `uniforms`, numbers in [0, 1), are (n_tokens,); `alpha` is
    (n_topics,), the prior of topics in documents; `beta` the prior of each term in a topic.
    """
    topics, n_topics = topics.astype(np.int64), len(alpha)
    n_dk = np.zeros((int(documents.max(initial=-1)) + 1, n_topics), dtype=np.int64)
    n_kw = np.zeros((n_topics, n_terms), dtype=np.int64)
    np.add.at(n_dk, (documents, topics), 1)
    np.add.at(n_kw, (topics, terms), 1)
    n_k = n_kw.sum(axis=1)
    order = np.array(sorted(range(n_topics), key=lambda k: (k % _LANES, k)))
    for i, (d, w) in enumerate(zip(documents, terms, strict=True)):
        k = topics[i]
        n_dk[d, k], n_kw[k, w], n_k[k] = n_dk[d, k] - 1, n_kw[k, w] - 1, n_k[k] - 1
        p = (n_dk[d] + alpha) * (n_kw[:, w] + beta) / (n_k + n_terms * beta)
        bounds = np.cumsum(p[order])
        k = topics[i] = order[int((bounds[:-1] <= uniforms[i] * bounds[-1]).sum())]
        n_dk[d, k], n_kw[k, w], n_k[k] = n_dk[d, k] + 1, n_kw[k, w] + 1, n_k[k] + 1
    return topics
