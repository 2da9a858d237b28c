"""GSDMM: speed, memory, agreement with labels, the grid, the grain, the warm start.

python -m benchmarks.gsdmm [SECTION...]       writes benchmarks/results/gsdmm.json

The published build of fast-gsdmm 0.0.1 is broken. Where its one source file, compiled by hand, can
be imported, `speed` runs it side by side with ours; elsewhere its published rate is taken.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from benchmarks.counted import record, records
from nlp.cleaning.reader import clean
from nlp.config import Settings
from nlp.gsdmm.chain import Chain
from nlp.gsdmm.estimator import GSDMM
from nlp.vocabulary.terms import count_terms

TICKETS = Path(__file__).resolve().parents[1] / "data" / "tickets.csv"
FAST_GSDMM = 373  # documents per CPU second per sweep, news_titles, K=500, published package
PREPARED = ("news_titles", "stackoverflow_words")
TUNED = ("news_titles", "stackoverflow_words", "stackoverflow_titles", "banking77")
UNSEEN = ("tickets", "dated_headlines", "bbc_news, first 15 words", "banking77, 8 labels")
Labelled = tuple[sp.csr_matrix, tuple[str, ...], np.ndarray]


def read(name: str) -> Labelled:
    corpus, _, part = name.partition(", ")
    rows = tickets() if name == "tickets" else records(corpus)
    labels = np.array([row["label"] for row in rows])
    if part.endswith("labels"):
        some = np.random.default_rng(0).permutation(np.unique(labels))[: int(part.split()[0])]
        rows = [row for row in rows if row["label"] in some]
        labels = labels[np.isin(labels, some)]
    texts = [row["text"] for row in rows]
    if name in PREPARED:
        vectors = CountVectorizer(analyzer=str.split, dtype=np.int32)
        return vectors.fit_transform(texts).tocsr(), tuple(vectors.get_feature_names_out()), labels
    if part.endswith("words"):
        texts = [" ".join(text.split()[: int(part.split()[1])]) for text in texts]
    settings = Settings.create()
    counted = count_terms(clean(texts, settings), settings)
    return counted.counts, counted.terms, labels


def tickets() -> list[dict[str, str]]:
    with TICKETS.open(encoding="utf-8", newline="") as lines:
        return [{"text": row["body"], "label": row["label"]} for row in csv.DictReader(lines)]


def default(seed: int, **options: Any) -> GSDMM:
    """What the job fits: nothing tuned."""
    learned = {"n_topics": None, "alpha": None, "beta": None, "n_chains": 2}
    return GSDMM(**learned | options, seed=seed)


def agreement(labels: np.ndarray, found: np.ndarray) -> dict[str, float]:
    return {
        "nmi": round(float(normalized_mutual_info_score(labels, found)), 4),
        "ari": round(float(adjusted_rand_score(labels, found)), 4),
        "topics": len(set(found[found >= 0].tolist())),
    }


def mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {key: round(float(np.mean([row[key] for row in rows])), 4) for key in rows[0]}


def timed(work: Callable[..., Any], *given: Any, **named: Any) -> tuple[float, Any]:
    start = time.process_time()
    result = work(*given, **named)
    return time.process_time() - start, result


def sweeps(counts: sp.csr_matrix, n_clusters: int, n_sweeps: int, seed: int = 0) -> float:
    """CPU seconds of the sampler alone."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, n_clusters, counts.shape[0])
    chain = Chain(counts, n_clusters, 0.1, 0.1, labels, random)
    seconds, _ = timed(lambda: [chain.sweep() for _ in range(n_sweeps)])
    return seconds


def speed() -> dict[str, Any]:
    counts, terms, _ = read("news_titles")
    sweeps(counts, 500, 1)
    rates, rival = [], []
    for seed in range(7):
        rates.append(counts.shape[0] * 30 / sweeps(counts, 500, 30, seed))
        if seed in (0, 6):
            rival.append(fast_gsdmm(counts, terms))
    measured = [rate for rate in rival if rate]
    beside = float(np.median(measured)) if measured else FAST_GSDMM
    return {
        "documents_per_cpu_second_per_sweep": [round(rate) for rate in rates],
        "fast_gsdmm_side_by_side": [round(rate) for rate in measured] or "not importable here",
        "times_fast_gsdmm_side_by_side": round(float(np.median(rates)) / beside),
        "times_fast_gsdmm_published_373": round(float(np.median(rates)) / FAST_GSDMM),
        "required_times_fast_gsdmm": 1000,
        "feasibility_sketch": 300_000,
    }


