"""How strongly GSDMM smooths a cluster's words, chosen from the corpus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.metrics import adjusted_mutual_info_score

from nlp.chain import Chain

Ints = NDArray[np.int64]

BETAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
TOLERANCE = 0.025
_SAMPLE = 10_000
_SWEEPS = 20
_STEPS = 10
_FOLDS = 10


@dataclass(frozen=True)
class SmoothingChoice:
    """What was tried and what was taken."""

    beta: float
    tried: tuple[float, ...]
    held_out: tuple[float, ...]
    """Log probability per token of documents that the chain did not see, by beta."""
    agreement: tuple[float, ...]
    """Adjusted mutual information between two chains that each saw other documents, by beta."""


def choose_beta(
    counts: sp.csr_matrix, n_clusters: int, alpha: float, random: np.random.Generator
) -> SmoothingChoice:
    """The beta whose clusters two chains agree on most, among those that predict about best.

    The likelihood alone asks for ever finer clusters where words are many and rare; agreement
    alone for few coarse ones. So: of all betas whose held-out log probability is within
    `TOLERANCE` of the best, the one with the highest agreement. Corpora above 10,000 documents
    are judged by a sample.
    """
    rows = np.sort(random.permutation(counts.shape[0])[:_SAMPLE])
    sample = counts[rows]
    folds = random.integers(0, _FOLDS, len(rows))
    held_out, agreement = [], []
    for beta in BETAS:
        scores, labels = [], []
        for fold in (0, 1):
            score, found = _judge(sample, folds == fold, n_clusters, alpha, beta, random)
            scores.append(score)
            labels.append(found)
        held_out.append(float(np.mean(scores)))
        agreement.append(float(adjusted_mutual_info_score(*labels)))
    near = np.array(held_out) >= max(held_out) * (1.0 + TOLERANCE)
    best = int(np.argmax(np.where(near, agreement, -np.inf)))
    return SmoothingChoice(BETAS[best], BETAS, tuple(held_out), tuple(agreement))


def _judge(
    counts: sp.csr_matrix,
    unseen: NDArray[np.bool_],
    n_clusters: int,
    alpha: float,
    beta: float,
    random: np.random.Generator,
) -> tuple[float, Ints]:
    seen, rest = counts[~unseen], counts[unseen]
    labels = random.integers(0, n_clusters, seen.shape[0])
    chain = Chain(seen, n_clusters, alpha, np.full(counts.shape[1], beta), labels)
    for _ in range(_SWEEPS):
        chain.sweep(random)
    mixture = chain.mixture(beta).refine(seen, _STEPS)
    score = mixture.log_likelihood(rest) / max(float(rest.sum()), 1.0)
    best: Ints = mixture.posterior(counts).argmax(axis=1).astype(np.int64)
    return score, best
