"""Columns: guessed where there is no doubt, and named in the error where there is."""

from __future__ import annotations

import pytest

from nlp.config import SourceSettings
from nlp.errors import InputError
from nlp.ingest.columns import Columns, find_columns

WORDS = ["the parcel never came to my door", "please refund the broken blue lamp", "it is late"]


def find(table: dict[str, list[object]], **options: str) -> Columns:
    return find_columns(table, SourceSettings(**options))


def test_one_column_is_the_text() -> None:
    assert find({"anything": list(WORDS)}).text == "anything"


def test_known_names_are_found_whatever_their_case() -> None:
    columns = find({"ID": [1, 2, 3], "Created_At": ["2026-01-01"] * 3, "BODY": list(WORDS)})
    assert (columns.text, columns.id, columns.time) == ("BODY", "ID", "Created_At")


def test_a_clearly_longer_column_is_the_text() -> None:
    columns = find({"a": ["x", "y", "z"], "b": list(WORDS)})
    assert (columns.text, columns.carried) == ("b", ("a",))


def test_two_long_columns_are_named_in_the_error() -> None:
    with pytest.raises(InputError, match=r"text: cannot tell .*\(columns: a, b\): .*--text"):
        find({"a": list(WORDS), "b": list(WORDS)})


def test_a_known_name_does_not_win_over_a_much_longer_column() -> None:
    with pytest.raises(InputError, match="cannot tell"):
        find({"title": ["lost", "late", "gone"], "betreff": list(WORDS)})


def test_body_wins_over_its_short_title() -> None:
    columns = find({"title": ["lost", "refund", "late"], "body": list(WORDS)})
    assert columns.text == "body"


@pytest.mark.parametrize("table", [{}, {"a": [1, 2], "b": [3, 4]}, {"text": [1], "n": [2]}])
def test_a_table_without_text_is_an_input_error(table: dict[str, list[object]]) -> None:
    with pytest.raises(InputError, match="text: cannot tell"):
        find(table)


def test_all_missing_columns_are_named_at_once_with_what_may_be_meant() -> None:
    with pytest.raises(InputError) as caught:
        find({"body": list(WORDS), "when": [1, 2, 3]}, text="boddy", time="date", id="key")
    message = str(caught.value)
    assert "text: no column 'boddy' (columns: body, when); did you mean 'body'?" in message
    assert "id: no column 'key'" in message
    assert "time: no column 'date'" in message
    assert "\n" not in message


def test_names_with_line_breaks_and_thousands_of_columns_make_one_short_line() -> None:
    table: dict[str, list[object]] = {f"a\nb{number}{'x' * 200}": [1] for number in range(5_000)}
    with pytest.raises(InputError) as caught:
        find(table)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 2_000
    assert "5000 in all" in str(caught.value)


def test_an_id_that_repeats_is_not_guessed_and_the_user_is_told() -> None:
    columns = find({"id": ["a", "a", None], "body": list(WORDS)})
    assert columns.id is None
    assert columns.carried == ("id",)
    assert "2 of 3 values repeat or are missing" in columns.warnings[0]
    assert find({"id": ["a", "a", None], "body": list(WORDS)}, id="id").id == "id"


def test_a_column_named_day_that_holds_no_dates_is_carried() -> None:
    columns = find({"day": ["Monday", "Tuesday", "2026-01-01"], "body": list(WORDS)})
    assert columns.time is None
    assert columns.carried == ("day",)
    assert "most values are no dates" in columns.warnings[0]


def test_a_column_asked_for_is_not_guessed_for_another_role() -> None:
    columns = find({"id": ["a", "b", "c"], "body": list(WORDS)}, label="id")
    assert (columns.id, columns.label) == (None, "id")


LONG = ["my order is late again", "the card was charged twice", "no reset mail ever came"]


def test_a_date_or_a_code_is_never_the_text() -> None:
    tables: list[dict[str, list[object]]] = [
        {"id": [1, 2, 3], "created_at": ["Wed Mar 04 10:00:00 +0000 2026"] * 3},
        {"when": ["March 4, 2026", "March 5, 2026", "March 6, 2026"]},
        {"code": ["K-1", "K-2", "K-3"]},
    ]
    for table in tables:
        with pytest.raises(InputError, match="text: cannot tell"):
            find(table)


def test_a_question_and_its_answer_are_both_named() -> None:
    with pytest.raises(InputError, match="'question' and 'answer' both may"):
        find({"question": list(LONG), "answer": list(WORDS)})


def test_a_column_called_text_is_not_passed_over_without_a_word() -> None:
    columns = find({"text": ["late", "lost", "gone"], "description": list(WORDS)})
    assert columns.text == "description"
    assert "column 'text' is not taken for the text" in columns.warnings[0]


def test_several_columns_are_joined_and_carried() -> None:
    columns = find({"title": list(LONG), "body": list(WORDS)}, text="title, body")
    assert (columns.texts, columns.carried) == (("title", "body"), ("title", "body"))


def test_ids_are_known_by_name_and_by_telling_rows_apart() -> None:
    table: dict[str, list[object]] = {
        "product_id": ["P", "P", "Q"], "ReviewId": ["a", "b", "c"], "review": list(WORDS)
    }  # fmt: skip
    assert find(table).id == "ReviewId"
