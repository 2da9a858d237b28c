"""A finished result with a person's new choices for the names of its topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nlp.analysis.brief import compose
from nlp.analysis.description import hidden_ids
from nlp.analysis.result import Result
from nlp.record import KeyedLabel, TopicChange, TopicNames
from nlp.tables import renamed
from nlp.topics.model import NO_TOPIC
from nlp.tracking.memory import Change, Life


def rename_topics(result: Result, names: TopicNames) -> Result:
    """Return the result with the names and the hidden topics of `names`; merges are not done.

    Tables, changes, brief and memory are those that the run itself would have written.
    """
    record = result.record
    automatic = dict(zip(_keys(result), record.automatic_names, strict=False))
    lives = tuple(_renamed_life(life, names, automatic) for life in result.lives)
    labels = {life.key: life.label for life in lives}
    hidden = hidden_ids(_keys(result), names)
    changes = tuple(_renamed_change(change, labels) for change in record.changes)
    texts = {change.key: change.text for change in changes if change.topic_id is not None}
    topics = result.topics.copy()
    keys = topics["key"]
    topics["label"] = keys.map(labels).fillna(topics["label"])
    topics["change"] = keys.map(texts).astype("str").where(topics["change"].notna())
    shown = [labels[key] for key in _keys(result)]
    documents, summaries = renamed(result.documents, shown), renamed(result.summaries, shown)
    published = record.published
    if published is not None:
        # The merges stay those of the run: the model still has the topics apart.
        chosen = replace(names, merged=published.names.merged)
        published = replace(published, names=chosen, hidden=hidden)
    return replace(
        result,
        topics=topics,
        documents=documents,
        summaries=summaries,
        lives=lives,
        record=replace(
            record,
            changes=changes,
            brief=compose(topics, documents, summaries, changes, record.history, hidden),
            published=published,
        ),
    )


def _keys(result: Result) -> list[str]:
    """Return the key of each topic, in order."""
    topics = result.topics
    keys: list[str] = topics.loc[topics["topic_id"] != NO_TOPIC, "key"].tolist()
    return keys


def _renamed_life(life: Life, names: TopicNames, automatic: Mapping[str, str]) -> Life:
    label = names.labels.get(life.key) or automatic.get(life.key, life.label)
    return replace(life, label=label)


def _renamed_change(change: TopicChange, labels: Mapping[str, str]) -> TopicChange:
    keys = tuple(other.key for other in change.others)
    named = {other.key: other.label for other in change.others} | dict(labels)
    topic = None if change.topic_id is None else change.topic_id - 1
    words = Change(change.kind, change.key, topic, change.before, change.size, keys).words(named)
    return replace(
        change,
        label=labels.get(change.key, change.label),
        others=tuple(KeyedLabel(key, named[key]) for key in keys),
        text=words,
    )
