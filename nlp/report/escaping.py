"""Hostile text stays text: what every string passes through before it enters a page."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

REPLACEMENT = "\ufffd"
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SCRIPT_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def plain(text: str) -> str:
    """The text with control characters and lone surrogates replaced by U+FFFD.

    One character for one, so that offsets into the text stay true; what is left can be encoded as
    UTF-8 and stands in an HTML page without a parse error.
    """
    return _NOT_TEXT.sub(REPLACEMENT, text)


def cell(value: Any) -> Any:
    """What a template prints for a value: nothing for None and NaN, `plain` text for the rest."""
    if isinstance(value, Markup):
        return value
    if value is None or value != value:
        return ""
    return plain(str(value))


def json_block(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in, nor start a comment there."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_SCRIPT_ESCAPES))  # noqa: S704 - escaped in this very line


def policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """A Content-Security-Policy that runs these inline scripts and styles and loads nothing."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {_hashes(scripts)}",
            f"style-src {_hashes(styles)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hashes(sources: Sequence[str]) -> str:
    digests = [base64.b64encode(hashlib.sha256(source.encode()).digest()) for source in sources]
    return " ".join(f"'sha256-{digest.decode()}'" for digest in digests) or "'none'"
