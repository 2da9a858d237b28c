"""The description of a fitted model: summaries and quality, identity, then tables and record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np

from nlp._version import __version__
from nlp.analysis.brief import compose
from nlp.analysis.result import Result
from nlp.cleaning.languages import Languages
from nlp.cleaning.tokens import Tokens
from nlp.config import Settings
from nlp.fitting.fit import Fit
from nlp.ingest.corpus import Corpus
from nlp.progress import Progress, silent
from nlp.record import (
    Account,
    KeyedLabel,
    ModelRecord,
    RunRecord,
    TopicChange,
    TopicNames,
)
from nlp.summaries.citations import TopicSummary
from nlp.tables import Named, documents_table, summaries_table, topics_table
from nlp.topics.quality import Quality, measure
from nlp.topics.spread_words import spread_words
from nlp.topics.tree import TopicTree, build_tree
from nlp.tracking.memory import Identity, Life, Past, remember
from nlp.vocabulary.phrases import join_phrases

LIBRARIES = (
    "numpy", "scipy", "pandas", "pyarrow", "numba", "gensim", "spacy",
    "spacy-lookups-data", "scikit-learn", "sumy", "pyldavis",
)  # fmt: skip
# Not measured: sizes in the column `history` of the topics table, as many as one cell shows.
_SIZES_SHOWN = 12


@dataclass(frozen=True)
class Findings:
    """The summaries, quality and tree of a model; they do not depend on earlier runs."""

    summaries: tuple[TopicSummary, ...]
    quality: Quality
    tree: TopicTree


@dataclass(frozen=True)
class Standing:
    """The identity of the topics: their keys, labels, and the memory for the next run."""

    identity: Identity
    lives: tuple[Life, ...]
    """The topics of this run in order, then the topics that are gone."""
    names: TopicNames

    @property
    def labels(self) -> dict[str, str]:
        """The label of each topic by its key."""
        return {life.key: life.label for life in self.lives}

    @property
    def hidden(self) -> tuple[int, ...]:
        """The topic_id of each topic that a person hid."""
        return hidden_ids(self.identity.keys, self.names)

    @property
    def alive(self) -> list[Life]:
        """The topics of this run, in order."""
        return [life for life in self.lives if not life.gone]


def describe(
    corpus: Corpus,
    tokens: Tokens,
    fit: Fit,
    settings: Settings,
    languages: Languages,
    identity: Identity,
    past: Past | None = None,
    names: TopicNames | None = None,
    progress: Progress = silent,
) -> Result:
    """Return the summaries, quality, tables and record of a fitted model.

    `identity` holds the topics' keys, `past` the memory of the last run, and `names` a person's
    choices.
    """
    found = find(corpus, tokens, fit, settings, languages.main, progress)
    standing = stand(found, fit, identity, past, names or TopicNames())
    result = tabulate(corpus, fit, settings, found, standing)
    record = replace(result.record, languages=dict(languages.shares))
    return replace(result, record=record)


def find(
    corpus: Corpus,
    tokens: Tokens,
    fit: Fit,
    settings: Settings,
    language: str,
    progress: Progress = silent,
) -> Findings:
    """Return the summaries, quality and tree of a model."""
    from nlp.cleaning.reader import languages_of
    from nlp.summaries import summarize_topics

    tokens = join_phrases(tokens, fit.model.terms)
    language = languages_of(corpus.texts, settings).main
    labels = corpus.documents["label"].tolist() if "label" in corpus.documents else None
    found_again = None if fit.search is None else fit.search.stability
    return Findings(
        summarize_topics(fit.model, tokens, corpus.texts, settings, language, progress),
        replace(measure(fit.model, fit.counts, labels), stability=found_again),
        build_tree(fit.model, fit.counts),
    )


def stand(
    found: Findings, fit: Fit, identity: Identity, past: Past | None, names: TopicNames
) -> Standing:
    """Return the identity of the topics; their labels are a person's names, else the automatic."""
    labels = [
        names.labels.get(key) or summary.name
        for key, summary in zip(identity.keys, found.summaries, strict=True)
    ]
    return Standing(identity, remember(identity, labels, fit.model.sizes(), past), names)


