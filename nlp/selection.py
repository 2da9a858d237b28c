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

from nlp.coherence import coherence
from nlp.counts import check_counts
from nlp.lda import LDA
from nlp.progress import Progress, silent
from nlp.quality import top_columns
from nlp.topics import Kind

# Below it one topic per document agrees better with people's labels and is level with a mixture in
# predicting unseen words; from 15 to 25 words on a mixture predicts better, at a fifth of the cost,
# though labels agree less until about 40 (benchmarks/README.md). NMF came first nowhere by more
# than chance, so it is never chosen unasked.
_SHORT = 30
_LADDER = (2, 3, 5, 7, 10, 14, 20, 28, 40, 56, 80)
_MOST_TOPICS = 80
# A topic of fewer documents than this is an anecdote.
_LEAST_DOCUMENTS = 5
_SAMPLE_TOKENS = 300_000
_SAMPLE_FITS, _SAMPLE_SWEEPS = 3, 120
_SURELY_TRIED, _HOPEFUL = 20, 0.7
# Other seeds move a score by about a tenth: numbers that near the best are its equals.
_EQUAL = 0.9


@dataclass(frozen=True)
class ModelChoice:
    """A kind of topic model and, for the report, why."""

    kind: Kind
    reason: str


@dataclass(frozen=True)
class TopicsChoice:
    """A number of topics, what it was chosen from and, for the report, why."""

    n_topics: int
    curve: tuple[tuple[int, float], ...]
    """Every number tried, ascending, and its score; higher is better."""
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Plain JSON for the manifest: the number chosen, and every one tried with its score."""
        return {"chosen": self.n_topics, "scores": [list(point) for point in self.curve]}


def choose_model(doc_lengths: NDArray[Any] | Sequence[int]) -> ModelChoice:
    """The kind of model for documents of these lengths (tokens); empty documents do not count."""
    lengths = np.asarray(doc_lengths)
    filled = lengths[lengths > 0]
    median = float(np.median(filled)) if len(filled) else 0.0
    kind: Kind = "gsdmm" if median < _SHORT else "lda"
    name = {"gsdmm": "GSDMM", "lda": "LDA", "nmf": "NMF"}[kind]
    return ModelChoice(kind, f"median {median:g} words: {name}")


def choose_topics(
    counts: sp.csr_matrix, terms: Sequence[str], seed: int = 0, progress: Progress = silent
) -> TopicsChoice:
    """The number of topics, for LDA or NMF, whose topics are coherent and found again.

    Each candidate is fitted from four seeds on a sample of about 300,000 tokens; its score is the
    mean NPMI of its topics (by documents) times the adjusted mutual information of the groups into
    which two fits part the documents. The largest number that scores at least 0.9 times the best is
    chosen: such numbers are equals, and finer topics hide less from a reader. Candidates stand a
    factor of about 1.4 apart, then the middles on either side of the chosen one are tried. Larger
    numbers are left out once two in a row fall far behind.
    """
    matrix = check_counts(counts, terms)
    sample = _sample(matrix, seed)
    n_docs = int((np.diff(sample.indptr) > 0).sum())
    most = min(_MOST_TOPICS, n_docs // _LEAST_DOCUMENTS, matrix.shape[1])
    coarse = [number for number in _LADDER if number <= most]
    if not coarse:
        progress(1, 1)
        return TopicsChoice(1, (), f"{n_docs} documents are too few to part: 1 topic")
    scores: dict[int, float] = {}
    total = len(coarse) + 2
    for number in coarse:
        scores[number] = _score(sample, number, seed)
        progress(len(scores), total)
        if number > _SURELY_TRIED and _far_behind(scores):
            break
    for number in _middles(list(scores), _chosen(scores)):
        scores[number] = _score(sample, number, seed)
        progress(len(scores), total)
    progress(total, total)
    chosen = _chosen(scores)
    curve = tuple(sorted(scores.items()))
    tried = f"{curve[0][0]} to {curve[-1][0]}"
    reason = f"{chosen} topics: the most that are as coherent and stable as any number from {tried}"
    return TopicsChoice(chosen, curve, reason)


def _sample(matrix: sp.csr_matrix, seed: int) -> sp.csr_matrix:
    order = np.random.default_rng(seed).permutation(matrix.shape[0])
    lengths = np.asarray(matrix.sum(axis=1)).ravel()[order]
    n_docs = int(np.searchsorted(np.cumsum(lengths), _SAMPLE_TOKENS)) + 1
    return matrix[np.sort(order[:n_docs])]


def _score(sample: sp.csr_matrix, n_topics: int, seed: int) -> float:
    """Coherence times agreement of fits; of topics that are not coherent at all, coherence alone.

    Agreement is adjusted for chance, or few topics would always seem the more stable ones.
    """
    from sklearn.metrics import adjusted_mutual_info_score

    names = [str(column) for column in range(sample.shape[1])]
    filled = np.diff(sample.indptr) > 0
    parted, npmi = [], 0.0
    for turn in range(_SAMPLE_FITS):
        model = LDA(
            n_topics, n_sweeps=_SAMPLE_SWEEPS, seed=seed + turn, n_jobs=os.cpu_count() or 1
        ).fit(sample)
        # Learned priors leave topics empty when there are too many: they say nothing, and count 0.
        sizes = np.bincount(model.labels_[model.labels_ >= 0], minlength=n_topics)
        top = top_columns(model.topic_term_[sizes >= _LEAST_DOCUMENTS])
        npmi += float(coherence(top, names, sample).npmi.sum()) / n_topics / _SAMPLE_FITS
        parted.append(model.labels_[filled])
    agreement = np.mean([adjusted_mutual_info_score(*pair) for pair in combinations(parted, 2)])
    return npmi * max(float(agreement), 0.0) if npmi > 0 else npmi


def _far_behind(scores: Mapping[int, float]) -> bool:
    """Whether the last two numbers tried leave no hope for larger ones."""
    best = max(scores.values())
    return best > 0 and max(list(scores.values())[-2:]) < _HOPEFUL * best


def _chosen(scores: Mapping[int, float]) -> int:
    """The largest number that is as good as the best; the very best where none is any good."""
    best = max(scores.values())
    least = _EQUAL * best if best > 0 else best
    return max(number for number, score in scores.items() if score >= least)


def _middles(coarse: Sequence[int], chosen: int) -> list[int]:
    place = coarse.index(chosen)
    around = coarse[max(place - 1, 0) : place + 2]
    middles = [round((low * high) ** 0.5) for low, high in pairwise(around)]
    return [number for number in middles if number not in coarse]
