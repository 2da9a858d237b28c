"""The conductor: steps in order, each done once, values handed on by name."""

from __future__ import annotations

from collections.abc import Callable

from nlp.analysis.conductor import MemoryStore, Step, conduct, do_step
from nlp.progress import Progress, silent


def steps(done: list[str]) -> tuple[Step, ...]:
    def noted(name: str, value: Callable[..., int]) -> Callable[..., tuple[int]]:
        def do(progress: Progress, *values: int) -> tuple[int]:
            done.append(name)
            progress(1, 1)
            return (value(*values),)

        return do

    return (
        Step("first", (), ("a",), noted("first", lambda: 2)),
        Step("second", ("a",), ("b",), noted("second", lambda a: a * 10)),
        Step("third", ("a", "b"), ("c",), noted("third", lambda a, b: a + b)),
    )


def test_values_are_handed_on_by_name() -> None:
    store, done = MemoryStore(), list[str]()
    conduct(steps(done), store)
    assert done == ["first", "second", "third"]
    assert store.load("c") == 22


def test_what_the_store_has_is_not_done_again() -> None:
    store, done = MemoryStore(), list[str]()
    do_step(steps(done)[0], store, silent)
    conduct(steps(done), store)
    assert done == ["first", "second", "third"]


def test_how_a_step_is_done_is_the_callers_choice() -> None:
    store, done, told = MemoryStore(), list[str](), list[tuple[str, int]]()

    def do(step: Step) -> None:
        do_step(step, store, lambda number, _total: told.append((step.name, number)))

    conduct(steps(done), store, do)
    assert told == [("first", 1), ("second", 1), ("third", 1)]
