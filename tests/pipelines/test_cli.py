"""The command line as its users meet it: a process, its exit code, what it prints and leaves."""

from __future__ import annotations

import csv
import hashlib
import html
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from nlp.spreadsheet import runs_as_formula

ROOT = Path(__file__).resolve().parents[2]
TICKETS = ROOT / "data" / "tickets.csv"
TABLES = ("topics", "documents", "summaries", "rejected")


def topicbrief(
    *arguments: object, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def tickets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    done = topicbrief("run", TICKETS, "--out", out, "--label", "label")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    folder = Path(done.stdout.strip().splitlines()[-1])
    assert folder == out / "tickets" / "runs" / folder.name
    return folder


def _manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def test_a_run_leaves_the_files_of_the_contract(tickets: Path) -> None:
    expected = {"report.html", "report.xlsx", "brief.md", "pyldavis.html", "manifest.json"}
    expected |= {f"{name}{suffix}" for name in TABLES for suffix in (".csv", ".parquet")}
    names = {path.relative_to(tickets).as_posix() for path in tickets.rglob("*") if path.is_file()}
    assert expected <= names
    assert all(name in expected or name.startswith("model/") for name in names)
    assert (tickets.parents[1] / "latest").resolve() == tickets


def test_every_file_is_listed_with_its_hash(tickets: Path) -> None:
    files = _manifest(tickets)["files"]
    found = {
        path.relative_to(tickets).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in tickets.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert files == found


def test_every_record_is_accounted_for(tickets: Path) -> None:
    manifest = _manifest(tickets)
    with TICKETS.open(encoding="utf-8", newline="") as stream:
        n_records = sum(1 for _ in csv.DictReader(stream))
    dropped = manifest["records_dropped"]
    assert manifest["records_in"] == n_records
    assert n_records == manifest["records_kept"] + sum(dropped.values())
    assert (dropped["empty_text"], dropped["placeholder"]) == (5, 3)
    rejected = pd.read_parquet(tickets / "rejected.parquet")
    assert rejected["reason"].value_counts().to_dict() == dropped


def test_tables_agree_with_each_other(tickets: Path) -> None:
    manifest = _manifest(tickets)
    topics = pd.read_parquet(tickets / "topics.parquet")
    documents = pd.read_parquet(tickets / "documents.parquet")
    assert len(documents) == manifest["records_kept"]
    assert documents["doc_id"].is_unique
    assert topics["size"].sum() == manifest["records_kept"]
    assert topics["share"].sum() == pytest.approx(1)
    real = topics[topics["topic_id"] > 0]
    assert list(real["topic_id"]) == list(range(1, manifest["n_topics"] + 1))
    assert (real["size"] > 0).all()
    counted = documents["topic_id"].value_counts().to_dict()
    assert counted == dict(zip(topics["topic_id"], topics["size"], strict=True))
    for column in ("probability", "second_probability"):
        assert np.isfinite(documents[column]).all()
        assert documents[column].between(0, 1).all()


def test_every_summary_sentence_is_verbatim_in_its_document(tickets: Path) -> None:
    with TICKETS.open(encoding="utf-8", newline="") as stream:
        bodies = {row["ticket_id"]: row["body"] for row in csv.DictReader(stream)}
    summaries = pd.read_parquet(tickets / "summaries.parquet")
    assert len(summaries) > 0
    places = zip(summaries["doc_id"], summaries["start"], summaries["end"], strict=True)
    quoted = [bodies[doc_id][start:end] for doc_id, start, end in places]
    assert quoted == summaries["sentence"].tolist()


def test_csv_and_parquet_hold_the_same_rows(tickets: Path) -> None:
    for name in TABLES:
        frame = pd.read_parquet(tickets / f"{name}.parquet")
        with (tickets / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
        assert rows[0] == list(frame.columns)
        assert len(rows) == len(frame) + 1


def test_no_csv_cell_would_run_as_a_formula(tickets: Path) -> None:
    for name in TABLES:
        with (tickets / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    assert not runs_as_formula(cell)


def test_a_reader_of_the_topics_finds_the_subjects(tickets: Path) -> None:
    # NMF over tf-idf told the 12 subjects at the same number finds 0.45, k-means 0.39.
    quality = _manifest(tickets)["quality"]
    assert quality["agreement"]["nmi"] > 0.35


def test_progress_is_on_stderr_and_only_the_folder_on_stdout(tmp_path: Path) -> None:
    done = topicbrief("run", TICKETS, "--out", tmp_path, "--topics", 5)
    assert done.stdout == f"{(tmp_path / 'tickets' / 'latest').resolve()}\n"
    assert "summarize: done in" in done.stderr
    quiet = topicbrief("run", TICKETS, "--out", tmp_path, "--topics", 5, "--quiet")
    assert quiet.stderr == ""
    assert quiet.stdout == f"{(tmp_path / 'tickets' / 'latest').resolve()}\n"


def test_the_last_lines_of_a_run_say_what_came_of_it(tickets: Path) -> None:
    options = ("--out", tickets.parents[2], "--label", "label", "--json")
    done = topicbrief("run", TICKETS, *options)
    manifest, (line,) = _manifest(tickets), done.stdout.splitlines()
    outcome = json.loads(line)
    assert list(outcome) == [
        "run_dir", "report", "records_in", "records_kept", "records_dropped", "model", "n_topics",
        "language", "columns", "warnings",
    ]  # fmt: skip
    assert Path(outcome["report"]) == Path(outcome["run_dir"]) / "report.html"
    for key in ("records_in", "records_kept", "records_dropped", "n_topics", "warnings"):
        assert outcome[key] == manifest[key]
    assert outcome["columns"] == {
        "text": "body", "id": "ticket_id", "time": "created_at", "label": "label",
    }  # fmt: skip
    said = done.stderr.splitlines()
    first = next(row for row, one in enumerate(said) if one.startswith("kept "))
    kept, *between, report = said[first:]
    assert kept.startswith(f"kept {manifest['records_kept']} of {manifest['records_in']} records")
    assert "5 for empty text" in kept
    assert any("text from 'body' (guessed), id from 'ticket_id'" in one for one in between)
    assert any(one.startswith("language: ") for one in between)
    assert f"model: {manifest['model_kind']}, {manifest['n_topics']} topics" in between
    assert report == f"report: {outcome['report']}"


def test_the_brief_is_the_same_in_manifest_file_and_page(tickets: Path) -> None:
    brief = _manifest(tickets)["brief"]
    assert len(brief["text"].split()) <= 120
    assert brief["text"].split("\n")[0] == " ".join(brief["figures"])
    written = (tickets / "brief.md").read_text(encoding="utf-8")
    assert re.sub(r"\s+", " ", written.replace("\n> ", "\n")).strip() == " ".join(
        brief["text"].split()
    )
    page = (tickets / "report.html").read_text(encoding="utf-8")
    section = page[
        page.index('<section id="brief"') : page.index('<details class="fold" id="brief')
    ]
    section = re.sub(r'<a class="cite".*?</a>', "", section)
    plain = html.unescape(re.sub(r"<[^>]+>", "", section)).replace("In brief", "")
    assert plain.split() == brief["text"].split()


def test_a_title_is_the_heading_of_the_page_and_of_the_workbook(tmp_path: Path) -> None:
    options = ("--out", tmp_path, "--topics", 3, "--title", "Voice of <customers>", "--quiet")
    done = topicbrief("run", TICKETS, *options)
    folder = Path(done.stdout.strip())
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<h1><bdi>Voice of &lt;customers&gt;</bdi></h1>" in page
    assert _manifest(folder)["run_settings"]["title"] == "Voice of <customers>"
    book = openpyxl.load_workbook(folder / "report.xlsx", read_only=True)
    assert book.sheetnames == ["Brief", "Topics", "Documents", "Summaries", "Rejected"]
    assert next(book["Brief"].values)[0] == "Voice of <customers>"
    book.close()


def test_same_input_and_seed_give_the_same_bytes(tmp_path: Path, tickets: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = topicbrief(
        "run", TICKETS, "--out", tmp_path, "--label", "label",
        cwd=elsewhere, PYTHONHASHSEED="7", TZ="Asia/Tokyo", LC_ALL="C", NUMBA_NUM_THREADS="1",
        OMP_NUM_THREADS="1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    files, again = _manifest(tickets)["files"], _manifest(Path(done.stdout.strip()))["files"]
    same = [name for name in files if not name.endswith((".html", ".xlsx"))]
    assert len(same) > 8
    assert {name: again[name] for name in same} == {name: files[name] for name in same}


@pytest.mark.parametrize(
    ("content", "arguments", "code", "message"),
    [
        ("", (), 3, "no usable documents"),
        ("text\n", (), 3, "no usable documents"),
        ("text\n...\n???\n", (), 3, "no usable documents"),
        ("text\nhello\n", ("--text", "body"), 2, "no column 'body'"),
        ("a,b\nx,y\n", (), 2, "cannot tell which column holds the text"),
        ("text\nhello\n", ("--topics", "0"), 2, "topics"),
        ("text\nhello\n", ("--model", "bert"), 2, "model"),
        ("text\nhello\n", ("--language", "xx"), 2, "language"),
        ("text\nhello\n", ("--spacy-model", "nosuch"), 2, "nosuch"),
        ("text\nhello\n", ("--name", "../x"), 2, "name"),
        ("text\nhello\n", ("--config", "nosuch.toml"), 2, "nosuch.toml"),
        ("text\nhello\n", ("--nosuch",), 2, "nosuch"),
        ("text\nhello\n", ("--timeout", "-1"), 2, "timeout"),
    ],
)
def test_each_fault_is_one_line_and_its_exit_code(
    tmp_path: Path, content: str, arguments: tuple[str, ...], code: int, message: str
) -> None:
    source = tmp_path / "input.csv"
    source.write_text(content)
    out = tmp_path / "out"
    done = topicbrief("run", source, "--out", out, "--quiet", *arguments)
    assert done.returncode == code
    assert done.stdout == ""
    assert message in done.stderr
    assert done.stderr.startswith("topicbrief: ")
    assert len(done.stderr.splitlines()) == 1
    assert not list(out.rglob("*.html"))


def test_a_source_that_is_not_there_exits_with_2(tmp_path: Path) -> None:
    done = topicbrief("run", tmp_path / "no\nsuch.csv", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "no such file" in done.stderr


def test_an_unreadable_source_exits_with_6(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 this is none")
    done = topicbrief("run", tmp_path / "bad.parquet", "--out", tmp_path / "out", "--quiet")
    assert (done.returncode, len(done.stderr.splitlines())) == (6, 1)


def test_a_config_file_gives_what_no_flag_gave(tmp_path: Path) -> None:
    config = tmp_path / "job.toml"
    config.write_text(f'source = "{TICKETS}"\nname = "from-config"\ntopics = 4\nseed = 3\n')
    done = topicbrief("run", "--config", config, "--out", tmp_path / "out", "--seed", 5)
    assert done.returncode == 0, done.stderr
    manifest = _manifest(Path(done.stdout.strip()))
    assert (manifest["name"], manifest["n_topics"], manifest["seed"]) == ("from-config", 4, 5)


def test_the_time_limit_exits_with_7_and_publishes_nothing(tmp_path: Path) -> None:
    done = topicbrief("run", TICKETS, "--out", tmp_path, "--timeout", "0.5", "--quiet")
    assert done.returncode == 7
    assert not (tmp_path / "tickets" / "latest").exists()
    assert list((tmp_path / "tickets" / "runs").iterdir()) == []


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_cleanly(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "run", str(TICKETS), "--out", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    runs = tmp_path / "tickets" / "runs"
    for _ in range(600):
        if runs.is_dir() and list(runs.iterdir()):
            break
        time.sleep(0.05)
    process.send_signal(sent)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == code, stderr
    assert stdout == ""
    assert "Traceback" not in stderr
    assert list(runs.iterdir()) == []
    assert not (tmp_path / "tickets" / "latest").exists()


def test_a_source_that_lost_most_of_its_documents_exits_with_4(tmp_path: Path) -> None:
    source, out = _source(tmp_path, 40), tmp_path / "out"
    asked = ("run", source, "--out", out, "--topics", 2, "--min-documents-share", 0.5)
    first = topicbrief(*asked)
    assert first.returncode == 0, first.stderr
    _source(tmp_path, 3)
    second = topicbrief(*asked)
    assert second.returncode == 4
    assert "min_documents_share" in second.stderr.splitlines()[-1]
    assert str((out / "in" / "latest").resolve()) == first.stdout.strip()


def test_the_second_of_two_runs_at_once_exits_with_5_and_breaks_nothing(tmp_path: Path) -> None:
    source, out = _source(tmp_path, 4_000), tmp_path / "out"
    asked = ["run", str(source), "--out", str(out), "--topics", "2", "--quiet"]
    command = [sys.executable, "-m", "pipelines.cli", *asked]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as first:
        _wait_for(lambda: list((out / "in" / "runs").glob(".staging-*")))
        second = topicbrief(*asked)
        printed, _ = first.communicate(timeout=300)
    assert second.returncode == 5
    assert "another run of 'in' is running" in second.stderr
    assert first.returncode == 0
    folder = Path(printed.decode().strip())
    assert [path.name for path in (out / "in" / "runs").iterdir()] == [folder.name]
    files = _manifest(folder)["files"]
    assert all(hashlib.sha256((folder / n).read_bytes()).hexdigest() == h for n, h in files.items())


@pytest.mark.parametrize("name", ["half.csv.gz", "half.parquet", "half.zip"])
def test_a_file_that_is_half_written_exits_with_6(tmp_path: Path, name: str) -> None:
    frame = pd.DataFrame({"text": [f"card payment declined {n}" for n in range(2_000)]})
    whole = tmp_path / name
    if name.endswith(".parquet"):
        frame.to_parquet(whole)
    elif name.endswith(".zip"):
        with zipfile.ZipFile(whole, "w") as archive:
            archive.writestr("a.txt", "card payment declined " * 2_000)
    else:
        frame.to_csv(whole)
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    done = topicbrief("run", whole, "--out", tmp_path / "out", "--quiet")
    assert done.returncode == 6, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list((tmp_path / "out").glob("*/runs/*")) == []


def _source(folder: Path, n_documents: int) -> Path:
    words = ["card payment declined bank limit", "parcel courier late delivery door"]
    lines = [f"{words[n % 2]} {words[n % 2].split()[n % 5]}" for n in range(n_documents)]
    path = folder / "in.csv"
    path.write_text("\n".join(["text", *lines]) + "\n")
    return path


def _wait_for(found: Callable[[], object]) -> None:
    limit = time.monotonic() + 120
    while not found():
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_help_answers_within_a_second_and_needs_nothing_heavy() -> None:
    start = time.perf_counter()
    done = topicbrief("run", "--help")
    assert time.perf_counter() - start < 1.0
    assert "--topics" in done.stdout
    code = (
        "import sys, pipelines.cli; "
        "sys.exit(bool({'numba', 'spacy', 'pandas', 'prefect', 'gensim'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
