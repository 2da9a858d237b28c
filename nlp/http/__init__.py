"""One proxy-safe HTTP configuration for every client, and downloads through it.

configuration   decided once for the process and its children: proxy, exceptions, authorities
proxies         which proxy, from where, and the hosts that are reached without it
certificates    every source of authorities, merged into one file
addresses       which addresses may be asked, and how one is written without its secrets
connections     a requests session that refuses what `addresses` refuses
downloads       a URL as a local file, kept between runs
store           where downloads are kept
answers         what an answer or a failure means, in words
handshakes      a TLS handshake and what it shows
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nlp.http.addresses import is_url
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
