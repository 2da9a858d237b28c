"""A time limit on whatever the main thread is doing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from nlp.errors import DeadlineError, InputError


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """Raise `DeadlineError` inside the block when the time is up; None sets no limit.

    It rests on an alarm signal, which only a process's main thread can receive.
    """
    if seconds is None:
        yield
        return
    if threading.current_thread() is not threading.main_thread():
        raise InputError(f"timeout: {seconds:g} s can only be set in a process's main thread")

    def stop(_signal: int, _frame: object) -> NoReturn:
        raise DeadlineError(
            f"not finished after {seconds:g} s, nothing was published: raise --timeout"
        )

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
