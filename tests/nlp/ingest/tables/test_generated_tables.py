"""Generated tables: whatever the dialect and the faults, every record is accounted for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from support.generated_tables import Table, tables

from nlp.config import SourceSettings
from nlp.errors import NoDocumentsError
from nlp.ingest.corpus import read_corpus

# 3,000 take minutes: TOPICBRIEF_TABLES=3000 python -m pytest tests/nlp/ingest/tables
MANY = int(os.environ.get("TOPICBRIEF_TABLES", "300"))
drawn = settings(
    # Making a failing table smaller takes minutes and tells little.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    max_examples=MANY,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@drawn
@given(table=tables())
def test_every_record_and_every_id_of_a_table_is_accounted_for(
    tmp_path: Path, table: Table
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(table.data)
    # An id that repeats is not guessed to be one.
    named = table.columns if "repeated id" in table.faults else {}
    corpus = read_corpus([path], SourceSettings(max_dropped=1.0, **named))
    assert corpus.records_in == len(corpus.documents) + len(corpus.rejected)
    found = dict(zip(corpus.documents["doc_id"], corpus.documents["text"], strict=True))
    known = {*found, *corpus.rejected["doc_id"]}
    assert [one for one in table.ids if one not in known] == []
    texts = {one: text.replace("\r\n", "\n") for one, text in found.items()}
    assert texts == table.kept


@settings(drawn, max_examples=50)
@given(table=tables())
def test_a_table_is_refused_only_for_its_malformed_rows(tmp_path: Path, table: Table) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(table.data)
    options = SourceSettings(max_dropped=1, **table.columns)
    whole = read_corpus([path], options)
    n_bad = whole.dropped.get("malformed_record", 0)
    assert n_bad <= len({"stray quote", "long row"} & {*table.faults})
    if n_bad > 0.05 * whole.records_in:
        with pytest.raises(NoDocumentsError, match=f"{n_bad} of {whole.records_in} records are"):
            read_corpus([path], SourceSettings(**table.columns))
    else:
        corpus = read_corpus([path], SourceSettings(**table.columns))
        assert len(corpus.documents) == len(whole.documents)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_share_allowed_decides(tmp_path: Path, share: float) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,text\n" + "".join(f"{n},text {n}\n" for n in range(99)) + "99,a,b\n")
    if share:
        assert len(read_corpus([path], SourceSettings(max_dropped=share)).documents) == 99
    else:
        with pytest.raises(NoDocumentsError, match=r"1 of 100 records .* record 100: line 101"):
            read_corpus([path], SourceSettings(max_dropped=share))
