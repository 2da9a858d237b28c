"""Names of models on the Hub, and how the Hub is reached."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from nlp.config import SourceSettings
from nlp.errors import InputError

PREFIX = "hf:"
_ENDPOINT = "https://huggingface.co"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?", re.ASCII)
_REVISION = re.compile(r"[A-Za-z0-9][\w./-]*", re.ASCII)


@dataclass(frozen=True)
class HubName:
    """A model on the Hub, at one revision."""

    name: str
    revision: str = "main"

    def __str__(self) -> str:
        at = f"@{self.revision}" if self.revision != "main" else ""
        return f"{PREFIX}{self.name}{at}"


def read_name(text: str) -> HubName:
    """The model that `hf:NAME[@REVISION]` names; `hf:` may be left out.

    Raises `InputError` for a text that cannot be such a name.
    """
    name, at, revision = text.removeprefix(PREFIX).partition("@")
    if not _NAME.fullmatch(name) or ".." in text or (at and not _REVISION.fullmatch(revision)):
        raise InputError(
            f"encoder: {text!r} is no name of a model: write hf:OWNER/NAME, or "
            "hf:OWNER/NAME@REVISION"
        )
    return HubName(name, revision or "main")


def offline(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether `HF_HUB_OFFLINE` forbids to ask the Hub."""
    return environment.get("HF_HUB_OFFLINE", "").strip().lower() in ("1", "true", "yes", "on")


def endpoint(environment: Mapping[str, str] = os.environ) -> str:
    """Where the Hub is asked: `HF_ENDPOINT` or huggingface.co."""
    return (environment.get("HF_ENDPOINT", "").strip() or _ENDPOINT).rstrip("/")


def hub_settings(
    settings: SourceSettings, environment: Mapping[str, str] = os.environ
) -> SourceSettings:
    """The network's settings for the Hub: its token, and a mirror inside the company is trusted."""
    host = urlsplit(endpoint(environment)).hostname or ""
    changes: dict[str, object] = {}
    if environment.get("HF_TOKEN") and host not in settings.http_credentials:
        changes["http_credentials"] = {**settings.http_credentials, host: "HF_TOKEN"}
    if environment.get("HF_ENDPOINT"):
        changes["allow_private_addresses"] = True
    return settings.model_copy(update=changes)


def listing_url(name: HubName) -> str:
    """Where the Hub lists the files of a revision, with sizes and hashes."""
    revision = quote(name.revision, safe="")
    return f"{endpoint()}/api/models/{name.name}/revision/{revision}?blobs=true"


def file_url(name: HubName, commit: str, path: str) -> str:
    """Where the Hub has one file of a commit."""
    return f"{endpoint()}/{name.name}/resolve/{commit}/{quote(path)}"
