"""A URL as a local file, kept between runs and fetched again only if it has changed."""

from __future__ import annotations

import hashlib
import os
import re
import time
from dataclasses import dataclass, replace
from email.message import Message
from pathlib import Path
from urllib.parse import unquote, urlsplit

import requests
from urllib3.exceptions import HTTPError

from nlp.config import HttpSettings, SourceSettings
from nlp.errors import StorageError, TopicbriefError
from nlp.http.download_cache import Download, entry, keep, known, renew, temporary
from nlp.http.responses import check_answer, check_start, explain, suffix_for
from nlp.http.session import credentials, open_session
from nlp.http.urls import check_url, masked
from nlp.progress import Progress, silent

# Bytes read at once: few system calls, and a progress bar and a deadline that still move.
_BLOCK = 1 << 18
# Seconds before each new try: a restarting server or proxy is usually back within them.
_PAUSES = (0.5, 2.0, 5.0)
# RFC 9110 and RFC 6585: a time-out, an overload or a fault behind a gateway, which may pass.
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
# A server that asks for more in `Retry-After` is not waited for: a nightly run has a deadline.
_LONGEST_PAUSE = 60.0
# Bytes in which a log-in page shows its first tag and title.
_START = 1024
# Seconds to wait for a connection: longer than TCP's first three retries take (1 + 2 + 4 s).
_CONNECT_TIMEOUT = 10.0


@dataclass(frozen=True)
class _Partial:
    """Bytes written so far, and the server's identifier (ETag) of that version of the content."""

    n_bytes: int = 0
    version: str = ""


class _TryAgainError(Exception):
    """The server or the connection failed in a way that may pass."""

    def __init__(self, message: str, partial: _Partial = _Partial(), pause: float = 0) -> None:
        super().__init__(message)
        self.partial, self.pause = partial, pause


def download(
    url: str, settings: SourceSettings | None = None, progress: Progress = silent
) -> Download:
    """The content of an `http(s)` address, as a local file.

    `progress` counts bytes. A transient failure is tried again; the download resumes at the last
    byte if the server supports it. Content that has not changed since the last call is not fetched.

    Raises `InputError` for an address that is refused or invalid, `StorageError` if the server,
    the proxy or the disk fails, or if the answer is not the data. Messages contain no secrets.
    """
    settings = settings or SourceSettings()
    check_url(url)
    with entry(url) as folder:
        before = known(folder, url)
        limit = time.monotonic() + settings.download_timeout
        partial = _Partial()
        with open_session(settings) as session, temporary(folder) as file:
            for pause in (*_PAUSES, None):
                try:
                    done = _fetch(session, url, settings, before, file, partial, progress, limit)
                    break
                except _TryAgainError as error:
                    if pause is None or time.monotonic() + pause > limit:
                        tries = len(_PAUSES) + 1
                        raise StorageError(f"{error}; given up after {tries} tries") from None
                    partial = error.partial
                    time.sleep(max(pause, min(error.pause, _LONGEST_PAUSE)))
            return keep(folder, file, done) if done.fetched else renew(folder, done)


def _fetch(
    session: requests.Session,
    url: str,
    settings: SourceSettings,
    before: Download | None,
    file: Path,
    partial: _Partial,
    progress: Progress,
    limit: float,
) -> Download:
    headers = {"Accept-Encoding": "identity", "User-Agent": "topicbrief"}
    if partial.n_bytes:
        headers |= {"Range": f"bytes={partial.n_bytes}-", "If-Range": partial.version}
    elif before:
        conditions = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified}
        headers |= {name: value for name, value in conditions.items() if value}
    try:
        response = session.get(
            url,
            headers=headers,
            auth=credentials(url, settings),
            timeout=(min(settings.http_timeout, _CONNECT_TIMEOUT), settings.http_timeout),
            stream=True,
        )
    except TopicbriefError:
        raise
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        message, transient = explain(error, url)
        if transient:
            raise _TryAgainError(message, partial) from None
        raise StorageError(message) from None
    with response:
        if before and response.status_code == requests.codes.not_modified:
            return replace(before, fetched=False)
        if response.status_code in _TRANSIENT:
            raise _TryAgainError(
                f"{masked(url)} answers {response.status_code} {response.reason}",
                partial,
                _retry_after(response),
            )
        check_answer(response, url)
        resumed = response.status_code == requests.codes.partial_content
        return _receive(
            response, url, settings, file, partial if resumed else _Partial(), progress, limit
        )


