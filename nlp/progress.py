"""How a long step reports its progress to its caller."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with (done, total) from time to time; may raise an error to stop the step."""


def silent(done: int, total: int) -> None:
    """Report nothing."""
