"""Words, sentence vectors, and both: agreement with labels, the number of topics, calibration.

python -m benchmarks.meaning [SECTION...]     writes benchmarks/results/meaning.json

Vectors are those of the bundled encoder; TOPICBRIEF_VECTORS names a folder that keeps them.
Constants were chosen on tickets, banking77 and stackoverflow_titles; the others are a check.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import scipy.sparse as sp
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    normalized_mutual_info_score,
)

from benchmarks.counted import record, records
from benchmarks.gsdmm import read, tickets
from nlp.arrays import one_thread
from nlp.gsdmm import GSDMM, joint_fit
from nlp.gsdmm.joint_fit import JointFine, _fine, _merge, readable_number
from nlp.gsdmm.joint_mixture import Documents, JointMixture
from nlp.gsdmm.joint_start import group_by_vectors
from nlp.topics.meaning import VectorSpace, sharpened

CHOSEN_ON = ("tickets", "banking77", "stackoverflow_titles")
CHECKED_ON = ("dated_headlines", "news_titles", "stackoverflow_words")
SEEDS = range(3)
BINS = 10
Given = tuple[sp.csr_matrix, np.ndarray, np.ndarray]


def given(name: str) -> Given:
    """Counts, vectors and labels, the labels as whole numbers."""
    counts, _, labels = read(name)
    return counts, vectors(name), np.unique(labels, return_inverse=True)[1]


def vectors(name: str) -> np.ndarray:
    """(n_docs, 384) of the bundled encoder, in the order of `read`."""
    kept = os.environ.get("TOPICBRIEF_VECTORS")
    path = Path(kept or ".") / f"{name}.npy"
    if kept and path.exists():
        return np.load(path)
    from nlp.encoder import encode

    rows = tickets() if name == "tickets" else records(name)
    start = time.perf_counter()
    found = encode([row["text"] for row in rows])
    print(name, "encoded in", round(time.perf_counter() - start), "s", flush=True)
    if kept:
        np.save(path, found)
    return found


def agreement(labels: np.ndarray, found: np.ndarray) -> dict[str, float]:
    return {
        "nmi": round(float(normalized_mutual_info_score(labels, found)), 4),
        "ari": round(float(adjusted_rand_score(labels, found)), 4),
        "ami": round(float(adjusted_mutual_info_score(labels, found)), 4),
        "topics": len(set(found[found >= 0].tolist())),
    }


def mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {key: round(float(np.mean([row[key] for row in rows])), 4) for key in rows[0]}


def job(n_topics: int | None, seed: int) -> GSDMM:
    """What the job fits."""
    return GSDMM(n_topics, alpha=None, beta=None, n_chains=2, n_jobs=2, seed=seed)


def parts() -> Iterator[tuple[str, Any]]:
    """Words alone, vectors alone, and both; the number of topics told, and found."""
    for name in CHOSEN_ON + CHECKED_ON:
        counts, known, labels = given(name)
        n_labels = int(labels.max()) + 1
        words, alone, both, found, seconds = [], [], [], [], []
        places = VectorSpace.of(known).places(known)
        for seed in SEEDS:
            words.append(agreement(labels, job(n_labels, seed).fit(counts).labels_))
            groups = group_by_vectors(places, n_labels, np.random.default_rng(seed))
            alone.append(agreement(labels, groups))
            start = time.process_time()
            both.append(agreement(labels, job(n_labels, seed).fit(counts, vectors=known).labels_))
            seconds.append(time.process_time() - start)
            found.append(agreement(labels, job(None, seed).fit(counts, vectors=known).labels_))
        yield (
            name,
            {
                "documents": len(labels),
                "labels": n_labels,
                "words": mean(words),
                "vectors, k-means": mean(alone),
                "both": mean(both),
                "both by seed": both,
                "both, number found": found,
                "cpu_seconds of a fit with both": round(float(np.median(seconds)), 1),
                "chosen on": name in CHOSEN_ON,
            },
        )


def numbers() -> Iterator[tuple[str, Any]]:
    """AMI over numbers of topics, beside the number that is chosen; two starts."""
    for name in CHOSEN_ON + CHECKED_ON:
        counts, known, labels = given(name)
        n_labels = int(labels.max()) + 1
        documents = Documents(counts, VectorSpace.of(known).places(known))
        with one_thread():
            starts = [_fine(documents, None, np.random.default_rng(seed)) for seed in (0, 1)]
            fine, chosen = starts[0], readable_number(starts).n_topics
            wanted = {max(2, round(n_labels * part)) for part in np.geomspace(0.3, 3.3, 9)}
            curve = {
                number: agreement(labels, _topics(fine, documents, number).labels(documents))
                for number in sorted(wanted | {chosen})
                if number <= fine.tree.n_fine
            }
        best = max(row["ami"] for row in curve.values())
        yield (
            name,
            {
                "labels": n_labels,
                "chosen": chosen,
                "times the labels": round(chosen / n_labels, 2),
                "ami below the best": round(best - curve[chosen]["ami"], 4),
                "curve": curve,
            },
        )


def _topics(fine: JointFine, documents: Documents, number: int) -> JointMixture:
    return _merge(fine, number, None).refine(documents, 25)


def concentration() -> Iterator[tuple[str, Any]]:
    """NMI and ARI over the concentration of topics, and of fine clusters."""
    for name in CHOSEN_ON:
        counts, known, labels = given(name)
        documents = Documents(counts, VectorSpace.of(known).places(known))
        topics = {
            value: _with(documents, labels, CONCENTRATION=float(value))
            for value in (5, 10, 14, 20, 40, 80)
        }
        fine = {
            value: _with(documents, labels, FINE_CONCENTRATION=float(value))
            for value in (10, 20, 40)
        }
        yield name, {"topics": topics, "fine clusters": fine}


def dimensions() -> Iterator[tuple[str, Any]]:
    """NMI and ARI over the number of dimensions that are kept."""
    from nlp.topics import meaning

    for name in CHOSEN_ON:
        counts, known, labels = given(name)
        rows, usual = {}, meaning.MOST_DIMENSIONS
        for kept in (16, 32, 64, 128, 256, 384):
            meaning.MOST_DIMENSIONS = kept
            rows[kept] = _with(Documents(counts, VectorSpace.of(known).places(known)), labels)
        meaning.MOST_DIMENSIONS = usual
        yield name, rows


def _with(documents: Documents, labels: np.ndarray, **constants: float) -> dict[str, float]:
    usual = {key: getattr(joint_fit, key) for key in constants}
    for key, value in constants.items():
        setattr(joint_fit, key, value)
    rows, n_labels = [], int(labels.max()) + 1
    with one_thread():
        for seed in SEEDS:
            fine = _fine(documents, n_labels, np.random.default_rng(seed))
            found = _topics(fine, documents, n_labels).labels(documents)
            rows.append(agreement(labels, found))
    for key, value in usual.items():
        setattr(joint_fit, key, value)
    return mean(rows)


def calibration() -> Iterator[tuple[str, Any]]:
    """Of documents told p, how many are right: their topic's most frequent label is theirs."""
    for name in CHOSEN_ON + CHECKED_ON:
        counts, known, labels = given(name)
        n_labels = int(labels.max()) + 1
        rows: dict[str, Any] = {}
        for told in (n_labels, None):
            model = job(told, 0).fit(counts, vectors=known)
            right = _right(labels, model.labels_)
            certainty = model.to_topic_model(["x"] * counts.shape[1]).meaning.certainty
            powers = {
                power: _error(sharpened(model.doc_topic_, power / certainty).max(axis=1), right)
                for power in (0.2, 0.25, 0.3, 0.34, 0.4, 0.5, 1.0)
            }
            rows["number told" if told else "number found"] = {
                "topics": len(model.topic_term_),
                "right": round(float(right.mean()), 3),
                "expected calibration error": _error(model.doc_topic_.max(axis=1), right),
                "by power": powers,
                "told and right": _told(model.doc_topic_.max(axis=1), right),
            }
        yield name, rows


