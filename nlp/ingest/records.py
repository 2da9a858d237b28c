"""Records: what a source is made of, and why one is dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a record was dropped: a closed list."""

    MALFORMED = "malformed_record"
    BLANK = "blank_line"
    REPEATED_HEADER = "repeated_header"
    METADATA = "metadata_row"
    MISSING = "missing_text"
    EMPTY = "empty_text"
    PLACEHOLDER = "placeholder"
    NO_WORDS = "no_words"
    DUPLICATE_ID = "duplicate_id"
    OTHER_LANGUAGE = "other_language"
    UNSUPPORTED = "unsupported_file"
    UNREADABLE = "unreadable_file"


@dataclass(frozen=True, slots=True)
class Record:
    """One raw record, or the reason why there is none."""

    source: str
    number: int
    """Counted from 1 within its source."""
    fields: Mapping[str, object]
    reason: Reason | None = None
    detail: str = ""


TEXT = "text"
"""The one column of a source that has no columns."""
NAME = "file"
"""The column that holds the path of a text file inside its folder or archive."""
