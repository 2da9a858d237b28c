"""What was chosen in reading a source: facts for the terminal, the page and the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class TableReading:
    """How one file was read."""

    source: str
    kind: str
    """`table`, `spreadsheet`, `json`, `parquet`, `subtitles`, `text`, `lines`."""
    dialect: str = ""
    """Separator and quotes of a table of text, in words."""
    header_line: int | None = None
    """The line that names the columns, from 1; None if there is none."""
    rows_above: int = 0
    """Rows above the header that are no records."""
    metadata_rows: int = 0
    """Rows under the header that describe the columns; they are among the rejected."""
    sheet: str | None = None
    columns: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def in_words(self) -> str:
        """One line that says it."""
        said = [self.kind]
        if self.sheet is not None:
            said.append(f"sheet {self.sheet!r}")
        if self.dialect:
            said.append(self.dialect)
        if self.columns:
            said.append(
                "no header" if self.header_line is None else f"header in line {self.header_line}"
            )
        if self.rows_above:
            said.append(f"{self.rows_above} rows above it left out")
        if self.metadata_rows:
            said.append(f"{self.metadata_rows} rows under it describe the columns")
        return f"{self.source}: {', '.join(said)}"


@dataclass(frozen=True)
class Reading:
    """How the sources were read, and which column means what."""

    tables: tuple[TableReading, ...] = ()
    text: tuple[str, ...] = ()
    """The columns whose texts are joined, in this order, to the documents' text."""
    id: str | None = None
    time: str | None = None
    label: str | None = None
    guessed: tuple[str, ...] = ()
    """The roles (text, id, time, label) that nobody asked for: seen from names and content."""
    date_order: str = ""
    """`day first` or `month first`, where dates such as 01/02/2026 had to be read."""

    def in_words(self) -> tuple[str, ...]:
        """A line for each file and one for the columns."""
        roles = {"text": " + ".join(self.text), "id": self.id, "time": self.time}
        roles["label"] = self.label
        said = [
            f"{role} from {name!r}{' (guessed)' if role in self.guessed else ''}"
            for role, name in roles.items()
            if name
        ]
        if self.date_order:
            said.append(f"dates read {self.date_order}")
        lines = [table.in_words() for table in self.tables]
        return (*lines, ", ".join(said)) if said else tuple(lines)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, which `from_json` takes back."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Reading:
        """What `to_json` gave."""
        tables = tuple(
            TableReading(
                **{
                    **table,
                    "columns": tuple(table["columns"]),
                    "warnings": tuple(table["warnings"]),
                }
            )
            for table in value["tables"]
        )
        rest = {key: value[key] for key in ("id", "time", "label", "date_order")}
        return cls(
            tables=tables, text=tuple(value["text"]), guessed=tuple(value["guessed"]), **rest
        )
