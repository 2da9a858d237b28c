"""Shapes that a new user tried: second headers, objects in place of texts, files joined."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from nlp.config import Settings
from nlp.errors import InputError
from nlp.ingest import Corpus, frame_corpus, read_corpus


def read(path: Path, **options: object) -> Corpus:
    return read_corpus([path], Settings.create(**options))


def rows(n_rows: int = 40) -> list[str]:
    return [f"The parcel number {n} came late and the courier did not ring." for n in range(n_rows)]


def test_a_survey_with_a_second_header_row_keeps_its_answers_and_ids(tmp_path: Path) -> None:
    lines = ["Respondent ID,Collector ID,Start Date,What do you think of us?,How satisfied?"]
    lines += [",,,Open-Ended Response,Response"]
    lines += [
        f"{9000 + n},77,2026-03-{1 + n % 28:02} 10:00:00,{text},Very"
        for n, text in enumerate(rows())
    ]
    path = tmp_path / "survey.csv"
    path.write_text("\n".join(lines) + "\n")
    corpus = read(path)
    assert (len(corpus.documents), corpus.dropped) == (40, {"metadata_row": 1})
    assert corpus.documents["doc_id"].iloc[0] == "9000"


def test_a_header_that_a_joined_file_brings_with_its_mark_is_no_document(tmp_path: Path) -> None:
    one = "\ufeffid,text\n" + "".join(f"a{n},{text}\n" for n, text in enumerate(rows()))
    path = tmp_path / "joined.csv"
    path.write_text(one + one.replace("\na", "\nb"), encoding="utf-8")
    corpus = read(path)
    assert (len(corpus.documents), corpus.dropped) == (80, {"repeated_header": 1})


def test_objects_are_never_texts_and_the_message_names_the_texts_inside(tmp_path: Path) -> None:
    path = tmp_path / "nested.jsonl"
    records = [
        {"id": n, "payload": {"msg": {"text": text}, "lang": "en"}} for n, text in enumerate(rows())
    ]
    path.write_text("\n".join(map(json.dumps, records)))
    with pytest.raises(InputError, match=r"holds objects.*--text payload\.msg\.text"):
        read(path, text="payload")
    assert len(read(path, text="payload.msg.text").documents) == 40
    with pytest.raises(InputError, match=r"--text text\.a"):
        frame_corpus([{"id": n, "text": {"a": text}} for n, text in enumerate(rows())])


def test_records_under_their_keys_are_records(tmp_path: Path) -> None:
    path = tmp_path / "by_key.json"
    path.write_text(json.dumps({f"k{n}": {"id": n, "body": text} for n, text in enumerate(rows())}))
    assert len(read(path).documents) == 40


@pytest.mark.parametrize("seed", range(30))
def test_random_bytes_are_refused_and_never_shown(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "noise.csv"
    path.write_bytes(random.Random(seed).randbytes(2_000))
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value).isprintable()
