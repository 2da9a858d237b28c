"""Agreement with labels against CPU seconds, as a picture: docs/lda_quality.svg.

python -m benchmarks.lda_quality [CORPUS...]

gensim, scikit-learn and our compiled gensim are fitted here, on the documents that
`benchmarks.lda_rivals` fits; tomotopy's and the sampler's points are taken from its seed 0, which
has to be run before.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import altair as alt
import numpy as np
from gensim.models import LdaModel
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics import normalized_mutual_info_score

from benchmarks.counted import RESULTS, counted, record
from nlp.lda import CompiledLdaModel

NAME = "lda_quality"
ASKED = {("bbc_news", 5): (1, 5, 20), ("newsgroups20", 20): (1, 3)}
# Better for it than its defaults here.
GENSIM = {"chunksize": 500, "alpha": "auto", "eval_every": None}
PICTURE = Path(__file__).parents[1] / "docs" / "lda_quality.svg"


def measure(name: str, n_topics: int, passes: tuple[int, ...]) -> None:
    corpus = counted(name)
    cut = corpus.counts.shape[0] * 9 // 10
    points = []
    for tool, effort, seconds, shares in rivals(
        corpus.counts[:cut], corpus.terms, n_topics, passes
    ):
        nmi = normalized_mutual_info_score(corpus.labels[:cut], shares.argmax(axis=1))
        points.append([tool, effort, round(seconds, 2), round(float(nmi), 4)])
        print(name, points[-1], flush=True)
    figures = json.loads((RESULTS / "lda_rivals.json").read_text())["figures"]
    for key, run in figures.get(f"{name} K={n_topics} seed=0", {}).items():
        tool = "tomotopy" if key.startswith("tomotopy") else f"sampler, {key.split(',')[0]}"
        points.append([tool, key, run["cpu_seconds"], run["nmi"]])
    record(NAME, f"{name} K={n_topics}", points)


def rivals(counts, terms: list[str], n_topics: int, efforts: tuple[int, ...]) -> Iterator[tuple]:
    rows = [
        list(zip(counts[row].indices.tolist(), counts[row].data.tolist(), strict=True))
        for row in range(counts.shape[0])
    ]
    shared = {"num_topics": n_topics, "id2word": dict(enumerate(terms)), "random_state": 0}
    CompiledLdaModel(rows[:50], **shared)
    for tool, kind in (("gensim", LdaModel), ("compiled gensim", CompiledLdaModel)):
        for passes in efforts:
            start = time.process_time()
            model = kind(rows, passes=passes, **GENSIM, **shared)
            seconds = time.process_time() - start
            yield tool, f"{passes} passes", seconds, model.inference(rows)[0]
    for passes in efforts:
        start = time.process_time()
        lda = LatentDirichletAllocation(
            n_topics, learning_method="online", batch_size=2000, max_iter=passes, random_state=0
        )
        lda.fit(counts)
        seconds = time.process_time() - start
        yield "scikit-learn LDA", f"{passes} passes", seconds, lda.transform(counts)
    start = time.process_time()
    weighted = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    shares = NMF(n_topics, init="nndsvd", random_state=0).fit_transform(weighted)
    yield "scikit-learn NMF", "to its end", time.process_time() - start, np.asarray(shares)


def draw() -> None:
    figures = json.loads((RESULTS / f"{NAME}.json").read_text())["figures"]
    points = [
        {"corpus": corpus, "tool": tool, "seconds": seconds, "nmi": nmi}
        for corpus, rows in figures.items()
        for tool, _, seconds, nmi in rows
    ]
    chart = (
        alt.Chart(alt.Data(values=points))
        .mark_line(point=True)
        .encode(
            x=alt.X("seconds:Q", title="CPU seconds, one thread").scale(type="log"),
            y=alt.Y("nmi:Q", title="NMI with the labels").scale(zero=False),
            color=alt.Color("tool:N", title=None),
            shape=alt.Shape("tool:N", title=None),
        )
        .properties(width=330, height=280)
        .facet(column=alt.Column("corpus:N", title=None))
        .resolve_scale(x="independent", y="independent")
    )
    chart.save(str(PICTURE))


def main() -> None:
    for (name, n_topics), passes in ASKED.items():
        if not sys.argv[1:] or name in sys.argv[1:]:
            measure(name, n_topics, passes)
    draw()


if __name__ == "__main__":
    main()
