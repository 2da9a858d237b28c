"""Whether `find` finds documents of the same subject: documents as queries, labels as relevance.

    python -m benchmarks.retrieval [CORPUS...] [--vectors FOLDER]

500 documents of each corpus are queries; every other document with the same label is relevant.
nDCG@10 and precision@10 of TF-IDF, BM25, ours without vectors, ours with the vectors of
`nlp.encoder` (or of FOLDER/CORPUS.npy), and of the same rankings joined by reciprocal rank
(Cormack and others 2009, k = 60). Weights were chosen on the first two corpora only.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfTransformer

from benchmarks.counted import record, records
from nlp.cleaning.reader import clean
from nlp.config import Settings
from nlp.fitting.fit import fit_topics
from nlp.retrieval.index import build_index
from nlp.retrieval.ranking import Query, rank
from nlp.retrieval.words import count_all_words, word_scores

CORPORA = {
    "banking77": 6_000,
    "stackoverflow_titles": 6_000,
    "bbc_news": 2_225,
    "newsgroups20": 2_000,
}
"""Documents of each sample."""
N_QUERIES, TOP = 500, 10
_RRF = 60
_NEAR = (0.3, 0.4, 0.5, 0.6)


def sample(name: str) -> tuple[list[str], np.ndarray]:
    """Texts of five words and more, and their labels as numbers."""
    rows = [row for row in records(name) if len(row["text"].split()) >= 5][: CORPORA[name]]
    labels = np.unique([row["label"] for row in rows], return_inverse=True)[1]
    return [row["text"] for row in rows], labels


def vectors_of(name: str, texts: list[str], folder: Path | None) -> np.ndarray | None:
    """Sentence vectors of length 1; None if there is neither a file nor an encoder."""
    if folder is not None and (folder / f"{name}.npy").is_file():
        found: np.ndarray = np.load(folder / f"{name}.npy")
        assert len(found) == len(texts)
        return found
    try:
        return np.asarray(import_module("nlp.encoder").encode(texts))
    except ModuleNotFoundError:
        return None


def gains(scores: np.ndarray, labels: np.ndarray, row: int) -> tuple[float, float]:
    """precision@10 and nDCG@10 of one ranking; the query itself is left out."""
    scores = scores.astype(np.float64)
    scores[row] = -np.inf
    best = np.argsort(-scores, kind="stable")[:TOP]
    relevant = labels[best] == labels[row]
    n_relevant = int((labels == labels[row]).sum()) - 1
    discount = 1 / np.log2(np.arange(2, TOP + 2))
    ideal = discount[: min(n_relevant, TOP)].sum()
    return relevant.mean(), (relevant * discount).sum() / ideal if ideal else 0.0


def by_reciprocal_rank(parts: list[np.ndarray], row: int) -> np.ndarray:
    """The rankings joined by reciprocal rank; a score of 0 is no rank."""
    joined = np.zeros(len(parts[0]))
    for scores in parts:
        scores = scores.astype(np.float64)
        scores[row] = -np.inf
        order = np.argsort(-scores, kind="stable")
        ranks = np.empty(len(order))
        ranks[order] = np.arange(1, len(order) + 1)
        joined += np.where(scores > 0, 1 / (_RRF + ranks), 0)
    return joined


def measure(name: str, folder: Path | None) -> dict[str, Any]:
    """Every way to rank, on one corpus."""
    texts, labels = sample(name)
    settings = Settings()
    tokens = clean(texts, settings)
    model = fit_topics(tokens, settings).model
    index = build_index(tokens, model.doc_topic)
    counts = count_all_words(tokens)
    tfidf = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    vectors = vectors_of(name, texts, folder)
    found: dict[str, list[tuple[float, float]]] = {}
    for row in np.random.default_rng(1).permutation(len(texts))[:N_QUERIES]:
        words, topics = counts[row], model.doc_topic[row]
        ranking = rank(index, Query(words, topics), without=row)
        bm25 = word_scores(index.weights, words)
        parts = [bm25, index.space.scores(words), index.topics @ index.topics[row]]
        ways = {
            "TF-IDF": (tfidf @ tfidf[row].T).toarray().ravel(),
            "BM25": bm25,
            "space": parts[1],
            "topics": parts[2],
            "ours without vectors": ranking.scores,
            "joined by reciprocal rank": by_reciprocal_rank(parts, row),
        }
        if vectors is not None:
            query = Query(words, topics, vectors[row])
            ways["vectors"] = vectors @ vectors[row]
            ways["ours with vectors"] = rank(index, query, vectors, without=row).scores
            ways["joined by reciprocal rank, with vectors"] = by_reciprocal_rank(
                [*parts, ways["vectors"]], row
            )
        for way, scores in ways.items():
            found.setdefault(way, []).append(gains(scores, labels, row))
    figures: dict[str, Any] = {
        way: {"precision@10": round(float(p), 4), "nDCG@10": round(float(n), 4)}
        for way, (p, n) in ((way, np.mean(pairs, axis=0)) for way, pairs in found.items())
    }
    if vectors is not None:
        figures["share of the same label among pairs at least this near"] = near(vectors, labels)
    sizes = {"documents": len(texts), "queries": N_QUERIES, "n_topics": model.n_topics}
    return figures | sizes


def near(vectors: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """For some cosines, the share of pairs at least this near that have the same label."""
    rows = np.random.default_rng(2).permutation(len(labels))[:N_QUERIES]
    cosines = vectors[rows] @ vectors.T
    cosines[np.arange(len(rows)), rows] = -1
    same = labels[rows][:, None] == labels[None]
    return {str(one): round(float(same[cosines >= one].mean()), 4) for one in _NEAR}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="*", default=list(CORPORA))
    parser.add_argument("--vectors", type=Path, default=None)
    given = parser.parse_args()
    for corpus in given.corpora or CORPORA:
        figures = measure(corpus, given.vectors)
        record("retrieval", corpus, figures)
        print(corpus)
        for key, value in figures.items():
            print(f"  {key:42} {value}", flush=True)
