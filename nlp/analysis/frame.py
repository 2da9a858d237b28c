"""`analyze`: the job on a DataFrame, in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pandas as pd

from nlp.analysis.conductor import MemoryStore, Step, conduct, do_step
from nlp.analysis.result import Result
from nlp.analysis.steps import Plan, Source
from nlp.config import Language, ModelName, PartOfSpeech, Settings, Summarizer
from nlp.ingest.corpus import Corpus, frame_corpus
from nlp.progress import Progress, silent

ProgressOf = Callable[[str], Progress]
"""A progress for each step's name."""


def analyze(
    frame: pd.DataFrame,
    progress: Progress = silent,
    *,
    text: str | None = None,
    id: str | None = None,
    time: str | None = None,
    label: str | None = None,
    model: ModelName = "auto",
    topics: Literal["auto"] | int = "auto",
    language: Language = "en",
    spacy_model: str | None = None,
    parts_of_speech: tuple[PartOfSpeech, ...] = ("NOUN", "PROPN", "ADJ", "VERB"),
    stop_words: tuple[str, ...] = (),
    min_documents: int | None = None,
    max_share: float = 0.5,
    max_terms: int = 50_000,
    phrases: bool = False,
    summarizer: Summarizer = "lexrank",
    sentences: int = 5,
    redact: bool = False,
    seed: int = 0,
) -> Result:
    """Topics, documents, summaries and rejected rows of a DataFrame; needs no file and no network.

    Columns that are not named are guessed when there is no doubt. The frame is not changed.
    Keywords have the names and meanings of the command line (`topicbrief run --help`).

    Args:
        frame: one document per row.
        progress: called with (done, total) now and then; may raise to stop the work.
        text: column that holds the text.
        id: column that names each document.
        time: column with each document's date or time.
        label: column with a known subject, used to score only.
        model: auto, lda, gsdmm or nmf; auto chooses by the documents' length.
        topics: number of topics, from 1; auto learns it.
        language: language of the documents.
        spacy_model: an installed trained spaCy pipeline to use.
        parts_of_speech: kept with `spacy_model`; empty for all.
        stop_words: words to leave out besides the usual ones.
        min_documents: documents a term must occur in; learned from their number if None.
        max_share: largest share of documents a term may occur in, above 0 to 1.
        max_terms: most terms kept.
        phrases: count phrases of two and three words as terms of their own.
        summarizer: how sentences are chosen.
        sentences: sentences per summary, 1 to 100.
        redact: blot out e-mail addresses, phone, account and card numbers.
        seed: seed of every random choice, 0 to 2**32 - 1.

    Raises `InputError` (all faults together) and `NoDocumentsError`.
    """
    options = {key: value for key, value in locals().items() if key not in ("frame", "progress")}
    return analyze_frame(frame, Settings.create(**options), lambda _step: progress)[0]


def analyze_frame(
    frame: pd.DataFrame, settings: Settings, progress_of: ProgressOf
) -> tuple[Result, Corpus]:
    """The result of a DataFrame, and the documents it is about; a progress for each step's name."""
    plan = Plan(settings, read=lambda _progress: (frame_corpus(frame, settings), Source()))
    store = MemoryStore()

    def do(step: Step) -> None:
        do_step(step, store, progress_of(step.name))

    conduct(plan.steps(), store, do)
    records, rows = store.load("records"), store.load("rows")
    result: Result = store.load("result")
    return result, records.select(rows, result.rejected)
