"""Which model for which length: three corpora cut to few words and to many, all models on each.

python -m benchmarks.selection_model [CORPUS...]    figures
python -m benchmarks.selection_model plot           docs/selection-model.svg from the figures

Every model is told the number of labels: GSDMM as in a run, its tree cut at that number. Held-out
likelihood is document completion as in `lda_rivals`, topics from nine documents in ten.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.counted import RESULTS, record, records
from benchmarks.lda_rivals import halves
from nlp.cleaning.reader import clean
from nlp.config import CleaningSettings
from nlp.gsdmm.estimator import fit_gsdmm
from nlp.lda import fit_lda
from nlp.nmf import fit_nmf
from nlp.topics.model import TopicModel
from nlp.topics.quality import measure
from nlp.vocabulary.terms import TermCounts, count_terms

WORDS = (5, 10, 20, 40, 80, 160, None)
N_DOCUMENTS = 3_000
SEEDS = (0, 1, 2)
CORPORA = {"bbc_news": "en", "newsgroups20": "en", "dated_headlines": "en", "german_news": "de"}
MODELS: dict[str, Callable[..., TopicModel]] = {
    "gsdmm": fit_gsdmm,
    "lda": fit_lda,
    "nmf": fit_nmf,
}
PLOT = Path(__file__).parents[1] / "docs" / "selection-model.svg"


def measure_cut(name: str, n_words: int | None) -> dict[str, object]:
    """Every model on the first words of each document; figures are means over the seeds."""
    rows = records(name)[:N_DOCUMENTS]
    texts = [f"{row['text']}. {row.get('description', '')}".split()[:n_words] for row in rows]
    tokens = clean([" ".join(words) for words in texts], CleaningSettings(language=CORPORA[name]))
    filled = tokens.document_lengths > 0
    tokens = tokens.select(filled)
    labels = np.array([row["label"] for row in rows])[filled].tolist()
    n_labels = len(set(labels))
    vocabulary = count_terms(tokens)
    lengths = np.asarray(vocabulary.counts.sum(axis=1)).ravel()
    figures: dict[str, object] = {
        "n_documents": len(labels),
        "n_topics": n_labels,
        "median_counted": float(np.median(lengths[lengths > 0])),
    }
    for kind, fit in MODELS.items():
        found = []
        for seed in SEEDS:
            start = time.process_time()
            model = fit(vocabulary.counts, vocabulary.terms, n_labels, seed)
            seconds = time.process_time() - start
            quality = measure(model, tokens, labels)
            agreement = quality.agreement
            assert agreement is not None
            found.append((agreement.nmi, agreement.ami, agreement.ari, quality.mean_npmi, seconds))
        means, spread = np.mean(found, axis=0), np.std(found, axis=0)
        names = ("nmi", "ami", "ari", "npmi", "cpu_seconds")
        figures[kind] = {
            **{key: round(float(value), 4) for key, value in zip(names, means, strict=True)},
            "sd_nmi": round(float(spread[0]), 4),
            "sd_ari": round(float(spread[2]), 4),
            "held_out": round(held_out(fit, vocabulary, n_labels), 4),
        }
    return figures


def held_out(fit: Callable[..., TopicModel], vocabulary: TermCounts, n_topics: int) -> float:
    """Natural logarithm of the likelihood per word of the second halves of unseen documents."""
    cut = vocabulary.counts.shape[0] * 9 // 10
    model = fit(vocabulary.counts[:cut], vocabulary.terms, n_topics, 0)
    seen, hidden = halves(vocabulary.counts[cut:])
    shares, hidden = model.assign(seen), hidden.tocoo()
    chances = np.einsum("nk,kn->n", shares[hidden.row], model.topic_term[:, hidden.col])
    return float((hidden.data * np.log(np.maximum(chances, 1e-12))).sum() / hidden.data.sum())


def plot() -> None:
    """NMI and ARI against the counted words of a document, one panel a corpus and measure."""
    import altair as alt
    import pandas as pd

    figures = json.loads((RESULTS / "selection_model.json").read_text())["figures"]
    rows = [
        {
            "corpus": key.split(" ")[0],
            "words": cut["median_counted"],
            "model": kind.upper(),
            "measure": measured.upper(),
            "value": cut[kind][measured],
        }
        for key, cut in figures.items()
        for kind in MODELS
        for measured in ("nmi", "ari")
    ]
    lines = (
        alt.Chart(pd.DataFrame(rows), width=230, height=170)
        .mark_line(point=True)
        .encode(
            x=alt.X("words:Q", title="median counted words").scale(type="log"),
            y=alt.Y("value:Q", title=None),
            color=alt.Color("model:N", title=None).scale(range=["#245f8d", "#b4512a", "#6b7a3a"]),
            shape=alt.Shape("model:N", legend=None),
        )
        .facet(column=alt.Column("corpus:N", title=None), row=alt.Row("measure:N", title=None))
        .resolve_scale(x="independent", y="independent")
    )
    lines.configure(background="white", font="sans-serif").save(PLOT, format="svg")


def main() -> None:
    asked = sys.argv[1:] or [*CORPORA, "plot"]
    for name in asked:
        if name == "plot":
            plot()
            continue
        for n_words in WORDS:
            figures = measure_cut(name, n_words)
            record("selection_model", f"{name} {n_words or 'all'} words", figures)
            print(name, n_words, figures, flush=True)


if __name__ == "__main__":
    main()
