"""Names of columns: those that tell what a column holds, and names that differ from each other."""

from __future__ import annotations

import re

# In the order in which they are preferred. A column of a strong name that is not chosen is spoken
# of; a title or a subject line beside a body is what everybody expects.
STRONG_TEXT_NAMES = (
    "text", "body", "message", "comment", "content", "review", "feedback", "review_text", "tweet",
)  # fmt: skip
TEXT_NAMES = (
    *STRONG_TEXT_NAMES, "description", "document", "question", "answer", "abstract", "ticket",
    "article", "summary", "title", "comments", "full_text", "review_body", "kommentar", "nachricht",
    "commentaire", "comentario", "texto", "texte",
)  # fmt: skip
ID_NAMES = (
    "doc_id", "id", "document_id", "ticket_id", "uuid", "guid", "key", "response_id", "file",
)  # fmt: skip
TIME_NAMES = (
    "timestamp", "created_at", "date", "datetime", "time", "created", "published", "published_at",
    "day", "start_date", "recorded_date", "submitted", "submitted_at", "sent", "sent_at", "posted",
    "posted_at", "creation_date", "created_date", "created_time", "datum", "zeitstempel", "zeit",
    "fecha", "date_heure",
)  # fmt: skip
LABEL_NAMES = ("label",)
# Last words of names such as review_id, Ticket-Nr. and "Case Number".
_ID_ENDINGS = frozenset(("id", "ids", "uuid", "guid", "key", "nr", "no", "number", "nummer"))

# Words in names such as "Zeitstempel (Ortszeit)" and createdDate; a column without one may be any.
_TIME_WORDS = frozenset((
    "date", "time", "timestamp", "datetime", "datum", "zeit", "zeitstempel", "uhrzeit", "fecha",
    "hora", "heure", "created", "published", "posted", "submitted", "sent", "erstellt",
))  # fmt: skip
_NO_NAME = re.compile(r"column_\d+")
_WORDS = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def plain_name(name: str) -> str:
    """The name in small letters, its words joined by low lines: `ResponseId` -> `response_id`."""
    return "_".join(_WORDS.findall(_HUMP.sub(" ", name[:200]))).lower()


def is_known(name: str) -> bool:
    """Whether a name is one that columns of texts, ids, times or labels usually have."""
    return plain_name(name) in _KNOWN


def names_an_id(name: str) -> bool:
    """Whether a name says that its column tells records apart, as `review_id` does."""
    plain = plain_name(name)
    return plain in ID_NAMES or plain.rpartition("_")[2] in _ID_ENDINGS


def names_a_time(name: str) -> bool:
    """Whether a name says that its column may hold each record's time; a made name says nothing."""
    plain = plain_name(name)
    return not _TIME_WORDS.isdisjoint(plain.split("_")) or bool(_NO_NAME.fullmatch(plain))


def unique(names: list[str]) -> list[str]:
    """Column names that differ: empty ones are named by their place, repeated ones numbered."""
    found: dict[str, None] = {}
    given = set(names)
    # A million columns of one name must not be tried from the first number on.
    repeats: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        base = name or f"column_{position}"
        candidate, repeat = base, 1
        while candidate in found or (repeat > 1 and candidate in given):
            repeat = max(repeat, repeats.get(base, 1)) + 1
            candidate = f"{base}_{repeat}"
        repeats[base] = repeat
        found[candidate] = None
    return list(found)


_KNOWN = frozenset((*TEXT_NAMES, *ID_NAMES, *TIME_NAMES, *LABEL_NAMES)) - {"key", "file"}
