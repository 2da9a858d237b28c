"""Encoders from the Hub: through a company's network, whole or not at all, once."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.http_servers import Company, Server, company, dead_port
from support.hub import COMMIT, Hub
from support.small_encoder import write_encoder

from nlp.config import SourceSettings
from nlp.encoder import open_encoder
from nlp.encoder.folder import open_folder
from nlp.encoder.hub import cached, fetch, read_name
from nlp.errors import EncoderError, InputError, StorageError
from nlp.http import downloads
from nlp.http.configuration import cache_folder, configure

NAME = "acme/small"
CHOICE = f"hf:{NAME}"
TEXTS = ["the cat sat", "a dog ran far"]
QUICK = SourceSettings(http_timeout=5)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with company(tmp_path_factory.mktemp("company")) as made:
        yield made


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_encoder(tmp_path_factory.mktemp("model"))


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No proxy, no authority, a cache of its own; what `configure` changes is put back."""
    before = dict(os.environ)
    for name in list(os.environ):
        if (
            name.upper().endswith("_PROXY")
            or "CERT" in name
            or "CA_BUNDLE" in name
            or "HF_" in name
        ):
            del os.environ[name]
    os.environ["TOPICBRIEF_CACHE"] = str(tmp_path / "cache")
    monkeypatch.setattr(downloads, "_PAUSES", (0.0, 0.0))
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def hub(place: Company, model: Path) -> Hub:
    """The Hub at HF_ENDPOINT, on loopback, with one model."""
    made = Hub()
    made.add(NAME, model)
    place.origin.hub = made
    place.origin.seen.clear()
    os.environ["HF_ENDPOINT"] = place.origin.url("")
    return made


def asked(server: Server) -> list[str]:
    return [path for path, _ in server.seen]


def left_in_cache() -> list[str]:
    """Files of encoders, whole or half, and downloads that are kept."""
    root = cache_folder()
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and path.suffix not in (".lock", ".pem") and "downloads" not in path.parts
    )


def fails(choice: str = CHOICE, kind: type[Exception] = StorageError) -> str:
    with pytest.raises(kind) as caught:
        open_encoder(choice, QUICK)
    message = str(caught.value)
    assert message.startswith(f"encoder {choice}: ")
    assert "\n" not in message
    return message


def test_a_model_is_fetched_and_encodes_as_its_folder_does(hub: Hub, model: Path) -> None:
    seen: list[tuple[int, int]] = []
    encoder = open_encoder(CHOICE, QUICK, lambda done, total: seen.append((done, total)))
    assert encoder is not None
    assert encoder.encode(TEXTS).tobytes() == open_folder(model, "x").encode(TEXTS).tobytes()
    assert COMMIT[:12] in encoder.identity
    total = seen[-1][1]
    assert seen[-1] == (total, total)
    assert all(before <= after for before, after in pairwise(seen))


@pytest.mark.usefixtures("hub")
def test_a_fetched_model_asks_nothing_of_the_network(place: Company) -> None:
    first = open_encoder(CHOICE, QUICK)
    place.origin.seen.clear()
    os.environ["HF_ENDPOINT"] = f"http://127.0.0.1:{dead_port()}"
    again = open_encoder(CHOICE, QUICK)
    os.environ["HF_HUB_OFFLINE"] = "1"
    offline = open_encoder(f"{CHOICE}@{COMMIT}", QUICK)
    assert first is not None
    assert again is not None
    assert offline is not None
    assert first.identity == again.identity == offline.identity
    assert asked(place.origin) == []


@pytest.mark.parametrize("user", ["", "ann:secret"])
def test_it_comes_through_an_intercepting_proxy_with_its_own_authority(
    place: Company, model: Path, user: str
) -> None:
    made = Hub(cut={"onnx/model.onnx"})
    made.add(NAME, model)
    place.origin.hub = made
    place.origin.seen.clear()
    proxy = place.proxy(user=user)
    os.environ["COMPANY_USER"] = user
    settings = SourceSettings(
        proxy=proxy.url(),
        proxy_credentials="COMPANY_USER" if user else None,
        ca_bundle=str(place.authority_file),
        http_timeout=5,
    )
    configure(settings)
    encoder = open_encoder(CHOICE, settings)
    assert encoder is not None
    assert encoder.encode(TEXTS).shape == (2, 8)
    # The Hub itself, no mirror; nothing but the proxy was asked for it.
    assert set(proxy.seen) == {"CONNECT huggingface.co:443"}
    # The line broke in the middle of the graph: the rest was asked for, not the whole.
    graph = [h for p, h in place.origin.seen if p == f"/cdn/{NAME}/onnx/model.onnx"]
    assert len(graph) == 2
    assert graph[1]["Range"].startswith("bytes=")


def test_an_unknown_authority_is_explained_and_never_accepted(place: Company, hub: Hub) -> None:
    os.environ["HF_ENDPOINT"] = "https://hub.test"
    settings = SourceSettings(proxy=place.proxy().url(), http_timeout=5)
    configure(settings)
    with pytest.raises(StorageError, match="TOPICBRIEF_CA_BUNDLE"):
        open_encoder(CHOICE, settings)
    assert asked(place.origin) == []
    assert hub.models
    assert left_in_cache() == []


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    "choice", ["hf:acme/none", "hf:none", f"{CHOICE}@v9", f"{CHOICE}@{'b' * 40}"]
)
def test_a_name_or_revision_that_does_not_exist_is_told(choice: str) -> None:
    message = fails(choice, InputError)
    assert "knows no model" in message
    assert ("revision" in message) == ("@" in choice)
    assert left_in_cache() == []


