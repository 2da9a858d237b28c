"""Topics, summaries and a manifest become one self-contained page."""

from nlp.report.content import ReportContent
from nlp.report.index import render_index
from nlp.report.page import render_report
from nlp.report.pyldavis import render_pyldavis

__all__ = ["ReportContent", "render_index", "render_pyldavis", "render_report"]