def _right(labels: np.ndarray, found: np.ndarray) -> np.ndarray:
    right = np.zeros(len(labels), dtype=bool)
    for topic in range(int(found.max()) + 1):
        inside = found == topic
        if inside.any():
            right[inside] = labels[inside] == np.bincount(labels[inside]).argmax()
    return right


def _told(told: np.ndarray, right: np.ndarray) -> list[dict[str, float]]:
    part = np.minimum((told * BINS).astype(int), BINS - 1)
    return [
        {
            "documents": int((part == number).sum()),
            "told": round(float(told[part == number].mean()), 3),
            "right": round(float(right[part == number].mean()), 3),
        }
        for number in range(BINS)
        if (part == number).any()
    ]


def _error(told: np.ndarray, right: np.ndarray) -> float:
    rows = _told(told, right)
    weighted = sum(abs(row["told"] - row["right"]) * row["documents"] for row in rows)
    return round(weighted / len(told), 3)


SECTIONS = {
    "parts": parts,
    "numbers": numbers,
    "concentration": concentration,
    "dimensions": dimensions,
    "calibration": calibration,
}


def main() -> None:
    for section in sys.argv[1:] or SECTIONS:
        figures = {}
        for name, row in SECTIONS[section]():
            figures[name] = row
            print(section, name, row, flush=True)
            record("meaning", section, figures)


if __name__ == "__main__":
    main()