def test_a_revision_is_pinned_to_its_commit_until_it_is_fetched_again(
    hub: Hub, model: Path, tmp_path: Path
) -> None:
    assert fetch(read_name(f"{CHOICE}@v1"), QUICK).commit == COMMIT
    newer = write_encoder(tmp_path / "newer", seed=1)
    hub.add(NAME, newer, "b" * 40)
    before = open_encoder(f"{CHOICE}@v1", QUICK)
    assert before is not None
    assert before.encode(TEXTS).tobytes() == open_folder(model, "x").encode(TEXTS).tobytes()
    assert fetch(read_name(f"{CHOICE}@v1"), QUICK).commit == "b" * 40
    after = open_encoder(f"{CHOICE}@v1", QUICK)
    assert after is not None
    assert after.identity != before.identity


@pytest.mark.usefixtures("hub")
def test_what_is_here_is_not_fetched_again(place: Company) -> None:
    assert fetch(read_name(NAME), QUICK).fetched
    place.origin.seen.clear()
    again = fetch(read_name(NAME), QUICK)
    assert not again.fetched
    assert again.n_bytes > 1_000
    assert len(asked(place.origin)) == 1


def test_a_file_that_is_not_what_was_listed_is_refused(hub: Hub) -> None:
    for path in ("config.json", "onnx/model.onnx"):
        whole = hub.models[NAME][path]
        hub.changed = {path: bytes([whole[0] ^ 1]) + whole[1:]}
        assert f"{path} is not what the Hub lists" in fails()
        assert left_in_cache() == []
    hub.changed = {}
    assert open_encoder(CHOICE, QUICK) is not None


def test_a_mirror_that_lists_no_hashes_works(hub: Hub) -> None:
    hub.lists_hashes = False
    assert open_encoder(CHOICE, QUICK) is not None


def test_a_private_model_is_opened_by_a_token(hub: Hub) -> None:
    hub.private = {NAME: "hf_secret"}
    message = fails(kind=InputError)
    assert "HF_TOKEN" in message
    os.environ["HF_TOKEN"] = "hf_secret"
    assert open_encoder(CHOICE, QUICK) is not None


@pytest.mark.usefixtures("hub")
def test_offline_and_not_here_says_what_to_do(place: Company) -> None:
    os.environ["HF_HUB_OFFLINE"] = "1"
    message = fails(kind=EncoderError)
    assert f"topicbrief encoder {CHOICE}" in message
    assert asked(place.origin) == []


def test_no_network_is_told() -> None:
    os.environ["HF_ENDPOINT"] = f"http://127.0.0.1:{dead_port()}"
    assert "no connection" in fails()
    assert left_in_cache() == []


@pytest.mark.usefixtures("hub")
def test_a_server_that_is_no_hub_is_told(place: Company) -> None:
    os.environ["HF_ENDPOINT"] = place.origin.url("/ok")
    assert "knows no model" in fails(kind=InputError)


def test_a_log_in_page_of_the_proxy_is_not_kept(place: Company, hub: Hub) -> None:
    settings = SourceSettings(
        proxy=place.proxy("login").url(), ca_bundle=str(place.authority_file), http_timeout=5
    )
    os.environ["HF_ENDPOINT"] = "https://hub.test"
    configure(settings)
    with pytest.raises(StorageError, match="Sign in to the proxy"):
        open_encoder(CHOICE, settings)
    assert left_in_cache() == []
    assert hub.models


@pytest.mark.parametrize("missing", ["tokenizer.json", "onnx/model.onnx"])
def test_a_model_that_cannot_be_run_is_told_before_it_is_fetched(
    place: Company, hub: Hub, missing: str
) -> None:
    del hub.models[NAME][missing]
    assert missing in fails(kind=InputError)
    assert len(asked(place.origin)) == 1
    assert left_in_cache() == []


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("when", ["while a file comes", "while it is put in its place"])
def test_a_full_disk_leaves_no_half_model(monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        if when == "while a file comes":
            patch.setattr(os, "fsync", full)
        else:
            patch.setattr(shutil, "move", full)
        message = fails()
    assert "No space left on device" in message
    assert "TOPICBRIEF_CACHE" in message
    assert left_in_cache() == []
    assert open_encoder(CHOICE, QUICK) is not None


@pytest.mark.usefixtures("hub")
def test_what_came_before_the_line_broke_is_not_fetched_again(
    place: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(place.origin.hub, "changed", {"onnx/model.onnx": b"<html>not now</html>"})
        fails()
    place.origin.seen.clear()
    assert open_encoder(CHOICE, QUICK) is not None
    assert not [path for path in asked(place.origin) if path.endswith("tokenizer.json")]


@pytest.mark.usefixtures("hub")
def test_a_damaged_file_is_told_and_mended_by_fetching_again() -> None:
    found = fetch(read_name(NAME), QUICK)
    graph = found.folder / "onnx/model.onnx"
    graph.write_bytes(graph.read_bytes()[:-1])
    assert "is damaged" in fails(kind=EncoderError)
    assert fetch(read_name(NAME), QUICK).fetched
    assert open_encoder(CHOICE, QUICK) is not None


def test_what_was_never_fetched_is_not_here() -> None:
    assert cached(read_name(NAME)) is None
