"""Summaries: ROUGE on opinosis, our summarizers beside sumy's own, and what they cost.

    python -m benchmarks.summaries [rouge | cpu_seconds | cpu_seconds_of_100000_sentences]...

Two sentences of the first 300 of each of 51 sets of review sentences, scored against each human
reference (stemmed F1, mean over the references, then over the sets). Needs opinosis.jsonl.gz in
../shared/corpora beside the checkout, or in the folder that TOPICBRIEF_CORPORA names. Run it with
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import random
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from nltk.tokenize import NLTKWordTokenizer
from rouge_score.rouge_scorer import RougeScorer
from sumy.nlp.stemmers import Stemmer
from sumy.nlp.tokenizers import Tokenizer
from sumy.summarizers.edmundson import EdmundsonSummarizer
from sumy.summarizers.kl import KLSummarizer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.summarizers.luhn import LuhnSummarizer
from sumy.summarizers.reduction import ReductionSummarizer
from sumy.summarizers.sum_basic import SumBasicSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from nlp.cleaning.reader import clean
from nlp.cleaning.tokens import Tokens
from nlp.config import SummarySettings
from nlp.summaries import SUMMARIZERS, summarize_topics
from nlp.summaries.candidates import Source
from nlp.summaries.sentence_choice import (
    choose,
    redundancy,
    relevance,
    unit_vectors,
)
from nlp.summaries.summarizers import (
    Cues,
    create,
    model_document,
    rate,
    stop_words,
)
from nlp.topics.model import TopicModel

SUMY = {
    "lexrank": LexRankSummarizer,
    "textrank": TextRankSummarizer,
    "lsa": LsaSummarizer,
    "luhn": LuhnSummarizer,
    "kl": KLSummarizer,
    "sumbasic": SumBasicSummarizer,
    "reduction": ReductionSummarizer,
    "edmundson": EdmundsonSummarizer,
}
KINDS = ("rouge1", "rouge2", "rougeL")
FIRST, CHOSEN = 300, 2
ISSUE = {
    "sumy_sumbasic_rouge1": 0.284,
    "sumy_lexrank_rouge1": 0.269,
    "random_rouge1": 0.209,
    "target_rouge1": 0.32,
    "times_faster_at_2000": 100,
    "seconds_of_100000_sentences": 5,
}
RESULTS = Path(__file__).parent / "results" / "summaries.json"
Pick = Callable[[Sequence[str]], list[str]]


def read_opinosis() -> list[dict[str, Any]]:
    beside = Path(__file__).resolve().parents[1].parent / "shared" / "corpora"
    path = Path(os.environ.get("TOPICBRIEF_CORPORA", beside)) / "opinosis.jsonl.gz"
    if not path.exists():
        raise SystemExit(f"{path} is absent: put the corpora there or set TOPICBRIEF_CORPORA")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def sumy_words(sentences: Sequence[str]) -> list[list[str]]:
    """What sumy's English tokenizer finds, without its download of sentence models."""
    tokenize = NLTKWordTokenizer().tokenize
    return [[w for w in tokenize(text) if Tokenizer._is_word(w)] for text in sentences]


def sumy_own(name: str) -> Any:
    """sumy as its documentation sets it up."""
    summarizer = SUMY[name](Stemmer("english"))
    if name == "edmundson":
        ours = create("edmundson", "en", Cues())
        summarizer.bonus_words, summarizer.stigma_words = ["\0"], ["\0"]
        summarizer.null_words = ours._null_words
    else:
        summarizer.stop_words = stop_words("en")
    return summarizer


def by_sumy(name: str) -> Pick:
    def pick(sentences: Sequence[str]) -> list[str]:
        document = model_document(sentences, sumy_words(sentences), range(len(sentences)))
        # sumy's KL takes minutes for one set; ours returns the same, as test_fast_sumy.py shows.
        summarizer = create("kl") if name == "kl" else sumy_own(name)
        return [str(sentence) for sentence in summarizer(document, CHOSEN)]

    return pick


def by_us(name: str, *, worded: bool = True) -> Pick:
    """`summarize` with the cleaning kept; `worded=False` leaves the common wording out."""

    def pick(sentences: Sequence[str]) -> list[str]:
        tokens = cleaned(tuple(sentences))
        weights = np.sqrt(np.bincount(tokens.codes, minlength=len(tokens.words)))
        rows = np.arange(len(sentences))
        pool = Source.create(tokens, sentences, rows, np.ones(len(rows)), weights).gather(
            enough=CHOSEN
        )
        top = [tokens.words[code] for code in np.argsort(-weights)[:20]]
        ratings = rate(name, pool.sentences, pool.words, pool.documents.tolist(), cues=Cues(top))
        merit = relevance(ratings, pool.sentences, stop_words("en")) if worded else ratings
        if not worded:
            merit = (merit - merit.min()) / (np.ptp(merit) or 1)
        merit = np.where(pool.dangling, 0.7 * merit, merit)
        chosen = choose(merit, unit_vectors(pool.words), pool.documents, CHOSEN)
        return [pool.sentences[row] for row in sorted(chosen)]

    return pick


_CLEANED: dict[tuple[str, ...], Tokens] = {}


def cleaned(sentences: tuple[str, ...]) -> Tokens:
    if sentences not in _CLEANED:
        _CLEANED[sentences] = clean(sentences)
    return _CLEANED[sentences]


