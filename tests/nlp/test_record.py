"""The record of a run: written once, read back whole, refused when damaged."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.report_content import content, record_of, small_model

from nlp.errors import InputError
from nlp.record import SCHEMA, RunRecord, TopicNames


def test_a_record_is_read_back_as_it_was_written() -> None:
    record = replace(content().record, files={"report.html": "ab"})
    assert RunRecord.from_json(json.loads(json.dumps(record.to_json()))) == record


def test_a_record_that_was_never_published_is_read_back_too() -> None:
    record = replace(record_of(small_model()), published=None)
    assert RunRecord.from_json(json.loads(json.dumps(record.to_json()))) == record


def test_the_manifest_keeps_its_contract_on_top() -> None:
    manifest = record_of(small_model()).to_json()
    assert manifest["schema"] == SCHEMA
    assert manifest["records_in"] == manifest["records_kept"] + sum(
        manifest["records_dropped"].values()
    )
    assert (manifest["model_kind"], manifest["n_topics"], manifest["seed"]) == ("lda", 4, 0)
    for name in ("inputs", "config", "versions", "timings", "files", "run_id", "created"):
        assert name in manifest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 1}, "another version"),
        ({"records_in": "many"}, "damaged"),
        ({"quality": None}, "damaged"),
        ({"config": {"seed": -1}}, "damaged"),
    ],
)
def test_a_damaged_or_foreign_record_is_refused(change: dict[str, object], message: str) -> None:
    manifest = {**json.loads(json.dumps(record_of(small_model()).to_json())), **change}
    with pytest.raises(InputError, match=message) as caught:
        RunRecord.from_json(manifest)
    assert "\n" not in str(caught.value)


def test_a_record_without_its_account_is_refused() -> None:
    manifest = record_of(small_model()).to_json()
    del manifest["records_in"]
    with pytest.raises(InputError, match="damaged"):
        RunRecord.from_json(manifest)


def test_a_topic_that_is_part_of_a_part_is_part_of_the_whole() -> None:
    names = TopicNames(merged={"a": "b", "b": "c"})
    assert [names.final(key) for key in "abc"] == ["c", "c", "c"]
