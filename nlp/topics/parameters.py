"""Checks of an estimator's parameters, and the undoing of a failed fit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from numbers import Integral, Real
from typing import Any


def whole_number_faults(
    estimator: Any, least: Mapping[str, int], optional: Collection[str] = ()
) -> list[str]:
    """What is wrong with the parameters named in `least`; those in `optional` may be None."""
    faults = []
    for name, minimum in least.items():
        value: Any = getattr(estimator, name)
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not (value is None and name in optional) and not (whole and value >= minimum):
            otherwise = ", or None" if name in optional else ""
            faults.append(f"{name} is {value!r}: give a whole number from {minimum}{otherwise}")
    return faults


def prior_faults(estimator: Any, names: Collection[str], least: float, most: float) -> list[str]:
    """What is wrong with parameters that are a number from `least` to `most`, or None."""
    faults = []
    for name in names:
        value: Any = getattr(estimator, name)
        number = isinstance(value, Real) and not isinstance(value, bool)
        if value is not None and not (number and least <= value <= most):
            faults.append(f"{name} is {value!r}: give a number from {least:g} to {most:g}, or None")
    return faults


@contextmanager
def undone_on_failure(estimator: Any) -> Iterator[None]:
    """Restore the estimator if the block raises: unfitted, or with its last fit."""
    before = dict(estimator.__dict__)
    try:
        yield
    except BaseException:
        estimator.__dict__.clear()
        estimator.__dict__.update(before)
        raise
