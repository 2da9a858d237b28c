"""Topics keep their identity: which topic of this run is which topic of the last one.

Topics of two runs are paired so that the sum of their likenesses is largest (optimal assignment,
`scipy.optimize.linear_sum_assignment`). Likeness depends on the documents that both runs contain
and on the characteristic terms of a topic; the fewer documents are shared, the more the terms
count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from nlp.arrays import Floats, Ints
from nlp.record import ChangeKind
from nlp.topics.model import NO_TOPIC, TopicModel
from nlp.tracking.defaults import DEFAULTS
from nlp.tracking.memory import Change, Identity, Life, Past, Profile, Size


def topic_keys(model: TopicModel) -> list[str]:
    """A short name for each topic, unique within the model, computed from its terms."""
    keys: list[str] = []
    for terms in model.top_terms(DEFAULTS.key_terms):
        digest = hashlib.sha256("\n".join(sorted(terms)).encode()).hexdigest()
        keys.append(_unused(digest[: DEFAULTS.key_length], keys))
    return keys


def identify(
    model: TopicModel, document_names: Sequence[str], past: Past | None = None
) -> Identity:
    """Keys of a model's topics: those of the last run where topics are the same, else new ones.

    `document_names` identify the documents of the model as the keys of `past.documents` do. The
    same model and the same past give the same identity.
    """
    shown = profiles(model)
    if past is None:
        return Identity(1, tuple(topic_keys(model)), (), (0.0,) * model.n_topics, shown)
    labels = model.labels()
    before = past.alive
    flow = _flow(labels, document_names, past, model.n_topics)
    pairs, likeness = _pair(likenesses(shown, before, flow, model.n_docs, len(past.documents)))
    back = _returned(shown, past, pairs)
    keys = _keys(model, past, pairs, back)
    changes = _changes(model, past, keys, pairs, back, flow)
    return Identity(past.run + 1, keys, changes, likeness, shown)


def profiles(model: TopicModel) -> tuple[Profile, ...]:
    """Characteristic terms of each topic, weighted p log(p / q); q is the term's overall share."""
    q = np.maximum(model.term_counts, 0.5) / max(float(model.term_counts.sum()), 1.0)
    weights = model.topic_term * np.log(np.maximum(model.topic_term, 1e-300) / q)
    order = np.argsort(-weights, axis=1, kind="stable")[:, : DEFAULTS.profile_terms]
    return tuple(
        {model.terms[term]: float(row[term]) for term in best if row[term] > 0}
        for row, best in zip(weights, order, strict=True)
    )


def likenesses(
    now: Sequence[Profile],
    before: Sequence[Life],
    flow: Floats,
    n_now: int = 0,
    n_before: int = 0,
) -> Floats:
    """(topics now, topics before) likeness from 0 to 1.

    `flow` counts the shared documents by topic before (rows) and topic now (columns); the cosine
    of two topics' sets of shared documents, and that of their profiles, are averaged.
    """
    terms = _cosines(now, [life.profile for life in before])
    shared = flow.sum() / max(n_now, n_before, 1)
    weight = DEFAULTS.document_weight * min(1.0, shared / DEFAULTS.enough_shared)
    norms = np.sqrt(flow.sum(axis=1, keepdims=True) * flow.sum(axis=0, keepdims=True))
    documents = (flow / np.maximum(norms, 1.0)).T
    likeness: Floats = weight * documents + (1.0 - weight) * terms
    return likeness


def _flow(labels: Ints, names: Sequence[str], past: Past, n_topics: int) -> Floats:
    """(topics before, topics now) number of documents that moved from the one to the other."""
    flow = np.zeros((len(past.alive), n_topics))
    was = np.array([past.documents.get(name, NO_TOPIC) for name in names], dtype=np.int64)
    both = (was != NO_TOPIC) & (labels != NO_TOPIC)
    np.add.at(flow, (was[both], labels[both]), 1.0)
    return flow


def _cosines(left: Sequence[Profile], right: Sequence[Profile]) -> Floats:
    terms: dict[str, int] = {}
    for profile in (*left, *right):
        for term in profile:
            terms.setdefault(term, len(terms))

    def matrix(rows: Sequence[Profile]) -> Floats:
        table = np.zeros((len(rows), max(len(terms), 1)))
        for row, profile in enumerate(rows):
            # Square roots keep a single heavy term from deciding alone.
            table[row, [terms[term] for term in profile]] = np.sqrt(list(profile.values()))
        norms = np.sqrt((table**2).sum(axis=1, keepdims=True))
        return np.asarray(table / np.where(norms > 0, norms, 1.0), dtype=np.float64)

    return matrix(left) @ matrix(right).T


