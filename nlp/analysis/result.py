"""The result of an analysis."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from nlp.record import RunRecord
from nlp.report.content import ReportContent
from nlp.topics.model import TopicModel
from nlp.tracking.memory import Life


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
