"""Tables as exports write them, drawn at random: dialects and faults, and what must come out."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

SENTENCES = (
    "The parcel was late, and nobody rang the bell.",
    "Refund the double payment; the card was charged twice.",
    'The driver said "not my problem" and left.',
    "I cannot log in because the password reset never comes.",
    "Courier left it with a neighbour | the box was open.",
    "Das Paket kam verspätet, der Zusteller zuckte mit den Achseln.",
    "Price was 3,50 and not 2,75 as promised.",
    "First line of a complaint\nand its second line, which goes on.",
    "It's broken: the left side doesn't light up\tat all.",
    "Delivery was promised for Monday by the courier of your company.",
)
HEADERS = (
    ("ticket_id", "created_at", "body", "channel"),
    ("id", "date", "text", "note"),
    ("ResponseId", "StartDate", "Q1", "Q2"),
    ("Fall-Nr.", "Datum", "Beschwerde", "Filiale"),
    ("Case Number", "Zeitstempel\n(Ortszeit)", "Ihre Meinung,\nbitte; ausführlich", "Ort"),
)
FAULTS = (
    "trailing separator",
    "trailing separators in some rows",
    "short rows",
    "blank lines",
    "repeated header",
    "survey rows",
    "questions",
    "title lines",
    "stray quote",
    "long row",
    "placeholders",
    "empty texts",
    "repeated id",
    "separator line",
)


@dataclass
class Table:
    """A file's bytes, the ids written into it, and the texts that must be kept."""

    data: bytes
    ids: list[str]
    kept: dict[str, str]
    columns: dict[str, str]
    faults: list[str] = field(default_factory=list)
    dialect: dict[str, Any] = field(default_factory=dict)


def tables() -> st.SearchStrategy[Table]:
    """Tables of 24 to 60 records with none to three faults."""
    return st.builds(
        _table,
        separator=st.sampled_from([",", ";", "\t", "|"]),
        quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
        backslash=st.booleans(),
        end=st.sampled_from(["\n", "\r\n"]),
        encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
        header=st.sampled_from(HEADERS),
        order=st.permutations(range(4)),
        faults=st.lists(st.sampled_from(FAULTS), max_size=3, unique=True),
        picks=st.lists(
            st.lists(st.integers(0, len(SENTENCES) - 1), min_size=1, max_size=3),
            min_size=24,
            max_size=60,
        ),
        place=st.integers(3, 20),
    )


def _table(
    separator: str,
    quoting: Any,
    backslash: bool,
    end: str,
    encoding: str,
    header: tuple[str, ...],
    order: list[int],
    faults: list[str],
    picks: list[list[int]],
    place: int,
) -> Table:
    if "short rows" in faults or "trailing separator" in faults:
        order = sorted(order, key=lambda column: column == 3)  # what may be empty comes last
    options: dict[str, Any] = {"delimiter": separator, "lineterminator": end, "quoting": quoting}
    if backslash:
        options |= {"doublequote": False, "escapechar": "\\"}
    rows: list[list[str]] = []
    ids: list[str] = []
    kept: dict[str, str] = {}
    for number, pick in enumerate(picks):
        cells = [
            f"K-{number:04}",
            f"2026-03-{1 + number % 28:02} 10:{number % 60:02}:00",
            " ".join(SENTENCES[one] for one in pick),
            "" if "short rows" in faults else ("web", "mail", "chat")[number % 3],
        ]
        if number == place + 1 and "placeholders" in faults:
            cells[2] = ("N/A", "nan", "[deleted]", ".")[place % 4]
        elif number == place + 1 and "empty texts" in faults:
            cells[2] = ""
        elif number == place + 2 and "repeated id" in faults:
            cells[0] = f"K-{place:04}"
        else:
            kept[cells[0]] = cells[2]
        ids.append(cells[0])
        rows.append([cells[column] for column in order])
    names = [header[column] for column in order]
    lines = [_line(row, options) for row in rows]
    if "short rows" in faults:
        lines = [_line(row[: 3 + number % 2], options) for number, row in enumerate(rows)]
    if "trailing separator" in faults:
        lines = [line.removesuffix(end) + separator + end for line in lines]
    elif "trailing separators in some rows" in faults:
        lines = [
            line.removesuffix(end) + separator * (number % 3) + end
            for number, line in enumerate(lines)
        ]
    head = _line(names, options)
    first = first_column(order)
    if "blank lines" in faults:
        lines[place] = end + lines[place]
    if "repeated header" in faults:
        lines.insert(place, head)
    if "stray quote" in faults and order[0] == 0:
        lines.insert(place, f'K-9001{separator}"a quote is opened here{end}')
        ids.append("K-9001")
    if "long row" in faults:
        lines.insert(place, separator.join(["K-9002", "x", "y", "z", "one", "two"]) + end)
        ids.append("K-9002" if first else "")
    if "survey rows" in faults:
        marks = [f'{{"ImportId":"{name.split()[0]}"}}' for name in names]
        under = [f"Question on {name.split()[0]}" for name in names]
        lines[:0] = [_line(under, options), _line(marks, options)]
    elif "questions" in faults:
        lines[:0] = [_line(["Response", "Start", "What went wrong?", "Where"], options)]
    text = head + "".join(lines)
    if "title lines" in faults:
        made = f"Generated{separator} by HelpDesk{separator} 4.2{separator} web"
        text = f"Ticket export of 2026-03-31{end}{made}{end}{end}" + text
    if "separator line" in faults:
        text = f"sep={separator}{end}" + text
    data = text.encode(encoding, errors="replace")
    named = {"id": header[0], "time": header[1], "text": header[2]}
    return Table(
        data,
        [one for one in ids if one],
        kept,
        named,
        list(faults),
        {"separator": separator, "backslash": backslash, "encoding": encoding},
    )


def first_column(order: list[int]) -> bool:
    """Whether the ids are the first field of each row."""
    return order[0] == 0


def _line(row: list[str], options: dict[str, Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, **options).writerow(row)
    return buffer.getvalue()
