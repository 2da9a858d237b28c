"""Fast summarizers: what sumy returns, sentence for sentence and score for score."""

from __future__ import annotations

import gzip
import json
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sumy.summarizers import AbstractSummarizer
from sumy.summarizers.edmundson import EdmundsonSummarizer
from sumy.summarizers.kl import KLSummarizer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.summarizers.luhn import LuhnSummarizer
from sumy.summarizers.reduction import ReductionSummarizer
from sumy.summarizers.sum_basic import SumBasicSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from nlp._kernels import sentence_scores as kernels
from nlp.errors import InputError
from nlp.summaries.summarizers import (
    SUMMARIZERS,
    Cues,
    create,
    model_document,
    rate,
)

SUMY = {
    "lexrank": LexRankSummarizer,
    "textrank": TextRankSummarizer,
    "lsa": LsaSummarizer,
    "luhn": LuhnSummarizer,
    "kl": KLSummarizer,
    "sumbasic": SumBasicSummarizer,
    "reduction": ReductionSummarizer,
}
CORPORA = Path(
    os.environ.get("TOPICBRIEF_CORPORA", Path(__file__).resolve().parents[4] / "shared" / "corpora")
)
VOCABULARY = [f"word{number}" for number in range(40)]


def ranked(
    summarizer: AbstractSummarizer, sentences: Sequence[str], words: Sequence[Sequence[str]]
) -> list[tuple[int, float]]:
    found: list[tuple[int, float]] = []

    def collect(infos: Sequence[Any]) -> Sequence[Any]:
        found.extend((info.order, float(info.rating)) for info in infos)
        return infos

    summarizer(model_document(sentences, words, range(len(sentences))), collect)
    return found


def sumy_twin(name: str) -> AbstractSummarizer:
    ours = create(name)
    theirs = SUMY[name](ours._stemmer)
    theirs.stop_words = ours.stop_words
    return theirs


def some_sentences(seed: int, n: int = 60) -> tuple[list[str], list[list[str]]]:
    """Words at Zipf's frequencies, some stop words and capitals, some sentences repeated."""
    draw = random.Random(seed)
    weights = [1 / rank for rank in range(1, len(VOCABULARY) + 1)]
    words = [
        draw.choices(VOCABULARY, weights, k=draw.randint(1, 9)) + draw.choices(["the", "Is", "x"])
        for _ in range(n)
    ]
    words += words[: n // 6]
    return [" ".join(found) for found in words], words


def assert_same(name: str, sentences: list[str], words: list[list[str]]) -> None:
    ours, theirs = ranked(create(name), sentences, words), ranked(sumy_twin(name), sentences, words)
    ratings = dict(theirs)
    assert all(abs(rating - ratings[place]) <= 1e-9 for place, rating in ours)
    if name != "lsa":  # sumy orders LSA's many equals by the noise of its decomposition
        for n_sentences in (1, 2, 3, 5, 10):
            chosen = {place for place, _ in ours[:n_sentences]}
            assert chosen == {place for place, _ in theirs[:n_sentences]}


@pytest.mark.filterwarnings("ignore:Number of words:UserWarning")  # sumy's LSA on few words
@pytest.mark.parametrize("name", SUMY)
def test_scores_and_sentences_are_those_of_sumy(name: str) -> None:
    for seed in range(4):
        assert_same(name, *some_sentences(seed))


@pytest.mark.filterwarnings("ignore:Number of words:UserWarning")
@pytest.mark.parametrize("name", SUMY)
def test_opinosis_gives_what_sumy_gives(name: str) -> None:
    path = CORPORA / "opinosis.jsonl.gz"
    if not path.exists():
        pytest.skip("the corpora lie beside the checkout: shared/corpora/opinosis.jsonl.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        sets = [json.loads(line)["sentences"] for line in lines]
    for sentences in sets[:: 17 if name == "kl" else 6]:
        sample = sentences[: 40 if name == "kl" else 60]
        words = [[word for word in text.split() if word.isalpha()] for text in sample]
        assert_same(name, sample, words)


@pytest.mark.parametrize("compensated", [False, True])
def test_sumbasic_kernel_equals_its_python(compensated: bool) -> None:
    codes = np.array([0, 1, 2, 1, 3, 3, 0], dtype=np.int64)
    bounds = np.array([0, 2, 4, 4, 7], dtype=np.int64)
    probability = np.array([0.1, 0.3, 0.2, 0.4])
    order = kernels.sumbasic_order(codes, bounds, probability, compensated)
    python = kernels.sumbasic_order.py_func(codes, bounds, probability, compensated)
    assert order.tolist() == python.tolist()
    assert sorted(order.tolist()) == [0, 1, 2, 3]
    assert probability.tolist() == [0.1, 0.3, 0.2, 0.4]


def test_kl_kernel_equals_its_python() -> None:
    codes = np.array([0, 1, 2, 1, 3, 3, 0], dtype=np.int64)
    bounds = np.array([0, 2, 4, 4, 7], dtype=np.int64)
    probability = np.bincount(codes) / len(codes)
    order = kernels.kl_order(codes, bounds, codes, bounds, probability)
    python = kernels.kl_order.py_func(codes, bounds, codes, bounds, probability)
    assert order.tolist() == python.tolist()


def test_sums_are_added_as_this_python_adds_them() -> None:
    """The rounding of `sum` changed in 3.12; SumBasic's ties hang on it."""
    values = [0.1] * 10
    assert (sum(values) == 1.0) == (sys.version_info >= (3, 12))


def test_edmundson_is_sumys_with_the_topics_words_as_cues() -> None:
    assert SUMMARIZERS["edmundson"] is EdmundsonSummarizer
    sentences = ["Card lost.", "Card and bank found.", "Weather was fine.", "Nothing here."]
    words = [["card"], ["card", "bank"], ["weather"], ["nothing"]]
    ratings = rate("edmundson", sentences, words, [0, 0, 0, 0], cues=Cues(["bank"], ["weather"]))
    assert ratings[1] > ratings[2]


def test_an_unknown_summarizer_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"'best' is not known.*lexrank"):
        create("best")


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "zh", "xx"])
def test_every_language_has_a_summarizer(language: str) -> None:
    ratings = rate("lexrank", ["one two", "two three"], [["a", "b"], ["b", "c"]], [0, 0],
                   language=language)  # fmt: skip
    assert np.isfinite(ratings).all()
