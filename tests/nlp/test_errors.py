"""Errors: each has its exit code, and Python's own base that callers expect."""

from __future__ import annotations

import pytest

from nlp import errors

CODES = {
    "InputError": 2,
    "NoDocumentsError": 3,
    "GateError": 4,
    "LockedError": 5,
    "StorageError": 6,
    "DeadlineError": 7,
}


@pytest.mark.parametrize("name", CODES)
def test_every_error_has_the_exit_code_of_the_contract(name: str) -> None:
    error = getattr(errors, name)
    assert error.exit_code == CODES[name]
    assert issubclass(error, errors.TopicbriefError)
    assert name in (errors.__doc__ or "")


def test_no_error_is_missing_from_the_contract() -> None:
    direct = {error.__name__ for error in errors.TopicbriefError.__subclasses__()}
    assert direct >= set(CODES)
    assert all(error.exit_code > 1 for error in errors.TopicbriefError.__subclasses__())


def test_errors_are_what_python_calls_them_too() -> None:
    assert issubclass(errors.InputError, ValueError)
    assert issubclass(errors.StorageError, OSError)
    assert issubclass(errors.DeadlineError, TimeoutError)


def test_all_faults_are_raised_together_and_none_is_none() -> None:
    errors.raise_faults([])
    with pytest.raises(errors.InputError, match=r"^first; second$"):
        errors.raise_faults(["first", "second"])
