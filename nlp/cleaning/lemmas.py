"""From the form of a word to its lemma, by table: which of a table's answers to believe.

The tables that need no trained pipeline do not know the part of speech, so they take `number` for
more numb, `data` for dates, Spanish `casa` for a form of to marry. Topics are named by nouns, hence
the rule: a noun stays that noun.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from functools import cached_property
from itertools import chain

Table = Mapping[str, str | list[str]]

# Where the lemma is more than nine times rarer in general English (spaCy's `lexeme_prob`) than
# the form and no table of nouns helps: names, nouns without singular, slips of the table.
_EXCEPTIONS: Mapping[str, Mapping[str, str]] = {
    "en": {
        **{word: word for word in ("clothes", "criteria", "data", "goods", "graffiti")},
        **{word: word for word in ("gymnastics", "headquarters", "laden", "logistics")},
        **{word: word for word in ("measles", "media", "news", "pants", "physics", "politics")},
        **{word: word for word in ("stairs", "trivia", "united", "vegas", "wales")},
        "calories": "calorie",
        "calves": "calf",
        "cookies": "cookie",
        "crosses": "cross",
        "developed": "develop",
        "developing": "develop",
        "phases": "phase",
        "shelves": "shelf",
        "taxes": "tax",
        "thieves": "thief",
        "working": "work",
    },
    "de": {"Daten": "Daten"},
}
# English forms that look like these may be nouns or not; a noun has a plural in the table.
_DOUBTFUL_ENDINGS: Mapping[str, tuple[str, ...]] = {"en": ("ing", "er", "est", "ed", "en")}


class Lemmas:
    """Lemmas of one language."""

    def __init__(
        self,
        language: str,
        table: Table,
        nouns: Container[str] = (),
        irregular_forms: Container[str] = (),
    ) -> None:
        self._table = table
        self._nouns = nouns
        self._irregular_forms = irregular_forms
        self._exceptions = _EXCEPTIONS.get(language, {})
        self._doubtful = _DOUBTFUL_ENDINGS.get(language, ())
        # Only asked where endings are in doubt: the tables of other languages are large.
        values = table.values() if self._doubtful else ()
        self._inflected = frozenset(lemma for lemma in values if isinstance(lemma, str))

    def lemma(self, text: str) -> str:
        """Lemma of the form as written, else in lower case, else (SHOUTED nouns) in title case."""
        for form in dict.fromkeys((text, text.lower(), text.title())):
            known = self._exceptions.get(form) or self._noun(form) or self._looked_up(form)
            if known:
                return known
        return text

    def is_word(self, form: str) -> bool:
        """Whether the tables hold the form; where a language has none, no form is known."""
        return any(
            one in self._table or one in self._nouns or one in self._known
            for one in dict.fromkeys((form, form.lower(), form.title()))
        )

    @cached_property
    def _known(self) -> frozenset[str]:
        """All base forms, made when first asked: the tables are large."""
        values = self._table.values()
        return frozenset(chain.from_iterable([v] if isinstance(v, str) else v for v in values))

    def _looked_up(self, form: str) -> str:
        """What the table says; it lists several lemmas of an ambiguous French form."""
        found = self._table.get(form)
        if not found:
            return ""
        lemmas = [found] if isinstance(found, str) else found
        lemma = form if form in lemmas else lemmas[0]
        # `first` is no 1.
        return lemma if any(character.isalpha() for character in lemma) else form

    def _noun(self, form: str) -> str:
        """The noun that a form is, or is the plural of; nothing where it may be neither.

        A past tense as `found` or `left` is more often that than the noun it is too.
        """
        looked_up = self._looked_up(form)
        if form in self._irregular_forms or (form.endswith("s") and looked_up in self._nouns):
            return looked_up
        doubtful = bool(self._doubtful) and form.endswith(self._doubtful)
        if form in self._nouns and (not doubtful or form in self._inflected):
            return form
        # Where the table takes a plural for a verb: `temas` is not of temer but of tema.
        singulars = [form[: -len(end)] for end in ("s", "es") if form.endswith(end)]
        return next((one for one in singulars if looked_up and one in self._nouns), "")
