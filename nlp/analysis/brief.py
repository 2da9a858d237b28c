"""The brief: the result of an analysis in at most 120 words of figures and quotations.

Every figure comes from the published tables, and every quotation is a sentence of the summaries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from nlp.analysis.plain_words import day, enumerated, period, several, share
from nlp.record import Brief, Quotation, TopicChange
from nlp.report.sections.trends import Change, trends
from nlp.summaries import SAME, redundancy
from nlp.topics.model import NO_TOPIC

MOST_WORDS = 120
"""About half a minute at 240 words a minute, the mean of 190 studies of silent reading of English
(Brysbaert 2019, "How many words do we read per minute?")."""
# How many of the largest topics, and of those that rose, fell, are new or gone, a sentence names.
# Not measured: the first pair that leaves room for the quotations is taken.
_NAMED = ((3, 2), (3, 1), (2, 1))
# The rank of the last part that a brief should have if it can: the third quotation.
_LAST_THAT_MATTERS = 6
# Not measured: as many as fit beside the figures.
_QUOTED = 3
# Not measured: quotations of more words would leave too few of the 120 for the figures.
_LONGEST_QUOTATION = 25

History = Mapping[str, Sequence[tuple[int, int, float]]]
"""By topic key: (number of the run, documents, share) for each run, oldest first."""


_Part = tuple[int, str | Quotation]
"""A sentence and its rank: 0 matters most."""


@dataclass(frozen=True)
class _Topic:
    id: int
    key: str
    name: str
    size: int
    share: float

    @property
    def quoted(self) -> str:
        """Its name in quotation marks: names may contain commas."""
        return f"“{self.name}”"


@dataclass(frozen=True)
class _Move:
    """A topic whose share rose or fell, and by how much."""

    topic: _Topic
    before: float
    now: float

    @property
    def rose(self) -> bool:
        return self.now > self.before

    def __str__(self) -> str:
        return f"{self.topic.quoted} from {share(self.before)} to {share(self.now)}"


@dataclass(frozen=True)
class _Facts:
    """What a brief is made from."""

    topics: tuple[_Topic, ...]
    """Without those that a person hid; largest first."""
    n_topics: int
    documents: pd.DataFrame
    summaries: pd.DataFrame
    changes: tuple[TopicChange, ...]
    history: History

    def of(self, topic_id: int | None) -> _Topic | None:
        """Return the topic of that topic_id; None if it is hidden or gone."""
        return next((topic for topic in self.topics if topic.id == topic_id), None)


def compose(
    topics: pd.DataFrame,
    documents: pd.DataFrame,
    summaries: pd.DataFrame,
    changes: Sequence[TopicChange] = (),
    history: History | None = None,
    hidden: Sequence[int] = (),
) -> Brief:
    """Return the brief of a run: at most 120 words.

    Reads the published tables, the changes since the last run, and the topics' shares in earlier
    runs. `hidden` holds the topic_id of each topic that a person hid. If there are more than 120
    words, it leaves out the least important sentences; a shorter one may take their room.
    """
    facts = _Facts(
        _topics(topics, hidden),
        int((topics["topic_id"] != NO_TOPIC).sum()),
        documents,
        summaries,
        tuple(changes),
        history or {},
    )
    names = {topic.id: topic.name for topic in facts.topics}
    brief = Brief("", (), ())
    for n_largest, n_moved in _NAMED:
        brief, is_whole = _fitting(_parts(facts, n_largest, n_moved), names)
        if is_whole:
            break
    return brief


def _parts(facts: _Facts, n_largest: int, n_moved: int) -> list[_Part]:
    """Return the sentences in the order of reading, each with its rank: 0 matters most."""
    since, moves = _moves(facts)
    found = [(one, facts.of(one.topic_id)) for one in facts.changes if one.kind == "new"]
    fresh = [topic for _, topic in found if topic]
    figures: list[_Part] = [
        (0, _counted(facts.documents)),
        (1, _largest(facts, n_largest)),
        (2, _moved(since, moves, n_moved)),
        (4, _new(fresh, n_moved)),
        (9, _gone(facts.changes, n_moved)),
        (7, _steady(since, moves)),
        (8, _fits_nowhere(facts.documents)),
    ]
    said = [part for part in figures if part[1]]
    return [*said, *zip((3, 5, 6), _quotations(facts, moves, fresh), strict=False)]


def _fitting(parts: Sequence[_Part], names: Mapping[int, str]) -> tuple[Brief, bool]:
    """Return the brief of the parts there is room for, and whether all that matter are in it."""
    chosen: list[int] = []
    brief, is_whole = _brief([], names), True
    for place in sorted(range(len(parts)), key=lambda place: parts[place][0]):
        longer = _brief([parts[one][1] for one in sorted([*chosen, place])], names)
        if len(longer.text.split()) <= MOST_WORDS:
            chosen, brief = [*chosen, place], longer
        elif parts[place][0] <= _LAST_THAT_MATTERS:
            is_whole = False
    return brief, is_whole


def _brief(parts: Sequence[str | Quotation], names: Mapping[int, str]) -> Brief:
    figures = tuple(part for part in parts if isinstance(part, str))
    quotations = tuple(part for part in parts if isinstance(part, Quotation))
    lines = [
        f"“{one.sentence}” ({names[one.topic_id]}, document {one.doc_id})" for one in quotations
    ]
    return Brief("\n".join([" ".join(figures), *lines]), figures, quotations)


def _topics(table: pd.DataFrame, hidden: Sequence[int]) -> tuple[_Topic, ...]:
    rows = zip(*(table[c] for c in ("topic_id", "key", "label", "size", "share")), strict=True)
    found = [_Topic(int(i), str(key), str(name), int(n), float(s)) for i, key, name, n, s in rows]
    shown = [topic for topic in found if topic.id != NO_TOPIC and topic.id not in hidden]
    return tuple(sorted(shown, key=lambda topic: (-topic.size, topic.id)))


def _counted(documents: pd.DataFrame) -> str:
    said = several(len(documents), "document")
    if "timestamp" not in documents or documents["timestamp"].isna().all():
        return f"{said}."
    times = pd.to_datetime(documents["timestamp"], utc=True)
    return f"{said}, {day(times.min(), times.max())}."


def _largest(facts: _Facts, most: int) -> str:
    named = [f"{topic.quoted} ({share(topic.share)})" for topic in facts.topics[:most]]
    if not named:
        return ""
    if facts.n_topics == 1:
        return f"The only topic: {named[0]}."
    if facts.n_topics <= len(named):
        return f"The {facts.n_topics} topics: {enumerated(named)}."
    return f"The largest of {facts.n_topics:,} topics: {enumerated(named)}."


def _moves(facts: _Facts) -> tuple[str, list[_Move]]:
    """Return since when, and the topics whose share rose or fell, clearest first.

    The first is empty if there is nothing to compare with.
    Documents with dates show it within this run; otherwise this run is compared with the last one.
    """
    shown = facts.documents.loc[:, facts.documents.columns.isin(["timestamp", "topic_id"])]
    over_time = trends(shown, facts.n_topics)
    over_runs = list(_over_runs(facts))
    if over_time is not None and (over_time.changes or not over_runs):
        start = over_time.counts.index[over_time.labels.index(over_time.recent_from)]
        return f"Since {period(start, over_time.unit)}", list(_over_time(facts, over_time.changes))
    has_past = any(len(shares) > 1 for shares in facts.history.values())
    return "Since the last run" if has_past else "", over_runs


def _over_time(facts: _Facts, changes: Sequence[Change]) -> Iterator[_Move]:
    for change in changes:
        topic = facts.of(change.topic_id)
        if topic is not None:
            yield _Move(topic, float(change.before), float(change.recent))


def _over_runs(facts: _Facts) -> Iterator[_Move]:
    for change in facts.changes:
        topic, shares = facts.of(change.topic_id), facts.history.get(change.key, ())
        if change.kind in ("grown", "shrunk") and topic is not None and len(shares) > 1:
            yield _Move(topic, shares[-2][2], shares[-1][2])


def _moved(since: str, moves: Sequence[_Move], most: int) -> str:
    """Return a sentence such as: Since May, “A” rose from 1% to 5%; “B” fell from 9% to 3%."""
    rose = [one for one in moves if one.rose]
    fell = [one for one in moves if not one.rose]
    said = [_moved_one_way(verb, some, most) for verb, some in (("rose", rose), ("fell", fell))]
    return f"{since}, {'; '.join(filter(None, said))}." if moves else ""


def _moved_one_way(verb: str, moves: Sequence[_Move], most: int) -> str:
    named = [str(one) for one in moves[:most]]
    if not named:
        return ""
    # The verb once: “A” rose from 1% to 5% and “B” from 2% to 3%.
    name, course = moves[0].topic.quoted, named[0].removeprefix(moves[0].topic.quoted)
    rest = len(moves) - most
    also = f", as did {several(rest, 'other')}" if rest > 0 else ""
    return enumerated([f"{name} {verb}{course}", *named[1:]]) + also


def _steady(since: str, moves: Sequence[_Move]) -> str:
    known = since and not moves
    return f"{since}, no topic's share rose or fell by more than chance explains." if known else ""


def _new(fresh: Sequence[_Topic], most: int) -> str:
    named = [f"{topic.quoted} ({several(topic.size, 'document')})" for topic in fresh]
    return f"New since the last run: {_limited(named, most)}." if named else ""


def _gone(changes: Sequence[TopicChange], most: int) -> str:
    named = [f"“{one.label}”" for one in changes if one.kind == "gone"]
    return f"Gone since the last run: {_limited(named, most)}." if named else ""


def _limited(named: Sequence[str], most: int) -> str:
    rest = len(named) - most
    if rest <= 0:
        return enumerated(named)
    return enumerated([*named[:most], several(rest, "other")])


def _fits_nowhere(documents: pd.DataFrame) -> str:
    n_without = int((documents["topic_id"] == NO_TOPIC).sum())
    if not n_without:
        return "Every document fits a topic."
    fit = "fits" if n_without == 1 else "fit"
    of_all = share(n_without / len(documents))
    return f"{several(n_without, 'document')} ({of_all}) {fit} no topic."


def _quotations(
    facts: _Facts, moves: Sequence[_Move], fresh: Sequence[_Topic]
) -> tuple[Quotation, ...]:
    """Return a sentence of each of the three topics that matter most.

    These are the largest, the one that rose most clearly and the largest new one, then the next
    largest ones.
    """
    risen = [one.topic for one in moves if one.rose]
    order = dict.fromkeys([*facts.topics[:1], *risen[:1], *fresh[:1], *facts.topics])
    found: list[Quotation] = []
    said: list[list[str]] = []
    for topic in order:
        if len(found) == _QUOTED:
            break
        for one in _sentences(facts.summaries, topic.id):
            words = one.sentence.casefold().split()
            if redundancy([*said, words]) < SAME:
                found.append(one)
                said.append(words)
                break
    return tuple(found)


def _sentences(summaries: pd.DataFrame, topic_id: int) -> list[Quotation]:
    """Return the sentences of a topic, best first; those that are too long come last."""
    columns = ("topic_id", "rank", "sentence", "doc_id", "start", "end")
    rows = summaries.loc[summaries["topic_id"] == topic_id, list(columns)]
    found = [
        Quotation(int(topic), int(rank), str(sentence), str(doc_id), int(start), int(end))
        for topic, rank, sentence, doc_id, start, end in rows.itertuples(index=False, name=None)
    ]

    def excess(one: Quotation) -> int:
        return max(0, len(one.sentence.split()) - _LONGEST_QUOTATION)

    return sorted(found, key=lambda one: (excess(one), one.rank))
