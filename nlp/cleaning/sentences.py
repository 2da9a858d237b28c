"""Where a new sentence begins, by rules over the whole text.

Summaries need borders that are right in four languages at the price of a regular expression. The
rules look only at the places where a sentence may end: a final mark, a line's end.
"""

from __future__ import annotations

import re

from nlp.cleaning.abbreviations import (
    ALSO_WORDS,
    BEFORE_ANYTHING,
    BEFORE_NUMBERS,
    PERHAPS_LAST,
    POINTED_ORDINALS,
    STARTERS,
    TIMES,
)

# A line that has no room for the next word was broken by hand if it is shorter than this; mail
# programs wrap at 60 to 80 characters.
_SHORT_LINE = 45
_CLOSERS = "\"'”’»«“‹›」』）)\\]}*_"
_OPENERS = "\"'“”„‚‘’«»‹›「『（([{¿¡*_–—-"
# The sentence-final marks of most scripts; spaCy's sentencizer uses the same idea.
_MARKS = "!.?…‽؟۔।॥።፧။៕𑁇"
_WIDE_MARKS = "。！？｡．"
# Signs that belong to the word after them; others, as emoji, belong to the sentence before.
_KEPT = "§€$£#&+=%@~<>/"
_SIGN = re.compile(rf"[{_MARKS}{_WIDE_MARKS}\n]")
_CANDIDATE = re.compile(
    rf"""
    (?P<marks>[{_MARKS}]++(?:[ ]?»(?=\s|$))?+[{_CLOSERS}]*+)
      (?P<gap>[ \t]++(?:[^\w\s{re.escape(_OPENERS)}{_KEPT}]++(?:[ \t]++|(?=\n)|$))*+\s*+
      |\s++|$)
    | (?P<wide>[{_WIDE_MARKS}]++[{_CLOSERS}{_WIDE_MARKS}]*+)\s*+
    | (?P<line>\n)\s*+
    """,
    re.VERBOSE,
)
_BULLET = re.compile(r"[-*•–—·▪◦‣o][ \t]|[(\[]?(?:\d{1,3}|[a-zA-Z])[.)\]][ \t]|#{1,6}[ \t]")
_WORD_BEFORE = re.compile(r"[^\W_](?:[\w.'’&§º-]*[^\W_§º])?\Z|[§º]\Z|\d[\d.,]*\Z")
_WORD_AFTER = re.compile(rf"[\s§€$£#{_OPENERS}]*(\w[\w'’]*)(?:\s+(\w))?")
_ROMAN = re.compile(r"(?=[IVXL])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})\Z")
_COUNTED = re.compile(r"(?=[IVXL])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})\Z|\w\Z")
_LONGEST_ABBREVIATION = 20
_LONGEST_ORDINAL = 3
_LONGEST_UNKNOWN = 4


def sentence_starts(text: str, language: str, function_words: frozenset[str]) -> list[int]:
    """Positions where a new sentence begins, ascending, the first one's own left out.

    `function_words` are the language's stop words: a short line that ends with one goes on.
    """
    starts = []
    begin = line_start = end = 0
    for sign in _SIGN.finditer(text):
        # Signs after the first are part of the same end.
        match = _CANDIDATE.match(text, sign.start()) if sign.start() >= end else None
        if match is None:
            continue
        end = match.end()
        if match["wide"]:
            ends = True
        elif match["marks"]:
            ends = _ends_marked(text, match, begin, language)
        else:
            ends = "\n" in match[0][1:] or _ends_line(text, line_start, match, function_words)
        if "\n" in match[0]:
            line_start = text.rfind("\n", match.start(), end) + 1
        if ends and begin < end < len(text):
            starts.append(end)
            begin = end
    return starts


