"""Which HTTP clients would fail when started alone from a shell, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nlp.http.certificates import public_file, system_file
from nlp.http.handshakes import shake_hands


@dataclass(frozen=True)
class Client:
    """Where a client finds its authorities: the first variable that is set, else its own store."""

    name: str
    variables: tuple[str, ...]
    store: str


_OPENSSL = ("SSL_CERT_FILE", "SSL_CERT_DIR")
CLIENTS = (
    Client("requests, spaCy", ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), "certifi"),
    Client("httpx", _OPENSSL, "certifi"),
    Client("Prefect", ("PREFECT_API_SSL_CERT_FILE", "SSL_CERT_FILE"), "certifi"),
    Client("httpx2, huggingface_hub", _OPENSSL, "system"),
    Client("urllib, websockets, NLTK", _OPENSSL, "system"),
    Client("pip", ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), "system"),
)


def failing_clients(url: str, shell: Mapping[str, str], proxy: str | None) -> dict[str, str]:
    """Each client that does not trust the server of `url`, and the authorities that it uses."""
    verdicts: dict[Path, bool] = {}
    failing: dict[str, str] = {}
    for client in CLIENTS:
        place, source = _authorities(client, shell)
        if place is None:
            continue
        if place not in verdicts:
            verdicts[place] = shake_hands(url, place, proxy=proxy).trusted
        if not verdicts[place]:
            failing[client.name] = source
    return failing


def _authorities(client: Client, shell: Mapping[str, str]) -> tuple[Path | None, str]:
    for variable in client.variables:
        if shell.get(variable):
            return Path(shell[variable]), f"{variable}={shell[variable]}"
    if client.store == "system":
        return system_file(), "the operating system's authorities"
    return public_file(), "certifi's authorities"
