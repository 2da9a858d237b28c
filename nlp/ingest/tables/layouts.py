"""Where a table's header is, what stands above it, and what a survey tool wrote under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nlp.ingest.column_names import is_known
from nlp.ingest.tables.cells import kind, shape

Row = Sequence[str]

# Lines above a header: exports write titles, filters and dates there, seldom more than ten lines.
_MOST_ROWS_ABOVE = 30
# Rows that a column is judged by: its kind is plain after that many.
_ROWS_JUDGED = 100
# Columns that a header is judged by: surveys have a hundred; a million is an attack.
_COLUMNS_JUDGED = 200
# The share of a column's cells that must be alike: a few are always missing or mistyped.
_ALIKE = 0.9
# Rows of one width that are a habit of the file, not a slip: one in five.
_MANY = 0.2
# Fewer rows than this are no evidence that one of them is of another sort.
_FEW_ROWS = 4
# Mean words of a cell from which a column is taken to hold sentences.
_SENTENCE_WORDS = 5
# A survey tool's mark in the second row under the header (Qualtrics, "Export Data Guide").
_SURVEY_MARK = "ImportId"
_MOST_METADATA_ROWS = 3
# A row over a blank line heads nothing: this outweighs a name that columns usually have.
_NO_RECORD_BELOW = 3.0
# A known name or a column of another kind more: less is chance.
_CLEARLY_MORE = 1.0


@dataclass(frozen=True)
class Layout:
    """The parts of a table, by the numbers of its first rows (from 0, blank ones counted)."""

    header: int | None
    """The row that names the columns; None if there is none."""
    width: int
    """Fields of a row."""
    metadata: frozenset[int] = frozenset()
    """Rows under the header that describe the columns."""
    doubt: str = ""
    """Why the header may be taken wrongly; empty if the evidence is clear."""
    votes: float = 0.0
    """How much speaks for the header: above 0 its cells differ from those below."""

    @property
    def first(self) -> int:
        """The first row under the header."""
        return 0 if self.header is None else self.header + 1


def find_layout(rows: Sequence[Row], asked: Collection[str] = ()) -> Layout:
    """The layout that a table's first rows show; `asked` are names that its header should hold."""
    if not rows:
        return Layout(None, 0)
    index, votes = _find_header(rows, asked)
    header = rows[index]
    doubt = ""
    if index == 0 and votes < 0 and not _holds(header, asked):
        return Layout(None, _usual_width(rows))
    if votes < 0 and not _holds(header, asked):
        doubt = "the row taken for the header looks like a record"
    return Layout(index, len(header), _metadata(rows, index), doubt, votes)


def filled_width(row: Row) -> int:
    """The number of fields up to the last one that is not empty."""
    for position in range(len(row), 0, -1):
        if row[position - 1].strip():
            return position
    return 0


def _holds(row: Row, asked: Collection[str]) -> bool:
    """Whether a row holds all names asked for; one may stand for several, with commas between."""
    cells = {cell.strip() for cell in row}
    return bool(asked) and all(
        name.strip() in cells or all(part.strip() in cells for part in name.split(","))
        for name in asked
    )


def _usual_width(rows: Sequence[Row]) -> int:
    return Counter(len(row) for row in rows if row).most_common(1)[0][0] if any(rows) else 0


def _find_header(rows: Sequence[Row], asked: Collection[str]) -> tuple[int, float]:
    """The header's number, and how much speaks for it being one (below 0: for a record)."""
    top = range(min(len(rows), _MOST_ROWS_ABOVE))
    for number in top:
        if _holds(rows[number], asked):
            return number, 1.0
    usual = Counter(filled_width(row) for row in rows if any(row)).most_common(1)
    filled = usual[0][0] if usual else 1
    wide = [number for number in top if filled_width(rows[number]) >= filled]
    first = wide[0] if wide else 0
    found = _best_of(rows, wide, {filled, _usual_width(rows)})
    if found is not None:
        return found
    # A header that lacks a name is narrower than its rows, which are malformed then.
    for number in range(first):
        if filled_width(rows[number]) > 1 and (votes := _votes(rows, number)) > 0:
            return number, votes
    return first, _votes(rows, first)


def _best_of(
    rows: Sequence[Row], wide: Sequence[int], widths: Collection[int]
) -> tuple[int, float] | None:
    """The row that looks most like a header, and its votes; None if none does.

    Looked at are the first wide row, those that follow one that looks like a header, and those
    behind a blank line or behind rows of other widths: title lines may hold separators too.
    """
    best: tuple[float, int, float] | None = None
    named = True
    for number in wide:
        after_gap = number > 0 and not _fits(rows[number - 1], widths)
        if not (named or after_gap) or not _fits(rows[number], widths):
            continue
        votes = _votes(rows, number)
        named = votes > 0
        ends = number + 1 < len(rows) and not _fits(rows[number + 1], widths)
        score = votes - (_NO_RECORD_BELOW if ends else 0.0)
        # Questions and units right under a header look like one too.
        ahead = _CLEARLY_MORE if best is not None and not after_gap else 0.0
        if votes > 0 and (best is None or score > best[0] + ahead):
            best = score, number, votes
    return None if best is None else (best[1], best[2])


def _fits(row: Row, widths: Collection[int]) -> bool:
    return len(row) in widths or filled_width(row) in widths


