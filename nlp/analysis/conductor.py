"""The one conductor: steps in order, each from values in a store and into it.

`analyze` keeps the values in memory, a run in files; a Prefect flow makes each step a task. A step
whose values the store already has is not done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from nlp.progress import Progress, silent


@dataclass(frozen=True)
class Step:
    """One step of the job: a function of a progress and of the values it needs."""

    name: str
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    do: Callable[..., tuple[Any, ...]]
    """Called with progress and the values of `needs`; returns those of `gives`."""


class Store(Protocol):
    """Where values stay between steps."""

    def load(self, name: str) -> Any:
        """The value of that name."""

    def save(self, step: str, values: Mapping[str, Any]) -> None:
        """Keep the values of a finished step."""

    def has(self, step: str) -> bool:
        """Whether a step is finished."""


class MemoryStore:
    """Values kept in memory; what no later step needs is let go by `forget`."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._finished: set[str] = set()

    def load(self, name: str) -> Any:
        """The value of that name."""
        return self._values[name]

    def save(self, step: str, values: Mapping[str, Any]) -> None:
        """Keep the values of a finished step."""
        self._values |= values
        self._finished.add(step)

    def has(self, step: str) -> bool:
        """Whether a step is finished."""
        return step in self._finished


def do_step(step: Step, store: Store, progress: Progress = silent) -> None:
    """Do one step: load what it needs, save what it gives."""
    values = step.do(progress, *map(store.load, step.needs))
    store.save(step.name, dict(zip(step.gives, values, strict=True)))


def conduct(
    steps: Iterable[Step], store: Store, do: Callable[[Step], object] | None = None
) -> None:
    """Do every step that the store does not have yet, in order.

    `do` is how a step is done, `do_step` without progress if not given.
    """
    for step in steps:
        if store.has(step.name):
            continue
        if do is None:
            do_step(step, store)
        else:
            do(step)
