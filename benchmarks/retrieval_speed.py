"""Time and size of `find` on generated documents: `python -m benchmarks.retrieval_speed [N_DOCS]`.

Documents have 12 words of a vocabulary of 60,000 with Zipf's frequencies. A run's folder is
imitated: the documents are in Parquet, as a run writes them, and a query reads its rows from there.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from benchmarks.counted import record
from nlp.cleaning.reader import cleaner
from nlp.cleaning.tokens import Tokens
from nlp.config import Settings
from nlp.retrieval import Request, Searchable, SearchIndex, build_index, find
from nlp.retrieval.ranking import Query, rank
from nlp.tables import write_table
from nlp.topics.model import TopicModel
from pipelines.runs.document_rows import DocumentRows

N_WORDS, LENGTH, N_TOPICS, N_DIMS = 60_000, 12, 50, 384
N_QUERIES = 20


def generated(n_docs: int) -> tuple[Tokens, pd.DataFrame, np.ndarray]:
    """Tokens, the documents table and topic shares of documents drawn at random."""
    rng = np.random.default_rng(0)
    chances = 1 / (np.arange(N_WORDS) + 10)
    codes = rng.choice(N_WORDS, size=(n_docs, LENGTH), p=chances / chances.sum()).astype(np.int32)
    words = np.array(["".join(chr(97 + n // 26**k % 26) for k in range(5)) for n in range(N_WORDS)])
    spelled = np.char.add("zz", words)
    texts = [" ".join(row) for row in spelled[codes]]
    bounds = np.arange(n_docs + 1, dtype=np.int64)
    spans = np.array([(0, len(text)) for text in texts], dtype=np.int64)
    tokens = Tokens(tuple(spelled.tolist()), codes.ravel(), bounds * LENGTH, bounds, spans)
    shares = rng.dirichlet(np.full(N_TOPICS, 0.1), n_docs)
    table = pd.DataFrame(
        {
            "doc_id": [f"d{row}" for row in range(n_docs)],
            "topic_id": shares.argmax(axis=1) + 1,
            "text": texts,
        }
    )
    return tokens, table, shares


def measure(n_docs: int, folder: Path) -> dict[str, Any]:
    """Seconds to build, load and ask, and the size of the index."""
    tokens, table, shares = generated(n_docs)
    write_table(table, folder / "documents.parquet")
    start = perf_counter()
    index = build_index(tokens, shares)
    build = perf_counter() - start
    index.save(folder / "index.npz")
    start = perf_counter()
    index = SearchIndex.load(folder / "index.npz")
    load = perf_counter() - start
    terms = tokens.words[:5_000]
    model = TopicModel.__new__(TopicModel)
    object.__setattr__(model, "terms", ())
    labels = dict.fromkeys(range(1, N_TOPICS + 1), "")
    searched = Searchable(index, DocumentRows(folder), model, labels, cleaner(Settings()))
    rng = np.random.default_rng(1)
    queries = [" ".join(rng.choice(np.array(terms), 3)) for _ in range(N_QUERIES)]
    vectors = rng.standard_normal((n_docs, N_DIMS)).astype(np.float32)
    find(searched, Request(queries[0]))
    asked = [_milliseconds(lambda q=q: find(searched, Request(q))) for q in queries]
    counts = [_counted(index, query) for query in queries]
    ranked = [_milliseconds(lambda c=c: rank(index, Query(c, shares[0]))) for c in counts]
    near = [
        _milliseconds(lambda c=c: rank(index, Query(c, shares[0], vectors[0]), vectors))
        for c in counts
    ]
    return {
        "seconds to build": round(build, 2),
        "seconds to load": round(load, 2),
        "megabytes": round((folder / "index.npz").stat().st_size / 1e6, 1),
        "milliseconds of a query, median": round(float(np.median(asked)), 1),
        "milliseconds of its ranking, median": round(float(np.median(ranked)), 1),
        "milliseconds of its ranking with vectors, median": round(float(np.median(near)), 1),
    }


def _counted(index: SearchIndex, query: str) -> sp.csr_matrix:
    words = query.split()
    return index.count(Tokens.from_lists([[words]], [[(0, len(query))]]))


def _milliseconds(do: Any) -> float:
    start = perf_counter()
    do()
    return (perf_counter() - start) * 1_000


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as made:
        figures = measure(size, Path(made))
    record("retrieval_speed", str(size), figures)
    for key, value in figures.items():
        print(f"{key:50} {value}")
