"""Subjects held out of a corpus and let in one night: are they found, and nothing else?

Run as `python -m benchmarks.births`; reads labelled corpora from $TOPICBRIEF_CORPORA, or from
../shared/corpora beside the checkout. Each case is run twice: with documents of the subject among
the new ones, and with as many ordinary ones in their place.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from nlp.cleaning.reader import clean
from nlp.cleaning.tokens import Tokens
from nlp.config import Settings
from nlp.fitting.fit import continue_topics, fit_topics
from nlp.topics.model import NO_TOPIC
from nlp.tracking.identity import identify
from nlp.tracking.memory import Past, remember

BESIDE = Path(__file__).resolve().parents[1].parent / "shared" / "corpora"
CORPORA = Path(os.environ.get("TOPICBRIEF_CORPORA", BESIDE))
RESULT = Path(__file__).parent / "results" / "births.json"
AUTO: dict[str, Any] = {}
# corpus, subject, documents known, ordinary new ones, of the subject, settings of the first fit
CASES: list[tuple[str, str, int, int, int, dict[str, Any]]] = [
    ("stackoverflow_titles", "excel", 9000, 900, 100, AUTO),
    ("stackoverflow_titles", "hibernate", 9000, 900, 100, AUTO),
    ("dated_headlines", "SPORTS", 8000, 800, 80, AUTO),
    ("dated_headlines", "SPORTS", 8000, 800, 160, AUTO),
    ("dated_headlines", "FOOD & DRINK", 8000, 800, 80, AUTO),
    ("banking77", "card_arrival", 9000, 900, 60, AUTO),
    ("bbc_news", "sport", 1500, 150, 60, {"model": "lda", "topics": 10}),
    ("bbc_news", "tech", 1500, 150, 60, {"model": "lda", "topics": 10}),
    ("newsgroups20", "rec.autos", 4000, 400, 120, {"model": "lda", "topics": 20}),
    ("newsgroups20", "sci.space", 4000, 400, 60, {"model": "lda", "topics": 20}),
]


def read(name: str) -> tuple[Tokens, np.ndarray]:
    with gzip.open(CORPORA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        records = [json.loads(line) for line in stream]
    texts = [record["text"] for record in records]
    return clean(texts, Settings.create()), np.array([str(one["label"]) for one in records])


def night(
    tokens: Tokens, known: np.ndarray, new: np.ndarray, chosen: dict[str, Any]
) -> dict[str, Any]:
    """A first fit on the known documents, and the night in which the new ones join."""
    first = fit_topics(tokens.select(known), Settings.create(**chosen)).model
    names = [str(row) for row in (*known, *new)]
    identity = identify(first, names[: len(known)])
    lives = remember(identity, list(identity.keys), first.sizes())
    past = Past(1, lives, dict(zip(names, first.labels().tolist(), strict=False)))
    rows = np.r_[np.arange(len(known)), np.full(len(new), -1)]
    everything = tokens.select(np.concatenate([known, new]))
    start = time.process_time()
    fit = continue_topics(everything, Settings.create(), first, rows, "")
    seconds = time.process_time() - start
    now = identify(fit.model, names, past)
    labels = fit.model.labels()
    keys = np.array(["none" if one == NO_TOPIC else now.keys[one] for one in labels])
    before = np.array([identity.keys[one] for one in first.labels()])
    return {
        "topics_before": first.n_topics,
        "born": fit.births.n_topics if fit.births else 0,
        "seconds": round(seconds, 2),
        "kept": round(float((keys[: len(known)] == before).mean()), 4),
        "in_new": ~np.isin(keys, list(identity.keys)) & (keys != "none"),
        "kind": first.kind,
    }


def case(
    tokens: Tokens, labels: np.ndarray, subject: str, sizes: tuple[int, int, int], chosen: Any
) -> dict[str, Any]:
    random = np.random.default_rng(0)
    n_known, n_new, n_subject = sizes
    others = random.permutation(np.flatnonzero(labels != subject))
    held = random.permutation(np.flatnonzero(labels == subject))[:n_subject]
    known = np.sort(others[:n_known])
    ordinary = others[n_known : n_known + n_new]
    found = night(tokens, known, np.concatenate([ordinary, held]), chosen)
    in_new = found.pop("in_new")
    of_subject = int(in_new[-len(held) :].sum())
    without = night(tokens, known, others[n_known : n_known + n_new + n_subject], chosen)
    return {
        **found,
        "documents_of_the_subject": len(held),
        "under_a_new_topic": round(of_subject / len(held), 4),
        "of_those_under_a_new_topic": round(of_subject / max(int(in_new.sum()), 1), 4),
        "born_without_the_subject": without["born"],
        "kept_without_the_subject": without["kept"],
    }


def main() -> None:
    if not CORPORA.is_dir():
        raise SystemExit(f"no corpora in {CORPORA}: set TOPICBRIEF_CORPORA")
    told, corpora = [], {}
    for name, subject, *sizes, chosen in CASES:
        if name not in corpora:
            corpora[name] = read(name)
        found = case(*corpora[name], subject, (sizes[0], sizes[1], sizes[2]), chosen)
        told.append({"corpus": name, "subject": subject, "known": sizes[0], **found})
        print(json.dumps(told[-1]))
    setup = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        **{name: version(name) for name in ("numpy", "scipy", "numba")},
    }
    RESULT.write_text(json.dumps({"setup": setup, "cases": told}, indent=1) + "\n")


if __name__ == "__main__":
    main()
