"""A small page for where the report itself cannot be."""

from __future__ import annotations

from html import escape

import pandas as pd

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 48rem; padding: 0 1rem }}
td, th {{ padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top }}
</style></head><body><h1>{title}</h1><p>{message}</p>{table}</body></html>
"""


def notice_page(title: str, message: str, topics: pd.DataFrame | None = None) -> str:
    """A page that says `message`, with the topics and their sizes if there are any."""
    table = "" if topics is None else _table(topics)
    return _PAGE.format(title=escape(title), message=escape(message), table=table)


def _table(topics: pd.DataFrame) -> str:
    rows = "".join(
        f"<tr><td>{escape(str(label))}</td><td>{size}</td><td>{escape(str(terms))}</td></tr>"
        for label, size, terms in zip(
            topics["label"], topics["size"], topics["top_terms"], strict=True
        )
    )
    return f"<table><tr><th>Topic</th><th>Documents</th><th>Terms</th></tr>{rows}</table>"
