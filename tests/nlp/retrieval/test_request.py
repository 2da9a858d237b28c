"""What a person may ask of the documents."""

from __future__ import annotations

import pandas as pd
import pytest

from nlp.errors import InputError
from nlp.retrieval.request import Request

TABLE = pd.DataFrame(
    {
        "topic_id": [1, 2, -1],
        "timestamp": pd.to_datetime(["2026-01-01", "2026-02-01", "NaT"], utc=True),
        "size": [1.0, 2.5, None],
        "channel": ["mail", "web", "mail"],
    }
)
COLUMNS = list(TABLE.columns)


def test_all_faults_are_named_together() -> None:
    request = Request(topic=9, since="soon", where=(("colour", "red"),), top=0)
    with pytest.raises(InputError) as caught:
        request.check(COLUMNS, [-1, 1, 2])
    for part in ("query: give either", "topic: ", "since: 'soon'", "no column 'colour'", "top: 0"):
        assert part in str(caught.value)


@pytest.mark.parametrize("query", ["", " \n\t"])
def test_an_empty_query_is_refused(query: str) -> None:
    with pytest.raises(InputError, match="empty"):
        Request(query).check(COLUMNS, [1])


def test_dates_need_a_column_of_dates() -> None:
    with pytest.raises(InputError, match="have no date"):
        Request("card", since="2026-01-31").check(["doc_id"], [1])


@pytest.mark.parametrize(
    ("request_", "allowed"),
    [
        (Request("x"), [True, True, True]),
        (Request("x", topic=-1), [False, False, True]),
        (Request("x", since="2026-01-15"), [False, True, False]),
        (Request("x", where=(("size", "1"),)), [True, False, False]),
        (Request("x", where=(("size", ""),)), [False, False, True]),
        (Request("x", where=(("channel", "mail"), ("size", "1"))), [True, False, False]),
    ],
)
def test_conditions_allow_exactly_the_documents_that_meet_them(
    request_: Request, allowed: list[bool]
) -> None:
    request_.check(COLUMNS, [-1, 1, 2])
    assert request_.allowed(TABLE).tolist() == allowed
