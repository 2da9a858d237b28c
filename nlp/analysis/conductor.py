"""The conductor: runs the steps in order; each reads values from a store and saves its own.

`analyze` keeps the values in memory, and a run keeps them in files; a Prefect flow makes each step
a task. A step whose values are already in the store is not run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from nlp.progress import Progress, silent


@dataclass(frozen=True)
class Step:
    """One step of the job: a function of a progress function and of the values it needs."""

    name: str
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    do: Callable[..., tuple[Any, ...]]
    """Called with a progress function and the values of `needs`; returns the values of `gives`."""


class Store(Protocol):
    """Keeps the values between steps."""

    def load(self, name: str) -> Any:
        """Return the value of that name."""

    def save(self, step: str, values: Mapping[str, Any]) -> None:
        """Keep the values of a finished step."""

    def has(self, step: str) -> bool:
        """Return whether a step is finished."""


class MemoryStore:
    """Keeps the values in memory."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._finished: set[str] = set()

    def load(self, name: str) -> Any:
        """Return the value of that name."""
        return self._values[name]

    def save(self, step: str, values: Mapping[str, Any]) -> None:
        """Keep the values of a finished step."""
        self._values |= values
        self._finished.add(step)

    def has(self, step: str) -> bool:
        """Return whether a step is finished."""
        return step in self._finished


def do_step(step: Step, store: Store, progress: Progress = silent) -> None:
    """Run one step: load the values it needs, save the values it gives."""
    values = step.do(progress, *map(store.load, step.needs))
    store.save(step.name, dict(zip(step.gives, values, strict=True)))


def conduct(
    steps: Iterable[Step], store: Store, do: Callable[[Step], object] | None = None
) -> None:
    """Run, in order, every step that is not finished in the store.

    `do` runs one step; without it, `do_step` runs it without progress.
    """
    for step in steps:
        if store.has(step.name):
            continue
        if do is None:
            do_step(step, store)
        else:
            do(step)
