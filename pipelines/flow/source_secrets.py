"""Sources of a flow run: a parameter names an address that holds a secret, and never holds it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from prefect.blocks.system import Secret
from prefect.variables import Variable

from nlp.errors import InputError

SECRET_ADDRESS = r"://[^/?#]*@|[?&](token|key|sig|signature|secret|password|auth)[^=&]*="  # noqa: S105
"""Pattern of addresses that must not be parameters: Prefect stores parameters in its database."""


def check_source(source: str) -> str:
    """Return the source; raises `InputError` if its address holds a credential."""
    if re.search(SECRET_ADDRESS, source, re.IGNORECASE):
        host = urlsplit(source).hostname
        raise InputError(
            f"source: the address at {host!r} holds a credential, and Prefect would store it in "
            "clear text: put the address into a Secret block and give secret:BLOCK, or into an "
            "environment variable of the worker and give env:NAME"
        )
    return source


def resolve_sources(sources: Sequence[str]) -> list[str]:
    """Return the sources, with `secret:BLOCK` and `variable:NAME` replaced by their values."""
    return [_resolve(source) for source in sources]


def _resolve(source: str) -> str:
    kind, _, name = source.partition(":")
    if kind not in _KINDS or source.startswith(f"{kind}://"):
        return source
    value = _KINDS[kind](name)
    if not value:
        raise InputError(f"source: {source!r} has no value: {_WHAT_TO_DO[kind]}")
    return value


def _secret(name: str) -> str | None:
    try:
        value = Secret.load(name).get()  # type: ignore[union-attr]
    except ValueError:
        return None
    return str(value)


def _variable(name: str) -> str | None:
    value = Variable.get(name)
    return None if value is None else str(value)


_KINDS: Mapping[str, Callable[[str], str | None]] = {
    "secret": _secret,
    "variable": _variable,
}
_WHAT_TO_DO = {
    "secret": "create a Secret block of this name in Prefect",
    "variable": "set it with: prefect variable set NAME VALUE",
}
