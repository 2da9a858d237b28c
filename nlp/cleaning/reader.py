"""spaCy: texts into cleaned words and sentences. The only spaCy import.

A text is never changed, only masked: what must not become a word (markup, addresses, control
characters, long runs of punctuation, on which spaCy's tokenizer takes quadratic time) is
overwritten by as many spaces, so that every offset stays true in the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from nlp.cleaning.lemmas import Lemmas
from nlp.cleaning.stop_words import MORE_STOP_WORDS
from nlp.cleaning.tokens import Tokens
from nlp.config import CleaningSettings
from nlp.errors import InputError
from nlp.progress import Progress, silent

if TYPE_CHECKING:
    from spacy.language import Language

_LONGEST_WORD = 50
_LONGEST_PIECE = 100_000
_BATCH_CHARACTERS = 500_000
_SHORT_LINE = 45
_MOST_LEXEMES = 300_000
_DROPPED = -1

_MASKED = re.compile(
    r"""
    <[A-Za-z/!][^<>]{0,500}>                                  # markup
    | &(?:\#\d{1,7}|\#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,10});        # character references
    | (?:https?://|www\.)[^\s<>"]{1,2000}                       # web addresses
    | (?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}           # e-mail addresses
    | [\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffd\ud800-\udfff]  # control characters
    | (?<=[^\w\s]{3})[^\w\s]+              # all but three of a run of punctuation or emoji
    | (?<=_)_+                             # rules drawn with underscores
    """,
    re.VERBOSE,
)
_LONG_RUN = re.compile(r"(\S{999})\S")
_LETTER = re.compile(r"[^\W\d_]")
# Ordinals, times and amounts: 1st, 8:00pm, 20kg, 30km. What has a name of its own stays: 4G, 2FA.
_MEASURE = re.compile(
    r"\d[\d.,:/'x×-]*(?:st|nd|rd|th|s|er|ère|ème|e|[ap]\.?m\.?|h|hrs?|min|sec|[km]?bit/s|"
    r"[mck]?m|km/h|[mk]?g|[mkgt]b|bn|k|m|[€$£]|eur|usd|gbp|chf|uhr|º|ª)?[.\d]*$",
    re.IGNORECASE,
)
# What the tokenizer cuts off a number.
_UNITS = frozenset(
    (
        *("am", "cm", "eur", "gb", "gbp", "hrs", "kb", "kg", "km", "km/h"),
        *("mb", "mg", "ml", "mm", "pm", "usd"),
    )
)
_NETWORKS = ("2G", "3G", "4G", "5G", "6G")
# The sentence-final marks of most scripts; spaCy's sentencizer uses the same idea.
_FINAL = frozenset("!.?…‽؟۔।॥։።፧።။។៕。！．？｡𑁇")


def clean(
    texts: Sequence[str],
    settings: CleaningSettings | None = None,
    progress: Progress = silent,
) -> Tokens:
    """Cleaned words of each text, in its sentences: lower-cased lemmas without stop words.

    Raises `InputError` if the trained pipeline asked for is not installed.
    """
    reader = _Reader(settings or CleaningSettings())
    documents: list[list[list[int]]] = []
    spans: list[list[tuple[int, int]]] = []
    for batch in _batches(texts):
        for sentences in reader.read(batch):
            documents.append([codes for codes, _ in sentences])
            spans.append([span for _, span in sentences])
        progress(len(documents), len(texts))
    return Tokens.from_codes(tuple(reader.words), documents, spans)


def mask(text: str) -> str:
    """The text with all that is not language overwritten by spaces, at the same length."""
    masked = _MASKED.sub(lambda match: " " * (match.end() - match.start()), text)
    return _LONG_RUN.sub(r"\1 ", masked)


Sentence = tuple[list[int], tuple[int, int]]


class _Reader:
    """Tokenizes texts and decides once for each distinct token what becomes of it."""

    def __init__(self, settings: CleaningSettings) -> None:
        from spacy.attrs import IDX, LEMMA, LENGTH, ORTH, POS

        self._settings = settings
        self._language = _load(settings)
        self._trained = settings.spacy_model is not None
        self._attributes = [ORTH, IDX, LENGTH, *((LEMMA, POS) if self._trained else ())]
        self._kept_tags = _tag_ids(settings) if self._trained else frozenset()
        self._lemmas = None if self._trained else _lemmas(settings.language)
        self._stop_words = frozenset(
            word.lower()
            for word in (
                *self._language.Defaults.stop_words,
                *MORE_STOP_WORDS[settings.language],
                *settings.stop_words,
            )
        )
        self._codes: dict[tuple[int, ...], int] = {}
        self.words: dict[str, int] = {}

    def read(self, texts: Sequence[str]) -> Iterator[list[Sentence]]:
        """Sentences of each text: codes of the kept words, and the span in the original."""
        pieces = [
            (number, offset, piece)
            for number, text in enumerate(texts)
            for offset, piece in _pieces(mask(text))
        ]
        sentences: list[list[Sentence]] = [[] for _ in texts]
        with self._bounded_memory():
            tokenizer: Any = self._language.tokenizer
            pipe = self._language.pipe if self._trained else tokenizer.pipe
            docs = pipe(piece for _, _, piece in pieces)
            for (number, offset, piece), doc in zip(pieces, docs, strict=True):
                sentences[number].extend(self._sentences(doc, piece, offset))
        yield from sentences

    @contextmanager
    def _bounded_memory(self) -> Iterator[None]:
        """Keep spaCy from holding every string it ever saw.

        A memory zone does so, but switches the tokenizer's cache off (three times slower), so a
        blank pipeline, which costs nothing to make, is made anew instead.
        """
        if self._trained:
            with self._language.memory_zone():
                yield
            return
        if len(self._language.vocab) > _MOST_LEXEMES:
            self._language = _load(self._settings)
        yield

    def _sentences(self, doc: Any, piece: str, offset: int) -> Iterator[Sentence]:
        """Cut after a final mark, a blank line, or a line too short to have been wrapped.

        A line break after a final mark is enough: what follows may be a dash or a bullet.
        """
        codes: list[int] = []
        first = last = line_start = 0
        open_, final = False, False
        for orth, start, length, *rest in doc.to_array(self._attributes).tolist():
            end = start + length
            text = piece[start:end]
            if text.isspace():
                if "\n" not in text:
                    continue
                ends = final or text.count("\n") > 1 or start - line_start < _SHORT_LINE
                line_start = end
            else:
                ends = final and (text[0].isalnum() or text[0] in "¿¡([{“„«")
            if ends and open_:
                yield codes, (offset + first, offset + last)
                codes, open_, final = [], False, False
            if text.isspace():
                continue
            if not open_:
                first, open_ = start, True
            last = end
            if text[0] in _FINAL:
                final = True
            elif text[0].isalnum():
                final = False
            code = self._code(orth, rest, text)
            if code != _DROPPED:
                codes.append(code)
        if open_:
            yield codes, (offset + first, offset + last)

    def _code(self, orth: int, rest: list[int], text: str) -> int:
        key = (orth, *rest)
        code = self._codes.get(key)
        if code is None:
            word = self._word(text, rest)
            code = self.words.setdefault(word, len(self.words)) if word else _DROPPED
            self._codes[key] = code
        return code

    def _word(self, text: str, rest: list[int]) -> str:
        """The cleaned word, or nothing if the token is not kept."""
        # An accent may be a character of its own; the tables have the letter that carries it.
        text = text if text.isascii() else normalize("NFC", text)
        if len(text) > _LONGEST_WORD or text[0] == "@" or not _LETTER.search(text):
            return ""
        measure = text[0].isdigit() and text.upper() not in _NETWORKS and _MEASURE.match(text)
        if measure or text.lower() in _UNITS:
            return ""
        if self._lemmas is None:
            lemma = self._language.vocab.strings[rest[0]] if rest[0] else text
            if self._kept_tags and rest[1] not in self._kept_tags:
                return ""
        else:
            lemma = self._lemmas.lemma(text)
        word = lemma.lower().strip("'’-_.#/*+=~^|")
        if len(word) < 2 or word in self._stop_words or text.lower() in self._stop_words:
            return ""
        return "".join(word.split())


def _load(settings: CleaningSettings) -> Language:
    import spacy

    if settings.spacy_model is None:
        language = spacy.blank(settings.language)
        tokenizer: Any = language.tokenizer
        for name in (*_NETWORKS, *map(str.lower, _NETWORKS)):
            # Else its G is taken for grams.
            tokenizer.add_special_case(name, [{"ORTH": name}])
        return language
    try:
        return spacy.load(settings.spacy_model, exclude=["ner", "parser", "entity_linker"])
    except OSError as error:
        raise InputError(
            f"spacy_model: no installed pipeline named {settings.spacy_model!r}: "
            "install its wheel with pip, or leave the option out"
        ) from error


@cache
def _lemmas(language: str) -> Lemmas:
    """The tables of `spacy-lookups-data`; German has none of nouns, but writes them so.

    Kept, for reading them takes a second.
    """
    from spacy.lookups import load_lookups

    names = ("lemma_lookup", "lemma_index", "lemma_exc")
    tables = load_lookups(language, list(names), strict=False)
    lookup, index, irregular = (tables.get_table(name, {}) for name in names)
    return Lemmas(
        language,
        lookup,
        nouns=frozenset(index.get("noun", ())),
        irregular_forms=frozenset((*irregular.get("verb", ()), *irregular.get("noun", ()))),
    )


def _tag_ids(settings: CleaningSettings) -> frozenset[int]:
    from spacy.parts_of_speech import IDS

    return frozenset(IDS[tag] for tag in settings.parts_of_speech)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Stretches short enough for spaCy, cut at a line break or a space where there is one."""
    start = 0
    while len(text) - start > _LONGEST_PIECE:
        limit = start + _LONGEST_PIECE
        cut = max(text.rfind("\n", start, limit), text.rfind(" ", start, limit)) + 1
        cut = cut if cut > start else limit
        yield start, text[start:cut]
        start = cut
    if start < len(text):
        yield start, text[start:]


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    first, size = 0, 0
    for number, text in enumerate(texts):
        size += len(text)
        if size >= _BATCH_CHARACTERS:
            yield texts[first : number + 1]
            first, size = number + 1, 0
    if first < len(texts):
        yield texts[first:]
