"""What the LDA fits cost: by topics, threads and documents; beside gensim's fit and coherence.

python -m benchmarks.lda_speed [topics|threads|growth|variational|passes|coherence ...]

All on newsgroups20, beside rivals on its first thousands of documents; `growth` draws its words by
lot from that corpus. Times are process CPU time on one thread; those of two threads, wall clock.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import scipy.sparse as sp
from gensim.corpora import Dictionary
from gensim.models import CoherenceModel, LdaModel

from benchmarks.counted import counted, record
from nlp.cleaning.tokens import Tokens
from nlp.lda import LDA, CompiledLdaModel
from nlp.lda.sampler import Sampler, threads
from nlp.lda.shards import lay_out
from nlp.topics.coherence import coherence

NAME = "lda_speed"
N_TOPICS = (20, 50, 100, 200, 500, 1000)
WARM_SWEEPS, TIMED_SWEEPS = 30, 6
SIZES, WORDS, GROWTH_TOPICS, GROWTH_SWEEPS = (10_000, 50_000, 200_000), 150, 50, 20
N_RIVAL_DOCS, N_PASS_DOCS, N_COHERENCE_DOCS = 6_000, 1_000, 3_000
N_RUNS = 3
FLOORS = {20: (6, 10), 50: (5, 8), 200: (3, 5)}


def topics() -> None:
    """Nanoseconds for a token by number of topics, of the sweep alone."""
    counts = counted("newsgroups20").counts
    table = {}
    for n_topics in N_TOPICS:
        sampler = Sampler(lay_out(counts, 8), n_topics, seed=0)
        alpha = np.full(n_topics, min(0.1, 3 / n_topics))
        seconds = []
        for sweep in range(WARM_SWEEPS + TIMED_SWEEPS):
            start = time.process_time()
            sampler.sweep(alpha, 0.3 if sweep < WARM_SWEEPS else 0.01)
            seconds.append(time.process_time() - start)
        best = min(seconds[WARM_SWEEPS:]) / len(sampler.topics)
        table[str(n_topics)] = round(best * 1e9, 1)
    keep("nanoseconds for a token by topics", table | {"wanted": "roughly constant"})


def threads_compared() -> None:
    """One and two threads in turn; the best pair, since other work shares the machine."""
    counts = counted("newsgroups20").counts
    pairs, states = [], []
    for _ in range(5):
        seconds = []
        for n_threads in (1, 2):
            sampler = Sampler(lay_out(counts, 8), 100, seed=0)
            with threads(n_threads) as pool:
                sampler.sweep(np.full(100, 0.1), 0.3, pool)
                start = time.perf_counter()
                for _ in range(8):
                    sampler.sweep(np.full(100, 0.1), 0.3, pool)
                seconds.append(time.perf_counter() - start)
            states.append(sampler.topics.tobytes())
        pairs.append(round(seconds[0] / seconds[1], 2))
    figures = {"times_faster": max(pairs), "all_pairs": pairs, "load": os.getloadavg()[0]}
    keep("two threads", figures | {"same_bytes": len(set(states)) == 1, "wanted": 1.7})


def growth() -> None:
    """A fit of each size in a process of its own: the peak of memory is the process's."""
    for n_docs in SIZES:
        process = multiprocessing.get_context("spawn").Process(target=grow, args=(n_docs,))
        process.start()
        process.join()


def grow(n_docs: int) -> None:
    source = counted("newsgroups20").counts
    random = np.random.default_rng(0)
    chances = np.asarray(source.sum(axis=0)).ravel() / source.sum()
    terms = random.choice(len(chances), (n_docs, WORDS), p=chances).astype(np.int32)
    bounds = np.arange(0, n_docs * WORDS + 1, WORDS)
    ones = np.ones(n_docs * WORDS, dtype=np.int32)
    counts = sp.csr_matrix((ones, terms.ravel(), bounds), shape=(n_docs, len(chances)))
    counts.sum_duplicates()
    del terms, ones
    LDA(GROWTH_TOPICS, n_sweeps=1).fit(counts[:50])
    start = time.process_time()
    LDA(GROWTH_TOPICS, n_sweeps=GROWTH_SWEEPS).fit(counts)
    seconds = time.process_time() - start
    figures = {
        "nanoseconds_a_token_and_sweep": round(
            float(seconds) / int(counts.sum()) / GROWTH_SWEEPS * 1e9, 1
        ),
        "cpu_seconds": round(seconds, 1),
        "peak_gigabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "wanted": "constant, below 2 GB",
    }
    keep(f"{n_docs} documents of {WORDS} words, {GROWTH_TOPICS} topics", figures)


def variational() -> None:
    """One pass in gensim's default settings, without its evaluation of the bound."""
    corpus = counted("newsgroups20")
    rows = rows_of(corpus.counts, N_RIVAL_DOCS)
    shared = {"id2word": dict(enumerate(corpus.terms)), "random_state": 0, "eval_every": None}
    CompiledLdaModel(rows[:100], num_topics=2, **shared)
    for n_topics, (floor, floor_of_two) in FLOORS.items():
        models, seconds, walls = [], [], []
        for kind, options, n_runs in (
            (LdaModel, {}, 1),
            (CompiledLdaModel, {}, N_RUNS),
            (CompiledLdaModel, {"n_threads": 2}, N_RUNS),
        ):
            cpu, elapsed = [], []
            for _ in range(n_runs):
                start, wall = time.process_time(), time.perf_counter()
                model = kind(rows, num_topics=n_topics, **shared, **options)
                cpu.append(time.process_time() - start)
                elapsed.append(time.perf_counter() - wall)
            models.append(model.get_topics())
            seconds.append(float(np.median(cpu)))
            walls.append(float(np.median(elapsed)))
        # The same corpus, each document turned round: what rounding does to gensim itself.
        turned = [row[::-1] for row in rows]
        itself = LdaModel(turned, num_topics=n_topics, **shared).get_topics()
        double = [
            kind(rows, num_topics=n_topics, dtype=np.float64, **shared).get_topics()
            for kind in (LdaModel, CompiledLdaModel)
        ]
        figures = {
            "gensim_cpu_seconds": round(seconds[0], 1),
            "times_faster": round(seconds[0] / seconds[1], 2),
            "wanted": floor,
            "times_faster_on_two_threads": round(walls[0] / walls[2], 2),
            "wanted_on_two": floor_of_two,
            "largest_difference": difference(*models[:2]),
            "largest_difference_in_double_precision": difference(*double),
            "gensim_beside_itself_words_turned_round": difference(models[0], itself),
            "same_bytes_on_two": bool(np.array_equal(models[1], models[2])),
        }
        keep(f"gensim's fit, {n_topics} topics", figures)


def passes() -> None:
    """Ten passes over the first documents: rounding adds up from pass to pass."""
    corpus = counted("newsgroups20")
    rows = rows_of(corpus.counts, N_PASS_DOCS)
    shared = {"id2word": dict(enumerate(corpus.terms)), "random_state": 0, "eval_every": None}
    for dtype in (np.float32, np.float64):
        ours, theirs = (
            kind(rows, num_topics=20, passes=10, dtype=dtype, **shared).get_topics()
            for kind in (CompiledLdaModel, LdaModel)
        )
        figures = {"documents": N_PASS_DOCS, "largest_difference": difference(ours, theirs)}
        keep(f"gensim's fit, ten passes, {np.dtype(dtype).name}", figures | {"wanted": 1e-4})


def rows_of(counts: sp.csr_matrix, n_docs: int) -> list[list[tuple[int, int]]]:
    """The first documents as gensim reads them."""
    return [
        list(zip(counts[row].indices.tolist(), counts[row].data.tolist(), strict=True))
        for row in range(n_docs)
    ]


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).max())


def coherence_compared() -> None:
    """Top ten words of twenty topics, from tokens in windows and, for u_mass, whole documents."""
    corpus = counted("newsgroups20")
    fitted = LDA(20, n_sweeps=30).fit(corpus.counts[:N_COHERENCE_DOCS])
    top = np.argsort(-fitted.topic_term_, axis=1, kind="stable")[:, :10]
    random = np.random.default_rng(0)
    texts = []
    for row in range(N_COHERENCE_DOCS):
        part = corpus.counts[row]
        words = random.permutation(np.repeat(part.indices, part.data))
        texts.append([corpus.terms[word] for word in words])
    tokens = Tokens.from_lists([[text] for text in texts], [[(0, 0)] for _ in texts])
    coherence(top[:2], corpus.terms, tokens)
    start = time.process_time()
    ours = coherence(top, corpus.terms, tokens)
    seconds = time.process_time() - start
    named = [[corpus.terms[term] for term in row] for row in top]
    dictionary = Dictionary(texts)
    bags = [dictionary.doc2bow(text) for text in texts]
    figures = {"cpu_seconds_of_all_three": round(seconds, 3), "wanted": "10 times, equal to 1e-6"}
    for name, kind in (("npmi", "c_npmi"), ("c_v", "c_v"), ("u_mass", "u_mass")):
        start = time.process_time()
        theirs = CoherenceModel(
            topics=named,
            texts=texts,
            corpus=bags,
            dictionary=dictionary,
            coherence=kind,
            processes=1,
        ).get_coherence_per_topic()
        took = time.process_time() - start
        figures[name] = {
            "gensim_cpu_seconds": round(took, 2),
            "times_faster_than_it_alone": round(took / seconds, 1),
            "largest_difference": float(np.abs(np.array(theirs) - getattr(ours, name)).max()),
        }
    figures["times_faster"] = round(
        sum(figures[name]["gensim_cpu_seconds"] for name in ("npmi", "c_v", "u_mass")) / seconds, 1
    )
    keep("coherence", figures)


def keep(key: str, figures: dict) -> None:
    record(NAME, key, figures)
    print(key, figures, flush=True)


PARTS = {
    "topics": topics,
    "threads": threads_compared,
    "growth": growth,
    "variational": variational,
    "passes": passes,
    "coherence": coherence_compared,
}


def main() -> None:
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()


if __name__ == "__main__":
    main()