def score(sets: Sequence[dict[str, Any]], pick: Pick) -> dict[str, float]:
    scorer = RougeScorer(list(KINDS), use_stemmer=True)
    found, same, lengths = [], [], []
    for one in sets:
        quoted = pick(one["sentences"][:FIRST])
        scores = [scorer.score(reference, " ".join(quoted)) for reference in one["references"]]
        found.append([np.mean([s[kind].fmeasure for s in scores]) for kind in KINDS])
        same.append(redundancy([w for w in sumy_words([text.lower() for text in quoted]) if w]))
        lengths.append(sum(len(text.split()) for text in quoted))
    figures = dict(zip(KINDS, np.mean(found, axis=0).round(4).tolist(), strict=True))
    halves = {
        "rouge1_even_sets": round(float(np.mean([f[0] for f in found[::2]])), 4),
        "rouge1_odd_sets": round(float(np.mean([f[0] for f in found[1::2]])), 4),
    }
    extra = {
        "redundancy": round(float(np.mean(same)), 3),
        "words": round(float(np.mean(lengths)), 1),
    }
    return {**figures, **halves, **extra}


def by_lot(sentences: Sequence[str]) -> list[str]:
    return random.Random(len(sentences)).sample(list(sentences), CHOSEN)


def table(sets: Sequence[dict[str, Any]]) -> dict[str, Any]:
    rows = {"lead": score(sets, lambda sentences: list(sentences[:CHOSEN]))}
    rows["random"] = score(sets, by_lot)
    for name in SUMMARIZERS:
        rows[f"sumy {name}"] = score(sets, by_sumy(name))
        rows[f"ours {name}"] = score(sets, by_us(name))
        print(name, {k: v for k, v in rows.items() if k.endswith(name)}, flush=True)
    rows["ours lexrank without wording"] = score(sets, by_us("lexrank", worded=False))
    return rows


def seconds(sentences: Sequence[str], summarizer: Any) -> float:
    words = sumy_words(sentences)
    document = model_document(sentences, words, range(len(sentences)))
    start = time.process_time()
    summarizer(document, 10)
    return time.process_time() - start


def cost(sets: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """CPU seconds for 10 sentences, ours and sumy's in turn; KL at 250, where sumy ends."""
    every = [text for one in sets for text in one["sentences"]]
    random.Random(0).shuffle(every)
    rows = {}
    for name in SUMY:
        n = 250 if name == "kl" else 2_000
        seconds(every[:50], create(name, "en", Cues()))  # compiles
        ours = min(seconds(every[:n], create(name, "en", Cues())) for _ in range(3))
        sumy = seconds(every[:n], sumy_own(name))
        rows[name] = {"sentences": n, "ours": round(ours, 4), "sumy": round(sumy, 2)}
        rows[name]["times_faster"] = round(sumy / ours, 1)
        print(name, rows[name], flush=True)
    rows["kl at 2000"] = {"ours": round(seconds(every[:2_000], create("kl")), 3)}
    return rows


def large_topic(n_sentences: int = 100_000) -> dict[str, float]:
    """CPU seconds to summarize one topic of one-sentence documents at Zipf's word frequencies."""
    draw = np.random.default_rng(0)
    n_words = 20_000
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = ["".join(letters[code // 26**k % 26] for k in range(4)) for code in range(n_words)]
    shares = 1 / np.arange(1, n_words + 1)
    codes = draw.choice(n_words, size=(n_sentences, 12), p=shares / shares.sum())
    lists = [[[names[code] for code in row]] for row in codes.tolist()]
    texts = [" ".join(sentences[0]).capitalize() + "." for sentences in lists]
    tokens = Tokens.from_lists(lists, [[(0, len(text))] for text in texts])
    counts = np.bincount(tokens.codes, minlength=len(tokens.words)).astype(np.int64)
    model = TopicModel(
        topic_term=(counts / counts.sum())[None, :],
        doc_topic=np.ones((n_sentences, 1)),
        terms=tokens.words,
        doc_lengths=tokens.document_lengths,
        term_counts=counts,
        topic_prior=np.ones(1),
        kind="gsdmm",
        params={},
        seed=0,
    )
    rows = {}
    for name in SUMMARIZERS:
        start = time.process_time()
        summarize_topics(model, tokens, texts, SummarySettings(summarizer=name))
        rows[name] = round(time.process_time() - start, 2)
    return rows


def setup() -> dict[str, str]:
    cpu = next(
        (line.split(":")[1].strip() for line in _cpu_lines() if line.startswith("model name")),
        platform.processor(),
    )
    packages = ("sumy", "nltk", "rouge-score", "numpy", "scipy", "numba", "spacy")
    return {"python": platform.python_version(), "cpu": cpu, **{p: version(p) for p in packages}}


def _cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def main() -> None:
    warnings.simplefilter("ignore")  # sumy divides by zero and warns of LSA on few words
    sets = read_opinosis()
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "rouge": lambda: table(sets),
        "cpu_seconds": lambda: cost(sets),
        "cpu_seconds_of_100000_sentences": large_topic,
    }
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results = {**known, "setup": setup(), "issue": ISSUE}
    for name in sys.argv[1:] or parts:
        results[name] = parts[name]()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