def _pair(likeness: Floats) -> tuple[dict[int, int], tuple[float, ...]]:
    """Topic before of each topic now that has one, and the likeness of each topic now."""
    rows, columns = linear_sum_assignment(-likeness)
    pairs = {
        int(now): int(before)
        for now, before in zip(rows, columns, strict=True)
        if likeness[now, before] >= DEFAULTS.least_likeness
    }
    return pairs, tuple(
        float(likeness[now, pairs[now]]) if now in pairs else 0.0 for now in range(len(likeness))
    )


def _returned(now: Sequence[Profile], past: Past, pairs: Mapping[int, int]) -> dict[int, Life]:
    """Topics without a pair that resemble, by terms alone, a topic that was gone before."""
    gone = [life for life in past.lives if life.gone]
    alone = [topic for topic in range(len(now)) if topic not in pairs]
    if not gone or not alone:
        return {}
    cosines = _cosines([now[topic] for topic in alone], [life.profile for life in gone])
    rows, columns = linear_sum_assignment(-cosines)
    return {
        alone[row]: gone[column]
        for row, column in zip(rows, columns, strict=True)
        if cosines[row, column] >= 2 * DEFAULTS.least_likeness
    }


def _keys(
    model: TopicModel, past: Past, pairs: Mapping[int, int], back: Mapping[int, Life]
) -> tuple[str, ...]:
    taken = {life.key for life in past.lives}
    keys = []
    for topic, fresh in enumerate(topic_keys(model)):
        if topic in pairs:
            key = past.alive[pairs[topic]].key
        elif topic in back:
            key = back[topic].key
        else:
            key = _unused(fresh.partition("-")[0], taken)
        taken.add(key)
        keys.append(key)
    return tuple(keys)


def _unused(key: str, taken: Container[str]) -> str:
    candidate, repeat = key, 1
    while candidate in taken:
        repeat += 1
        candidate = f"{key}-{repeat}"
    return candidate


def _changes(
    model: TopicModel,
    past: Past,
    keys: Sequence[str],
    pairs: Mapping[int, int],
    back: Mapping[int, Life],
    flow: Floats,
) -> tuple[Change, ...]:
    sizes, before = model.sizes(), past.alive
    left = flow / np.maximum(flow.sum(axis=1, keepdims=True), 1.0)
    came = flow / np.maximum(flow.sum(axis=0, keepdims=True), 1.0)
    now_of = {old: now for now, old in pairs.items()}
    gone = [old for old in range(len(before)) if old not in now_of]
    changes = []
    for topic, key in enumerate(keys):
        size, old = int(sizes[topic]), pairs.get(topic)
        if old is None:
            parent = int(came[:, topic].argmax()) if len(before) else 0
            split = (
                len(before) > 0 and came[parent, topic] >= DEFAULTS.majority and parent in now_of
            )
            kind: ChangeKind = "split" if split else "back" if topic in back else "new"
            others = (before[parent].key,) if split else ()
            changes.append(Change(kind, key, topic, None, size, others))
            continue
        last = before[old].history[-1]
        swallowed = tuple(
            before[other].key for other in gone if left[other, topic] >= DEFAULTS.majority
        )
        kind = "merged" if swallowed else _growth(last, size, model.n_docs)
        changes.append(Change(kind, key, topic, last.size, size, swallowed))
    for old in gone:
        heir = int(left[old].argmax())
        into = (keys[heir],) if left[old, heir] >= DEFAULTS.majority else ()
        changes.append(
            Change("gone", before[old].key, None, before[old].history[-1].size, None, into)
        )
    return tuple(changes)


def _growth(last: Size, size: int, n_documents: int) -> ChangeKind:
    """Growth of a topic's share of the documents, by a two-proportion test."""
    share = size / max(n_documents, 1)
    n_before = last.size / last.share if last.share > 0 else n_documents
    pooled = (last.size + size) / max(n_before + n_documents, 1)
    error = float(np.sqrt(pooled * (1 - pooled) * (1 / max(n_before, 1) + 1 / max(n_documents, 1))))
    if abs(share - last.share) <= DEFAULTS.standard_errors * error:
        return "same"
    if share >= DEFAULTS.growth_factor * last.share:
        return "grown"
    return "shrunk" if share * DEFAULTS.growth_factor <= last.share else "same"
