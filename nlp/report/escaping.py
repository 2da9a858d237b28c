"""Escapes text from documents, which may be hostile, before it enters a page."""

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
    """Return the text with control characters and lone surrogates replaced by U+FFFD.

    Each character is replaced by one character, so offsets into the text stay valid. The result
    can be encoded as UTF-8 and causes no parse error in HTML.
    """
    return _NOT_TEXT.sub(REPLACEMENT, text)


def cell(value: Any) -> Any:
    """Return what a template prints for a value: "" for None and NaN, `plain` text otherwise."""
    if isinstance(value, Markup):
        return value
    if value is None or value != value:
        return ""
    return plain(str(value))


def json_block(value: Any) -> Markup:
    """Return JSON that can neither end the script element around it nor start a comment."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_SCRIPT_ESCAPES))  # noqa: S704 - escaped in this very line


def policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """Return a Content-Security-Policy that allows only these inline scripts and styles."""
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
