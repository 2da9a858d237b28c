"""One proxy-safe HTTP configuration for every client, and downloads through it.

configuration   chooses proxy, exceptions and authorities once, for this process and its children
proxies         which proxy, from which setting, and the hosts that are reached without it
certificates    every source of certificate authorities, merged into one file
urls            which addresses may be fetched, and how to write one without its secrets
session         a requests session that refuses the addresses that `urls` refuses
downloads       a URL as a local file, kept between runs
download_cache  where downloads are kept
responses       what a response or a failure means, as a message
handshakes      a TLS handshake, its certificates and its fault
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nlp.http.urls import is_url
from nlp.progress import Progress, silent

if TYPE_CHECKING:
    from nlp.config import SourceSettings


def local_copy(
    source: str | Path, settings: SourceSettings, progress: Progress = silent
) -> str | Path:
    """The source itself, or the downloaded file if the source is an `http(s)` address."""
    if not is_url(source):
        return source
    from nlp.http.downloads import download

    return download(str(source), settings, progress).path
