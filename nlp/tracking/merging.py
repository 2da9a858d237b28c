"""Topics that a person merged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nlp.topics.model import TopicModel
from nlp.topics.tree import merge_topics
from nlp.tracking.identity import profiles
from nlp.tracking.memory import Identity


def merge_named(
    model: TopicModel, identity: Identity, final: Callable[[str], str]
) -> tuple[TopicModel, Identity]:
    """Model and identity with topics merged: `final` gives the key that a key now belongs to."""
    finals = [final(key) for key in identity.keys]
    if finals == list(identity.keys):
        return model, identity
    found = merge_topics(model, np.array([finals.index(key) for key in finals]))
    merged = found.model
    keys = {int(spot): key for spot, key in zip(found.topic_of, finals, strict=True) if spot >= 0}
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