def _receive(
    response: requests.Response,
    url: str,
    settings: SourceSettings,
    file: Path,
    partial: _Partial,
    progress: Progress,
    limit: float,
) -> Download:
    """Append the answer's body to the bytes that are already in the file."""
    most = settings.max_megabytes * 1_000_000
    length = response.headers.get("Content-Length", "")
    encoded = response.headers.get("Content-Encoding", "identity").lower() != "identity"
    total = partial.n_bytes + int(length) if length.isdigit() and not encoded else 0
    _check_size(total, most, url, settings)
    written = partial.n_bytes
    version = "" if encoded else _version(response)
    try:
        with file.open("r+b") as stream:
            stream.truncate(written)
            stream.seek(written)
            while block := response.raw.read1(_BLOCK, decode_content=True):
                if written < _START:
                    check_start(block, response, url)
                written += len(block)
                _check_size(written, most, url, settings)
                stream.write(block)
                progress(written, max(total, written) if total else 0)
                if time.monotonic() > limit:
                    raise StorageError(
                        f"{masked(url)}: not finished after {settings.download_timeout:g} s "
                        f"({written:,} bytes received): raise download_timeout"
                    )
            stream.flush()
            os.fsync(stream.fileno())
    except (requests.RequestException, HTTPError) as error:
        message, _ = explain(error, url)
        kept = _Partial(written, version) if version else _Partial()
        raise _TryAgainError(message, kept) from None
    if total and written != total:
        kept = _Partial(written, version) if version else _Partial()
        raise _TryAgainError(
            f"{masked(url)}: the answer ended after {written:,} of {total:,} bytes", kept
        )
    if not written:
        raise StorageError(f"{masked(url)}: the answer is empty: check the address")
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Download(
        url=masked(url),
        path=Path(_file_name(response, url)),
        n_bytes=written,
        sha256=digest,
        etag=response.headers.get("ETag", ""),
        last_modified=response.headers.get("Last-Modified", ""),
    )


def _check_size(n_bytes: int, most: int, url: str, settings: SourceSettings) -> None:
    if n_bytes > most:
        raise StorageError(
            f"{masked(url)}: more than {settings.max_megabytes:,} MB: raise max_megabytes "
            "to fetch it"
        )


def _version(response: requests.Response) -> str:
    """The ETag of this content if the server can send the rest of it later, else empty."""
    etag = str(response.headers.get("ETag", ""))
    if "bytes" not in response.headers.get("Accept-Ranges", "") and response.status_code != 206:
        return ""
    return etag if etag.startswith('"') else ""


def _retry_after(response: requests.Response) -> float:
    value = str(response.headers.get("Retry-After", ""))
    return float(value) if value.isdigit() else 0.0


def _file_name(response: requests.Response, url: str) -> str:
    """A file name with a suffix: from the server, from the address, or from the content type."""
    header = Message()
    header["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    names = (header.get_filename() or "", unquote(urlsplit(url).path))
    cleaned = [re.sub(r"[^A-Za-z0-9._-]+", "-", re.split(r"[/\\]", n)[-1]) for n in names]
    stems = [name.strip(".-")[-100:].lstrip(".-") for name in cleaned]
    named = next((stem for stem in stems if Path(stem).suffix), "")
    if named:
        return named
    return (next(filter(None, stems), "") or "download") + suffix_for(response)


def probe(url: str, settings: HttpSettings) -> int:
    """The HTTP status of an address that answers with data; the data is not stored.

    Raises what `download` raises.
    """
    try:
        with (
            open_session(settings) as session,
            session.get(
                url, auth=credentials(url, settings), timeout=_CONNECT_TIMEOUT, stream=True
            ) as response,
        ):
            check_answer(response, url)
            check_start(response.raw.read1(_START, decode_content=True), response, url)
            return response.status_code
    except TopicbriefError:
        raise
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise StorageError(explain(error, url)[0]) from None
