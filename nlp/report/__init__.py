"""One self-contained page. The only home of pyLDAvis and altair.

content     everything a page shows, as plain data
page        the report
sections/   its parts
notes       how to read each figure, and when not to trust it
pyldavis    the pyLDAvis view alone
index       the index of all runs
escaping    what every string passes through before it enters a page
templating  templates/ and assets/, read from the package
"""

from nlp.report.content import ReportContent
from nlp.report.index import IndexEntry, render_index
from nlp.report.page import Pages, render_pages, render_report
from nlp.report.pyldavis import render_pyldavis

__all__ = [
    "IndexEntry",
    "Pages",
    "ReportContent",
    "render_index",
    "render_pages",
    "render_pyldavis",
    "render_report",
]
