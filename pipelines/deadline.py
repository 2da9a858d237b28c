"""A time limit for the work of the main thread."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from nlp.errors import DeadlineError, InputError


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """Raise `DeadlineError` inside the block after so many seconds; None sets no limit.

    It uses an alarm signal, which only the main thread of a process can receive. Raises
    `InputError` in any other thread.
    """
    if seconds is None:
        yield
        return
    if threading.current_thread() is not threading.main_thread():
        raise InputError(
            f"timeout: {seconds:g} s: a time limit works only in the main thread of a process"
        )

    def stop(_signal: int, _frame: object) -> NoReturn:
        raise DeadlineError(
            f"not finished after {seconds:g} s; nothing was published: increase --timeout"
        )

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
