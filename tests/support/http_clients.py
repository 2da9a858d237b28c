"""One request by one client in each situation, each in its own process.

python -m tests.http_clients CLIENT, situations as JSON on stdin; answers as JSON on stdout.
The client is imported once; a fork takes each situation's environment, calls `configure`, asks.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import certifi
import platformdirs

from nlp.config import HttpSettings
from nlp.http.configuration import configure

# Seconds: local servers answer in milliseconds, but the machine may be busy.
TIMEOUT = 10
LOADED = (certifi, platformdirs)  # here, not once in every fork


def _requests() -> Callable[[str], object]:
    import requests

    return lambda url: requests.get(url + "/ok", timeout=TIMEOUT).raise_for_status()


def _httpx() -> Callable[[str], object]:
    import httpx

    return lambda url: httpx.get(url + "/ok", timeout=TIMEOUT).raise_for_status()


def _httpx2() -> Callable[[str], object]:
    import httpx2

    return lambda url: httpx2.get(url + "/ok", timeout=TIMEOUT).raise_for_status()


def _urllib() -> Callable[[str], object]:
    from urllib.request import urlopen

    return lambda url: urlopen(url + "/ok", timeout=TIMEOUT).read()


def _websockets() -> Callable[[str], object]:
    from websockets.sync.client import connect

    def ask(url: str) -> None:
        with connect(url.replace("http", "ws", 1) + "/ok", open_timeout=TIMEOUT) as socket_:
            assert socket_.recv(TIMEOUT) == "ok"

    return ask


def _huggingface_hub() -> Callable[[str], object]:
    import huggingface_hub
    from huggingface_hub.utils import _http

    # Six tries, no pauses.
    impatient = SimpleNamespace(time=time.time, sleep=lambda _seconds: None)
    setattr(_http, "time", impatient)  # noqa: B010 (a module has no such attribute to a checker)

    def ask(url: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            huggingface_hub.hf_hub_download(
                "owner/name", "config.json", endpoint=url, cache_dir=folder
            )

    return ask


def _pip() -> Callable[[str], object]:
    import subprocess

    def ask(url: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            options = f"--no-deps --no-cache-dir --retries 1 --timeout {TIMEOUT}"
            command = [sys.executable, "-m", "pip", "download", "-d", folder, *options.split()]
            environment = os.environ | {"PIP_CONFIG_FILE": os.devnull}
            done = subprocess.run(
                [*command, "--index-url", url + "/simple", "xx-tiny"],
                capture_output=True,
                text=True,
                env=environment,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(done.stdout + done.stderr)

    return ask


def _spacy() -> Callable[[str], object]:
    from spacy import about
    from spacy.cli.download import download

    def ask(url: str) -> None:
        about.__compatibility__ = url + "/spacy/compatibility.json"
        about.__download_url__ = url + "/spacy"
        with tempfile.TemporaryDirectory() as folder:
            os.environ["PIP_CONFIG_FILE"] = os.devnull
            options = ("--no-deps", "--no-cache-dir", "--retries", "1", "--target", folder)
            download("xx_tiny", False, False, None, *options)

    return ask


def _nltk() -> Callable[[str], object]:
    from nltk.downloader import Downloader

    def ask(url: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            loader = Downloader(server_index_url=url + "/nltk/index.xml")
            assert loader.download("tiny", download_dir=folder, raise_on_error=True)

    return ask


def _in_child(url: str) -> None:
    _urllib()(url)
    _requests()(url)


def _dask() -> Callable[[str], object]:
    from dask.delayed import delayed

    def ask(url: str) -> None:
        task = delayed(_in_child)(url)
        task.compute(scheduler="processes", num_workers=1)

    return ask


def _topicbrief() -> Callable[[str], object]:
    from nlp.config import SourceSettings
    from nlp.http.downloads import download

    settings = SourceSettings(allow_private_addresses=True, http_timeout=TIMEOUT)
    return lambda url: download(url + "/table.csv", settings)


CLIENTS: dict[str, Callable[[], Callable[[str], object]]] = {
    "topicbrief": _topicbrief,
    "requests": _requests,
    "httpx": _httpx,
    "httpx2": _httpx2,
    "urllib": _urllib,
    "websockets": _websockets,
    "huggingface_hub": _huggingface_hub,
    "pip": _pip,
    "spacy": _spacy,
    "nltk": _nltk,
    "dask": _dask,
}


def _stay_on_loopback() -> None:
    real = socket.getaddrinfo

    def resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in ("localhost", "127.0.0.1", "::1", None):
            raise socket.gaierror(socket.EAI_NONAME, f"{host} was looked up")
        return real(host, *args, **kwargs)

    socket.getaddrinfo = resolve


def _answer(ask: Callable[[str], object], situation: dict[str, Any]) -> str:
    os.environ.update(situation["environment"])
    try:
        configure(HttpSettings(**situation["settings"]))
        ask(situation["url"])
    except BaseException as error:
        return "".join(traceback.format_exception(error)) or repr(error)
    return "ok"


def main() -> None:
    situations = json.load(sys.stdin)
    _stay_on_loopback()
    ask = CLIENTS[sys.argv[1]]()
    answers = {}
    for name, situation in situations.items():
        # What a client prints goes with its error: spaCy and pip say there what was wrong.
        with tempfile.TemporaryFile() as out:
            child = os.fork()
            if not child:
                os.dup2(out.fileno(), 1)
                os.dup2(out.fileno(), 2)
                answer = _answer(ask, situation)
                sys.stdout.flush()
                os.write(1, f"\0{answer}".encode())
                os._exit(0)
            os.waitpid(child, 0)
            out.seek(0)
            printed, _, answer = out.read().decode(errors="replace").partition("\0")
            answers[name] = "ok" if answer == "ok" else f"{printed}\n{answer}"
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