def fast_gsdmm(counts: sp.csr_matrix, terms: tuple[str, ...]) -> float | None:
    """Documents per CPU second per sweep of the PyPI package; None where it is not there."""
    try:
        import fast_gsdmm as rival
    except ImportError:
        return None
    rows = [counts[row] for row in range(counts.shape[0])]
    texts = [[terms[term] for term in row.indices] for row in rows if row.nnz]
    one, two = (
        timed(rival.GSDMM(list(terms), len(terms), 500, n_sweeps, 0.1, 0.1).fit, texts)[0]
        for n_sweeps in (1, 2)
    )
    return len(texts) / (two - one)


def growth() -> list[dict[str, float]]:
    """CPU time and memory from 10,000 documents to 1,000,000; news titles drawn again."""
    counts, _, _ = read("news_titles")
    rows = []
    for n_docs in (10_000, 100_000, 1_000_000):
        drawn = counts[np.random.default_rng(0).integers(0, counts.shape[0], n_docs)]
        seconds = sweeps(drawn, 200, 5)
        tracemalloc.start()
        sweeps(drawn, 200, 1)
        peak = tracemalloc.get_traced_memory()[1] - 4 * counts.shape[1] * 200
        tracemalloc.stop()
        rows.append(
            {
                "documents": n_docs,
                "cpu_microseconds_per_document_per_sweep": round(seconds / n_docs / 5 * 1e6, 3),
                "peak_bytes_per_document_beyond_input_and_4VK": round(peak / n_docs, 1),
            }
        )
    return rows


def clusters() -> list[dict[str, float]]:
    """CPU time of one sweep with all clusters occupied."""
    counts, _, _ = read("news_titles")
    rows = []
    for n_clusters in (50, 100, 200, 400, 800, 1600):
        seconds = min(sweeps(counts, n_clusters, 1, seed) for seed in range(3))
        per_document = seconds / counts.shape[0] * 1e6
        rows.append(
            {"clusters": n_clusters, "cpu_microseconds_per_document": round(per_document, 3)}
        )
    return rows


def second_core() -> dict[str, Any]:
    """Wall seconds of the job's fit with its two chains on one thread and on two."""
    counts, _, _ = read("stackoverflow_titles")
    default(0, n_sweeps=2).fit(counts)
    walls: dict[int, list[float]] = {1: [], 2: []}
    answers = []
    for _ in range(5):
        for n_jobs, seen in walls.items():
            start = time.perf_counter()
            answers.append(default(0, n_jobs=n_jobs).fit(counts).doc_topic_.tobytes())
            seen.append(time.perf_counter() - start)
    return {
        "wall_seconds_one_thread": [round(wall, 2) for wall in walls[1]],
        "wall_seconds_two_threads": [round(wall, 2) for wall in walls[2]],
        "speed_up_of_the_fastest": round(min(walls[1]) / min(walls[2]), 2),
        "same_bytes": len(set(answers)) == 1,
    }


def whole_fit() -> list[dict[str, float]]:
    """The job's fit of repeated question titles: CPU, and peak memory of a process of its own."""
    rows = []
    for n_docs in (20_000, 100_000, 500_000):
        code = f"from benchmarks.gsdmm import one_fit; one_fit({n_docs})"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        seconds, before, peak, topics = map(float, done.stdout.split())
        rows.append(
            {
                "documents": n_docs,
                "topics": topics,
                "cpu_microseconds_per_document": round(seconds / n_docs * 1e6, 1),
                "peak_megabytes": round(peak),
                "bytes_per_document_beyond_input": round((peak - before) * 1e6 / n_docs),
            }
        )
    return rows


