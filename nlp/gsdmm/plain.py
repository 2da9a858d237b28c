"""One sweep of the GSDMM sampler, written from the paper: to be read, and to test the kernel with.

`nlp._kernels.gsdmm_sweep` makes the same draws from the same uniforms, very much
faster. This module is here rather than beside the kernel because it needs no compiler, and because
whoever reads `nlp.gsdmm` should meet the model before its optimisations.

Yin and Wang 2014, "A Dirichlet multinomial mixture model-based approach for short text clustering"
(KDD). The paper's letters:

    d, w, z     a document, a term, a cluster; V terms and K clusters in all
    N_dw, N_d   how often term w occurs in document d, and the tokens of d
    m_z         documents in cluster z         } all of them counted
    n_z, n_zw   tokens in z, and of term w     } without document d
"""

from __future__ import annotations

import numpy as np

from nlp.arrays import Floats, Ints

# The kernel adds up every eighth cluster at once; in any order the probabilities are the same, but
# only the same order makes the same draws.
_LANES = 8


def conditional(
    counts: Ints, labels: Ints, d: int, n_clusters: int, alpha: float, beta: float
) -> Floats:
    """(n_clusters,) p(z_d = z | all other labels, all documents): equation 4.

    `counts` is (n_docs, n_terms), dense; `labels` (n_docs,), -1 for a document in no cluster yet.
    The sum of the products' logarithms, so that a long document does not underflow.
    """
    n_terms = counts.shape[1]
    others = np.arange(len(labels)) != d
    logs = np.zeros(n_clusters)
    for z in range(n_clusters):
        members = counts[others & (labels == z)]
        m_z, n_zw = len(members), members.sum(axis=0)
        n_z = n_zw.sum()
        logs[z] = np.log(m_z + alpha)
        for w in np.flatnonzero(counts[d]):
            for j in range(counts[d, w]):
                logs[z] += np.log(n_zw[w] + beta + j)
        for i in range(counts[d].sum()):
            logs[z] -= np.log(n_z + n_terms * beta + i)
    p: Floats = np.exp(logs - logs.max())
    return np.asarray(p / p.sum())


def sweep(
    counts: Ints, labels: Ints, n_clusters: int, alpha: float, beta: float, uniforms: Floats
) -> Ints:
    """(n_docs,) the label of each document after all were drawn again, in turn.

    `uniforms`, (n_docs,), are numbers in [0, 1). A document may stay in its cluster, go into an
    empty one (all empty ones are alike, so that one represents them), or join another.
    """
    labels = labels.copy()
    for d, uniform in enumerate(uniforms):
        p = conditional(counts, labels, d, n_clusters, alpha, beta)
        own = labels[d]
        sizes = np.bincount(labels[(labels >= 0) & (np.arange(len(labels)) != d)], None, n_clusters)
        empty = np.flatnonzero(sizes == 0)
        alone = own >= 0 and sizes[own] == 0
        first = [] if own < 0 or alone else [own]
        if len(empty):
            # A document that was alone in its cluster may as well stay there.
            representative = own if alone else empty[0]
            p[representative], p[empty[empty != representative]] = p[empty].sum(), 0.0
            first.append(representative)
        rest = [z for z in range(n_clusters) if sizes[z] > 0 and z != own]
        candidates = np.array([*first, *sorted(rest, key=lambda z: (z % _LANES, z))])
        bounds = np.cumsum(p[candidates])
        labels[d] = candidates[int((bounds[:-1] <= uniform * bounds[-1]).sum())]
    return labels
