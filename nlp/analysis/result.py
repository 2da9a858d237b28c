"""The result of an analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nlp.arrays import Ints, Singles
from nlp.record import RunRecord
from nlp.report.content import ReportContent
from nlp.topics.model import TopicModel
from nlp.tracking.memory import Life

if TYPE_CHECKING:
    from nlp.retrieval import Found, Searchable
    from nlp.retrieval.found import TextEncoder


@dataclass(frozen=True)
class Result:
    """The tables of a run, its model and its record."""

    topics: pd.DataFrame
    """topic_id, key, label, size, share, top_terms, coherence, parent, change, history"""
    documents: pd.DataFrame
    """doc_id, topic_id, topic_name, probability, second_topic_id, second_probability, text, and the
    other columns of the source"""
    summaries: pd.DataFrame
    """topic_id, topic_name, rank, sentence, doc_id, start, end"""
    rejected: pd.DataFrame
    """source, record, doc_id, reason, detail"""
    model: TopicModel
    record: RunRecord
    """The account of records, the settings and the quality figures, as in the manifest."""
    lives: tuple[Life, ...] = ()
    """What the next run needs to recognise these topics."""

    def report_content(self, title: str = "Topics") -> ReportContent:
        """Return what the report shows."""
        return ReportContent(
            title=title,
            model=self.model,
            topics=self.topics,
            documents=self.documents.drop(columns="text"),
            texts=self.documents["text"].tolist(),
            summaries=self.summaries,
            rejected=self.rejected,
            record=self.record,
            tree=np.array(self.record.tree) if self.record.tree else None,
        )

    def find(
        self,
        query: str | None = None,
        *,
        like: str | None = None,
        topic: int | None = None,
        since: str | None = None,
        where: Mapping[str, str] | None = None,
        top: int = 10,
        doc_vectors: Singles | None = None,
        encoder: TextEncoder | None = None,
    ) -> Found:
        """Return the documents that speak of `query`, with the sentences that say so.

        The first call builds an index, which the result keeps in memory.

        Args:
            query: words or a whole text; or else give `like`.
            like: doc_id of a document: find those that resemble it.
            topic: topic_id: find only documents of this topic.
            since: find only documents of this date and later.
            where: column -> value: find only documents with all of these values.
            top: most documents to return, at least 1.
            doc_vectors: (n_docs, n_dims) sentence vectors of the documents, rows of length 1.
            encoder: the encoder that made them.

        Raises:
            InputError: an argument is faulty; the message names every fault.
        """
        from nlp.retrieval import Request, find

        conditions = tuple((where or {}).items())
        searched = replace(self._searchable, doc_vectors=doc_vectors, encoder=encoder)
        return find(searched, Request(query, like, topic, since, conditions, top))

    @cached_property
    def _searchable(self) -> Searchable:
        from nlp.cleaning.reader import cleaner
        from nlp.retrieval import Searchable, build_index

        clean = cleaner(self.record.cleaning())
        tokens = clean(self.documents["text"].tolist())
        labels = dict(zip(self.topics["topic_id"], self.topics["label"], strict=True))
        index = build_index(tokens, self.model.doc_topic)
        return Searchable(index, _Rows(self.documents), self.model, labels, clean)

    def report_html(self, title: str = "Topics") -> str:
        """Return the report: one self-contained HTML page."""
        from nlp.report import render_report

        return render_report(self.report_content(title))

    def write_workbook(self, path: str | Path, title: str = "Topics") -> Path:
        """Write the report as an .xlsx workbook to `path` and return the path."""
        from nlp.report import write_workbook

        target = Path(path)
        write_workbook(self.report_content(title), target)
        return target

    def write_report(self, path: str | Path, title: str = "Topics") -> Path:
        """Write the report to `path` and return the path."""
        target = Path(path)
        target.write_text(self.report_html(title), encoding="utf-8")
        return target


@dataclass(frozen=True)
class _Rows:
    """The documents of a result, as a search reads them."""

    table: pd.DataFrame

    @property
    def names(self) -> Sequence[str]:
        return [str(name) for name in self.table.columns]

    def columns(self, names: Sequence[str]) -> pd.DataFrame:
        return self.table[list(names)]

    def rows(self, rows: Ints, names: Sequence[str]) -> pd.DataFrame:
        return self.table.iloc[rows][list(names)]