def _votes(rows: Sequence[Row], number: int) -> float:
    """What the columns below a row say: above 0 it names them, below 0 it is one of them."""
    # A header that comes again is no evidence that it is a record.
    below = [row for row in rows[number + 1 :] if row and row != rows[number]]
    below = below[: _ROWS_JUDGED + _MOST_METADATA_ROWS]
    if len(below) > _FEW_ROWS + 2:
        below = below[2:]  # the rows of a survey tool are no evidence
    return sum(
        _vote(cell.strip(), [row[column] for row in below if column < len(row)])
        for column, cell in enumerate(rows[number][:_COLUMNS_JUDGED])
        if cell.strip()
    )


def _vote(cell: str, column: Sequence[str]) -> float:
    """2 for a name that columns have; 1 and -1 for another kind than the cells below or the same.

    Among words, where kinds tell nothing, lengths and repetition count half.
    """
    if is_known(cell):
        return 2.0
    present = [value.strip() for value in column if value.strip()]
    if not present:
        return 0.0
    clear = _of_one_kind(cell, present)
    if clear is not None:
        return -1.0 if clear else 1.0
    words = sum(len(value.split()) for value in present) / len(present)
    own = len(cell.split())
    if words >= _SENTENCE_WORDS:
        return 0.5 if own <= words / 3 else -0.5 if own > words / 2 and len(present) > 1 else 0.0
    if len(present) >= _FEW_ROWS and len(set(present)) * 2 <= len(present):
        return -1.0 if cell in present else 0.5
    return 0.0


def _of_one_kind(cell: str, column: Sequence[str]) -> bool | None:
    """Whether a cell is of the column's kind; None where the column has none."""
    kinds = Counter(kind(value) for value in column)
    common, count = kinds.most_common(1)[0]
    if common != "words":
        return kind(cell) == common if count >= _ALIKE * len(column) else None
    shapes = Counter(shape(value) for value in column)
    code, count = shapes.most_common(1)[0]
    if len(column) >= _FEW_ROWS and "9" in code and count >= _ALIKE * len(column):
        return shape(cell) == code
    return None


def _metadata(rows: Sequence[Row], header: int) -> frozenset[int]:
    """Rows right under the header that describe the columns: questions, units, import marks."""
    under = range(header + 1, min(len(rows), header + 1 + _MOST_METADATA_ROWS))
    marked = [number for number in under if any(_SURVEY_MARK in cell for cell in rows[number])]
    if marked:
        return frozenset(range(header + 1, marked[-1] + 1))
    if under:
        row, below = rows[header + 1], rows[header + 2 :][:_ROWS_JUDGED]
        if _describes_columns(row, below) or _is_second_header(row, below):
            return frozenset((header + 1,))
    return frozenset()


def _describes_columns(row: Row, below: Sequence[Row]) -> bool:
    """Whether each cell is of another kind than all below it, wherever these have a kind."""
    below = [other for other in below if other]
    if len(below) < _FEW_ROWS:
        return False
    found = [
        _of_one_kind(cell.strip(), present)
        for column, cell in enumerate(row[:_COLUMNS_JUDGED])
        if cell.strip()
        and (present := [o[column].strip() for o in below if column < len(o) and o[column].strip()])
    ]
    told = [one for one in found if one is not None]
    return len(told) >= 2 and not any(told)


def _is_second_header(row: Row, below: Sequence[Row]) -> bool:
    """Whether a row is empty in every column of numbers, dates or codes that all rows below fill.

    SurveyMonkey writes what kind of answer each question has, and nothing under its own columns.
    """
    below = [other for other in below if other]
    if len(below) < _FEW_ROWS or not any(cell.strip() for cell in row):
        return False
    width = max(map(len, below))
    firm = []
    for column in range(min(width, _COLUMNS_JUDGED)):
        present = [o[column].strip() for o in below if column < len(o) and o[column].strip()]
        # Texts of one pattern ("Order 12 came late") are no codes.
        short = sum(len(value.split()) for value in present) <= 2 * len(present)
        full = len(present) >= _ALIKE * len(below)
        if full and short and _of_one_kind("a word", present) is False:
            firm.append(column)
    return len(firm) >= 2 and not any(c < len(row) and row[c].strip() for c in firm)


@dataclass(frozen=True)
class FirstColumn:
    """What the first cells of a table have in common, by which a row cut in two is known."""

    kinds: frozenset[str]
    """Empty if they have nothing in common."""

    @classmethod
    def of(cls, rows: Sequence[Row], width: int) -> FirstColumn:
        """From the widest rows of which there are many: shorter ones may be cut in two."""
        widths = Counter(len(row) for row in rows if row and len(row) <= width)
        enough = _MANY * sum(widths.values())
        whole = max((one for one, count in widths.items() if count >= enough), default=width)
        cells = [row[0] for row in rows if len(row) == whole and row[0].strip()][:_ROWS_JUDGED]
        kinds = Counter(_sort(cell) for cell in cells)
        # Words of the shape "a a" are sentences, not codes.
        regular = len(cells) >= _FEW_ROWS and len(kinds) <= 3 and not any(" " in k for k in kinds)
        return cls(frozenset(kinds) if regular else frozenset())

    def fits(self, cell: str) -> bool:
        """Whether a row may begin with this cell."""
        return not self.kinds or not cell.strip() or _sort(cell) in self.kinds


def _sort(cell: str) -> str:
    what = kind(cell)
    return shape(cell) if what == "words" else what
