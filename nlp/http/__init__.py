"""One proxy-safe HTTP configuration for every client, and downloads through it.

configuration   decided once for the process and its children: proxy, exceptions, authorities
proxies         which proxy, from which setting, and the hosts that are reached without it
certificates    every source of certificate authorities, merged into one file
urls            which addresses may be asked, and how one is written without its secrets
session         a requests session that refuses what `urls` refuses
downloads       a URL as a local file, kept between runs
download_cache  where downloads are kept
responses       what a response or a failure means, in words
handshakes      a TLS handshake and what it shows
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
    """A source as it is, or the file that was fetched if it is an `http(s)` address."""
    if not is_url(source):
        return source
    from nlp.http.downloads import download

    return download(str(source), settings, progress).path
