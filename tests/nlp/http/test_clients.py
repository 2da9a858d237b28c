"""Every client of the process, through real proxies and to real servers on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import spacy.about
from support import http_clients
from support.http_clients import CLIENTS
from support.http_servers import Company, company, dead_port

CLIENT = Path(http_clients.__file__)
USER = "ann:p!ss+w$rd"
SITUATIONS = {
    "authority configured": "ok",
    "authority missing": "certificate",
    "proxy with password": "ok",
    "password missing": "407",
    "dead proxy, local server": "ok",
    "certificate expired": "expired",
    "wrong host name": "hostname",
}
# Its own guard refuses every address of this machine.
NEVER_LOCAL = {
    ("nltk", situation): "refuses loopback"
    for situation in ("dead proxy, local server", "certificate expired", "wrong host name")
}
# What is said in an error, in whatever words a client has for it.
WORDS = {
    "certificate": ("certificate verify failed", "certificate_verify_failed", "no known auth"),
    "407": ("407",),
    "expired": ("expired",),
    "hostname": ("hostname mismatch", "doesn't match", "not valid for", "for another host"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with company(tmp_path_factory.mktemp("company")) as made:
        made.origin.spacy = ".".join(spacy.about.__version__.split(".")[:2])
        made.private_origin.spacy = made.origin.spacy
        yield made


def situations(place: Company) -> dict[str, dict[str, object]]:
    """For each situation: the address, the settings, and the environment of the shell."""
    intercepting, guarded = place.proxy(), place.proxy(user=USER)
    authority = {"ca_bundle": str(place.authority_file)}
    dead = f"http://127.0.0.1:{dead_port()}"
    behind = "https://origin.test"
    told = {
        "authority configured": (behind, {**authority, "proxy": intercepting.url()}),
        "authority missing": (behind, {"proxy": intercepting.url()}),
        "proxy with password": (
            behind,
            {**authority, "proxy": guarded.url(), "proxy_credentials": "PROXY_USER"},
        ),
        "password missing": (behind, {**authority, "proxy": guarded.url()}),
        "dead proxy, local server": (
            place.private_origin.url("", "localhost"),
            {**authority, "proxy": dead},
        ),
        "certificate expired": (place.expired.url("", "localhost"), authority),
        "wrong host name": (place.wrong_host.url("", "localhost"), authority),
    }
    return {
        name: {"url": url, "settings": settings, "environment": {"PROXY_USER": USER}}
        for name, (url, settings) in told.items()
    }


def clean_environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "HOME": str(home), "TOPICBRIEF_CACHE": str(home / "cache")}


def ask(client: str, told: dict[str, dict[str, object]], home: Path) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, str(CLIENT), client],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        env=clean_environment(home),
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: dict[str, str] = json.loads(done.stdout)
    return answers


@pytest.fixture(scope="module")
def matrix(place: Company, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    told = situations(place)
    home = tmp_path_factory.mktemp("home")
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda client: ask(client, told, home), CLIENTS)
        return dict(zip(CLIENTS, answers, strict=True))


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_client_succeeds_or_says_why(
    matrix: dict[str, dict[str, str]], client: str, situation: str
) -> None:
    answer, expected = matrix[client][situation], SITUATIONS[situation]
    if (client, situation) in NEVER_LOCAL:
        assert "SSRF" in answer
    elif expected == "ok":
        assert answer == "ok"
    else:
        assert any(word in answer.lower() for word in WORDS[expected]), answer[-3000:]


def test_matrix_of_clients_and_situations_is_shown(
    matrix: dict[str, dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print("\n\n" + table(matrix))
    assert set(matrix) == set(CLIENTS)


def table(matrix: dict[str, dict[str, str]]) -> str:
    """The matrix as text, a line for each client."""
    width = max(map(len, CLIENTS)) + 2
    widths = [max(len(name), 14) + 2 for name in SITUATIONS]
    cells = (name.ljust(w) for name, w in zip(SITUATIONS, widths, strict=True))
    lines = [" " * width + "".join(cells)]
    for client, answers in matrix.items():
        row = [cell(client, name, answers[name]) for name in SITUATIONS]
        lines.append(client.ljust(width) + "".join(map(str.ljust, row, widths)))
    return "\n".join(line.rstrip() for line in lines)


def cell(client: str, situation: str, answer: str) -> str:
    if answer == "ok":
        return "ok"
    if (client, situation) in NEVER_LOCAL:
        return NEVER_LOCAL[client, situation]
    said = [name for name, words in WORDS.items() if any(word in answer.lower() for word in words)]
    return f"fails: {said[-1]}" if said else "FAILS"
