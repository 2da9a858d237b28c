"""The job in four steps, and `analyze`, which runs them on a DataFrame.

The steps take and return plain data; `pipelines.steps` calls the same ones with files in between.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nlp._version import __version__
from nlp.cleaning.reader import clean
from nlp.cleaning.redaction import redact
from nlp.cleaning.tokens import Tokens
from nlp.config import Settings
from nlp.fitting.fit import Fit, fit_topics
from nlp.ingest.corpus import Corpus, frame_corpus
from nlp.ingest.records import Reason
from nlp.progress import Progress, silent
from nlp.tables import (
    Named,
    brief_table,
    documents_table,
    summaries_table,
    topics_table,
)
from nlp.topics.model import TopicModel
from nlp.topics.spread_words import spread_words
from nlp.topics.tree import TopicTree, build_tree
from nlp.tracking.identity import identify
from nlp.tracking.memory import Identity, Life, Past, remember
from nlp.vocabulary.phrases import join_phrases

LIBRARIES = (
    "numpy", "scipy", "pandas", "pyarrow", "numba", "gensim", "spacy",
    "spacy-lookups-data", "scikit-learn", "sumy", "pyldavis",
)  # fmt: skip
_SIZES_SHOWN = 12


@dataclass(frozen=True)
class Result:
    """What an analysis found: the tables of a run, its model and its facts."""

    topics: pd.DataFrame
    """topic_id, key, label, size, share, top_terms, coherence, parent, change"""
    documents: pd.DataFrame
    """doc_id, topic_id, probability, second_topic_id, second_probability, text, other columns"""
    summaries: pd.DataFrame
    """topic_id, rank, sentence, doc_id, start, end"""
    rejected: pd.DataFrame
    """source, record, doc_id, reason, detail"""
    model: TopicModel
    facts: Mapping[str, Any]
    """The account, the settings, the figures of quality: what the manifest holds."""
    lives: tuple[Life, ...] = ()
    """What the next run needs in order to know these topics again."""

    def report_html(self, title: str = "Topics") -> str:
        """The report: one self-contained HTML page."""
        from nlp.report import ReportContent, render_report

        return render_report(
            ReportContent(
                title=title,
                model=self.model,
                topics=self.topics.assign(
                    headline=self.topics["topic_id"].astype(str).map(self.facts["headlines"])
                ),
                documents=self.documents.drop(columns="text"),
                texts=self.documents["text"].tolist(),
                summaries=self.summaries,
                brief=pd.DataFrame(self.facts["brief"]),
                rejected=self.rejected,
                facts=self.facts,
                tree=np.array(self.facts["tree"]) if self.facts["tree"] else None,
            )
        )

    def write_report(self, path: str | Path, title: str = "Topics") -> Path:
        """Write the report to `path`, and return it."""
        target = Path(path)
        target.write_text(self.report_html(title), encoding="utf-8")
        return target


def analyze(frame: pd.DataFrame, progress: Progress = silent, **options: Any) -> Result:
    """Topics, documents, summaries and rejected rows of a DataFrame; needs no file and no network.

    `options` are those of the command line (`text`, `id`, `time`, `label`, `model`, `topics`,
    `language`, `seed`, ...); columns not named are guessed when there is no doubt. The frame is not
    changed. Raises `InputError` (all faults together) and `NoDocumentsError`.
    """
    settings = Settings.create(**options)
    corpus = frame_corpus(frame, settings)
    corpus, tokens = clean_corpus(corpus, settings, progress)
    fit = fit_topics(tokens, settings, progress)
    return describe(corpus, tokens, fit, settings, progress)


def clean_corpus(
    corpus: Corpus, settings: Settings, progress: Progress = silent
) -> tuple[Corpus, Tokens]:
    """The documents that have a word, and their tokens; the others join the rejected ones."""
    corpus = redacted(corpus, settings)
    return keep_worded(corpus, clean(corpus.texts, settings, progress))


def keep_worded(corpus: Corpus, tokens: Tokens) -> tuple[Corpus, Tokens]:
    """The documents that have a word left, and their tokens; the others join the rejected ones."""
    has_word = tokens.document_lengths > 0
    kept = corpus.reject(~has_word, Reason.NO_WORDS).require_documents()
    return kept, tokens.select(has_word)


def redacted(corpus: Corpus, settings: Settings) -> Corpus:
    """The corpus; if asked, with personal numbers and addresses blotted out of every text."""
    if not settings.redact:
        return corpus
    return replace(
        corpus,
        documents=_redacted_texts(corpus.documents),
        rejected=_redacted_texts(corpus.rejected),
    )


def _redacted_texts(table: pd.DataFrame) -> pd.DataFrame:
    table = table.copy()
    for name in table.columns.difference(["doc_id", "source", "record", "reason"]):
        if pd.api.types.is_string_dtype(table[name]):
            table[name] = table[name].map(redact, na_action="ignore")
    return table


def describe(
    corpus: Corpus,
    tokens: Tokens,
    fit: Fit,
    settings: Settings,
    progress: Progress = silent,
    identity: Identity | None = None,
    past: Past | None = None,
    names: Mapping[str, str] | None = None,
    hidden: Container[str] = (),
) -> Result:
    """Summaries, quality and the tables of a fitted model.

    `identity` holds the topics' keys beside the last run, `past`; `names` a person's names by key,
    `hidden` the keys of topics that a person left out of the page.
    """
    from nlp.summaries import brief, summarize_topics
    from nlp.topics.quality import measure

    model, texts = fit.model, corpus.texts
    tokens = join_phrases(tokens, model.terms)
    doc_ids = corpus.documents["doc_id"].tolist()
    labels = corpus.documents["label"].tolist() if "label" in corpus.documents else None
    found_again = None if fit.search is None else fit.search.get("stability")
    quality = replace(measure(model, fit.counts, labels), stability=found_again)
    summaries = summarize_topics(model, tokens, texts, settings, settings.language, progress)
    tree = build_tree(model, fit.counts)
    identity = identity or identify(model, doc_ids)
    shown = [one for one in summaries if identity.keys[one.topic] not in hidden]
    cited = brief_table(brief(shown, model), doc_ids, model.labels())
    labels_now = [
        (names or {}).get(key) or summary.name
        for key, summary in zip(identity.keys, summaries, strict=True)
    ]
    lives = remember(identity, labels_now, model.sizes(), past)
    named = _named(identity, lives, names or {})
    topics = topics_table(model, summaries, quality.npmi, _parents(tree), named)
    facts = {
        **account(corpus),
        "model_kind": model.kind,
        "n_topics": model.n_topics,
        "model": {
            "kind": model.kind,
            "reason": fit.reason,
            "params": dict(model.params),
            "search": fit.search,
        },
        "seed": settings.seed,
        "config": settings.model_dump(mode="json"),
        "quality": asdict(quality),
        "spread_words": [asdict(word) for word in spread_words(model, fit.counts)],
        "changes": _changes(identity, lives),
        "history": {life.key: life.to_json()["history"] for life in lives if not life.gone},
        "warnings": list(corpus.warnings),
        "brief": cited.to_dict(orient="records"),
        "headlines": {str(one.topic + 1): one.headline for one in summaries},
        "tree": tree.linkage().tolist(),
        "versions": versions(),
    }
    return Result(
        topics=topics,
        documents=documents_table(corpus.documents, model),
        summaries=summaries_table(summaries, doc_ids),
        rejected=corpus.rejected,
        model=model,
        facts=facts,
        lives=lives,
    )


def _parents(tree: TopicTree) -> list[int]:
    """For each topic the first of those it joins when topics are merged to about the root."""
    groups = tree.cut(max(1, round(np.sqrt(2 * tree.n_fine))))
    return [int(np.flatnonzero(groups == group)[0]) + 1 for group in groups]


def _named(identity: Identity, lives: Sequence[Life], names: Mapping[str, str]) -> list[Named]:
    label_of = {life.key: life.label for life in lives}
    changes = {change.key: change.words(label_of) for change in identity.changes}
    return [
        Named(
            key=life.key,
            label=names.get(life.key),
            change=changes.get(life.key),
            history=" ".join(str(one.size) for one in life.history[-_SIZES_SHOWN:]),
        )
        for life in lives
        if not life.gone
    ]


def _changes(identity: Identity, lives: Sequence[Life]) -> list[dict[str, Any]]:
    """What a report says of the changes: plain JSON, topics that stayed the same left out."""
    label_of = {life.key: life.label for life in lives}
    return [
        {
            "kind": change.kind,
            "key": change.key,
            "topic_id": None if change.topic is None else change.topic + 1,
            "label": label_of.get(change.key, change.key),
            "before": change.before,
            "size": change.size,
            "others": [{"key": key, "label": label_of.get(key, key)} for key in change.others],
            "text": change.words(label_of),
        }
        for change in identity.changes
        if change.kind != "same"
    ]


def account(corpus: Corpus) -> dict[str, Any]:
    """What became of every record: in = kept + the sum of dropped."""
    return {
        "records_in": corpus.records_in,
        "records_kept": len(corpus.documents),
        "records_dropped": corpus.dropped,
    }


def versions() -> dict[str, str]:
    """Versions of what a result depends on."""
    return {"topicbrief": __version__, **{name: version(name) for name in LIBRARIES}}
