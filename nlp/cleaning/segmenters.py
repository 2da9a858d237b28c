"""Words of languages that write none apart: Chinese, Japanese, Thai, by optional libraries."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

from nlp.errors import InputError

Segmenter = Callable[[str], list[str]]
# The library, and what else its extra installs.
_LIBRARIES = {"zh": ("rjieba",), "ja": ("sudachipy", "sudachidict_core"), "th": ("pythainlp",)}
UNSPACED = frozenset(_LIBRARIES)


def is_installed(language: str) -> bool:
    """Whether words of the language can be found: its own library is there, or it needs none."""
    return all(find_spec(name) is not None for name in _LIBRARIES.get(language, ()))


@cache
def segmenter(language: str) -> Segmenter | None:
    """What cuts a text of the language into words; None if blanks do.

    Raises `InputError` that names the extra to install.
    """
    if language not in UNSPACED:
        return None
    if not is_installed(language):
        raise InputError(
            f"language: documents in {language!r} need a library that finds their words: "
            f"pip install 'topicbrief[{language}]'"
        )
    return {"zh": _chinese, "ja": _japanese, "th": _thai}[language]()


def _chinese() -> Segmenter:
    import rjieba

    return lambda text: list(rjieba.cut(text))


def _japanese() -> Segmenter:
    from sudachipy import dictionary, tokenizer

    # B: words of middle length, as a dictionary lists them.
    cutter = dictionary.Dictionary().tokenizer(mode=tokenizer.Tokenizer.SplitMode.B)
    return lambda text: [morpheme.surface() for morpheme in cutter.tokenize(text)]


def _thai() -> Segmenter:
    from pythainlp.tokenize import word_tokenize

    return lambda text: list(word_tokenize(text, engine="newmm"))
