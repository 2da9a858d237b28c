"""Settings: one set of names, checked on creation, every fault named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nlp.config import Settings, VocabularySettings
from nlp.errors import InputError


def test_defaults_are_valid_and_those_of_the_contract() -> None:
    settings = Settings.create()
    assert (settings.model, settings.topics, settings.language) == ("auto", "auto", "auto")
    assert (settings.summarizer, settings.sentences, settings.seed) == ("lexrank", 5, 0)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings.create().seed = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "bert"),
        ("topics", "many"),
        ("language", "xx"),
        ("seed", -1),
        ("seed", 2**32),
        ("sentences", 0),
        ("max_share", 0),
        ("max_share", 1.5),
        ("max_share", float("nan")),
        ("max_terms", 0),
        ("max_megabytes", 0),
        ("summarizer", "gpt"),
        ("format", "xls"),
        ("nonsense", 1),
    ],
)
def test_a_bad_value_is_named_with_what_was_seen(name: str, value: object) -> None:
    with pytest.raises(InputError) as caught:
        Settings.create(**{name: value})
    assert name in str(caught.value)
    assert repr(value) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_bad_part_of_speech_is_named() -> None:
    with pytest.raises(InputError, match=r"parts_of_speech: .*'NOUNS'"):
        Settings.create(parts_of_speech=("NOUN", "NOUNS"))


def test_all_faults_are_named_together() -> None:
    with pytest.raises(InputError) as caught:
        Settings.create(seed=-1, language="xx", sentences=0)
    assert all(name in str(caught.value) for name in ("seed", "language", "sentences"))


@given(st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(), max_size=3))
def test_any_values_are_settings_or_one_line_of_faults(values: dict[str, object]) -> None:
    message = ""
    try:
        Settings.create(**values)
    except InputError as error:
        message = str(error)
    assert len(message.splitlines()) <= 1


def test_settings_written_out_are_read_back() -> None:
    settings = Settings.create(topics=7, stop_words=("a",), text="body")
    assert Settings.create(**settings.model_dump(mode="json")) == settings


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_settings_of_one_step_are_part_of_all() -> None:
    assert isinstance(Settings.create(), VocabularySettings)
