"""How many documents stay under the key of their topic from run to run.

Run as `python -m benchmarks.continuity`; reads dated_headlines and state_of_the_union from
$TOPICBRIEF_CORPORA, or from ../shared/corpora beside the checkout.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from nlp.cleaning.reader import clean
from nlp.cleaning.tokens import Tokens
from nlp.config import Settings
from nlp.fitting.fit import continue_topics, fit_topics
from nlp.topics.model import NO_TOPIC, TopicModel
from nlp.tracking.identity import identify
from nlp.tracking.memory import Past, remember
from pipelines.incremental.last_run import MOST_NEW

BESIDE = Path(__file__).resolve().parents[1].parent / "shared" / "corpora"
CORPORA = Path(os.environ.get("TOPICBRIEF_CORPORA", BESIDE))
RESULT = Path(__file__).parent / "results" / "continuity.json"
LEAST_WORDS = 20
SEEDS = 5


@dataclass
class Corpus:
    names: list[str]
    dates: list[str]
    tokens: Tokens


@dataclass
class Line:
    """Runs that follow each other by the rule of `pipelines.incremental.last_run`."""

    corpus: Corpus
    refit: bool = False
    model: TopicModel | None = None
    past: Past | None = None
    new: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    refits: int = 0

    def run(self, rows: Sequence[int], seed: int = 0, **chosen: Any) -> dict[str, str]:
        """Keys by document of one run over some rows of the corpus."""
        settings = Settings.create(seed=seed, **chosen)
        tokens = self.corpus.tokens.select(np.asarray(rows, dtype=np.int64))
        names = [self.corpus.names[row] for row in rows]
        known = self.past.documents if self.past else {}
        self.new += sum(name not in known for name in names)
        if self.model is None or self.refit or self.new > MOST_NEW * len(names):
            model = fit_topics(tokens, settings).model
            self.new, self.refits = 0, self.refits + 1
        else:
            places = {name: row for row, name in enumerate(known)}
            before = np.array([places.get(name, -1) for name in names], dtype=np.int64)
            model = continue_topics(tokens, settings, self.model, before, "").model
        identity = identify(model, names, self.past)
        labels = model.labels()
        lives = remember(identity, list(identity.keys), model.sizes(), self.past)
        self.past = Past(identity.run, lives, dict(zip(names, labels.tolist(), strict=True)))
        self.model = model
        self.kinds = Counter(change.kind for change in identity.changes)
        self.keys = {
            name: "none" if label == NO_TOPIC else identity.keys[label]
            for name, label in zip(names, labels, strict=True)
        }
        return self.keys


def kept(before: dict[str, str], now: dict[str, str]) -> float:
    """Share of the documents in both runs that stand under the same key."""
    both = before.keys() & now.keys()
    return float(np.mean([before[name] == now[name] for name in both])) if both else 0.0


def best_possible(before: dict[str, str], now: dict[str, str]) -> float:
    """The share that no one-to-one matching of the two runs' topics can exceed."""
    left, right = sorted(set(before.values())), sorted(set(now.values()))
    table = np.zeros((len(left), len(right)))
    for name in before.keys() & now.keys():
        table[left.index(before[name]), right.index(now[name])] += 1
    return float(table[linear_sum_assignment(-table)].sum() / table.sum())


def figures(corpus: Corpus, period: Callable[[str], str], chosen: dict[str, Any]) -> dict[str, Any]:
    everything = range(len(corpus.names))
    found: dict[str, Any] = {"documents": len(corpus.names)}
    line = Line(corpus)
    first = line.run(everything, 0, **chosen)
    start = time.process_time()
    found["another_seed"] = kept(first, line.run(everything, 1, **chosen))
    found["seconds_to_go_on"] = round(time.process_time() - start, 2)
    afresh = Line(corpus, refit=True)
    start = time.process_time()
    afresh.run(everything, 0, **chosen)
    found["seconds_to_fit"] = round(time.process_time() - start, 2)
    second = afresh.run(everything, 1, **chosen)
    found["another_seed_fitted_anew"] = kept(first, second)
    found["another_seed_fitted_anew_best_possible"] = best_possible(first, second)
    more = [ten_percent_more(corpus, seed, chosen) for seed in range(SEEDS)]
    found["ten_percent_more"] = round(float(np.mean(more)), 4)
    found["ten_percent_more_by_seed"] = [round(share, 4) for share in more]
    found["by_period"] = by_period(corpus, period, chosen)
    return found


def ten_percent_more(corpus: Corpus, seed: int, chosen: dict[str, Any]) -> float:
    mixed = np.random.default_rng(seed).permutation(len(corpus.names))
    growing = Line(corpus)
    before = growing.run(np.sort(mixed[: round(len(mixed) / 1.1)]), seed, **chosen)
    return kept(before, growing.run(range(len(mixed)), seed, **chosen))


def by_period(
    corpus: Corpus, period: Callable[[str], str], chosen: dict[str, Any]
) -> dict[str, Any]:
    """A pile that grows by a month or a decade at a time."""
    line, shares, kinds = Line(corpus), [], Counter[str]()
    previous: dict[str, str] = {}
    refitted = []
    periods = sorted({period(date) for date in corpus.dates})
    for last in periods:
        refits = line.refits
        rows = [row for row, date in enumerate(corpus.dates) if period(date) <= last]
        now = line.run(rows, 0, **chosen)
        if previous:
            shares.append(kept(previous, now))
            refitted.append(line.refits > refits)
        kinds += line.kinds
        previous = now
    going_on = [share for share, anew in zip(shares, refitted, strict=True) if not anew]
    anew = [share for share, is_anew in zip(shares, refitted, strict=True) if is_anew]
    return {
        "periods": len(periods),
        "fitted_anew": line.refits,
        "kept_going_on": [round(min(going_on), 4), round(float(np.mean(going_on)), 4)],
        "kept_fitted_anew": [round(share, 4) for share in anew],
        "changes": dict(kinds),
    }


def read(name: str, parts: Callable[[dict[str, str]], list[str]]) -> Corpus:
    names, dates, texts = [], [], []
    with gzip.open(CORPORA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        for line in stream:
            record = json.loads(line)
            for number, text in enumerate(parts(record)):
                names.append(f"{record['id']}:{number}")
                dates.append(record["date"])
                texts.append(text)
    return Corpus(names, dates, clean(texts, Settings.create()))


def paragraphs(record: dict[str, str]) -> list[str]:
    """Paragraphs of some length: 65 speeches are too few documents to speak of shares."""
    found = re.split(r"\n\s*\n", record["text"])
    return [text for text in found if len(text.split()) >= LEAST_WORDS]


def main() -> None:
    if not CORPORA.is_dir():
        raise SystemExit(f"no corpora in {CORPORA}: set TOPICBRIEF_CORPORA")
    headlines = read("dated_headlines", lambda record: [record["text"]])
    speeches = read("state_of_the_union", paragraphs)
    result = {
        "setup": {
            "python": platform.python_version(),
            "cpu": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            **{name: version(name) for name in ("numpy", "scipy", "numba")},
        },
        "asked": {"another_seed": 0.90, "ten_percent_more": 0.95},
        "dated_headlines by month, GSDMM": figures(headlines, lambda date: date[:7], {}),
        "state_of_the_union by decade, paragraphs, LDA": figures(
            speeches, lambda date: date[:3], {"model": "lda", "topics": 20}
        ),
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
