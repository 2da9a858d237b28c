"""`topicbrief find` on a finished run."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from nlp.arrays import Ints
from nlp.errors import InputError, StorageError
from nlp.retrieval import Request
from pipelines.cli import main, topicbrief
from pipelines.commands import find as find_module
from pipelines.commands.find import answer, conditions
from pipelines.options.options import read_options
from pipelines.runner import run_job
from pipelines.runs.document_rows import DocumentRows

TICKETS = Path(__file__).resolve().parents[3] / "data" / "tickets.csv"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    options = read_options([str(TICKETS)], {"topics": 12, "label": "label"})
    return run_job(options.job, out, quiet=True)


def _index(run: Path) -> Path:
    return run.parents[1] / ".cache" / "search" / f"{run.name}.npz"


def test_json_has_the_fields_that_scripts_rely_on(run: Path) -> None:
    result = CliRunner().invoke(
        topicbrief, ["find", str(run), "voucher code not accepted", "--top", "5", "--json"]
    )
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    texts = pd.read_parquet(run / "documents.parquet").set_index("doc_id")["text"]
    assert len(found) == 5
    assert {"doc_id", "topic_id", "score", "quotations"} <= set(found[0])
    assert [one["score"] for one in found] == sorted((o["score"] for o in found), reverse=True)
    for one in found:
        assert 1 <= len(one["quotations"]) <= 3
        for said in one["quotations"]:
            assert texts[one["doc_id"]][said["start"] : said["end"]] == said["sentence"]
    assert "voucher" in found[0]["quotations"][0]["sentence"].lower()


def test_a_person_reads_a_heading_a_total_and_the_sentences(run: Path) -> None:
    shown = answer(run, Request("voucher not accepted", top=3)).splitlines()
    assert shown[0].startswith("Documents about “voucher not accepted”: ")
    assert "documents match; the best 3, best first" in shown[0]
    assert shown[2].startswith("  1. T-")
    assert "topic " in shown[2]
    assert "2026-" in shown[2]
    assert "voucher" in shown[3].lower()


def test_the_words_of_the_query_are_marked_in_every_form(run: Path) -> None:
    shown = answer(run, Request("parcels"), mark=lambda word: f"<{word}>")
    assert "<parcel>" in shown
    assert "<parcels>" in shown.lower()
    assert "<the>" not in shown.lower()


def test_csv_has_one_row_for_each_sentence(run: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(answer(run, Request(like="T-0003", top=4), "csv"))))
    assert {row["rank"] for row in rows} == {"1", "2", "3", "4"}
    assert "T-0003" not in {row["doc_id"] for row in rows}


def test_nothing_found_is_an_answer_and_no_error(run: Path) -> None:
    said: list[str] = []
    assert answer(run, Request("zyzzyva"), "json", tell=said.append) == "[]"
    assert any("no word of the query occurs" in line for line in said)
    assert "none" in answer(run, Request("zyzzyva"), tell=said.append)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([""], "it is empty"),
        (["the of"], "no word to search for"),
        (["--like", "T-9"], "no document 'T-9'"),
        ([], "either QUERY or --like"),
        (["card", "--topic", "99"], "no topic 99"),
        (["card", "--where", "colour=red"], "no column 'colour'"),
        (["card", "--where", "colour"], "COL=VALUE"),
        (["card", "--since", "soon"], "not a date"),
        (["card", "--top", "0"], "range"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    run: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], message: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["find", str(run), *arguments])
    assert stopped.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert message in lines[-1]
    assert lines[-1].startswith("topicbrief: ")


def test_a_run_by_an_older_version_is_refused(run: Path, tmp_path: Path) -> None:
    old = json.loads((run / "manifest.json").read_text()) | {"schema": 1}
    (tmp_path / "manifest.json").write_text(json.dumps(old))
    with pytest.raises(InputError, match="another version"):
        answer(tmp_path, Request("card"))
    with pytest.raises(InputError, match="not a finished run"):
        answer(tmp_path / "none", Request("card"))


def test_the_index_is_built_once_and_is_no_file_of_the_run(run: Path) -> None:
    before = sorted(run.rglob("*"))
    answer(run, Request("card"))
    said: list[str] = []
    answer(run, Request("card"), tell=said.append)
    assert said == []
    assert _index(run).is_file()
    assert sorted(run.rglob("*")) == before


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut short", None])
def test_a_damaged_index_is_built_again_and_said_so(run: Path, damage: bytes | None) -> None:
    expected = answer(run, Request("card"))
    path = _index(run)
    whole = path.read_bytes()
    flipped = whole[:200] + bytes([whole[200] ^ 1]) + whole[201:]
    path.write_bytes(flipped if damage is None else damage)
    said: list[str] = []
    assert answer(run, Request("card"), tell=said.append) == expected
    assert "damaged" in said[0]
    assert path.read_bytes() == whole


def test_an_index_of_another_version_is_built_again(run: Path) -> None:
    answer(run, Request("card"))
    header = _index(run).with_suffix(".json")
    header.write_text(json.dumps(json.loads(header.read_text()) | {"layout": 0}))
    said: list[str] = []
    answer(run, Request("card"), tell=said.append)
    assert "another version" in said[0]


def test_a_copied_run_is_searched_without_keeping_anything(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "copy")
    said: list[str] = []
    expected = answer(run, Request("card"))
    assert answer(tmp_path / "copy", Request("card"), tell=said.append) == expected
    assert "not kept" in said[-1]
    assert not list(tmp_path.rglob(".cache"))


def test_documents_that_differ_from_the_manifest_are_refused(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    table = pd.read_parquet(copy / "documents.parquet")
    table.iloc[::-1].to_parquet(copy / "documents.parquet")
    with pytest.raises(StorageError, match="hash in its manifest"):
        answer(copy, Request("card"))
    (copy / "documents.parquet").write_bytes(b"PAR1 cut short")
    with pytest.raises(StorageError, match="hash in its manifest"):
        answer(copy, Request("card"))


def test_only_the_texts_that_are_shown_are_read(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(run, Request("card"))
    columns: list[str] = []
    rows: list[int] = []

    class Watched(DocumentRows):
        def columns(self, names: Sequence[str]) -> pd.DataFrame:
            columns.extend(names)
            return super().columns(names)

        def rows(self, of: Ints, names: Sequence[str]) -> pd.DataFrame:
            rows.extend(of.tolist())
            return super().rows(of, names)

    monkeypatch.setattr(find_module, "DocumentRows", Watched)
    answer(run, Request("card", top=3, since="2026-01-01"))
    assert columns == ["timestamp"]
    assert len(rows) == 3


def test_rows_come_in_the_order_asked_from_any_row_group(tmp_path: Path) -> None:
    table = pd.DataFrame({"doc_id": [f"d{row}" for row in range(25)], "text": list("abcde") * 5})
    table.to_parquet(tmp_path / "documents.parquet", row_group_size=10)
    documents = DocumentRows(tmp_path)
    found = documents.rows(np.array([24, 3, 11, 3], dtype=np.int64), ["doc_id"])
    assert found["doc_id"].tolist() == ["d24", "d3", "d11", "d3"]
    assert len(documents) == 25
    assert list(documents.names) == ["doc_id", "text"]


def test_a_document_cannot_control_the_terminal(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some_rows = DocumentRows.rows

    def hostile(self: DocumentRows, rows: Ints, names: Sequence[str]) -> pd.DataFrame:
        return some_rows(self, rows, names).assign(text="a \x1b[31mcard\x1b]0;title\x07 here")

    monkeypatch.setattr(DocumentRows, "rows", hostile)
    assert "\x1b" not in answer(run, Request("card"))
    assert "\x1b" not in answer(run, Request("card"), "json")


def test_conditions_may_contain_the_sign_and_be_empty() -> None:
    assert conditions(("a=b=c", "d=")) == (("a", "b=c"), ("d", ""))