def one_fit(n_docs: int) -> None:
    import resource

    counts, _, _ = read("stackoverflow_titles")
    default(0, n_sweeps=2).fit(counts)
    drawn = counts[np.random.default_rng(0).integers(0, counts.shape[0], n_docs)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    seconds, model = timed(default(0).fit, drawn)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(seconds, before, peak, model.doc_topic_.shape[1])


def quality_news() -> dict[str, Any]:
    return quality("news_titles", 500, 0.1)


def quality_stackoverflow() -> dict[str, Any]:
    return quality("stackoverflow_words", 20, 0.1) | quality("stackoverflow_words", 20, 0.5)


def quality(name: str, n_clusters: int, beta: float, n_seeds: int = 10) -> dict[str, Any]:
    """One fixed setting, before and after the steps of expectation-maximisation."""
    counts, _, labels = read(name)
    results = {}
    for steps in (0, 25):
        rows = []
        for seed in range(n_seeds):
            model = GSDMM(n_clusters, beta=beta, n_refinements=steps, seed=seed)
            rows.append(agreement(labels, model.fit(counts).labels_))
        results[f"K={n_clusters} beta={beta} refinements={steps}"] = mean(rows)
    return {name: results} if n_clusters == 500 else {f"{name} beta={beta}": results}


def defaults(names: tuple[str, ...] = TUNED, n_seeds: int = 10) -> dict[str, Any]:
    """What the job fits, nothing tuned: cut at the number of labels, and where it cuts itself."""
    results: dict[str, Any] = {}
    for name in names:
        counts, _, labels = read(name)
        n_labels = len(set(labels.tolist()))
        at_labels, auto, fine, seconds = [], [], [], []
        for seed in range(n_seeds):
            took, model = timed(default(seed).fit, counts)
            seconds.append(took)
            fine.append(agreement(labels, model.fine_.labels))
            auto.append(agreement(labels, model.labels_))
            at_labels.append(agreement(labels, model.cut(counts, n_labels)))
        results[name] = {
            "labels": n_labels,
            "cut_at_labels": mean(at_labels),
            "auto": mean(auto),
            "auto_topics": [row["topics"] for row in auto],
            "fine": mean(fine),
            "cpu_seconds": round(float(np.median(seconds)), 2),
        }
    return results


def unseen() -> dict[str, Any]:
    """The defaults on corpora that no constant was chosen on."""
    return defaults(UNSEEN, n_seeds=5)


def direct() -> dict[str, Any]:
    """The sampler fitted at the number of labels directly, to compare with the cuts."""
    results: dict[str, Any] = {}
    for name in TUNED:
        counts, _, labels = read(name)
        n_labels = len(set(labels.tolist()))
        for beta in (0.1, 0.5):
            rows = []
            for seed in range(5):
                model = GSDMM(n_labels, None, beta, n_chains=2, seed=seed).fit(counts)
                rows.append(agreement(labels, model.labels_))
            results[f"{name} beta={beta}"] = mean(rows)
    return results


def grid() -> list[dict[str, Any]]:
    rows = []
    for name in TUNED:
        counts, _, labels = read(name)
        for n_clusters in (len(set(labels.tolist())), 500):
            for alpha in (0.1, 10.0, 100.0):
                for beta in (0.02, 0.05, 0.1, 0.3, 0.5):
                    model = GSDMM(n_clusters, alpha=alpha, beta=beta).fit(counts)
                    row = {"corpus": name, "K": n_clusters, "alpha": alpha, "beta": beta}
                    rows.append(row | agreement(labels, model.labels_))
    return rows


def warm_start() -> dict[str, Any]:
    """The last tenth of the documents arrives after a fit of the others."""
    results = {}
    for name in TUNED:
        counts, _, labels = read(name)
        known, n_topics = int(0.9 * counts.shape[0]), len(set(labels.tolist()))
        yesterday = default(0, n_topics=n_topics).fit(counts[:known])
        start = np.append(yesterday.sample_labels_, np.full(counts.shape[0] - known, -1))
        update = default(0, n_topics=n_topics, n_chains=1, n_sweeps=5)
        warm, _ = timed(update.fit, counts, labels=start)
        cold, refit = timed(default(0, n_topics=n_topics).fit, counts)
        results[name] = {
            "update": agreement(labels, update.labels_),
            "refit": agreement(labels, refit.labels_),
            "update_cpu_seconds": round(warm, 2),
            "refit_cpu_seconds": round(cold, 2),
        }
    return results


def main() -> None:
    sections: list[Callable[[], Any]] = [
        speed, clusters, growth, second_core, whole_fit, quality_news, quality_stackoverflow,
        defaults, unseen, direct, warm_start, grid,
    ]  # fmt: skip
    wanted = sys.argv[1:] or [section.__name__ for section in sections]
    for section in sections:
        if section.__name__ in wanted:
            measured = section()
            record("gsdmm", section.__name__, measured)
            print(section.__name__, str(measured)[:400], flush=True)


if __name__ == "__main__":
    main()
