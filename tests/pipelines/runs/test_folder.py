"""Run folders: lock, stage, switch."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from support.report_content import record_of, small_model

from nlp.errors import InputError, LockedError, StorageError
from pipelines.runs.folder import (
    check_name,
    name_from,
    open_run,
    publish,
    published_runs,
)
from pipelines.runs.manifest import read_record


def _publish(out: Path, text: str = "hello") -> Path:
    with open_run(out, "demo") as run:
        (run.stage / "model").mkdir()
        (run.stage / "model" / "a.txt").write_text(text)
        return publish(run, record_of(small_model()))


def test_latest_points_at_the_published_run(tmp_path: Path) -> None:
    folder = _publish(tmp_path)
    latest = tmp_path / "demo" / "latest"
    assert latest.is_symlink()
    assert latest.resolve() == folder
    assert not Path(latest.readlink()).is_absolute()


def test_manifest_lists_every_other_file_with_its_hash(tmp_path: Path) -> None:
    folder = _publish(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["files"] == {"model/a.txt": hashlib.sha256(b"hello").hexdigest()}
    assert manifest["records_in"] == 51


def test_a_failure_leaves_no_run_and_keeps_the_last_one(tmp_path: Path) -> None:
    first = _publish(tmp_path)
    with pytest.raises(RuntimeError), open_run(tmp_path, "demo") as run:  # noqa: PT012
        (run.stage / "half.txt").write_text("x")
        raise RuntimeError
    assert published_runs(tmp_path / "demo") == [first]
    assert (tmp_path / "demo" / "latest").resolve() == first
    assert [p.name for p in (tmp_path / "demo" / "runs").iterdir()] == [first.name]


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    stale = tmp_path / "demo" / "runs" / ".staging-20200101T000000Z"
    stale.mkdir(parents=True)
    (stale / "half.txt").write_text("x")
    _publish(tmp_path)
    assert not stale.exists()


def test_two_runs_of_one_name_exclude_each_other(tmp_path: Path) -> None:
    with (
        open_run(tmp_path, "demo"),
        pytest.raises(LockedError, match="another run of 'demo'"),
        open_run(tmp_path, "demo"),
    ):
        pass


def test_runs_of_other_names_go_on(tmp_path: Path) -> None:
    with open_run(tmp_path, "demo"), open_run(tmp_path, "other") as other:
        assert other.stage.is_dir()


def test_run_ids_rise_even_when_the_clock_is_set_back(tmp_path: Path) -> None:
    future = tmp_path / "demo" / "runs" / "29990101T000000Z"
    future.mkdir(parents=True)
    first, second = _publish(tmp_path), _publish(tmp_path)
    assert future.name < first.name < second.name


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="cannot write"), open_run(tmp_path, "demo"):
        pass


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 101, "a\nb", "a b"])
def test_a_name_that_cannot_be_a_folder_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="name"):
        check_name(name)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("data/tickets.csv", "tickets"),
        ("mail.jsonl.gz", "mail"),
        ("/srv/articles/", "articles"),
        ("Größe & Co.csv", "Gr-e-Co"),
        ("https://host/feed.csv?token=secret", "feed"),
        ("...", "documents"),
    ],
)
def test_a_run_is_named_after_its_source(source: str, name: str) -> None:
    assert name_from(source) == name
    assert check_name(name) == name


def test_a_folder_without_manifest_is_not_a_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a finished run"):
        read_record(tmp_path)
