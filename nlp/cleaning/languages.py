"""The language of a corpus and of each document, found offline by py3langid.

py3langid (BSD, 4.5 MB) names the language of 97 % of question titles and of 98 % of German
sentences under 70 characters, in 35 µs each; lingua (Apache, 96 MB) is as right and takes 230 µs.
A million texts would take as long as the whole of cleaning, so a sample tells whether the corpus
has one language; only a mixed one is looked at document by document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from nlp.cleaning.plain_text import readable
from nlp.config import LANGUAGES

NAMES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
    "zh": "Chinese",
    "ja": "Japanese",
    "th": "Thai",
    "ar": "Arabic",
    "he": "Hebrew",
    "ru": "Russian",
    "el": "Greek",
    "tr": "Turkish",
}
WITHOUT_LEMMAS = frozenset({"ar", "he", "el"})
# A share of two thousand is known to within two per cent of the corpus.
_SAMPLE = 2_000
# Where the first characters do not tell the language, more of them seldom do.
_CHARACTERS = 400
# What is named with less certainty is too often wrong to count for a share of the corpus.
_SURE = 0.9
# Fewer documents in a language are slips of the detector: names, citations, codes.
_LEAST_SHARE, _LEAST_DOCUMENTS = 0.03, 3
# So many documents without one clear language are not chance any more.
_LEAST_TOLD = 20


@dataclass(frozen=True)
class Languages:
    """The languages of a corpus."""

    main: str
    """The language of most documents."""
    shares: tuple[tuple[str, float], ...]
    """Every language of a noticeable share of the documents, the largest first."""
    of_documents: tuple[str, ...] | None = None
    """(n_documents,) each document's language; None if all are cleaned in `main`."""
    warnings: tuple[str, ...] = ()
    """What a reader of the results must know, a sentence each."""

    def select(self, rows: Sequence[int]) -> Languages:
        """The same for some of the documents."""
        if self.of_documents is None:
            return self
        return replace(self, of_documents=tuple(self.of_documents[row] for row in rows))


def find_languages(texts: Sequence[str], language: str = "auto") -> Languages:
    """The languages of some texts; `language` other than auto is taken, and doubted if it misfits.

    The same for any order of threads; a text too short to tell has the language of most others.
    """
    step = max(1, len(texts) // _SAMPLE)
    sample = _guess(texts[::step])
    sure = Counter(name for name, certainty in sample if certainty >= _SURE)
    total = sum(sure.values())
    least = max(_LEAST_DOCUMENTS, _LEAST_SHARE * total)
    ranked = sorted(sure.items(), key=lambda item: (-item[1], LANGUAGES.index(item[0])))
    shares = tuple((name, count / total) for name, count in ranked if count >= least)
    if language != "auto":
        return Languages(language, shares, None, _doubts(language, shares))
    if not shares:
        return _unsure([name for name, _ in ranked], [name for name, _ in sample])
    main = shares[0][0]
    if len(shares) == 1:
        return Languages(main, shares, None, _missing([main]))
    told = _told(texts, dict(shares), main)
    counts = Counter(told).most_common()
    found = tuple((name, count / len(told)) for name, count in counts)
    spoken = ", ".join(f"{NAMES[name]} ({name}) {share:.0%}" for name, share in found)
    mixed = f"The documents are in several languages: {spoken}; each was cleaned by its own."
    return Languages(main, found, told, (mixed, *_missing([name for name, _ in found])))


def _unsure(ranked: Sequence[str], guessed: Sequence[str]) -> Languages:
    """The languages of texts that are too few, or of which hardly one is clear."""
    if ranked:
        return Languages(ranked[0], ((ranked[0], 1.0),))
    if len(guessed) < _LEAST_TOLD:
        return Languages("en", ())
    told = (
        "No language that topicbrief knows was found in the documents; they were cleaned as "
        f"English. It knows {', '.join(NAMES)}: choose one with --language."
    )
    return Languages("en", (), None, (told,))


def _guess(texts: Sequence[str]) -> list[tuple[str, float]]:
    """The likeliest language of each text and its probability, 0 where a text has no letter."""
    identifier = _identifier()
    guesses = []
    for text in texts:
        plain = _words_of(text)
        guesses.append(identifier.classify(plain) if plain else ("en", 0.0))
    return [(str(name), float(certainty)) for name, certainty in guesses]


def _words_of(text: str) -> str:
    start = text[: 4 * _CHARACTERS]
    plain = readable(start) if "<" in start or "&" in start else start
    return plain[:_CHARACTERS] if any(map(str.isalpha, plain)) else ""


def _told(texts: Sequence[str], shares: dict[str, float], main: str) -> tuple[str, ...]:
    """Each text's language among those of the corpus, by Bayes' rule with their shares."""
    identifier, told = _identifier(), []
    for text in texts:
        plain = _words_of(text)
        if not plain:
            told.append(main)
            continue
        rated = [(p * shares[name], name) for name, p in identifier.rank(plain) if name in shares]
        told.append(max(rated, key=lambda one: (one[0], one[1] == main))[1])
    return tuple(told)


def _doubts(language: str, shares: tuple[tuple[str, float], ...]) -> tuple[str, ...]:
    """A warning where most documents read as another language than the one that was named."""
    if not shares or shares[0][0] == language or shares[0][1] < 1 / 2:
        return _missing([language])
    name, share = shares[0]
    told = (
        f"The language is set to {NAMES[language]} ({language}), but {share:.0%} of the documents "
        f"read as {NAMES[name]} ({name}): stop words and word forms do not fit. "
        f"Use --language {name}, or auto."
    )
    return (told, *_missing([language]))


def _missing(languages: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        f"{NAMES[name]} ({name}) has no table of base forms: the forms of a word are counted apart."
        for name in languages
        if name in WITHOUT_LEMMAS
    )


@cache
def _identifier() -> Any:
    """Kept, for reading the model takes a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier
