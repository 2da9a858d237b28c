"""The sampler beside tomotopy's: same tokens, same split, one thread, CPU seconds.

python -m benchmarks.lda_rivals CORPUS N_TOPICS SEED...

Held-out likelihood is document completion: topics from nine documents in ten; of each other
document every second word gives its shares, the rest is scored. Both models are scored by the same
code.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import scipy.sparse as sp
import tomotopy
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from benchmarks.counted import Counted, counted, record
from nlp.lda import LDA
from nlp.topics import fold_in

SWEEPS = 200
OURS = {
    "same priors, 100 sweeps": {"eta": 0.01, "n_sweeps": 100},
    "learned priors, 100 sweeps": {"n_sweeps": 100},
    "learned priors, 200 sweeps": {"n_sweeps": SWEEPS},
}


def halves(counts: sp.csr_matrix) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Each document's tokens dealt in turn to two matrices."""
    random = np.random.default_rng(0)
    rows = np.repeat(np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr)), counts.data)
    terms = np.repeat(counts.indices, counts.data)
    first = random.random(len(rows)) < 0.5
    parts = [
        sp.csr_matrix((np.ones(side.sum()), (rows[side], terms[side])), shape=counts.shape)
        for side in (first, ~first)
    ]
    return parts[0], parts[1]


def held_out(topic_term: np.ndarray, alpha: np.ndarray, test: sp.csr_matrix) -> float:
    """Natural logarithm of the likelihood per word."""
    seen, hidden = halves(test)
    shares = fold_in(seen, topic_term, alpha)
    hidden = hidden.tocoo()
    chances = np.einsum("nk,kn->n", shares[hidden.row], topic_term[:, hidden.col])
    return float((hidden.data * np.log(chances)).sum() / hidden.data.sum())


def fit_tomotopy(train: Counted, n_topics: int, seed: int) -> tuple:
    model = tomotopy.LDAModel(k=n_topics, alpha=0.1, eta=0.01, seed=seed)
    for row in range(train.counts.shape[0]):
        part = train.counts[row]
        words = np.repeat(part.indices, part.data)
        # A document without words cannot be added; nor would it change anything.
        model.add_doc([str(word) for word in words] or ["0"])
    model.train(0, workers=1)
    start = time.process_time()
    model.train(SWEEPS, workers=1)
    seconds = time.process_time() - start
    places = {int(word): place for place, word in enumerate(model.used_vocabs)}
    topic_term = np.full((n_topics, train.counts.shape[1]), 1e-12)
    for topic in range(n_topics):
        shares = np.asarray(model.get_topic_word_dist(topic))
        topic_term[topic, list(places)] = shares[list(places.values())]
    topic_term /= topic_term.sum(axis=1, keepdims=True)
    labels = np.array([np.argmax(each.get_topic_dist()) for each in model.docs])
    return seconds, topic_term, np.asarray(model.alpha, dtype=float), labels


def fit_ours(train: Counted, n_topics: int, seed: int, options: dict) -> tuple:
    start = time.process_time()
    model = LDA(n_topics, seed=seed, **options).fit(train.counts)
    seconds = time.process_time() - start
    return seconds, model.topic_term_, model.alpha_, model.labels_


def main() -> None:
    asked = sys.argv[1:] or ["bbc_news", "5", *map(str, range(10))]
    name, n_topics, seeds = asked[0], int(asked[1]), [int(seed) for seed in asked[2:]]
    corpus = counted(name)
    cut = corpus.counts.shape[0] * 9 // 10
    train = Counted(corpus.counts[:cut], corpus.terms, corpus.labels[:cut])
    test = corpus.counts[cut:]
    LDA(n_topics, n_sweeps=1).fit(train.counts[:10])
    for seed in seeds:
        fits = {"tomotopy": fit_tomotopy(train, n_topics, seed)}
        for key, options in OURS.items():
            fits[key] = fit_ours(train, n_topics, seed, options)
        rival = fits["tomotopy"][0]
        for key, (seconds, topic_term, alpha, labels) in fits.items():
            figures = {
                "cpu_seconds": round(seconds, 2),
                "of_tomotopy": round(seconds / rival, 3),
                "held_out": round(held_out(topic_term, alpha, test), 4),
                "nmi": round(float(normalized_mutual_info_score(train.labels, labels)), 4),
                "ari": round(float(adjusted_rand_score(train.labels, labels)), 4),
            }
            record("lda_rivals", f"{name} K={n_topics} seed={seed} {key}", figures)
            print(name, n_topics, seed, key, figures, flush=True)


if __name__ == "__main__":
    main()
