"""What `topicbrief find` prints for a person to read.

Documents are hostile: a character that would control the terminal is printed as a question mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from nlp.cleaning.tokens import Tokens
from nlp.retrieval import Found, FoundDocument, Request

# Longest sentence that is shown: four lines of a terminal. JSON and CSV have all of it.
_LONGEST = 320
_LONGEST_QUERY = 60
_LONGEST_NAME = 60
_WORD = re.compile(r"\w+(?:['\u2019.-]\w+)*")

Mark = Callable[[str], str]


def as_text(
    found: Found, request: Request, marked: Collection[str] = (), mark: Mark | None = None
) -> str:
    """Return a heading with the total of matches, then the documents, best first.

    `mark` is applied to each of the words `marked`, as they are written in the sentences.
    """
    lines = [_heading(found, request)]
    for rank, one in enumerate(found.documents, start=1):
        lines += ["", _document(rank, one)]
        for said in one.quotations:
            shown = _marked(_plain(said.sentence, _LONGEST), marked, mark)
            lines.append(f"    “{shown}” [{said.start}:{said.end}]")
    return "\n".join(lines)


def marked_words(found: Found, clean: Callable[[Sequence[str]], Tokens]) -> frozenset[str]:
    """Return the words of the quoted sentences, as written, that mean a word of the query."""
    quoted = (said.sentence for one in found.documents for said in one.quotations)
    written = sorted({word for sentence in quoted for word in _WORD.findall(sentence)})
    cleaned = clean(written).document_words()
    return frozenset(
        word for word, said in zip(written, cleaned, strict=True) if found.words & set(said)
    )


def _heading(found: Found, request: Request) -> str:
    asked = (
        f"like {_plain(request.like, _LONGEST_QUERY)}"
        if request.like is not None
        else f"about “{_plain(request.query or '', _LONGEST_QUERY)}”"
    )
    total = f"{found.total:,} of {found.n_searched:,} documents match"
    if not found.documents:
        return f"Documents {asked}: none; {total}"
    n_shown = len(found.documents)
    shown = "all of them" if n_shown == found.total else f"the best {n_shown}"
    return f"Documents {asked}: {total}; {shown}, best first"


def _document(rank: int, one: FoundDocument) -> str:
    topic = "no topic" if one.topic_id < 0 else f"topic {one.topic_id}: {one.topic}"
    parts = [_plain(one.doc_id, _LONGEST_NAME), _plain(topic, _LONGEST_NAME)]
    parts += [one.date[:10]] if one.date else []
    return f"{rank:>3}. {' · '.join(parts)} · score {one.score:.2f}"


def _plain(text: str, longest: int) -> str:
    """One line of printable characters, cut at a length."""
    line = "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _marked(text: str, marked: Collection[str], mark: Mark | None) -> str:
    if mark is None:
        return text
    return _WORD.sub(lambda word: mark(word[0]) if word[0] in marked else word[0], text)
