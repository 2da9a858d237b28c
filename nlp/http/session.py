"""A requests session that refuses private addresses, also after redirects and name look-ups."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from requests.utils import select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from nlp.config import HttpSettings
from nlp.errors import InputError
from nlp.http.urls import (
    check_host,
    check_resolved,
    check_url,
    is_private,
    mask_text,
    masked,
    refusal,
)

# A download needs one or two; a longer chain is a loop or a log-in.
MOST_REDIRECTS = 5


class _PublicConnection(HTTPConnection):
    """Connects to public addresses only."""

    def _new_conn(self) -> socket.socket:
        return _connect(self, super()._new_conn)


class _PublicTlsConnection(HTTPSConnection):
    """Connects to public addresses only."""

    def _new_conn(self) -> socket.socket:
        return _connect(self, super()._new_conn)


def _connect(connection: HTTPConnection, connect: Any) -> socket.socket:
    try:
        check_resolved(connection.host, connection.port or 0)
    except OSError as error:
        if isinstance(error, InputError):
            raise
    made: socket.socket = connect()
    address = made.getpeername()[0]
    # A name may resolve to another address the second time: check the address really connected to.
    if is_private(address):
        made.close()
        raise refusal(connection.host, address)
    return made


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicTlsPool(HTTPSConnectionPool):
    ConnectionCls = _PublicTlsConnection


class _GuardedAdapter(HTTPAdapter):
    """Checks every request, and so every redirect, before anything is sent."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        if not self._allow_private:
            self.poolmanager.pool_classes_by_scheme = {
                "http": _PublicPool,
                "https": _PublicTlsPool,
            }

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        url = str(request.url)
        check_url(url)
        # A proxy resolves names itself, so only the written form of a host can be checked here.
        if not self._allow_private and select_proxy(url, dict(proxies or {})):
            check_host(urlsplit(url).hostname or "")
        return super().send(request, stream, timeout, verify or True, cert, dict(proxies or {}))


class _Token(AuthBase):
    """A bearer token; requests drops the header when a redirect leads to another host."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Session(requests.Session):
    """Refuses a redirect from https to http, where anyone on the network could read the data."""

    def rebuild_method(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        before, after = str(response.url), str(prepared_request.url)
        if urlsplit(before).scheme == "https" and urlsplit(after).scheme == "http":
            raise InputError(
                f"source: {masked(before)} redirects to {masked(after)}, which is not encrypted: "
                "use the https address of the data itself"
            )
        super().rebuild_method(prepared_request, response)


@contextmanager
def open_session(settings: HttpSettings) -> Iterator[requests.Session]:
    """A session with all these checks; closed at the end."""
    with _Session() as session, _without_secrets():
        session.max_redirects = MOST_REDIRECTS
        adapter = _GuardedAdapter(settings.allow_private_addresses)
        for scheme in ("http://", "https://"):
            session.mount(scheme, adapter)
        yield session


def credentials(url: str, settings: HttpSettings) -> AuthBase | None:
    """Credentials for the host of `url` from the environment; with None, requests reads netrc."""
    host = urlsplit(url).hostname or ""
    named = {key.lower(): value for key, value in settings.http_credentials.items()}
    name = named.get(host)
    if name is None:
        return None
    value = os.environ.get(name, "")
    if not value:
        raise InputError(
            f"http_credentials: the environment variable {name!r} for {host} is not set: "
            "it must hold user:password or a token"
        )
    user, colon, password = value.partition(":")
    return HTTPBasicAuth(user.encode(), password.encode()) if colon else _Token(value)


class _Mask(logging.Filter):
    """Rewrites log records so that no handler sees the secrets in a URL."""

    def filter(self, record: logging.LogRecord) -> bool:
        # urllib3 logs paths with their query, without the host before them.
        text = " ".join(_mask_path(word) for word in mask_text(record.getMessage()).split(" "))
        record.msg, record.args = text, ()
        return True


def _mask_path(word: str) -> str:
    return word.split("?", 1)[0] + "?***" if "?" in word else word


@contextmanager
def _without_secrets() -> Iterator[None]:
    mask = _Mask()
    loggers = [logging.getLogger(f"urllib3.{n}") for n in ("connectionpool", "util.retry")]
    for logger in loggers:
        logger.addFilter(mask)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(mask)
