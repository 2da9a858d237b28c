"""`analyze`: the job on a DataFrame, in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from nlp.analysis.conductor import MemoryStore, Step, conduct, do_step
from nlp.analysis.result import Result
from nlp.analysis.steps import Plan, Source
from nlp.arrays import Singles
from nlp.config import Language, ModelName, PartOfSpeech, Settings, Summarizer
from nlp.encoder.objects import Encodes, as_encoder, check_vectors
from nlp.encoder.protocol import Encoder
from nlp.ingest.corpus import Corpus, frame_corpus
from nlp.ingest.frames import FrameLike
from nlp.progress import Progress, silent

_NOT_SETTINGS = ("frame", "progress", "encoder", "vectors")

ProgressOf = Callable[[str], Progress]
"""Returns a progress function for the name of a step."""


def analyze(
    frame: FrameLike,
    progress: Progress = silent,
    *,
    text: str | None = None,
    id: str | None = None,
    time: str | None = None,
    label: str | None = None,
    model: ModelName = "auto",
    topics: Literal["auto"] | int = "auto",
    language: Language = "auto",
    spacy_model: str | None = None,
    parts_of_speech: tuple[PartOfSpeech, ...] = ("NOUN", "PROPN", "ADJ", "VERB"),
    stop_words: tuple[str, ...] = (),
    min_documents: int | None = None,
    max_share: float | None = None,
    max_terms: int = 50_000,
    phrases: bool = False,
    encoder: str | Encodes = "bundled",
    vectors: Any = None,
    summarizer: Summarizer = "lexrank",
    sentences: int = 5,
    redact: bool = False,
    seed: int = 0,
) -> Result:
    """Return the topics, documents, summaries and rejected rows of a table or a list of texts.

    Needs no file and no network, and does not change the frame. Columns that are not named are
    guessed if they are clear. Keywords have the names and meanings of the command line
    (`topicbrief run --help`).

    Args:
        frame: a DataFrame with one document per row, a Series or a list of texts.
        progress: called with (done, total) during the work; may raise to stop it.
        text: column that holds the text; "title,body" joins two columns.
        id: column with each document's id.
        time: column with each document's date or time.
        label: column with known subjects, used only to score the topics.
        model: auto, lda, gsdmm or nmf; auto chooses by the documents' length.
        topics: number of topics, at least 1; auto learns it.
        language: language of the documents.
        spacy_model: installed trained spaCy pipeline to use.
        parts_of_speech: words to keep with `spacy_model`; empty for all.
        stop_words: words to leave out besides the usual stop words.
        min_documents: fewest documents a term must occur in; None chooses it by their number.
        max_share: largest share of documents a term may occur in, above 0 and up to 1; None keeps
            a term of more than half where the other documents speak of something else.
        max_terms: largest number of terms.
        phrases: count phrases of two and three words as terms too.
        encoder: bundled, none, a folder, hf:NAME, or an object with `.encode(list of str)`.
        vectors: (n_rows, n_dims) your own sentence vectors, one row for each row of the frame; they
            are used in place of an encoder's.
        summarizer: method that chooses the sentences of a summary.
        sentences: sentences in each summary, 1 to 100.
        redact: mask e-mail addresses and phone, account and card numbers.
        seed: seed of every random choice, 0 to 2**32 - 1.

    Raises `InputError`, which names all faults, and `NoDocumentsError`.
    """
    options = {key: value for key, value in locals().items() if key not in _NOT_SETTINGS}
    if isinstance(encoder, str):
        options["encoder"] = encoder
    return analyze_frame(
        frame,
        Settings.create(**options),
        lambda _step: progress,
        encoder=None if isinstance(encoder, str) else as_encoder(encoder),
        vectors=None if vectors is None else check_vectors(vectors, len(frame)),
    )[0]


def analyze_frame(
    frame: FrameLike,
    settings: Settings,
    progress_of: ProgressOf,
    encoder: Encoder | None = None,
    vectors: Singles | None = None,
) -> tuple[Result, Corpus]:
    """Return the result of a DataFrame and its documents.

    `progress_of` returns a progress function for the name of a step; `vectors`, (n_rows, n_dims),
    are used in place of an encoder's.
    """

    def of_documents(corpus: Corpus) -> Singles:
        rows = corpus.documents.index.get_level_values("record").to_numpy(np.int64) - 1
        return np.asarray(vectors)[rows]

    plan = Plan(
        settings,
        read=lambda _progress: (frame_corpus(frame, settings), Source()),
        encoder=encoder,
        vectors=None if vectors is None else of_documents,
    )
    store = MemoryStore()

    def do(step: Step) -> None:
        do_step(step, store, progress_of(step.name))

    conduct(plan.steps(), store, do)
    records, rows = store.load("records"), store.load("rows")
    result: Result = store.load("result")
    return result, records.select(rows, result.rejected)
