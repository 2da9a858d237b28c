"""Changes since the last run, and the sizes of each topic over the runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from markupsafe import Markup

from nlp.record import RunRecord, TopicChange

# Not measured: a month of nightly runs, whose bars fit beside a topic's name.
_MOST_RUNS = 30
# Not measured: changes of one kind that a person reads; the manifest lists all of them.
_MOST_LISTED = 12
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "New": ("new", "back"),
    "Gone": ("gone",),
    "Split or merged": ("split", "merged"),
    "Grown": ("grown",),
    "Shrunk": ("shrunk",),
}
# Pixels of the bar chart: two lines of text high, and as wide as fits on a topic's card.
_HEIGHT, _GAP, _WIDEST_BAR, _WIDEST = 28, 2, 12, 210


@dataclass(frozen=True)
class Change:
    """The change of one topic since the last run."""

    topic_id: int | None
    """None if the topic is gone."""
    label: str
    text: str


@dataclass(frozen=True)
class Group:
    """Changes of one kind."""

    name: str
    changes: tuple[Change, ...]
    n_more: int
    """Number of changes of this kind that are not listed."""


@dataclass(frozen=True)
class Changes:
    """The changes since the last run."""

    since: str
    """The time of the last run, or its name; empty if neither is known."""
    documents: tuple[tuple[str, int], ...]
    """Numbers of new, edited and deleted documents, without those that are 0."""
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class History:
    """A topic's sizes over the runs, oldest first."""

    sizes: tuple[int | None, ...]
    """Documents in each run; None for a run without this topic."""

    @property
    def words(self) -> str:
        """The sizes as text, for screen readers."""
        sizes = ", ".join("none" if size is None else f"{size:,}" for size in self.sizes)
        return f"Documents in the last {len(self.sizes)} runs, oldest first: {sizes}"

    @property
    def course(self) -> str:
        """The first and the last size, as text."""
        known = [size for size in self.sizes if size is not None]
        if len(known) < 2:
            return f"in one of {len(self.sizes)} runs"
        return f"{known[0]:,} → {known[-1]:,} in {len(self.sizes)} runs"

    @property
    def bars(self) -> Markup:
        """One bar for each run, as SVG; the bar of this run has the accent colour."""
        tallest = max((size for size in self.sizes if size), default=1)
        step = min(_WIDEST_BAR + _GAP, _WIDEST // len(self.sizes))
        width = step * len(self.sizes) - _GAP
        rows = []
        for place, size in enumerate(self.sizes):
            height = max(1.0, _HEIGHT * size / tallest) if size else 0.0
            role = "accent" if place == len(self.sizes) - 1 else "soft"
            rows.append(
                Markup(
                    '<rect class="fill-{}" x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>'
                ).format(role, step * place, _HEIGHT - height, step - _GAP, height)
            )
        opening = Markup('<svg class="spark" role="img" aria-label="{}" {}>').format(
            self.words,
            Markup('width="{0}" height="{1}" viewBox="0 0 {0} {1}"').format(width, _HEIGHT),
        )
        return opening + Markup("").join(rows) + Markup("</svg>")


def changes(record: RunRecord) -> Changes | None:
    """Return the changes since the last run; None if the run followed no other run."""
    lineage = record.published.lineage if record.published else None
    follows = lineage.follows if lineage else None
    if not follows and not record.changes:
        return None
    documents = asdict(lineage.documents) if lineage and lineage.documents else {}
    return Changes(
        since=_when(follows or ""),
        documents=tuple(
            (what, count) for what, count in documents.items() if what != "known" and count
        ),
        groups=tuple(
            _group(name, [change for change in record.changes if change.kind in kinds])
            for name, kinds in _GROUPS.items()
            if any(change.kind in kinds for change in record.changes)
        ),
    )


def runs(record: RunRecord) -> range:
    """Return the numbers of the last runs that had these topics; empty for a first run."""
    numbers = [run for sizes in record.history.values() for run, _, _ in sizes]
    if not numbers or min(numbers) == max(numbers):
        return range(0)
    return range(max(min(numbers), max(numbers) - _MOST_RUNS + 1), max(numbers) + 1)


def histories(record: RunRecord) -> dict[str, History]:
    """Return the sizes of each topic over the last runs, by key; empty for a first run."""
    span, found = runs(record), {}
    for key, stored in record.history.items() if span else ():
        sizes = {run: size for run, size, _ in stored}
        found[key] = History(tuple(sizes.get(run) for run in span))
    return found


def _group(name: str, found: Sequence[TopicChange]) -> Group:
    listed = tuple(
        Change(change.topic_id, change.label, change.text or "") for change in found[:_MOST_LISTED]
    )
    return Group(name, listed, len(found) - len(listed))


def _when(run_id: str) -> str:
    """Return the time that a run id contains; if it contains none, the id."""
    try:
        made = datetime.strptime(run_id.partition("-")[0], "%Y%m%dT%H%M%SZ")  # noqa: DTZ007
    except ValueError:
        return run_id
    return f"{made:%Y-%m-%d %H:%M} UTC"