def _ends_marked(text: str, match: re.Match[str], begin: int, language: str) -> bool:
    marks, gap = match["marks"], match["gap"]
    if gap.count("\n") > 1:
        return True
    found = _WORD_AFTER.match(text, match.end())
    after = found[1] if found else ""
    # In a Title Written So, a capital says nothing.
    title = language == "en" and found is not None and (found[2] or "").isupper()
    mark = marks[0]
    closed = len(marks) > 1 and marks[-1] not in _MARKS
    if mark == "." and not marks.startswith("..") and len(marks) == 1:
        low = max(begin, match.start() - _LONGEST_ABBREVIATION)
        before = _WORD_BEFORE.search(text, low, match.start())
        if before is None:
            return True
        starter = _is_starter(after, language) and not title
        if not _ends_after(before[0], after, starter, before.start() == begin, language):
            return False
        if after[:1].islower() and "\n" not in gap:
            return not _is_unknown_abbreviation(text, begin, before[0])
        return True
    # `"Really?" he asked`, `it came ... late`.
    if after[:1].islower() and "\n" not in gap:
        return not (closed or marks.startswith("..") or mark == "…")
    return True


def _is_starter(word: str, language: str) -> bool:
    return word[:1].isupper() and word.casefold() in STARTERS.get(language, STARTERS["en"])


def _ends_after(before: str, after: str, starter: bool, opens: bool, language: str) -> bool:
    """Whether a single point ends a sentence between two words."""
    word = before.casefold()
    small = not after[:1].isupper()
    letters = before.split(".")
    if len(before) == 1 and before.isalpha() and word != "i":
        # Initials, `v. Wade`, and sections of a law; a sentence seldom ends with a single letter.
        return not after or (starter and len(after) > 1)
    if word in BEFORE_ANYTHING:
        return not after
    if word in TIMES:
        return after[:1].isupper()
    if word in BEFORE_NUMBERS:
        counted = after[:1].isdigit() or (not starter and bool(_COUNTED.match(after)))
        return not (counted or (small and after and word not in ALSO_WORDS))
    if word in PERHAPS_LAST:
        return starter or not after
    if word.replace(".", "").isdigit():
        return _ends_after_number(before, starter, after, opens, language)
    if len(letters) > 1 and all(len(letter) == 1 for letter in letters):
        return not after or starter
    if language in POINTED_ORDINALS and _ROMAN.match(before):
        return starter or not after
    return True


def _ends_after_number(before: str, starter: bool, after: str, opens: bool, language: str) -> bool:
    if opens and len(before) <= _LONGEST_ORDINAL:
        return False
    if language not in POINTED_ORDINALS or len(before.split(".")[-1]) >= _LONGEST_ORDINAL:
        return True
    return starter or not after


def _is_unknown_abbreviation(text: str, begin: int, before: str) -> bool:
    """A short word with a point before a small letter, where sentences begin with capitals."""
    first = _WORD_AFTER.match(text, begin)
    return len(before) <= _LONGEST_UNKNOWN and first is not None and first[1][0].isupper()


def _ends_line(
    text: str, line_start: int, match: re.Match[str], function_words: frozenset[str]
) -> bool:
    """Whether a single line break, without a final mark before it, ends a sentence."""
    line = text[line_start : match.start()].rstrip()
    if not line.strip():
        return False
    if _BULLET.match(text, match.end()):
        return True
    if len(line) >= _SHORT_LINE:
        return False
    after = text[match.end() : match.end() + 1]
    last = line.split()[-1]
    if last.islower() and last in function_words:
        return False
    if not (after.islower() or (after.isdigit() and last.islower())):
        return True
    return not _is_prose(text, line_start, line)


def _is_prose(text: str, line_start: int, line: str) -> bool:
    """Whether lines around are of sentences: they begin with a capital and end with a mark."""
    first = text.rfind("\n\n", 0, line_start) + 1
    last = text.find("\n\n", line_start)
    paragraph = text[first : len(text) if last < 0 else last].strip()
    return " " in line.strip() and bool(re.search(rf"[{_MARKS}][{_CLOSERS}]*(?:\s|$)", paragraph))
