"""Phrases through a whole run, what it is asked later, and the run of the next night."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nlp.errors import InputError
from nlp.report import Pages
from nlp.retrieval import Request, find
from nlp.topics.model import TopicModel
from nlp.vocabulary.phrases import phrases_of
from pipelines import steps
from pipelines.commands.assign import assign_source
from pipelines.commands.evaluate import evaluate_run
from pipelines.commands.find import open_run
from pipelines.options.options import read_options
from pipelines.runner import run_job

SUBJECTS = (
    ("credit card", ["declined", "payment", "limit", "charge", "shop", "money"]),
    ("delivery slot", ["parcel", "courier", "late", "address", "door", "neighbour"]),
)


def write(path: Path, first: int, last: int) -> Path:
    """Documents of six words, a phrase among them, two subjects in turn."""
    lines = ["id,text"]
    for number in range(first, last):
        phrase, words = SUBJECTS[number % 2]
        chosen = random.Random(number).choices(words, k=6)
        lines.append(f"d{number},{' '.join([*chosen[:3], phrase, *chosen[3:]])}.")
    path.write_text("\n".join(lines) + "\n")
    return path


def run(source: Path, out: Path, **flags: Any) -> Path:
    # By words alone: "credit" is near "credit card" in meaning.
    given = {"name": "demo", "topics": 2, "phrases": True, "encoder": "none", **flags}
    return run_job(read_options([str(source)], given).job, out, quiet=True)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phrases")
    return run(write(folder / "first.csv", 0, 60), folder / "out")


def test_phrases_are_terms_of_the_model_and_readable_in_the_report(finished: Path) -> None:
    stored = json.loads((finished / "model" / "model.json").read_text())
    assert phrases_of(stored["terms"]) == {"credit card", "delivery slot"}
    page = (finished / "report.html").read_text()
    assert "<bdi>credit card</bdi>" in page
    assert "credit_card" not in page


def test_new_documents_are_cut_into_the_runs_phrases(finished: Path, tmp_path: Path) -> None:
    source = tmp_path / "new.csv"
    source.write_text("body\nmy credit card\nwhich delivery slot\ncredit\n")
    assign_source(finished, str(source), tmp_path / "out.parquet", {"text": "body"})
    topics = pd.read_parquet(tmp_path / "out.parquet")["topic_id"].tolist()
    own = pd.read_parquet(finished / "documents.parquet").set_index("doc_id")["topic_id"]
    # "credit" alone never stood outside the phrase, so the model does not know it.
    assert topics == [own["d0"], own["d1"], -1]


def test_a_run_with_phrases_is_evaluated_and_searched(finished: Path) -> None:
    assert -1 <= evaluate_run(finished, None)["mean_npmi"] <= 1
    searched = open_run(finished)
    by_phrase = find(searched, Request("credit cards", top=5)).documents
    by_word = find(searched, Request("credit", top=5)).documents
    assert len(by_phrase) == len(by_word) == 5
    assert all("credit card" in one.quotations[0].sentence for one in (*by_phrase, *by_word))
    assert len(find(searched, Request(like="d1", top=3)).documents) == 3


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs without their pages, which these tests do not look at."""
    monkeypatch.setattr(steps, "render_pages", lambda content: Pages("", ""))


@pytest.mark.usefixtures("fast")
def test_the_next_night_keeps_the_phrases_and_learns_none(tmp_path: Path) -> None:
    first = run(write(tmp_path / "tickets.csv", 0, 60), tmp_path / "out")
    source = write(tmp_path / "tickets.csv", 0, 66)
    with source.open("a") as stream:
        stream.writelines(f"n{row},gift voucher door money.\n" for row in range(10))
    second = run(source, tmp_path / "out")
    assert not json.loads((second / "manifest.json").read_text())["lineage"]["refitted"]
    before, after = (TopicModel.load(folder / "model") for folder in (first, second))
    assert phrases_of(after.terms) == phrases_of(before.terms)
    assert {"gift", "voucher"} <= set(after.terms)


@pytest.mark.usefixtures("fast")
def test_asking_for_phrases_for_the_first_time_fits_anew(tmp_path: Path) -> None:
    source = write(tmp_path / "tickets.csv", 0, 60)
    run(source, tmp_path / "out", phrases=False)
    second = run(source, tmp_path / "out")
    reason = json.loads((second / "manifest.json").read_text())["model"]["reason"]
    assert "fitted anew: phrases changed" in reason


@pytest.mark.usefixtures("fast")
def test_words_of_a_file_are_left_out(tmp_path: Path) -> None:
    source = write(tmp_path / "tickets.csv", 0, 30)
    words = tmp_path / "words.txt"
    words.write_text("# ours\nMoney\n\ndoor  # everywhere\n")
    folder = run(source, tmp_path / "out", phrases=False, stop_words=str(words))
    terms = TopicModel.load(folder / "model").terms
    assert {"money", "door"}.isdisjoint(terms)
    assert {"courier", "credit"} <= set(terms)
    with pytest.raises(InputError, match=r"stop_words: cannot read .*none\.txt.*No such file"):
        read_options([str(source)], {"stop_words": str(tmp_path / "none.txt")})
