"""`topicbrief doctor`, in the situations that people call about; and a run from a URL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.http_servers import Company, company, dead_port

from pipelines.doctor.examine import examine

ROOT = Path(__file__).resolve().parents[3]
USER = "ann:hunter2"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with company(tmp_path_factory.mktemp("company")) as made:
        yield made


def topicbrief(home: Path, *arguments: str, **shell: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(home)} | shell,
        timeout=240,
    )


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """What a diagnosis changes is put back at the end."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def doctor(
    home: Path, url: str | None = None, out: str | None = None, **shell: str
) -> tuple[int, dict[str, list[dict[str, str]]]]:
    """The exit code, and the findings for each subject, in the environment of a shell."""
    os.environ.clear()
    os.environ.update({"HOME": str(home)} | shell)
    report = examine(url, None, out or str(home / "out"))
    told = json.loads(report.as_json())
    assert "hunter2" not in report.as_json() + report.as_text()
    assert told["ready"] == (report.exit_code == 0)
    findings: dict[str, list[dict[str, str]]] = {}
    for finding in told["findings"]:
        findings.setdefault(finding["subject"], []).append(finding)
    return report.exit_code, findings


def test_a_plain_machine_can_run_a_job(tmp_path: Path) -> None:
    code, findings = doctor(tmp_path)
    assert code == 0
    assert not [f for found in findings.values() for f in found if f["state"] != "ok"]
    assert findings["proxy"][0]["message"] == "none is set"
    assert not (tmp_path / "out").exists()


def test_a_company_that_is_set_up_is_explained(place: Company, tmp_path: Path) -> None:
    proxy = place.proxy(user=USER)
    code, findings = doctor(
        tmp_path,
        "https://origin.test/table.csv?sig=hunter2",
        HTTPS_PROXY=proxy.url(USER),
        TOPICBRIEF_CA_BUNDLE=str(place.authority_file),
    )
    assert code == 0
    assert f"http://***@127.0.0.1:{proxy.port}, from HTTPS_PROXY" in findings["proxy"][0]["message"]
    (handshake,) = findings["handshake"]
    assert "TLSv1.3 through http://***@" in handshake["message"]
    assert "<- Corp Proxy CA" in handshake["message"]
    assert findings["clients"][0]["state"] == "note"
    assert "pip (the operating system's authorities)" in findings["clients"][0]["message"]
    assert any("Corp Proxy CA until 3000" in f["message"] for f in findings["certificates"])
    assert findings["address"][0]["message"].endswith("answers 200")


def test_a_shell_that_is_set_up_lets_every_client_work(place: Company, tmp_path: Path) -> None:
    authority = str(place.authority_file)
    _, findings = doctor(
        tmp_path,
        "https://origin.test/ok",
        HTTPS_PROXY=place.proxy().url(),
        REQUESTS_CA_BUNDLE=authority,
        SSL_CERT_FILE=authority,
    )
    assert findings["clients"][0]["state"] == "ok"


def test_an_unknown_authority_is_named_with_the_fix(place: Company, tmp_path: Path) -> None:
    code, findings = doctor(
        tmp_path, "https://origin.test/table.csv", HTTPS_PROXY=place.proxy().url()
    )
    assert code == 6
    (handshake,) = findings["handshake"]
    assert handshake["state"] == "fault"
    assert "signed by 'Corp Proxy CA'" in handshake["message"]
    assert "set ca_bundle or TOPICBRIEF_CA_BUNDLE" in handshake["fix"]


@pytest.mark.parametrize(("mode", "user", "said"), [("", USER, "407"), ("login", "", "a web page")])
def test_a_proxy_that_wants_a_log_in_is_explained(
    place: Company, tmp_path: Path, mode: str, user: str, said: str
) -> None:
    code, findings = doctor(
        tmp_path,
        "https://origin.test/table.csv",
        HTTPS_PROXY=place.proxy(mode, user).url(),
        REQUESTS_CA_BUNDLE=str(place.authority_file),
    )
    assert code == 6
    faults = [f for found in findings.values() for f in found if f["state"] == "fault"]
    assert said in faults[0]["message"] + faults[0]["fix"]


@pytest.mark.parametrize(
    ("server", "said"), [("expired", "has expired"), ("wrong_host", "is for another host")]
)
def test_a_bad_certificate_is_shown(place: Company, tmp_path: Path, server: str, said: str) -> None:
    code, findings = doctor(
        tmp_path,
        getattr(place, server).url("/", "localhost"),
        REQUESTS_CA_BUNDLE=str(place.authority_file),
    )
    assert code == 6
    assert said in findings["handshake"][0]["fix"]


def test_the_empty_variable_hack_is_a_fault(tmp_path: Path) -> None:
    code, findings = doctor(tmp_path, CURL_CA_BUNDLE="", PYTHONHTTPSVERIFY="0")
    assert code == 2
    assert "CURL_CA_BUNDLE is set but empty" in findings["settings"][0]["message"]
    assert "PYTHONHTTPSVERIFY" in findings["settings"][0]["message"]


def test_prefect_is_reached_behind_a_dead_proxy(place: Company, tmp_path: Path) -> None:
    dead = f"http://127.0.0.1:{dead_port()}"
    address = place.origin.url("/api")
    _, findings = doctor(tmp_path, PREFECT_API_URL=address, HTTP_PROXY=dead, HTTPS_PROXY=dead)
    assert "answers 404" in findings["prefect"][0]["message"]


def test_a_prefect_server_that_is_away_is_a_note(tmp_path: Path) -> None:
    code, findings = doctor(tmp_path, PREFECT_API_URL=f"http://127.0.0.1:{dead_port()}/api")
    assert code == 0
    assert findings["prefect"][0]["state"] == "note"
    assert "refused" in findings["prefect"][0]["message"]


def test_a_folder_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    code, findings = doctor(tmp_path, out="/proc/nowhere")
    assert code == 6
    assert findings["results"][0]["fix"] == "choose another --out"


def test_the_screen_says_the_same_in_words(tmp_path: Path) -> None:
    done = topicbrief(tmp_path, "doctor", PIP_TRUSTED_HOST="pypi.org", AUTO_PROXY="http://w/p.pac")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[-1] == "A job can run."
    long_path = 60  # the one thing that is not broken over two lines
    assert all(len(line) <= 100 or max(map(len, line.split())) > long_path for line in lines)
    assert any(line.startswith("note  certificates  PIP_TRUSTED_HOST") for line in lines)
    assert "PAC" in done.stdout


def test_a_run_from_a_url_keeps_its_secrets_to_itself(place: Company, tmp_path: Path) -> None:
    proxy = place.proxy(user=USER)
    url = "https://ann:hunter2@origin.test/table.csv?sig=hunter2"
    done = topicbrief(
        tmp_path,
        *("run", url, "--out", str(tmp_path / "out"), "--text", "body", "--topics", "2"),
        HTTPS_PROXY=proxy.url(USER),
        REQUESTS_CA_BUNDLE=str(place.authority_file),
    )
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.strip())
    manifest = json.loads((folder / "manifest.json").read_text())
    shown = "https://***@origin.test/table.csv?sig=***"
    assert manifest["name"] == "table"
    assert manifest["sources"] == [shown]
    assert manifest["inputs"][0]["source"] == shown
    assert manifest["inputs"][0]["bytes"] == len(place.origin.table)
    for file in [path for path in folder.rglob("*") if path.is_file()]:
        assert b"hunter2" not in file.read_bytes(), file
    assert "hunter2" not in done.stdout + done.stderr
