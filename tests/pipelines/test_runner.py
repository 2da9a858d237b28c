"""An interrupted run continues from its finished steps, or starts again if it must."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.small_runs import fast, manifest, run, write

from nlp.errors import GateError, InputError, StorageError
from pipelines import steps
from pipelines.options import read_options
from pipelines.runner import parts_of, run_job
from pipelines.runs.manifest import check_files

__all__ = ["fast"]  # the fixture
pytestmark = pytest.mark.usefixtures("fast")


def cut_short(monkeypatch: pytest.MonkeyPatch, source: Path, **flags: object) -> None:
    """A run whose report cannot be written."""
    with monkeypatch.context() as patch:

        def fail(_content: object) -> object:
            raise StorageError("disk full")

        patch.setattr(steps, "render_pages", fail)
        with pytest.raises(StorageError, match="disk full"):
            run(source, **flags)


def files_of(folder: Path) -> dict[str, str]:
    """Hashes of a run's files; the workbook carries the run's own date."""
    files: dict[str, str] = manifest(folder)["files"]
    return {name: known for name, known in files.items() if name != "report.xlsx"}


def unfinished(source: Path) -> Path:
    return source.parent / "out" / "demo" / ".cache" / "unfinished"


def test_a_run_continues_from_its_finished_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write(tmp_path / "in.csv")
    cut_short(monkeypatch, source)
    assert not (tmp_path / "out" / "demo" / "latest").exists()
    with monkeypatch.context() as patch:
        patch.setattr(steps, "read_corpus", lambda *_args: pytest.fail("read again"))
        second = run(source)
    assert check_files(second) == []
    assert list(manifest(second)["timings"]) == ["report"]
    assert not unfinished(source).exists()


def test_a_continued_run_gives_the_same_as_a_whole_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "whole").mkdir()
    whole = run(write(tmp_path / "whole" / "in.csv"))
    source = write(tmp_path / "in.csv")
    cut_short(monkeypatch, source)
    assert files_of(run(source)) == files_of(whole)


@pytest.mark.parametrize("change", ["source", "settings", "names"])
def test_a_run_of_another_question_starts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    source = write(tmp_path / "in.csv")
    cut_short(monkeypatch, source)
    flags: dict[str, object] = {}
    if change == "source":
        write(source, 63)
    elif change == "settings":
        flags["seed"] = 7
    else:
        names = tmp_path / "out" / "demo" / "names.json"
        names.write_text(json.dumps({"labels": {"k": "Cards"}, "hidden": [], "merged": {}}))
    assert "ingest" in manifest(run(source, **flags))["timings"]


@pytest.mark.parametrize(
    "name", ["source.json", "tokens.npz", "publish/model/model.npz", "record.json"]
)
def test_damaged_values_start_the_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    source = write(tmp_path / "in.csv")
    cut_short(monkeypatch, source)
    path = unfinished(source) / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "ingest" in manifest(run(source))["timings"]


def test_a_missed_gate_keeps_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    with pytest.raises(GateError):
        run(source, min_coherence=1.0)
    assert not unfinished(source).exists()


def test_a_killed_run_leaves_its_finished_steps(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", 300)
    command = [sys.executable, "-m", "pipelines.cli", "run", str(source), "--name", "demo",
               "--topics", "3", "--out", str(tmp_path / "out")]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("summarize: started"):
                os.kill(process.pid, signal.SIGKILL)
                break
        process.wait()
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert (
        "goes on from an unfinished run; done already: ingest, clean, encode, fit" in again.stderr
    )
    assert check_files(Path(again.stdout.strip())) == []


def test_a_mixed_collection_is_split_by_language(tmp_path: Path) -> None:
    source = tmp_path / "mixed.csv"
    english = "My parcel did not arrive and nobody answers the phone at the office"
    german = "Mein Paket ist nicht angekommen und niemand geht im Büro ans Telefon"
    lines = [f"e{n},{english} {n} times." for n in range(20)]
    lines += [f"d{n},{german} schon {n} Mal." for n in range(12)]
    source.write_text("id,text\n" + "\n".join(lines) + "\n")
    given = {"name": "mixed", "out": str(tmp_path / "out"), "split": "language"}
    options = read_options([str(source)], given)
    parts = parts_of(options.job)
    assert [part.name for part in parts] == ["mixed-en", "mixed-de"]
    runs = [manifest(run_job(part, Path(options.out), quiet=True)) for part in parts]
    assert [one["records_kept"] for one in runs] == [20, 12]
    assert [one["records_dropped"] for one in runs] == [
        {"other_language": 12},
        {"other_language": 20},
    ]
    assert [one["config"]["language"] for one in runs] == ["en", "de"]
    assert [list(one["languages"]) for one in runs] == [["en"], ["de"]]


def test_a_collection_in_one_language_is_not_split(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    options = read_options([str(source)], {"split": "language"})
    assert parts_of(options.job) == (options.job,)


def test_a_malformed_watch_list_is_refused_before_any_work(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    watch = tmp_path / "watch.toml"
    watch.write_text("watch = 3")
    with pytest.raises(InputError, match="has no list named watch"):
        run(source, watch=str(watch))
    assert not (tmp_path / "out").exists()
