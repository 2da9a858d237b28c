"""`topicbrief encoder`, and what `topicbrief doctor` says of the encoder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.http_servers import Company, company, dead_port
from support.hub import COMMIT, Hub
from support.small_encoder import write_encoder

from nlp.config import Settings
from nlp.encoder import bundled
from pipelines.doctor.encoder import examine_encoder

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with company(tmp_path_factory.mktemp("company")) as made:
        made.origin.hub = Hub()
        made.origin.hub.add("acme/small", write_encoder(tmp_path_factory.mktemp("model")))
        yield made


@pytest.fixture(autouse=True)
def environment(tmp_path: Path) -> Iterator[None]:
    before = dict(os.environ)
    for name in [n for n in os.environ if n.startswith("HF_") or n.upper().endswith("_PROXY")]:
        del os.environ[name]
    os.environ["TOPICBRIEF_CACHE"] = str(tmp_path / "cache")
    yield
    os.environ.clear()
    os.environ.update(before)


def topicbrief(*arguments: str, **shell: str) -> subprocess.CompletedProcess[str]:
    names = ("PATH", "TOPICBRIEF_CACHE")
    kept = {name: os.environ[name] for name in names} | {"HOME": os.environ["TOPICBRIEF_CACHE"]}
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=kept | shell,
        timeout=240,
    )


def doctor(encoder: str, language: str = "en") -> list[tuple[str, str]]:
    settings = Settings.create(encoder=encoder, language=language, http_timeout=5)
    return [
        (finding.state, f"{finding.message} {finding.fix}") for finding in examine_encoder(settings)
    ]


def test_an_encoder_is_fetched_behind_the_companys_proxy_and_then_used_offline(
    place: Company,
) -> None:
    company_shell = {
        "HTTPS_PROXY": place.proxy(user="ann:hunter2").url("ann:hunter2"),
        "TOPICBRIEF_CA_BUNDLE": str(place.authority_file),
    }
    first = topicbrief("encoder", "acme/small", **company_shell)
    assert (first.returncode, first.stderr.count("Traceback")) == (0, 0), first.stderr
    assert first.stdout.startswith("hf:acme/small was downloaded: commit aaaaaaaaaaaa")
    assert "8 dimensions" in first.stdout
    second = topicbrief("encoder", "hf:acme/small", **company_shell)
    assert "was already downloaded" in second.stdout
    os.environ["HF_HUB_OFFLINE"] = "1"
    assert doctor("hf:acme/small") == [
        ("ok", "hf:acme/small is here and whole, 8 dimensions; no network ")
    ]


@pytest.mark.parametrize(
    ("name", "shell", "code", "said"),
    [
        ("acme/none", {}, 2, "knows no model 'acme/none'"),
        ("../etc", {}, 2, "is no name of a model"),
        ("acme/small", {"HF_HUB_OFFLINE": "1"}, 6, "HF_HUB_OFFLINE is set"),
        ("acme/small", {"HF_ENDPOINT": f"http://127.0.0.1:{dead_port()}"}, 6, "no connection"),
    ],
)
def test_what_goes_wrong_is_one_line_and_an_exit_code(
    place: Company, name: str, shell: dict[str, str], code: int, said: str
) -> None:
    told = topicbrief("encoder", name, "--quiet", **{"HF_ENDPOINT": place.origin.url("")} | shell)
    assert told.returncode == code
    assert said in told.stderr
    assert told.stderr.count("\n") == 1


def test_doctor_finds_the_bundled_encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert doctor("bundled") == [
        ("ok", "all-MiniLM-L6-v2 is here and whole, 384 dimensions; no network ")
    ]
    assert [state for state, _ in doctor("bundled", "de")] == ["ok", "note"]
    assert doctor("none")[0][0] == "ok"
    monkeypatch.setattr(bundled, "FOLDER", tmp_path)
    bundled._load.cache_clear()
    ((state, said),) = doctor("bundled")
    bundled._load.cache_clear()
    assert state == "note"
    assert "not usable" in said


def test_doctor_says_whether_an_encoder_could_be_fetched(place: Company, tmp_path: Path) -> None:
    os.environ["HF_ENDPOINT"] = place.origin.url("")
    assert doctor("hf:acme/small")[0][0] == "ok"
    assert "has it" in doctor(f"hf:acme/small@{COMMIT}")[0][1]
    for choice, said in (
        ("hf:acme/none", "cannot be fetched"),
        ("hf:a/b/c", "is no name of a model"),
        (str(tmp_path / "none"), "is no folder"),
        (str(tmp_path), "holds no tokenizer.json"),
    ):
        ((state, told),) = doctor(choice)
        assert state == "fault"
        assert said in told
    os.environ["HF_HUB_OFFLINE"] = "1"
    ((state, told),) = doctor("hf:acme/small")
    assert (state, "topicbrief encoder hf:acme/small" in told) == ("fault", True)
