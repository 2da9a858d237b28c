"""How long work tells its caller how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with (done, total) now and then; may raise to stop the work."""


def silent(done: int, total: int) -> None:
    """Report nothing."""
