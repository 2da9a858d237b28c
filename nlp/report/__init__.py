"""The report as one self-contained page. Only this folder imports pyLDAvis, altair and XlsxWriter.

content     everything that a page shows, as plain data
page        the report
sections/   the parts of the report
notes       explanations of the quality figures, and warnings
pyldavis    the pyLDAvis view as a separate page
index       the index of all runs
escaping    escapes every string before it enters a page
markdown    the brief as Markdown
workbook    the tables as one spreadsheet
sheets      one sheet of the workbook
templating  reads templates/ and assets/ from the package
"""

from nlp.report.content import ReportContent
from nlp.report.index import IndexEntry, render_index
from nlp.report.page import Pages, render_pages, render_report
from nlp.report.pyldavis import render_pyldavis
from nlp.report.workbook import write_workbook

__all__ = [
    "IndexEntry",
    "Pages",
    "ReportContent",
    "render_index",
    "render_pages",
    "render_pyldavis",
    "render_report",
    "write_workbook",
]
