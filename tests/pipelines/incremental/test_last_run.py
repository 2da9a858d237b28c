"""Runs of one name that follow each other: names, gates, what is new, what is kept."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from support.report_content import record_of, small_model
from support.small_runs import fast, keys, manifest, run, write

from nlp.cleaning.languages import find_languages
from nlp.cleaning.reader import clean
from nlp.config import CleaningSettings, Settings
from nlp.errors import GateError, InputError, NoDocumentsError, StorageError
from nlp.ingest.digests import text_digests
from pipelines.commands.name import choose
from pipelines.incremental.token_cache import Cleaned, clean_new
from pipelines.review.alerts import find_alerts, read_watch_list
from pipelines.review.topic_names import load_names, merge, rename
from pipelines.runs.fingerprints import unchanged_while_reading
from pipelines.runs.folder import open_run, publish, published_runs
from pipelines.runs.manifest import check_files
from pipelines.runs.retention import prune
from pipelines.runs.store import TABLES

__all__ = ["fast"]  # the fixture
pytestmark = pytest.mark.usefixtures("fast")


def test_an_unchanged_source_is_nothing_new_and_is_proven(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    first, second, third = (run(source) for _ in range(3))
    assert len({first, second, third}) == 3
    assert manifest(second)["same_as"] == manifest(third)["same_as"] == first.name
    assert manifest(second)["inputs"] == manifest(first)["inputs"]
    assert manifest(second)["files"] == manifest(first)["files"]
    told = manifest(second)["lineage"]
    assert (told["cleaned"], told["documents"]["known"]) == (0, 60)
    assert check_files(third) == []
    assert (second.parents[1] / "latest").resolve() == third


def test_a_run_damaged_on_disk_is_not_repeated(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    first = run(source)
    (first / "rejected.csv").write_text("damaged")
    assert manifest(run(source))["same_as"] is None


def test_new_edited_and_deleted_documents_are_honoured(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    before = keys(run(source))
    lines = write(source, 66).read_text().splitlines()
    del lines[5]
    lines[7] = lines[7].split(",")[0] + ",zebra zebra stripes zebra"
    source.write_text("\n".join(lines) + "\n")
    folder = run(source, min_documents=1)
    told = manifest(folder)["lineage"]
    assert told["documents"] == {"known": 58, "new": 6, "edited": 1, "deleted": 1}
    assert told["cleaned"] <= 7
    now = keys(folder)
    same = [now[doc] == key for doc, key in before.items() if doc in now]
    assert np.mean(same) > 0.95
    assert "zebra" in (folder / "model" / "model.json").read_text()
    gone = set(before) - set(now)
    assert len(gone) == 1


def test_another_seed_keeps_documents_under_their_keys(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", 90)
    before, now = keys(run(source)), keys(run(source, seed=1))
    assert np.mean([now[doc] == key for doc, key in before.items()]) >= 0.9


def test_the_model_is_fitted_anew_by_the_rule(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    run(source)
    reasons = [
        manifest(run(source, refit="always"))["model"]["reason"],
        manifest(run(source, topics=2))["model"]["reason"],
        manifest(run(write(source, 60, first=1000), topics=2))["model"]["reason"],
        manifest(run(write(source, 61, first=1000), topics=2))["model"]["reason"],
    ]
    assert "as asked" in reasons[0]
    assert "topics changed" in reasons[1]
    assert "60 of 60 documents are new" in reasons[2]
    assert "goes on from run" in reasons[3]


def test_a_new_subject_overnight_is_a_new_topic_and_the_others_keep_their_keys(
    tmp_path: Path,
) -> None:
    source = write(tmp_path / "in.csv", 90)
    first = run(source, topics=None)
    subject = ["voucher", "coupon", "discount", "code", "expired", "rejected", "promotion"]
    random_words = random.Random(0)
    with source.open("a") as stream:
        for number in range(14):
            stream.write(f"v{number},{' '.join(random_words.choices(subject, k=6))}.\n")
    second = run(source, topics=None)
    told = manifest(second)
    assert "1 new, of 14 documents" in told["model"]["reason"]
    born = [one for one in told["changes"] if one["kind"] == "new"]
    assert [one["size"] for one in born] == [14]
    before, now = keys(first), keys(second)
    assert np.mean([now[doc] == key for doc, key in before.items()]) >= 0.95
    assert {now[f"v{number}"] for number in range(14)} == {born[0]["key"]}


def test_a_number_that_was_asked_for_is_kept_and_the_reader_is_warned(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", 90, subjects=2)
    run(source, topics=2)
    with write(source, 90, subjects=2).open("a") as stream:
        for number in range(14):
            stream.write(f"v{number},voucher coupon discount code expired.\n")
    told = manifest(run(source, topics=2))
    assert told["n_topics"] == 2
    assert any("14 documents have new subjects" in text for text in told["warnings"])


def test_a_subject_that_trickles_in_is_a_topic_once_there_is_enough_of_it(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", 90)
    run(source, topics=None)
    found = []
    for number in range(12):
        with source.open("a") as stream:
            stream.write(f"v{number},voucher coupon discount {'code ' * (1 + number % 3)}.\n")
        found.append([c["size"] for c in manifest(run(source, topics=None))["changes"]])
    assert sum(map(len, found)) == 1
    assert found.index(next(filter(None, found))) >= 4


def test_a_run_is_repeated_byte_by_byte_from_its_manifest(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    run(source)
    second = run(write(source, 64))
    choose("demo", "1", tmp_path / "out", text="Named after the second run")
    run(write(source, 64), seed=3)
    again = run(
        source, config=str(second / "manifest.json"), out=str(tmp_path / "again"), topics=None
    )
    # The workbook carries the run's id and date.
    files = [manifest(folder)["files"] for folder in (again, second)]
    assert all(one.pop("report.xlsx") for one in files)
    assert files[0] == files[1]
    write(source, 70)
    with pytest.raises(InputError, match="has changed since run"):
        run(source, config=str(second / "manifest.json"), topics=None)


def test_a_name_a_merge_and_a_hidden_topic_are_kept(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    first = pd.read_parquet(run(source) / "topics.parquet")
    out = tmp_path / "out"
    choose("demo", first["key"][0], out, text=" Card  declined ")
    choose("demo", "2", out, hidden=True)
    choose("demo", "3", out, into="2")
    for seed in (0, 5):
        folder = run(source, seed=seed)
        topics = pd.read_parquet(folder / "topics.parquet").set_index("key")
        assert topics.loc[first["key"][0], "label"] == "Card declined"
        assert topics.loc[first["key"][1], "size"] == first["size"][1] + first["size"][2]
        assert first["key"][2] not in topics.index
        assert first["key"][1] not in {
            pd.read_parquet(folder / "topics.parquet").set_index("topic_id")["key"][one["topic_id"]]
            for one in manifest(folder)["brief"]["quotations"]
        }
        assert manifest(folder)["hidden"] == [topics.loc[first["key"][1], "topic_id"]]
    choose("demo", first["key"][2], out, part=True)
    choose("demo", first["key"][0], out, text="")
    assert load_names(out / "demo").merged == {}
    assert load_names(out / "demo").labels == {}


def test_a_name_takes_effect_in_the_present_report(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    first = run(source)
    before = first.joinpath("topics.csv").read_bytes()
    out, latest = tmp_path / "out", tmp_path / "out" / "demo" / "latest"
    automatic = pd.read_parquet(first / "topics.parquet")["label"].tolist()
    said = choose("demo", "1", out, text="Cards we lost", hidden=False)
    assert str(latest.resolve() / "report.html") in said
    assert first.joinpath("topics.csv").read_bytes() == before
    assert latest.resolve() != first
    assert check_files(latest.resolve()) == []
    tables = {name: pd.read_parquet(latest / f"{name}.parquet") for name in TABLES}
    assert tables["topics"]["label"].tolist() == ["Cards we lost", *automatic[1:]]
    for name in ("documents", "summaries"):
        named = tables[name].loc[tables[name]["topic_id"] == 1, "topic_name"]
        assert set(named) == {"Cards we lost"}
    assert "“Cards we lost”" in (latest / "brief.md").read_text()
    book = openpyxl.load_workbook(latest / "report.xlsx")
    assert book["Topics"]["C2"].value == "Cards we lost"
    value = manifest(latest)
    assert value["same_as"] == first.name
    assert "“Cards we lost”" in value["brief"]["text"]
    choose("demo", "1", out, text="")
    assert pd.read_parquet(latest / "topics.parquet")["label"].tolist() == automatic


def test_a_renamed_run_is_what_the_next_run_would_have_written(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    first = run(source)
    run(write(source, 66))
    choose("demo", "2", tmp_path / "out", text="Another name", hidden=True)
    renamed = (tmp_path / "out" / "demo" / "latest").resolve()
    again = run(source)
    assert manifest(again)["same_as"] == manifest(renamed)["same_as"]
    assert manifest(renamed)["hidden"] == [2]
    assert manifest(again)["files"] == manifest(renamed)["files"]
    # The run itself, started anew with the name, writes the same tables.
    anew = run(source, follows=str(first), refit="never")
    for name in ("topics", "documents", "summaries"):
        before, after = (pd.read_parquet(f / f"{name}.parquet") for f in (renamed, anew))
        pd.testing.assert_frame_equal(before, after)
    assert manifest(anew)["brief"] == manifest(renamed)["brief"]
    assert manifest(anew)["changes"] == manifest(renamed)["changes"]


def test_a_merge_waits_for_the_next_run_also_after_a_name(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    run(source)
    out = tmp_path / "out"
    assert choose("demo", "3", out, into="2").startswith("from the next run on, topic")
    choose("demo", "1", out, text="A name")
    assert manifest(out / "demo" / "latest")["n_topics"] == 3
    assert manifest(run(source))["n_topics"] == 2


def test_a_name_given_during_a_run_waits_for_the_next_one(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    run(source)
    with open_run(tmp_path / "out", "demo"):
        said = choose("demo", "1", tmp_path / "out", text="A name")
    assert "from the next run on" in said
    assert load_names(tmp_path / "out" / "demo").labels != {}


def test_a_choice_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    merge(tmp_path, "b", "a")
    with pytest.raises(InputError, match="already part"):
        merge(tmp_path, "a", "b")
    with pytest.raises(InputError, match="cannot be a topic's name"):
        rename(tmp_path, "a", "x" * 101)
    with pytest.raises(InputError, match="is not a finished run"):
        choose("nosuch", "1", tmp_path, text="x")
    with pytest.raises(InputError, match="nothing to do: give TEXT"):
        choose("nosuch", "1", tmp_path)
    (tmp_path / "names.json").write_text('{"labels": 1}')
    with pytest.raises(StorageError, match="cannot read"):
        load_names(tmp_path)


@pytest.mark.parametrize("rest", [0, 1])
def test_a_source_that_shrank_to_nothing_is_not_published(tmp_path: Path, rest: int) -> None:
    source = write(tmp_path / "in.csv")
    first = run(source)
    write(source, rest)
    with pytest.raises(GateError, match="min_documents_share"):
        run(source, min_documents_share=0.5)
    assert published_runs(first.parents[1]) == [first]
    assert manifest(run(write(source), seed=1))["lineage"]["cleaned"] == 0
    if rest == 0:
        write(source, rest)
        with pytest.raises(NoDocumentsError):
            run(source)


def test_a_coherence_below_the_gate_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(GateError, match="min_coherence"):
        run(write(tmp_path / "in.csv"), min_coherence=0.999)


def test_a_source_written_to_while_it_is_read_is_a_storage_error(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    with (
        pytest.raises(StorageError, match="changed while it was read"),
        unchanged_while_reading([str(source)]),
        source.open("a") as stream,
    ):
        stream.write("more\n")


def test_damaged_memory_is_named_and_can_be_passed_over(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv")
    first = run(source)
    (first / "model" / "continuity.json").write_text("{")
    with pytest.raises(StorageError, match="--follows none"):
        run(source, seed=1)
    assert manifest(run(source, seed=1, follows="none"))["lineage"]["run"] == 1


# --- the cache


def cleaned(texts: Sequence[str], settings: CleaningSettings, folder: Path) -> Cleaned:
    return clean_new(texts, text_digests(texts), find_languages(texts), settings, folder)


def test_cleaned_from_the_cache_equals_cleaned_afresh(tmp_path: Path) -> None:
    texts = ["The cat sat. A dog ran!", "Trains are late.", "The cat sat. A dog ran!", ""]
    settings = Settings.create()
    first = cleaned(texts, settings, tmp_path)
    assert first.n_cleaned == 3
    later = ["New words came.", *texts[1:], "Trains are late."]
    second = cleaned(later, settings, tmp_path)
    assert second.n_cleaned == 1
    expected = clean(later, settings)
    assert second.tokens.words == expected.words
    for name in ("codes", "sentence_tokens", "document_sentences", "spans"):
        assert np.array_equal(getattr(second.tokens, name), getattr(expected, name))


def test_other_settings_and_damaged_files_clean_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts = ["The cat sat.", "Trains are late."]
    cleaned(texts, Settings.create(), tmp_path)
    other = CleaningSettings(stop_words=("cat",))
    assert cleaned(texts, other, tmp_path).n_cleaned == 2
    assert cleaned(texts, other, tmp_path).n_cleaned == 0
    (tmp_path / "tokens.npz").write_bytes(b"PK damaged")
    assert cleaned(texts, other, tmp_path).n_cleaned == 2
    (tmp_path / "header.npz").write_bytes(b"damaged")
    assert cleaned(texts, other, tmp_path).n_cleaned == 2
    assert "cannot be read" in caplog.text


# --- retention


def _published(home: Path, days_ago: float, same_as: str | None = None) -> str:
    with open_run(home.parent, home.name) as one:
        created = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()
        record = record_of(small_model())
        assert record.published is not None
        published = replace(record.published, created=created, same_as=same_as, run_id=one.run_id)
        return publish(one, replace(record, published=published)).name


def test_retention_by_number_counts_results_not_repeats(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    ids = [_published(home, 0)]
    ids += [_published(home, 0, same_as=ids[0]), _published(home, 0), _published(home, 0)]
    assert prune(home, keep_runs=2) == ids[:2]
    assert [folder.name for folder in published_runs(home)] == ids[2:]


def test_retention_by_age_never_removes_the_last_run(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    ids = [_published(home, 10), _published(home, -5), _published(home, 9)]
    assert prune(home, keep_days=7) == ids[:1]
    assert (home / "latest").resolve().name == ids[2]
    assert prune(home) == []


def test_a_removal_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    _published(home, 0)
    (home / "runs" / ".removing-x").mkdir()
    prune(home, keep_runs=1)
    assert not (home / "runs" / ".removing-x").exists()


# --- the watch list


def _documents() -> tuple[pd.DataFrame, pd.DataFrame]:
    stamps = pd.date_range("2026-01-01", periods=60, freq="D", tz="UTC")
    texts = ["the refund came" if day >= 40 else "all is well" for day in range(60)]
    topic = np.where(np.arange(60) >= 40, 2, 1)
    documents = pd.DataFrame({"text": texts, "topic_id": topic, "timestamp": stamps})
    topics = pd.DataFrame({"topic_id": [1, 2], "key": ["aa", "bb"], "label": ["Well", "Refunds"]})
    return documents, topics


def test_what_rose_beyond_its_limit_is_warned_about(tmp_path: Path) -> None:
    path = tmp_path / "watch.toml"
    path.write_text(
        '[[watch]]\nterm = "Refund"\n[[watch]]\ntopic = "Refunds"\n[[watch]]\nterm = "well"\n'
    )
    documents, topics = _documents()
    alerts = find_alerts(read_watch_list(path), documents, topics)
    assert [(one.kind, one.subject, one.key) for one in alerts] == [
        ("term", "Refund", None),
        ("topic", "Refunds", "bb"),
    ]
    assert (alerts[0].now, alerts[0].before) == (20, 0)
    assert "more than 2 times" in alerts[0].text


def test_without_dates_a_run_is_compared_with_the_last(tmp_path: Path) -> None:
    path = tmp_path / "watch.yaml"
    path.write_text("watch: [{topic: bb, than: last run, above: 1.5}]")
    documents, topics = _documents()
    watches = read_watch_list(path)
    undated = documents.drop(columns="timestamp")
    before = undated.assign(topic_id=[7] * 50 + [8] * 10)
    assert find_alerts(watches, undated, topics) == []
    assert len(find_alerts(watches, undated, topics, before, {7: "aa", 8: "bb"})) == 1
    assert find_alerts(watches, undated, topics, undated, {1: "aa", 2: "bb"}) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("watch: 3", "no list"),
        ("watch: [{}]", "either a term or a topic"),
        ("watch: [{term: a, topic: b}]", "either a term or a topic"),
        ("watch: [{term: a, above: -1}]", "above"),
        ("watch: [{terms: a}]", "entry 1"),
        ("a: [", "is not valid YAML"),
    ],
)
def test_a_bad_watch_list_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "watch.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_watch_list(path)


def test_a_missing_watch_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        run(write(tmp_path / "in.csv"), watch=os.fspath(tmp_path / "none.toml"))
