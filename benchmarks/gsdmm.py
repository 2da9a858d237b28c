"""GSDMM: speed, memory, agreement with labels, the grid, the tree, the warm start.

python -m benchmarks.gsdmm        writes benchmarks/results/gsdmm.json
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
import scipy
import scipy.sparse as sp
import sklearn
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from nlp.chain import Chain
from nlp.gsdmm import GSDMM, cut_topics, fit_gsdmm_tree

RESULTS = Path(__file__).parent / "results" / "gsdmm.json"
BESIDE = Path(__file__).resolve().parents[1].parent / "shared" / "corpora"
CORPORA = Path(os.environ.get("TOPICBRIEF_CORPORA", BESIDE))
FAST_GSDMM = 373  # documents per CPU second per sweep, news_titles, K=500, published package
SETUPS = {
    "news_titles": 152,
    "stackoverflow_words": 20,
    "stackoverflow_titles": 20,
    "banking77": 77,
}


def read(name: str) -> tuple[sp.csr_matrix, tuple[str, ...], list[str]]:
    path = CORPORA / f"{name}.jsonl.gz"
    if not path.exists():
        sys.exit(
            f"{path} is absent: put the corpora there or name their folder in TOPICBRIEF_CORPORA"
        )
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts, labels = [row["text"] for row in rows], [row["label"] for row in rows]
    if name in ("news_titles", "stackoverflow_words"):
        vectors = CountVectorizer(analyzer=str.split, dtype=np.int32)
        return vectors.fit_transform(texts).tocsr(), tuple(vectors.get_feature_names_out()), labels
    from nlp.cleaning import clean
    from nlp.config import Settings
    from nlp.vocabulary import count_terms

    settings = Settings.create()
    counted = count_terms(clean(texts, settings), settings)
    return counted.counts, counted.terms, labels


def agreement(labels: list[str], found: Any) -> dict[str, float]:
    return {
        "nmi": round(float(normalized_mutual_info_score(labels, found)), 4),
        "ari": round(float(adjusted_rand_score(labels, found)), 4),
        "topics": len(set(found)),
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
    chain = Chain(counts, n_clusters, 0.1, np.full(counts.shape[1], 0.1), labels)
    seconds, _ = timed(lambda: [chain.sweep(random) for _ in range(n_sweeps)])
    return seconds


def speed() -> dict[str, Any]:
    counts, _, _ = read("news_titles")
    sweeps(counts, 500, 1)
    rates = [counts.shape[0] * 30 / sweeps(counts, 500, 30, seed) for seed in range(7)]
    best, middle = max(rates), float(np.median(rates))
    return {
        "documents_per_cpu_second_per_sweep": [round(rate) for rate in rates],
        "median_times_fast_gsdmm": round(middle / FAST_GSDMM),
        "best_times_fast_gsdmm": round(best / FAST_GSDMM),
        "required_times_fast_gsdmm": 1000,
        "feasibility_sketch": 300_000,
    }


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
        results[f"{name} K={n_clusters} beta={beta} refinements={steps}"] = mean(rows)
    return results


def defaults(n_seeds: int = 10) -> dict[str, Any]:
    """What the job fits, nothing tuned: cut at the number of labels, and where it cuts itself."""
    results: dict[str, Any] = {}
    for name, n_labels in SETUPS.items():
        counts, terms, labels = read(name)
        at_labels, auto, fine, seconds = [], [], [], []
        for seed in range(n_seeds):
            took, fit = timed(fit_gsdmm_tree, counts, terms, None, seed)
            cut = cut_topics(fit.fine, fit.tree, counts, n_labels)
            seconds.append(took)
            fine.append(agreement(labels, fit.fine.labels()))
            auto.append(agreement(labels, fit.model.labels()))
            at_labels.append(agreement(labels, cut.labels()))
        results[name] = {
            "cut_at_labels": mean(at_labels),
            "auto": mean(auto),
            "fine": mean(fine),
            "cpu_seconds": round(float(np.median(seconds)), 2),
        }
    return results


def grid() -> list[dict[str, Any]]:
    rows = []
    for name, n_labels in SETUPS.items():
        counts, _, labels = read(name)
        for n_clusters in (n_labels, 500):
            for alpha in (0.1, 10.0, 100.0):
                for beta in (0.02, 0.05, 0.1, 0.3, 0.5):
                    model = GSDMM(n_clusters, alpha=alpha, beta=beta).fit(counts)
                    row = {"corpus": name, "K": n_clusters, "alpha": alpha, "beta": beta}
                    rows.append(row | agreement(labels, model.labels_))
    return rows


def warm_start() -> dict[str, Any]:
    """The last tenth of the documents arrives after a fit of the others."""
    results = {}
    for name, n_labels in SETUPS.items():
        counts, terms, labels = read(name)
        order = np.random.default_rng(0).permutation(counts.shape[0])
        counts, labels = counts[order], [labels[place] for place in order]
        known = int(0.9 * counts.shape[0])
        yesterday = fit_gsdmm_tree(counts[:known], terms, n_labels).fine
        start = np.concatenate([yesterday.labels(), np.full(counts.shape[0] - known, -1)])
        warm, update = timed(
            fit_gsdmm_tree, counts, terms, n_labels, previous=yesterday, labels=start
        )
        cold, refit = timed(fit_gsdmm_tree, counts, terms, n_labels)
        results[name] = {
            "update": agreement(labels, update.model.labels()),
            "refit": agreement(labels, refit.model.labels()),
            "update_cpu_seconds": round(warm, 2),
            "refit_cpu_seconds": round(cold, 2),
        }
    return results


def setup() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "numba": numba.__version__,
        "scikit-learn": sklearn.__version__,
        "machine": platform.machine(),
        "cores": str(os.cpu_count()),
    }


def main() -> None:
    sections: list[Callable[[], Any]] = [
        speed, clusters, growth, quality_news, quality_stackoverflow, defaults, warm_start, grid
    ]  # fmt: skip
    wanted = sys.argv[1:] or [section.__name__ for section in sections]
    for section in sections:
        if section.__name__ in wanted:
            measured = section()
            results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
            results |= {"setup": setup(), section.__name__: measured}
            RESULTS.parent.mkdir(exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")
            print(section.__name__, json.dumps(measured)[:400], flush=True)


if __name__ == "__main__":
    main()
