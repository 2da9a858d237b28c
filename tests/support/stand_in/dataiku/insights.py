"""`dataiku.insights`."""

from __future__ import annotations

import base64

from dataiku.scene import project


def save_data(
    id: str,
    payload: bytes | str,
    content_type: str,
    label: str | None = None,
    project_key: str | None = None,
    encoding: str | None = None,
) -> None:
    """INSIGHTS: bytes, or Base64 text with encoding="base64"; an id seen before is replaced."""
    if not isinstance(id, str) or not id:
        raise TypeError(f"an insight needs an id, got {id!r}")
    if encoding not in (None, "base64"):
        raise ValueError(f"encoding {encoding!r}: only 'base64' or none")
    if encoding == "base64":
        payload = base64.b64decode(payload, validate=True)
    elif not isinstance(payload, bytes):
        raise TypeError("without encoding the payload must be bytes")
    if "/" not in content_type:
        raise ValueError(f"{content_type!r} is not a MIME type")
    project.insights[id] = (payload, content_type, label)
