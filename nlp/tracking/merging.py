"""Topics that a person made one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from nlp.arrays import Ints
from nlp.record import ChangeKind
from nlp.topics.model import TopicModel, order_topics
from nlp.tracking.identity import profiles
from nlp.tracking.memory import Identity

# A topic of this key is there after all: one that a person made part of it.
_KIND_IF_MERGED: Mapping[ChangeKind, ChangeKind] = {"gone": "same"}


def merge_topics(model: TopicModel, groups: Sequence[int]) -> tuple[TopicModel, Ints]:
    """The model with topics of one group made one, and each topic's new place, -1 if it has none.

    `groups` gives each topic its group's number; a topic's terms weigh by its expected tokens.
    """
    members = np.unique(np.asarray(groups, dtype=np.int64), return_inverse=True)[1]
    n_groups = int(members.max()) + 1
    into = np.zeros((n_groups, model.n_topics))
    into[members, np.arange(model.n_topics)] = 1.0
    tokens = np.maximum(model.doc_lengths @ model.doc_topic, np.finfo(np.float64).tiny)
    topic_term = into @ (model.topic_term * tokens[:, None])
    merged = replace(
        model,
        topic_term=topic_term / topic_term.sum(axis=1, keepdims=True),
        doc_topic=model.doc_topic @ into.T,
        topic_prior=into @ model.topic_prior,
    )
    sizes = merged.sizes()
    order = np.argsort(-sizes, kind="stable")
    place = np.empty(n_groups, dtype=np.int64)
    place[order] = np.arange(n_groups)
    place[sizes == 0] = -1
    return order_topics(merged), place[members]


def merge_named(
    model: TopicModel, identity: Identity, final: Callable[[str], str]
) -> tuple[TopicModel, Identity]:
    """Model and identity with topics made one whose keys `final` says are one."""
    finals = [final(key) for key in identity.keys]
    if finals == list(identity.keys):
        return model, identity
    groups = [finals.index(key) for key in finals]
    merged, place = merge_topics(model, groups)
    keys = {int(spot): key for spot, key in zip(place, finals, strict=True) if spot >= 0}
    topic_of = {key: spot for spot, key in keys.items()}
    sizes = merged.sizes()
    taken = {
        key: tuple(c.key for c in identity.changes if c.before and c.key != key == final(c.key))
        for key in topic_of
    }
    changes = [
        replace(
            change,
            kind="merged"
            if taken[change.key]
            else "same"
            if change.kind == "gone"
            else change.kind,
            topic=topic_of[change.key],
            size=int(sizes[topic_of[change.key]]),
            others=taken[change.key] or change.others,
        )
        for change in identity.changes
        if change.key in topic_of
    ]
    gone = [c for c in identity.changes if c.topic is None and final(c.key) not in topic_of]
    likeness = dict(zip(finals, identity.likeness, strict=True))
    ordered = [keys[topic] for topic in range(merged.n_topics)]
    return merged, replace(
        identity,
        keys=tuple(ordered),
        changes=(*sorted(changes, key=lambda change: change.topic or 0), *gone),
        likeness=tuple(likeness[key] for key in ordered),
        profiles=profiles(merged),
    )
