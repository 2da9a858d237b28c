"""Fewer or more topics: the levels of a tree of merges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.topics.model import TopicModel

_ALL_LEVELS_UP_TO = 12
_N_TERMS = 6


@dataclass(frozen=True)
class Group:
    """Topics merged into one."""

    topic_ids: tuple[int, ...]
    """Its topics, counted from 1, in the order of the tree."""
    size: int
    """Documents of all of them."""
    terms: tuple[str, ...]
    """Its most probable terms."""


@dataclass(frozen=True)
class Level:
    """All topics in so many groups, largest first."""

    groups: tuple[Group, ...]


def leaf_order(merges: NDArray[np.float64]) -> list[int]:
    """Topics, counted from 0, so ordered that no two branches of the tree cross."""
    n_leaves = len(merges) + 1
    stack, order = [2 * n_leaves - 2], []
    while stack:
        node = stack.pop()
        if node < n_leaves:
            order.append(node)
        else:
            left, right = merges[node - n_leaves, :2].astype(int)
            stack += [int(right), int(left)]
    return order


def levels(model: TopicModel, merges: NDArray[np.float64], sizes: Mapping[int, int]) -> list[Level]:
    """The levels a reader can zoom through, fewest groups first.

    `sizes` are documents by topic_id. Every level up to 12 groups; beyond, steps of about a fifth.
    """
    tokens = model.doc_lengths @ model.doc_topic
    rank = {topic: place for place, topic in enumerate(leaf_order(merges))}
    found = []
    for n_groups in level_sizes(model.n_topics):
        groups = [
            _group(model, sorted(topics, key=rank.__getitem__), sizes, tokens)
            for topics in cut(merges, n_groups)
        ]
        found.append(Level(tuple(sorted(groups, key=lambda group: (-group.size, group.topic_ids)))))
    return found


def level_sizes(n_topics: int) -> list[int]:
    """Numbers of groups to offer, ascending, always with all the topics."""
    chosen = list(range(min(2, n_topics), min(_ALL_LEVELS_UP_TO, n_topics) + 1))
    while chosen[-1] < n_topics:
        chosen.append(min(n_topics, int(chosen[-1] * 1.2)))
    return chosen


def cut(merges: NDArray[np.float64], n_groups: int) -> list[list[int]]:
    """Topics, counted from 0, in so many groups: all merges done but the last n_groups - 1."""
    n_leaves = len(merges) + 1
    members = {leaf: [leaf] for leaf in range(n_leaves)}
    for merge, pair in enumerate(merges[: n_leaves - n_groups, :2].astype(int), start=n_leaves):
        members[merge] = members.pop(int(pair[0])) + members.pop(int(pair[1]))
    return list(members.values())


def _group(
    model: TopicModel, topics: Sequence[int], sizes: Mapping[int, int], tokens: NDArray[np.float64]
) -> Group:
    chosen = list(topics)
    weights = np.maximum(tokens[chosen], 1e-12)
    mixture = weights @ model.topic_term[chosen]
    best = np.argsort(-mixture, kind="stable")[:_N_TERMS]
    return Group(
        topic_ids=tuple(topic + 1 for topic in chosen),
        size=sum(sizes[topic + 1] for topic in chosen),
        terms=tuple(model.terms[term] for term in best),
    )
