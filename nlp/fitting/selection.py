"""Which topic model suits a corpus, and how many topics."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp.arrays import totals
from nlp.fitting.defaults import DEFAULTS
from nlp.lda import LDA
from nlp.progress import Progress, silent
from nlp.record import TopicSearch
from nlp.topics.coherence import coherence
from nlp.topics.model import Kind
from nlp.topics.quality import stability, top_columns
from nlp.vocabulary.counts import check_counts


@dataclass(frozen=True)
class ModelChoice:
    """A kind of topic model and, for the report, the reason for it."""

    kind: Kind
    reason: str


@dataclass(frozen=True)
class TopicsChoice:
    """A number of topics, the numbers it was chosen from and, for the report, the reason."""

    n_topics: int
    curve: tuple[tuple[int, float], ...]
    """Every number that was tried, ascending, and its score; higher is better."""
    reason: str
    stability: float | None = None
    """Mean `nlp.topics.quality.stability` of pairs of its fits; None if nothing was fitted."""

    def search(self) -> TopicSearch:
        """For the record of the run: the chosen number, and all numbers tried with their scores."""
        return TopicSearch(self.n_topics, self.curve, self.stability)


@dataclass(frozen=True)
class _Trial:
    score: float
    tops: tuple[NDArray[np.int64], ...]
    """Top terms of each fit."""


def choose_model(doc_lengths: NDArray[Any] | Sequence[int]) -> ModelChoice:
    """The kind of model for documents with these numbers of tokens; empty documents are ignored."""
    lengths = np.asarray(doc_lengths)
    filled = lengths[lengths > 0]
    median = float(np.median(filled)) if len(filled) else 0.0
    kind: Kind = "gsdmm" if median < DEFAULTS.short else "lda"
    return ModelChoice(kind, f"median {median:g} words: {kind.upper()}")


def choose_topics(
    counts: sp.csr_matrix, terms: Sequence[str], seed: int = 0, progress: Progress = silent
) -> TopicsChoice:
    """The number of topics, for LDA or NMF, whose topics are coherent and found again.

    Each candidate is fitted from three seeds on a sample of about 600,000 tokens; its score is the
    mean NPMI of its topics (by documents) times the adjusted mutual information of the groups into
    which two fits divide the documents, times the share of pairs of documents in different groups.
    The smallest number that scores at least 0.95 times the best is chosen: more topics would not
    add any that another fit finds again. Neighbouring candidates differ by a factor of about two;
    then the numbers half way to the neighbours of the best are tried, twice. Larger numbers are
    skipped once two in a row score far below the best.
    """
    matrix = check_counts(counts, terms)
    sample = _sample(matrix, seed)
    n_docs = int((np.diff(sample.indptr) > 0).sum())
    most = min(DEFAULTS.coarse[-1], n_docs // DEFAULTS.least_documents, matrix.shape[1])
    coarse = [number for number in DEFAULTS.coarse if number < most] + [most]
    if most < DEFAULTS.coarse[0]:
        progress(1, 1)
        return TopicsChoice(1, (), f"1 topic: too few documents to separate ({n_docs})")
    trials: dict[int, _Trial] = {}
    total = len(coarse) + 2 * DEFAULTS.refinements
    for number in coarse:
        trials[number] = _try(sample, number, seed)
        progress(len(trials), total)
        if number >= DEFAULTS.surely_tried and _far_behind(_scores(trials)):
            break
    for _ in range(DEFAULTS.refinements):
        for number in _middles(sorted(trials), _chosen(_scores(trials))):
            trials[number] = _try(sample, number, seed)
            progress(len(trials), total)
    progress(total, total)
    curve = tuple(sorted(_scores(trials).items()))
    tried = f"{curve[0][0]} to {curve[-1][0]}"
    if max(score for _, score in curve) == 0:
        return TopicsChoice(1, curve, f"1 topic: of {tried} none are found again by another fit")
    chosen = _chosen(dict(curve))
    reason = f"{chosen} topics: the fewest as coherent and stable as any number from {tried}"
    pairs = combinations(trials[chosen].tops, 2)
    return TopicsChoice(chosen, curve, reason, float(np.mean([stability(*pair) for pair in pairs])))


def _sample(matrix: sp.csr_matrix, seed: int) -> sp.csr_matrix:
    order = np.random.default_rng(seed).permutation(matrix.shape[0])
    lengths = totals(matrix, 1)[order]
    n_docs = int(np.searchsorted(np.cumsum(lengths), DEFAULTS.sample_tokens)) + 1
    return matrix[np.sort(order[:n_docs])]


def _scores(trials: Mapping[int, _Trial]) -> dict[int, float]:
    return {number: trial.score for number, trial in trials.items()}


def _try(sample: sp.csr_matrix, n_topics: int, seed: int) -> _Trial:
    """Coherence times agreement times separation; coherence alone if it is negative.

    Agreement is adjusted for chance: otherwise few topics would always seem more stable. Separation
    is the probability that two documents are in different topics: otherwise two topics would win,
    which any fit finds again and which say little. Fits that agree by chance only score 0.
    """
    from sklearn.metrics import adjusted_mutual_info_score

    names = [str(column) for column in range(sample.shape[1])]
    filled = np.diff(sample.indptr) > 0
    groups, tops, npmi, separation = [], [], 0.0, 0.0
    for turn in range(DEFAULTS.fits):
        model = LDA(
            n_topics,
            n_sweeps=DEFAULTS.sweeps,
            seed=seed + turn,
            n_jobs=os.cpu_count() or 1,
            n_starts=DEFAULTS.starts,
        ).fit(sample)
        labels = model.labels_[filled]
        # Learned priors leave topics empty if there are too many: an empty topic counts 0.
        sizes = np.bincount(labels[labels >= 0], minlength=n_topics)
        top = top_columns(model.topic_term_[sizes >= DEFAULTS.least_documents])
        npmi += float(coherence(top, names, sample).npmi.sum()) / n_topics / DEFAULTS.fits
        separation += float(1 - ((sizes / len(labels)) ** 2).sum()) / DEFAULTS.fits
        groups.append(labels)
        tops.append(top)
    agreement = np.mean([adjusted_mutual_info_score(*pair) for pair in combinations(groups, 2)])
    agreement = agreement if agreement >= DEFAULTS.least_agreement else 0.0
    return _Trial(npmi * float(agreement) * separation if npmi > 0 else npmi, tuple(tops))


def _far_behind(scores: Mapping[int, float]) -> bool:
    """Whether the last two numbers scored so low that larger ones need not be tried."""
    best = max(scores.values())
    return best > 0 and max(list(scores.values())[-2:]) < DEFAULTS.hopeful * best


def _chosen(scores: Mapping[int, float]) -> int:
    """The smallest number that is as good as the best; the best one if no score is above 0."""
    best = max(scores.values())
    least = DEFAULTS.equal * best if best > 0 else best
    return min(number for number, score in scores.items() if score >= least)


def _middles(tried: Sequence[int], chosen: int) -> list[int]:
    """Geometric means of the chosen number and its neighbours, without those already tried."""
    place = tried.index(chosen)
    around = tried[max(place - 1, 0) : place + 2]
    middles = [round((low * high) ** 0.5) for low, high in pairwise(around)]
    return [number for number in middles if number not in tried]
