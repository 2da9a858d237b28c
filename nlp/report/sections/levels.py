"""Fewer or more topics: the levels of a tree of merges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.topics.model import TopicModel

# Not measured: up to here a reader sees the difference that one group makes; above, levels that
# grow by a fifth keep the page small.
_ALL_LEVELS_UP_TO, _GROWTH = 12, 1.2
# Not measured: terms that fit on one line.
_N_TERMS = 6
# A weight for topics without tokens, so that a group of only such topics still has terms.
_LEAST_WEIGHT = 1e-12


@dataclass(frozen=True)
class Group:
    """Topics merged into one."""

    topic_ids: tuple[int, ...]
    """topic_id of its topics, in the order of the tree."""
    size: int
    """Number of documents in all of them."""
    terms: tuple[str, ...]
    """Its most probable terms."""


@dataclass(frozen=True)
class Level:
    """All topics divided into groups, largest group first."""

    groups: tuple[Group, ...]


def leaf_order(merges: NDArray[np.float64]) -> list[int]:
    """Return the topics, counted from 0, in an order in which no branches of the tree cross."""
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
    """Return the levels that a reader can choose from, fewest groups first.

    `sizes` holds the number of documents by topic_id. There is a level for every number of groups
    up to 12; after that each level has about a fifth more groups.
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
    """Return the numbers of groups to offer, ascending; the last is the number of topics."""
    chosen = list(range(min(2, n_topics), min(_ALL_LEVELS_UP_TO, n_topics) + 1))
    while chosen[-1] < n_topics:
        chosen.append(min(n_topics, int(chosen[-1] * _GROWTH)))
    return chosen


def cut(merges: NDArray[np.float64], n_groups: int) -> list[list[int]]:
    """Return the topics, counted from 0, in `n_groups` groups: all merges but the last ones."""
    n_leaves = len(merges) + 1
    members = {leaf: [leaf] for leaf in range(n_leaves)}
    for merge, pair in enumerate(merges[: n_leaves - n_groups, :2].astype(int), start=n_leaves):
        members[merge] = members.pop(int(pair[0])) + members.pop(int(pair[1]))
    return list(members.values())


def _group(
    model: TopicModel, topics: Sequence[int], sizes: Mapping[int, int], tokens: NDArray[np.float64]
) -> Group:
    chosen = list(topics)
    weights = np.maximum(tokens[chosen], _LEAST_WEIGHT)
    mixture = weights @ model.topic_term[chosen]
    best = np.argsort(-mixture, kind="stable")[:_N_TERMS]
    return Group(
        topic_ids=tuple(topic + 1 for topic in chosen),
        size=sum(sizes[topic + 1] for topic in chosen),
        terms=tuple(model.terms[term] for term in best),
    )
