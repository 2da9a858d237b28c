"""spaCy: texts into cleaned words and sentences. The only spaCy import."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from nlp.cleaning.languages import Languages, find_languages
from nlp.cleaning.lemmas import Lemmas
from nlp.cleaning.plain.normalised import Normalised
from nlp.cleaning.plain_text import plain_text
from nlp.cleaning.segmenters import UNSPACED, is_installed, segmenter
from nlp.cleaning.sentences import sentence_starts
from nlp.cleaning.stop_words import MORE_STOP_WORDS
from nlp.cleaning.tokens import Tokens
from nlp.cleaning.words import NETWORKS, composed, counted_word, lower, match_term, may_be_word
from nlp.config import CleaningSettings
from nlp.errors import InputError
from nlp.progress import Progress, silent

if TYPE_CHECKING:
    from spacy.language import Language

# spaCy's trained pipelines need about a gigabyte for each 100,000 characters in one text.
_LONGEST_PIECE = 100_000
# Enough for a batch to cost less than its parts, few enough for progress to be seen.
_BATCH_CHARACTERS = 500_000
# 300,000 lexemes take 150 megabytes.
_MOST_LEXEMES = 300_000
_DROPPED = -1
_CHUNK = re.compile(r"\S+")


def clean(
    texts: Sequence[str],
    settings: CleaningSettings | None = None,
    progress: Progress = silent,
) -> Tokens:
    """Cleaned words of each text, in its sentences: lower-cased lemmas without stop words.

    Raises `InputError` if the trained pipeline asked for is not installed.
    """
    settings = settings or CleaningSettings()
    return clean_in(texts, settings, languages_of(texts, settings), progress)


def languages_of(texts: Sequence[str], settings: CleaningSettings) -> Languages:
    """The languages to clean some texts in; those named by the settings are not looked for."""
    if settings.language == "auto":
        return find_languages(texts)
    return Languages(settings.language, ((settings.language, 1.0),))


def clean_in(
    texts: Sequence[str],
    settings: CleaningSettings,
    languages: Languages,
    progress: Progress = silent,
) -> Tokens:
    """As `clean`, each text by the rules of its language.

    Raises `InputError` if the main language needs a library that is not installed; documents of
    another one that does are left without words.
    """
    words: dict[str, int] = {}
    readers: dict[str, Reader] = {languages.main: Reader(languages.main, settings, words)}
    documents: list[list[list[int]]] = []
    spans: list[list[tuple[int, int]]] = []
    for batch in batches(texts):
        done = len(documents)
        told = (languages.of_documents or ())[done : done + len(batch)]
        for sentences in _read_mixed(batch, told, languages.main, readers, settings):
            documents.append([codes for codes, _ in sentences])
            spans.append([span for _, span in sentences])
        progress(len(documents), len(texts))
    tokens = Tokens.from_codes(tuple(words), documents, spans)
    # In a mixed corpus the order in which words are met depends on the batches.
    return tokens if languages.of_documents is None else tokens.compact()


def cleaner(settings: CleaningSettings) -> Callable[[Sequence[str]], Tokens]:
    """A function that cleans texts of one language and keeps its pipeline between calls.

    For few texts at a time, such as queries: making the pipeline takes far longer than they do.
    Without a language in the settings ("auto"), it reads English.
    """
    reader = Reader("en" if settings.language == "auto" else settings.language, settings)

    def read(texts: Sequence[str]) -> Tokens:
        found = [sentences for batch in batches(texts) for sentences in reader.read(batch)]
        documents = [[codes for codes, _ in sentences] for sentences in found]
        spans = [[span for _, span in sentences] for sentences in found]
        return Tokens.from_codes(tuple(reader.words), documents, spans).compact()

    return read


def _read_mixed(
    texts: Sequence[str],
    told: Sequence[str],
    main: str,
    readers: dict[str, Reader],
    settings: CleaningSettings,
) -> Iterator[list[Sentence]]:
    """Sentences of each text; each language's reader is made when it is first needed."""
    if not told:
        yield from readers[main].read(texts)
        return
    found: list[list[Sentence]] = [[] for _ in texts]
    for language in sorted(set(told)):
        if not is_installed(language):
            continue
        if language not in readers:
            readers[language] = Reader(language, settings, readers[main].words)
        rows = [row for row, name in enumerate(told) if name == language]
        for row, sentences in zip(
            rows, readers[language].read([texts[r] for r in rows]), strict=True
        ):
            found[row] = sentences
    yield from found


