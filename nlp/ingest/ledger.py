"""The account of the records that were dropped, and the refusal if too many are malformed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from nlp.errors import NoDocumentsError
from nlp.ingest.records import Reason, Record
from nlp.ingest.tables.cells import printable
from nlp.ingest.values import as_text, texts

REJECTED_COLUMNS = ("source", "record", "doc_id", "reason", "detail")

Dropped = tuple[str, int, str | None, Reason, str]
"""source, record, doc_id, reason, detail"""

# What most often makes records malformed, by words that stand in their details.
_CAUSES = (
    ("is not like the first field", "a line break stands in a text without quotes"),
    ("fields, the header has", "the separator stands in texts without quotes, or is another one"),
    ("cells, the header has", "the first row is no header of the whole table"),
    ("a quote is not closed", "quotes inside texts are not doubled, or a quote is never closed"),
    ("not JSON", "the file is not one JSON object a line: name its kind with --format"),
    ("where an object was expected", "the list does not hold objects"),
    ("unreadable value", "the file holds values that no reader understands"),
)


def ledger(dropped: Iterable[Dropped]) -> pd.DataFrame:
    """The table of records dropped, by source and record."""
    rows = sorted(dropped, key=lambda row: (row[0], row[1]))
    columns = list(zip(*rows, strict=True)) or [()] * len(REJECTED_COLUMNS)
    table = pd.DataFrame(
        {name: list(values) for name, values in zip(REJECTED_COLUMNS, columns, strict=True)}
    )
    for name in ("source", "doc_id", "reason", "detail"):
        table[name] = pd.Series(texts([v and str(v) for v in table[name]]), dtype="str")
    return table.astype({"record": "int64"})


def refuse_malformed(
    unread: Sequence[tuple[str, Record]], n_records: int, max_dropped: float
) -> None:
    """Raise `NoDocumentsError` if more than the share `max_dropped` of records is malformed.

    The message holds the first one, what is wrong with it and what most likely caused it: a table
    that is read wrongly shows in this way, and a report of it would be worse than none.
    """
    bad = [(source, record) for source, record in unread if record.reason is Reason.MALFORMED]
    if len(bad) <= max_dropped * n_records:
        return
    source, first = bad[0]
    shown = " | ".join(
        printable(as_text(value), 40) for value in list(first.fields.values())[:4] if value
    )
    details = Counter(
        cause for _, record in bad for words, cause in _CAUSES if words in record.detail
    )
    likely = f"; likely cause: {details.most_common(1)[0][0]}" if details else ""
    raise NoDocumentsError(
        f"{len(bad)} of {n_records} records are malformed, more than --max-dropped {max_dropped:g} "
        f"allows; the first: {printable(source)}, record {first.number}: "
        f"{printable(first.detail, 160)}" + (f" ({shown})" if shown else "") + likely
    )
