"""ReportContent: everything that a report shows, as plain data, checked on creation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.errors import raise_faults
from nlp.record import RunRecord
from nlp.topics.model import NO_TOPIC, TopicModel

_COLUMNS = {
    "topics": ("topic_id", "label", "size", "share", "top_terms"),
    "documents": ("doc_id", "topic_id", "probability"),
    "summaries": ("topic_id", "rank", "sentence", "doc_id", "start", "end"),
    "rejected": ("source", "record", "reason"),
}


@dataclass(frozen=True)
class ReportContent:
    """The tables of a run, its texts and its record: the input of `render_report`.

    Raises `InputError`, which names every fault, for a missing column, a topic that the model does
    not have, a row without text, or a quotation that differs from its position in its document.
    """

    title: str
    model: TopicModel
    topics: pd.DataFrame
    """topic_id, label, size, share, top_terms; optional: key, coherence, parent, change.

    The row with topic_id -1 counts the documents that fit no topic.
    """
    documents: pd.DataFrame
    """doc_id, topic_id, probability, second_topic_id, second_probability and further columns of
    the source; with `timestamp` (datetime64[ns, UTC]) the page has the section "Over time"."""
    texts: Sequence[str]
    """Original texts, in the order of `documents`."""
    summaries: pd.DataFrame
    """topic_id, rank, sentence, doc_id, start, end with text[start:end] == sentence."""
    rejected: pd.DataFrame
    """source, record, doc_id, reason, detail of each dropped record."""
    record: RunRecord
    tree: NDArray[np.float64] | None = None
    """(n_topics - 1, 4) merges of topics as in scipy.cluster.hierarchy, or None."""

    def __post_init__(self) -> None:
        for name in ("summaries", "rejected"):
            if getattr(self, name).empty:
                object.__setattr__(self, name, pd.DataFrame(columns=list(_COLUMNS[name])))
        faults = [
            f"{name} lacks the column {column!r}"
            for name, columns in _COLUMNS.items()
            for column in columns
            if column not in getattr(self, name).columns
        ]
        raise_faults(faults)
        raise_faults(self._shape_faults() or self._quotation_faults())

    @property
    def brief(self) -> pd.DataFrame:
        """The quotations that sum up the whole corpus, with the columns of `summaries`."""
        quoted = [asdict(one) for one in self.record.brief.quotations]
        return pd.DataFrame(quoted, columns=list(_COLUMNS["summaries"]))

    @property
    def rows(self) -> dict[str, int]:
        """Row number of each document by its doc_id."""
        return {str(doc_id): row for row, doc_id in enumerate(self.documents["doc_id"])}

    def _shape_faults(self) -> list[str]:
        faults = []
        if len(self.texts) != len(self.documents):
            faults.append(f"there are {len(self.texts)} texts for {len(self.documents)} documents")
        known = {NO_TOPIC, *range(1, self.model.n_topics + 1)}
        for name in ("topics", "documents", "summaries"):
            unknown = sorted(set(getattr(self, name)["topic_id"].astype(int)) - known)
            if unknown:
                faults.append(f"{name} has topics that the model does not have: {unknown[:5]}")
        listed = [topic for topic in self.topics["topic_id"].astype(int) if topic != NO_TOPIC]
        if not faults and listed != list(range(1, self.model.n_topics + 1)):
            faults.append(
                f"topics has {len(listed)} topics; it must have topic_id 1 to "
                f"{self.model.n_topics} in order"
            )
        if self.tree is not None and self.tree.shape != (self.model.n_topics - 1, 4):
            faults.append(
                f"tree has shape {self.tree.shape}, expected {(self.model.n_topics - 1, 4)}"
            )
        return faults

    def _quotation_faults(self) -> list[str]:
        rows, faults = self.rows, []
        for name in ("summaries", "brief"):
            frame = getattr(self, name)
            columns = (frame[column] for column in ("sentence", "doc_id", "start", "end"))
            for sentence, doc_id, start, end in zip(*columns, strict=True):
                row = rows.get(str(doc_id))
                if row is None:
                    faults.append(f"{name} quotes the unknown document {doc_id!r}")
                elif self.texts[row][int(start) : int(end)] != sentence:
                    faults.append(
                        f"{name} quotes document {doc_id!r} wrongly: the text differs at "
                        f"{start}:{end}"
                    )
        return faults[:10]
