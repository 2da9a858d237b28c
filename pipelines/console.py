"""Progress of a run on stderr: bars on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from tqdm import tqdm

from nlp.progress import Progress, silent

# Not measured: often enough for a person who watches; at most 720 lines per hour in a log.
_SECONDS_BETWEEN_LINES = 5.0


def printable(text: str) -> str:
    """Return the text as one line without control characters: names come from documents."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))


def say(message: str, quiet: bool = False) -> None:
    """Write one line to stderr, unless `quiet`."""
    if not quiet:
        sys.stderr.write(f"{message}\n")


@contextmanager
def step_progress(name: str, quiet: bool = False) -> Iterator[Progress]:
    """Yield a progress function for one step; also reports its start and its end."""
    if quiet:
        yield silent
    elif sys.stderr.isatty():
        with tqdm(desc=f"{name:<10}", leave=True, file=sys.stderr, dynamic_ncols=True) as bar:
            yield _bar(bar)
    else:
        start = monotonic()
        sys.stderr.write(f"{name}: started\n")
        yield _lines(name)
        sys.stderr.write(f"{name}: done in {monotonic() - start:.1f} s\n")


def _bar(bar: tqdm) -> Progress:  # type: ignore[type-arg]
    def show(done: int, total: int) -> None:
        if bar.total != (total or None):
            bar.reset(total or None)
        bar.update(done - bar.n)

    return show


def _lines(name: str) -> Progress:
    last = monotonic()

    def show(done: int, total: int) -> None:
        nonlocal last
        if monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = monotonic()
            share = f"{done / total:.0%} ({done:,} of {total:,})" if total else f"{done:,}"
            sys.stderr.write(f"{name}: {share}\n")

    return show