def tabulate(
    corpus: Corpus, fit: Fit, settings: Settings, found: Findings, standing: Standing
) -> Result:
    """Return the published tables and the record."""
    doc_ids = corpus.documents["doc_id"].tolist()
    names = [life.label for life in standing.alive]
    topics = topics_table(fit.model, found.quality.npmi, _parents(found.tree), _named(standing))
    documents = documents_table(corpus.documents, fit.model, names)
    summaries = summaries_table(found.summaries, doc_ids, names)
    changes, history = _changes(standing), _history(standing)
    brief = compose(topics, documents, summaries, changes, history, standing.hidden)
    return Result(
        topics=topics,
        documents=documents,
        summaries=summaries,
        rejected=corpus.rejected,
        model=fit.model,
        record=RunRecord(
            account=Account(corpus.records_in, len(corpus.documents), corpus.dropped),
            config=settings,
            model=_model(fit, settings),
            quality=found.quality,
            spread_words=spread_words(fit.model, fit.counts),
            changes=changes,
            history=history,
            encoder=None,
            brief=brief,
            headlines=tuple(summary.headline for summary in found.summaries),
            tree=tuple((a, b, c, d) for a, b, c, d in found.tree.linkage().tolist()),
            warnings=corpus.warnings,
            versions=versions(),
            automatic_names=tuple(summary.name for summary in found.summaries),
            reading=corpus.reading,
        ),
        lives=standing.lives,
    )


def _model(fit: Fit, settings: Settings) -> ModelRecord:
    return ModelRecord(
        kind=fit.model.kind,
        n_topics=fit.model.n_topics,
        seed=settings.seed,
        reason=fit.reason,
        params=dict(fit.model.params),
        search=fit.search,
    )


def _history(standing: Standing) -> dict[str, tuple[tuple[int, int, float], ...]]:
    return {
        life.key: tuple((one.run, one.size, round(one.share, 6)) for one in life.history)
        for life in standing.alive
    }


def hidden_ids(keys: Sequence[str], names: TopicNames) -> tuple[int, ...]:
    """Return the topic_id of each topic that a person hid; `keys` holds the topics' keys."""
    return tuple(number for number, key in enumerate(keys, start=1) if key in names.hidden)


def _parents(tree: TopicTree) -> list[int]:
    """Return, per topic, the first topic of its group when the tree is cut into fewer groups.

    The tree is cut at the square root of twice the number of fine clusters.
    """
    groups = tree.cut(max(1, round(np.sqrt(2 * tree.n_fine))))
    return [int(np.flatnonzero(groups == group)[0]) + 1 for group in groups]


def _named(standing: Standing) -> list[Named]:
    changes = {c.key: c.words(standing.labels) for c in standing.identity.changes}
    return [
        Named(
            key=life.key,
            label=life.label,
            change=changes.get(life.key),
            history=" ".join(str(one.size) for one in life.history[-_SIZES_SHOWN:]),
        )
        for life in standing.alive
    ]


def _changes(standing: Standing) -> tuple[TopicChange, ...]:
    """Return the changes of topics for the report, without topics that stayed the same."""
    labels = standing.labels
    return tuple(
        TopicChange(
            kind=change.kind,
            key=change.key,
            topic_id=None if change.topic is None else change.topic + 1,
            label=labels.get(change.key, change.key),
            before=change.before,
            size=change.size,
            others=tuple(KeyedLabel(key, labels.get(key, key)) for key in change.others),
            text=change.words(labels),
        )
        for change in standing.identity.changes
        if change.kind != "same"
    )


def versions() -> dict[str, str]:
    """Return the versions of topicbrief and of the libraries that a result depends on."""
    return {"topicbrief": __version__, **{name: version(name) for name in LIBRARIES}}
