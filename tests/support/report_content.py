"""Report contents for tests: a small dated corpus with known topics, and hostile variants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from nlp.config import Settings
from nlp.record import (
    Account,
    Alert,
    Brief,
    ChangeKind,
    DocumentAccount,
    InputRecord,
    Lineage,
    ModelRecord,
    Publication,
    Quotation,
    RunRecord,
    TopicChange,
    TopicNames,
    TopicSearch,
)
from nlp.report import ReportContent
from nlp.topics.model import TopicModel
from nlp.topics.quality import Quality
from nlp.topics.spread_words import SpreadWord

SUBJECTS = {
    "Deliveries": ("parcel", "courier", "delivery", "late", "address", "depot"),
    "Invoices": ("invoice", "payment", "refund", "charge", "card", "bank"),
    "Logins": ("password", "login", "account", "reset", "email", "locked"),
    "Returns": ("return", "label", "exchange", "size", "store", "receipt"),
}


CITATION = ["topic_id", "rank", "sentence", "doc_id", "start", "end"]


def small_model(n_topics: int = 4, n_docs: int = 48, seed: int = 0) -> TopicModel:
    """A model whose topic k prefers the words of subject k, largest topic first."""
    rng = np.random.default_rng(seed)
    words = [word for subject in SUBJECTS.values() for word in subject]
    terms = tuple(words + [f"word{number}" for number in range(6 * max(n_topics - 4, 0))])
    topic_term = np.full((n_topics, len(terms)), 0.01) + rng.random((n_topics, len(terms))) * 0.02
    for topic in range(n_topics):
        topic_term[topic, 6 * topic : 6 * topic + 6] += rng.random(6) + 0.5
    topic_term /= topic_term.sum(axis=1, keepdims=True)
    owners = np.sort(np.arange(n_docs) % n_topics)
    doc_topic = np.full((n_docs, n_topics), 0.1) + rng.random((n_docs, n_topics)) * 0.1
    doc_topic[np.arange(n_docs), owners] += 1.0 + rng.random(n_docs)
    doc_topic /= doc_topic.sum(axis=1, keepdims=True)
    return TopicModel(
        topic_term=topic_term,
        doc_topic=doc_topic,
        terms=terms,
        doc_lengths=rng.integers(5, 40, n_docs),
        term_counts=rng.integers(1, 90, len(terms)),
        topic_prior=np.full(n_topics, 0.1),
        kind="lda",
        params={"n_topics": n_topics, "n_sweeps": 200},
        seed=seed,
    )


def text_of(topic: int, row: int, disguise: Callable[[str], str]) -> str:
    words = list(SUBJECTS.values())[topic % 4]
    return disguise(
        f"Customer {row} writes about the {words[0]}. "
        f"The {words[row % 6]} was a problem for the {words[(row + 1) % 6]}, again and again. "
        f"Please look at the {words[2]}; it took {row} days until anybody answered. Thank you."
    )


def content(
    n_topics: int = 4,
    n_docs: int = 48,
    *,
    dated: bool = True,
    outliers: int = 0,
    tree: bool = True,
    disguise: Callable[[str], str] = str,
) -> ReportContent:
    """A whole report; `disguise` is applied to every string a user could have written."""
    model = small_model(n_topics, n_docs)
    model = replace(model, terms=tuple(disguise(term) for term in model.terms))
    labels = model.labels() + 1
    if outliers:
        labels[-outliers:] = -1
    texts = [text_of(max(topic - 1, 0), row, disguise) for row, topic in enumerate(labels)]
    ids = [disguise(f"T-{row:03d}") for row in range(n_docs)]
    return ReportContent(
        title=disguise("Customer tickets"),
        model=model,
        topics=_topics(model, labels, outliers, disguise),
        documents=_documents(model, labels, ids, dated, disguise),
        texts=texts,
        summaries=_frame(
            [
                (topic, rank, *citation)
                for topic in range(1, n_topics + 1)
                for rank, citation in enumerate(_citations(texts, ids, labels, topic), start=1)
            ],
            CITATION,
        ),
        rejected=_frame(
            {
                "source": [disguise("tickets.csv")] * 3,
                "record": [3, 9, 14],
                "doc_id": [None, disguise("T-X"), None],
                "reason": [disguise("empty text"), "duplicate id", "empty text"],
                "detail": [None, disguise("seen first in record 2"), None],
            }
        ),
        record=replace(
            record_of(model, n_docs, disguise),
            brief=_brief(
                [
                    Quotation(topic, 1, *_citations(texts, ids, labels, topic)[0])
                    for topic in range(1, min(n_topics, 3) + 1)
                ],
                disguise,
            ),
        ),
        tree=_merges(n_topics) if tree and n_topics > 1 else None,
    )


def _frame(data: Any, columns: list[str] | None = None) -> pd.DataFrame:
    """A table of Python's strings: pandas' own cannot contain the lone surrogates of readers."""
    frame = pd.DataFrame(data, columns=columns, dtype=object)
    numbers = [name for name in frame if isinstance(frame[name].iloc[0], int | float | np.number)]
    return frame.astype({name: type(frame[name].iloc[0]) for name in numbers})


def _citations(
    texts: list[str], ids: list[str], labels: np.ndarray, topic: int
) -> list[tuple[str, str, int, int]]:
    found = []
    for row in np.flatnonzero(labels == topic)[:3]:
        start = texts[row].find("The ", len(texts[row]) // 5)
        start = max(start, 0)
        end = texts[row].find(".", start) + 1 or len(texts[row])
        found.append((texts[row][start:end], ids[row], start, end))
    return found


def _topics(
    model: TopicModel, labels: np.ndarray, outliers: int, disguise: Callable[[str], str]
) -> pd.DataFrame:
    names = [*SUBJECTS, *(f"Subject {number}" for number in range(5, 500))]
    sizes = [int((labels == topic).sum()) for topic in range(1, model.n_topics + 1)]
    frame = _frame(
        {
            "topic_id": range(1, model.n_topics + 1),
            "key": [f"key-{topic}" for topic in range(model.n_topics)],
            "label": [disguise(name) for name in names[: model.n_topics]],
            "size": sizes,
            "share": np.array(sizes) / len(labels),
            "top_terms": [", ".join(terms) for terms in model.top_terms(10)],
            "coherence": np.linspace(0.3, 0.1, model.n_topics),
            "parent": None,
            "change": [disguise("grew by 3 documents")] + [""] * (model.n_topics - 1),
        }
    )
    if outliers:
        frame.loc[len(frame)] = {
            "topic_id": -1, "key": "", "label": "no topic", "size": outliers,
            "share": outliers / len(labels), "top_terms": "", "change": "",
        }  # fmt: skip
    return frame


def _documents(
    model: TopicModel,
    labels: np.ndarray,
    ids: list[str],
    dated: bool,
    disguise: Callable[[str], str],
) -> pd.DataFrame:
    order = np.argsort(-model.doc_topic, axis=1, kind="stable")
    ranked = np.take_along_axis(model.doc_topic, order, axis=1)
    second = min(1, model.n_topics - 1)
    frame = _frame(
        {
            "doc_id": ids,
            "topic_id": labels,
            "probability": ranked[:, 0],
            "second_topic_id": order[:, second] + 1,
            "second_probability": ranked[:, second],
            disguise("channel"): [disguise(("mail", "phone")[row % 2]) for row in range(len(ids))],
        }
    )
    if dated:
        start = pd.Timestamp("2024-01-03", tz="UTC")
        frame["timestamp"] = [start + pd.Timedelta(days=9 * row) for row in range(len(ids))]
    return frame


def record_of(
    model: TopicModel, n_docs: int = 48, disguise: Callable[[str], str] = str
) -> RunRecord:
    """The record of a run that followed another, with something of everything in it."""
    return RunRecord(
        account=Account(n_docs + 3, n_docs, {disguise("empty text"): 2, "duplicate id": 1}),
        config=Settings(),
        model=ModelRecord(
            kind=model.kind,
            n_topics=model.n_topics,
            seed=0,
            reason=disguise("documents are long: 23 words on average"),
            params=dict(model.params),
            search=TopicSearch(5, ((2, 0.1), (3, 0.19), (5, 0.31), (7, 0.3), (10, 0.2))),
        ),
        encoder=None,
        quality=Quality(
            npmi=(0.2,) * model.n_topics,
            c_v=(0.4,) * model.n_topics,
            u_mass=(-2.0,) * model.n_topics,
            mean_npmi=0.21,
            mean_c_v=0.4,
            mean_u_mass=-2.0,
            diversity=0.93,
            agreement=None,
            stability=0.44,
        ),
        spread_words=(SpreadWord(disguise("today"), 30, 0.01),),
        changes=_changes(disguise),
        history={f"key-{k}": ((1, 9 + k, 0.2), (3, 12, 0.25)) for k in range(model.n_topics)},
        brief=Brief("", (), ()),
        headlines=tuple(disguise(f"Headline {k}") for k in range(model.n_topics)),
        tree=(),
        warnings=(disguise("Two thirds of the documents come from one week."),),
        versions={"topicbrief": "0.1.0", "numpy": "2.4.6"},
        published=_publication(model, n_docs, disguise),
    )


def _brief(quotations: list[Quotation], disguise: Callable[[str], str]) -> Brief:
    figures = (disguise("48 documents."), disguise("Two topics rose."))
    lines = [f"“{one.sentence}” ({one.topic_id}, document {one.doc_id})" for one in quotations]
    return Brief("\n".join([" ".join(figures), *lines]), figures, tuple(quotations))


def bare_record(model: TopicModel) -> RunRecord:
    """A record of which nothing but the model is known."""
    whole = record_of(model)
    return replace(
        whole,
        account=Account(0, 0, {}),
        model=replace(whole.model, search=None, params={}),
        quality=replace(whole.quality, stability=None),
        spread_words=(),
        changes=(),
        history={},
        warnings=(),
        versions={},
        published=None,
    )


def _publication(model: TopicModel, n_docs: int, disguise: Callable[[str], str]) -> Publication:
    return Publication(
        name=disguise("tickets"),
        run_id="20250601T020000Z",
        created="2025-06-01T02:00:00Z",
        sources=(disguise("tickets.csv"),),
        inputs=(InputRecord(disguise("tickets.csv"), "ab" * 32, 1_000),),
        run_settings={},
        lineage=Lineage(
            run=3,
            follows="20250531T020000Z",
            refitted=False,
            documents=DocumentAccount(known=n_docs - 6, new=6, edited=0, deleted=2),
            cleaned=6,
        ),
        names=TopicNames(
            labels={"key-0": disguise("Deliveries")},
            hidden=("key-1",),
            merged={"key-99": "key-0"},
        ),
        hidden=(2,) if model.n_topics > 1 else (),
        alerts=(
            Alert("refund", "term", None, 9, 3, "last run", disguise("“refund”: 9 of 48")),
            Alert("Parcels", "topic", "key-0", 9, 3, "last run", disguise("“Deliveries” rose")),
        ),
        timings={"clean": 1.25, "fit": 2.5},
    )


def _changes(disguise: Callable[[str], str]) -> tuple[TopicChange, ...]:
    def change(kind: ChangeKind, topic: int | None, text: str) -> TopicChange:
        return TopicChange(
            kind, "key-0", topic, disguise("Parcels"), None, None, (), disguise(text)
        )

    return (
        change("new", 1, "new"),
        change("gone", None, "gone into “Deliveries”"),
        change("grown", 1, "grown"),
        *(change("shrunk", 1, "shrunk from 30 to 12") for _ in range(14)),
    )


def _merges(n_topics: int) -> np.ndarray:
    rows, current = [], 0
    for merge in range(n_topics - 1):
        rows.append((current, merge + 1, 0.2 + 0.1 * merge, merge + 2))
        current = n_topics + merge
    return np.array(rows, dtype=np.float64)
