"""A document as it is counted: the author's own words, one way to write each."""

from __future__ import annotations

import re
from collections.abc import Callable

from nlp.cleaning.plain.characters import plain_characters, with_parted_sentences, without_codes
from nlp.cleaning.plain.line_ends import with_whole_words
from nlp.cleaning.plain.mail import without_quoted_mail
from nlp.cleaning.plain.markup import without_markup
from nlp.cleaning.plain.normalised import Normalised

# Any sign that a step below might find something. Most headlines and titles have none.
_SPECIAL = re.compile(
    r"[\x00-\x08\n-\x1f\x7f<&@]|://|www\.|__|[.!?][A-Z]|[^\w\s]{4}|[\w+/=-]{32}|\S{99}", re.ASCII
)


def plain_text(text: str, is_word: Callable[[str], bool]) -> Normalised:
    """The text to count, with the original position of each character.

    `is_word` tells whether the language has a word; by it a hyphen at a line's end is judged.
    """
    source = Normalised(text)
    if text.isascii() and not _SPECIAL.search(text):
        return source
    source = plain_characters(without_markup(source))
    if "\n" in source.text or "@" in source.text:
        source = without_quoted_mail(source)
    source = without_codes(source)
    if "\n" in source.text:
        source = with_whole_words(source, is_word)
    return with_parted_sentences(source)


def readable(text: str) -> str:
    """A quotation as a reader wants to see it: markup away, references as their characters.

    For display alone; what is quoted and stored stays verbatim.
    """
    source = plain_characters(without_markup(Normalised(text)))
    return " ".join(source.text.split())