Sentence = tuple[list[int], tuple[int, int]]
Chunk = tuple[int, int, tuple[int, ...]]
"""Start and end of a stretch without a blank, and the codes of its words."""


class Reader:
    """Tokenizes texts of one language and decides once for each distinct token what it is."""

    def __init__(
        self, language: str, settings: CleaningSettings, words: dict[str, int] | None = None
    ) -> None:
        from spacy.attrs import IDX, LEMMA, LENGTH, ORTH, POS

        self._name = language
        self._settings = settings
        self._segment = segmenter(language)
        self._language = _load(language, settings.spacy_model)
        self._trained = settings.spacy_model is not None
        self._attributes = [ORTH, IDX, LENGTH, *((LEMMA, POS) if self._trained else ())]
        self._kept_tags = _tag_ids(settings) if self._trained else frozenset()
        self._lemmas = _lemmas(language)
        self._function_words = _function_words(language)
        self._stop_words = self._function_words | frozenset(
            lower(word, language)
            for word in (
                *self._function_words,
                *MORE_STOP_WORDS.get(language, ()),
                *settings.stop_words,
            )
        )
        self._tokenizer: Any = self._language.tokenizer
        self._chunks: dict[str, tuple[int, ...]] = {}
        self._codes: dict[Any, int] = {}
        self.words: dict[str, int] = {} if words is None else words
        """Codes of the words met so far."""

    def read(self, texts: Sequence[str]) -> Iterator[list[Sentence]]:
        """Sentences of each text: codes of the kept words, and the span in the original."""
        sources = [plain_text(text, self._lemmas.is_word) for text in texts]
        starts = [
            sentence_starts(source.text, self._name, self._function_words) for source in sources
        ]
        if self._trained:
            yield from self._read_by_pipeline(sources, starts)
            return
        for source, begins in zip(sources, starts, strict=True):
            yield _sentences(self._blank_chunks(source.text), source, begins)
        self._bound_memory()

    def _blank_chunks(self, text: str) -> Iterator[Chunk]:
        """What stands between blanks; a tokenizer looks no further, so each is cut only once."""
        known = self._chunks
        for match in _CHUNK.finditer(text):
            chunk = match[0]
            codes = known.get(chunk)
            if codes is None:
                found = (self._code(token, token, []) for token in self._tokens(chunk))
                codes = known[chunk] = tuple(code for code in found if code != _DROPPED)
            yield match.start(), match.end(), codes

    def _tokens(self, chunk: str) -> list[str]:
        if self._segment is not None and not chunk.isascii():
            return [token for token in self._segment(chunk) if token.strip()]
        return [token.text for token in self._tokenizer(chunk)]

    def _read_by_pipeline(
        self, sources: list[Normalised], starts: list[list[int]]
    ) -> Iterator[list[Sentence]]:
        """Sentences by a trained pipeline, which sees a whole text: it looks around each word."""
        cuts = [
            list(_pieces(one.text, begins)) for one, begins in zip(sources, starts, strict=True)
        ]
        with self._language.memory_zone():
            docs = self._language.pipe(piece for cut in cuts for _, piece in cut)
            for cut, source, begins in zip(cuts, sources, starts, strict=True):
                chunks = self._pipeline_chunks(cut, docs)
                yield _sentences(chunks, source, begins)

    def _pipeline_chunks(
        self, pieces: list[tuple[int, str]], docs: Iterator[Any]
    ) -> Iterator[Chunk]:
        for offset, piece in pieces:
            for orth, start, length, *rest in next(docs).to_array(self._attributes).tolist():
                text = piece[start : start + length]
                if text.isspace():
                    continue
                code = self._code((orth, *rest), text, rest)
                start += offset
                yield start, start + length, () if code == _DROPPED else (code,)

    def _bound_memory(self) -> None:
        """Keep spaCy from holding every string it ever saw.

        A memory zone does so, but switches the tokenizer's cache off (three times slower), so a
        blank pipeline, which costs nothing to make, is made anew instead.
        """
        if len(self._language.vocab) > _MOST_LEXEMES or len(self._chunks) > _MOST_LEXEMES:
            self._language = _load(self._name, None)
            self._tokenizer = self._language.tokenizer
            self._chunks.clear()

    def _code(self, key: Any, text: str, rest: list[int]) -> int:
        code = self._codes.get(key)
        if code is None:
            word = self._word(text, rest)
            code = self.words.setdefault(word, len(self.words)) if word else _DROPPED
            self._codes[key] = code
        return code

    def _word(self, text: str, rest: list[int]) -> str:
        """The cleaned word, or nothing if the token is not kept."""
        if not self._trained:
            return counted_word(text, self._lemmas.lemma, self._name, self._stop_words)
        if self._kept_tags and rest[1] not in self._kept_tags and may_be_word(composed(text)):
            return ""
        lemma = self._language.vocab.strings[rest[0]] if rest[0] else text
        return counted_word(text, lambda _: lemma, self._name, self._stop_words)


def _sentences(
    chunks: Iterator[Chunk], source: Normalised, starts: Sequence[int]
) -> list[Sentence]:
    """The words of a document, cut where its sentences begin."""
    sentences: list[Sentence] = []
    borders = iter((*starts, len(source.text) + 1))
    border = next(borders)
    codes: list[int] = []
    first, last = -1, 0
    for start, end, found in chunks:
        if start >= border:
            if first >= 0:
                sentences.append((codes, source.span(first, last)))
            codes, first = [], -1
            while start >= border:
                border = next(borders)
        if first < 0:
            first = start
        last = end
        codes += found
    if first >= 0:
        sentences.append((codes, source.span(first, last)))
    return sentences


def _load(language: str, spacy_model: str | None) -> Language:
    import spacy
    from spacy.util import compile_suffix_regex

    if spacy_model is None:
        # spaCy's own classes for these need the libraries that it uses to cut their words.
        blank: Any = spacy.blank("xx" if language in UNSPACED else language)
        tokenizer: Any = blank.tokenizer
        tokenizer.token_match = match_term
        # Some languages' rules leave the point at the end of `C#.` where it is.
        suffixes = compile_suffix_regex([*blank.Defaults.suffixes, r"(?<=[A-Za-z][#+])\."])
        tokenizer.suffix_search = suffixes.search
        for name in (*NETWORKS, *map(str.lower, NETWORKS)):
            # Else its G is taken for grams.
            tokenizer.add_special_case(name, [{"ORTH": name}])
        return cast("Language", blank)
    try:
        return spacy.load(spacy_model, exclude=["ner", "parser", "entity_linker"])
    except OSError as error:
        raise InputError(
            f"spacy_model: no installed pipeline named {spacy_model!r}: "
            "install its wheel with pip, or leave the option out"
        ) from error


def _function_words(language: str) -> frozenset[str]:
    """spaCy's stop words, in lower case."""
    module = import_module(f"spacy.lang.{language}.stop_words")
    return frozenset(lower(word, language) for word in module.STOP_WORDS)


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


def _pieces(text: str, starts: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Stretches short enough for spaCy, cut where a sentence begins, else at a space."""
    start = 0
    borders = iter(starts)
    border = next(borders, 0)
    while len(text) - start > _LONGEST_PIECE:
        limit, cut = start + _LONGEST_PIECE, start
        while start < border <= limit:
            cut, border = border, next(borders, 0)
        if cut == start:
            cut = text.rfind(" ", start, limit) + 1
        cut = cut if cut > start else limit
        yield start, text[start:cut]
        start = cut
    if start < len(text):
        yield start, text[start:]


def batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts in portions of about half a megabyte."""
    first, size = 0, 0
    for number, text in enumerate(texts):
        size += len(text)
        if size >= _BATCH_CHARACTERS:
            yield texts[first : number + 1]
            first, size = number + 1, 0
    if first < len(texts):
        yield texts[first:]
