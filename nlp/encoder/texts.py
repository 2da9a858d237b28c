"""Texts as word pieces: what an encoder reads of each text."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from nlp.arrays import Counts, Flags, Ints
from nlp.errors import InputError
from nlp.progress import Progress, silent

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# A text of 256 pieces with more characters than this is a table, a blob or blank space. The cut
# bounds time and memory for a text of any size.
_MOST_CHARACTERS = 20_000
# How many texts are read between two reports of progress: about 30 ms.
_STEP = 1_000


@dataclass(frozen=True)
class Pieces:
    """Word pieces of texts, one text after the other."""

    ids: Counts
    """(n_pieces,) numbers of the pieces, the encoder's own marks included."""
    starts: Ints
    """(n_texts + 1,) where each text starts in `ids`."""
    truncated: Flags
    """(n_texts,) whether the end of a text was left out."""
    unknown: Flags
    """(n_texts,) whether a text holds no piece that the encoder knows."""

    @cached_property
    def lengths(self) -> Ints:
        """(n_texts,) pieces of each text."""
        return np.diff(self.starts)


def read_pieces(
    texts: Sequence[str], tokenizer: Tokenizer, prompt: str = "", progress: Progress = silent
) -> Pieces:
    """The word pieces of texts, each text cut at the tokenizer's own limit.

    `prompt` is put before each text. A lone surrogate is read as U+FFFD, as a browser does.
    """
    ids = array("i")
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    truncated = np.zeros(len(texts), dtype=np.bool_)
    unknown = np.zeros(len(texts), dtype=np.bool_)
    unknown_id = _unknown_id(tokenizer)
    for number, text in enumerate(texts):
        whole = prompt + _without_surrogates(text)
        encoding = tokenizer.encode(whole[:_MOST_CHARACTERS])
        ids.extend(encoding.ids)
        starts[number + 1] = len(ids)
        truncated[number] = bool(encoding.overflowing) or len(whole) > _MOST_CHARACTERS
        unknown[number] = all(
            mark or piece == unknown_id
            for piece, mark in zip(encoding.ids, encoding.special_tokens_mask, strict=True)
        )
        if number % _STEP == 0:
            progress(number, len(texts))
    return Pieces(np.asarray(ids, dtype=np.int32), starts, truncated, unknown)


def check_texts(texts: Sequence[str]) -> None:
    """Raise `InputError` unless every element is a text; one text alone is no list of texts."""
    if isinstance(texts, str):
        raise InputError("encode: one text was given: put it into a list")
    strange = next((text for text in texts if not isinstance(text, str)), "")
    if strange != "":
        raise InputError(
            f"encode: {strange!r} is {type(strange).__name__}, not text: give str only, '' where "
            "a text is missing"
        )


def _without_surrogates(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _unknown_id(tokenizer: Tokenizer) -> int:
    """The number of the piece that stands for all unknown ones, or -1 if there is none."""
    named = getattr(tokenizer.model, "unk_token", None)
    found = (tokenizer.token_to_id(token) for token in (named, "<unk>", "[UNK]") if token)
    return next((number for number in found if number is not None), -1)
