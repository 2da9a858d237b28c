"""The errors that topicbrief raises on purpose, each with the exit code of the command.

    TopicbriefError
    ├── InputError         2   a bad option, configuration, source address or argument
    ├── NoDocumentsError   3   there are no usable documents to analyse
    ├── GateError          4   the result did not pass a quality gate that the user set
    ├── LockedError        5   another run of this name is running
    ├── StorageError       6   reading or writing failed: disk, permission, network
    │   └── EncoderError       an encoder cannot be used: a run can go on with words alone
    └── DeadlineError      7   the time limit was reached

A message is one line: what was wrong, the value seen, and what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class TopicbriefError(Exception):
    """Base of every error raised on purpose; `exit_code` is the command's exit code."""

    exit_code: ClassVar[int] = 1


class InputError(TopicbriefError, ValueError):
    """A bad option, configuration, source address or argument."""

    exit_code: ClassVar[int] = 2


class NoDocumentsError(TopicbriefError, ValueError):
    """There are no usable documents to analyse."""

    exit_code: ClassVar[int] = 3


class GateError(TopicbriefError):
    """The result did not pass a quality gate that the user set; nothing is published."""

    exit_code: ClassVar[int] = 4


class LockedError(TopicbriefError):
    """Another run of the same name holds the lock."""

    exit_code: ClassVar[int] = 5


class StorageError(TopicbriefError, OSError):
    """Reading or writing failed: disk, permission, network."""

    exit_code: ClassVar[int] = 6


class EncoderError(StorageError):
    """An encoder cannot be had: damaged, not fetched yet; words alone still work."""


class DeadlineError(TopicbriefError, TimeoutError):
    """The time limit was reached; nothing is published."""

    exit_code: ClassVar[int] = 7


def raise_faults(faults: Sequence[str]) -> None:
    """Raise one `InputError` that names every fault; do nothing if there is no fault."""
    if faults:
        raise InputError("; ".join(faults))
