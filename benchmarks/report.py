"""Size and cost of the report: a page for 10,000 documents, pyLDAvis at 200 topics x 50,000 terms.

Run as `python -m benchmarks.report`; needs no corpus.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from nlp.report import ReportContent, render_pyldavis, render_report
from nlp.topics.model import TopicModel, best_topics

RESULT = Path(__file__).parent / "results" / "report.json"


def model(n_topics: int, n_terms: int, n_docs: int, concentration: float) -> TopicModel:
    """A random model; the largest topic need not come first."""
    rng = np.random.default_rng(0)
    topic_term = np.empty((n_topics, n_terms))
    for row in topic_term:
        row[:] = rng.gamma(concentration, 1.0, n_terms) + 1e-9
    doc_topic = rng.gamma(0.1, 1.0, (n_docs, n_topics)) + 1e-9
    return TopicModel(
        topic_term=topic_term / topic_term.sum(axis=1, keepdims=True),
        doc_topic=doc_topic / doc_topic.sum(axis=1, keepdims=True),
        terms=tuple(f"term{number}" for number in range(n_terms)),
        doc_lengths=rng.integers(5, 200, n_docs),
        term_counts=rng.integers(1, 1000, n_terms),
        topic_prior=np.full(n_topics, 0.1),
        kind="lda",
        params={"n_topics": n_topics},
        seed=0,
    )


def content(fitted: TopicModel, n_words: int = 180, n_cited: int = 5) -> ReportContent:
    """A report over random texts of `n_words` words, each topic cited `n_cited` times."""
    rng = np.random.default_rng(1)
    words = np.array(fitted.terms)
    texts = [
        " ".join(words[rng.integers(0, len(words), n_words)]) + "." for _ in range(fitted.n_docs)
    ]
    ids = [f"document-{row}" for row in range(fitted.n_docs)]
    labels = best_topics(fitted.doc_topic, fitted.doc_lengths) + 1
    best = np.sort(fitted.doc_topic, axis=1)
    rows = [
        (topic, rank, texts[row][:150], ids[row], 0, 150)
        for topic in range(1, fitted.n_topics + 1)
        for rank, row in enumerate(np.flatnonzero(labels == topic)[:n_cited], start=1)
    ]
    cited = ["topic_id", "rank", "sentence", "doc_id", "start", "end"]
    sizes = fitted.sizes()
    start = pd.Timestamp("2025-01-01", tz="UTC")
    return ReportContent(
        title="Benchmark",
        model=fitted,
        topics=pd.DataFrame(
            {
                "topic_id": range(1, fitted.n_topics + 1),
                "label": [", ".join(terms) for terms in fitted.top_terms(3)],
                "size": sizes,
                "share": sizes / fitted.n_docs,
                "top_terms": [", ".join(terms) for terms in fitted.top_terms(10)],
                "coherence": np.linspace(0, 0.3, fitted.n_topics),
            }
        ),
        documents=pd.DataFrame(
            {
                "doc_id": ids,
                "topic_id": labels,
                "probability": best[:, -1],
                "timestamp": [start + pd.Timedelta(hours=row) for row in range(fitted.n_docs)],
                "label": "some label",
            }
        ),
        texts=texts,
        summaries=pd.DataFrame(rows, columns=cited),
        brief=pd.DataFrame(rows[:5], columns=cited),
        rejected=pd.DataFrame(),
        facts={"records_in": fitted.n_docs},
    )


def main() -> None:
    """Measure, print and write the figures."""
    render_report(content(model(3, 100, 60, 0.1)))  # imports and the chart renderer start here
    ordinary = content(model(20, 20_000, 10_000, 0.05))
    cpu = time.process_time()
    page = render_report(ordinary)
    page_cpu = time.process_time() - cpu
    large = model(200, 50_000, 10_000, 0.05)
    cpu = time.process_time()
    view = render_pyldavis(large)
    view_cpu = time.process_time() - cpu
    figures = {
        "report_20_topics_10000_documents": {
            "megabytes": round(len(page.encode()) / 1e6, 3), "limit_megabytes": 2.0,
            "cpu_seconds": round(page_cpu, 1),
        },
        "pyldavis_200_topics_50000_terms": {
            "cpu_seconds": round(view_cpu, 1), "limit_seconds": 60,
            "peak_gigabytes_of_process": round(
                resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2
            ), "limit_gigabytes": 1.5,
            "megabytes": round(len(view.encode()) / 1e6, 2),
        },
    }  # fmt: skip
    setup = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "threads": os.environ.get("OMP_NUM_THREADS", "unset"),
        **{name: version(name) for name in ("pyldavis", "altair", "vl-convert-python", "numpy")},
    }
    text = json.dumps({"setup": setup, "figures": figures}, indent=1)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
