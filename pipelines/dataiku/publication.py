"""Publishes the report: to a managed folder, as a static insight, or a notice instead of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from html import escape

import dataiku.insights
import pandas as pd

from nlp.analysis import Result
from pipelines.dataiku.folders import save_model, save_report

logger = logging.getLogger(__name__)

_MEGABYTE = 1_000_000
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 48rem; padding: 0 1rem }}
td, th {{ padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top }}
</style></head><body><h1>{title}</h1><p>{message}</p>{brief}{table}</body></html>
"""


@dataclass(frozen=True)
class Destination:
    """A folder and an insight for the report; both are optional."""

    folder: str | None = None
    """Name of a managed folder, for the report and for the model."""
    insight: str | None = None
    """Identifier of a static insight; one that exists is replaced."""
    title: str = "Topics"
    insight_megabytes: float = 20.0
    """Limit of an insight, for dashboards must load it: above it a notice is published instead."""


def publish(to: Destination, result: Result, partition: str = "") -> None:
    """Write the report and the model to the folder, and the report or a notice to the insight."""
    if not (to.folder or to.insight):
        return
    page = result.report_html(to.title)
    if to.folder:
        save_report(to.folder, page, partition)
        save_model(to.folder, result, partition)
    megabytes = len(page.encode()) / _MEGABYTE
    if to.insight and megabytes > to.insight_megabytes:
        where = f"in the folder {to.folder}" if to.folder else "not kept: give the recipe a folder"
        why = f"The report, {megabytes:.0f} MB, is too large for an insight; it is {where}."
        logger.warning("%s", why)
        page = notice_page(to.title, why, result.topics, result.record.brief.text)
    _save_insight(to, page)


def publish_notice(to: Destination, message: str, partition: str = "") -> None:
    """Publish a page with `message` instead of the report; a model in the folder is kept."""
    page = notice_page(to.title, message)
    if to.folder:
        save_report(to.folder, page, partition)
    _save_insight(to, page)


def _save_insight(to: Destination, page: str) -> None:
    if to.insight:
        dataiku.insights.save_data(to.insight, page.encode(), "text/html", label=to.title)


def notice_page(
    title: str, message: str, topics: pd.DataFrame | None = None, brief: str = ""
) -> str:
    """An HTML page with `message`, the brief of the run and a table of the topics if given."""
    table = "" if topics is None else _table(topics)
    said = "".join(f"<p>{escape(line)}</p>" for line in brief.split("\n") if line)
    return _PAGE.format(title=escape(title), message=escape(message), brief=said, table=table)


def _table(topics: pd.DataFrame) -> str:
    rows = "".join(
        f"<tr><td>{escape(str(label))}</td><td>{size}</td><td>{escape(str(terms))}</td></tr>"
        for label, size, terms in zip(
            topics["label"], topics["size"], topics["top_terms"], strict=True
        )
    )
    return f"<table><tr><th>Topic</th><th>Documents</th><th>Terms</th></tr>{rows}</table>"
