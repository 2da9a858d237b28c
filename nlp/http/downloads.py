"""A URL as a local file, kept between runs: only what changed is fetched again."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from email.message import Message
from pathlib import Path
from urllib.parse import unquote, urlsplit

import requests
from filelock import FileLock, Timeout
from urllib3.exceptions import HTTPError

from nlp.config import SourceSettings
from nlp.errors import StorageError, TopicbriefError
from nlp.http.addresses import check_url, masked
from nlp.http.answers import check_answer, check_start, explain, suffix_for
from nlp.http.configuration import cache_folder
from nlp.http.connections import credentials, open_session
from nlp.progress import Progress, silent

_BLOCK = 1 << 18
_PAUSES = (0.5, 2.0, 5.0)
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_PAUSE = 60.0
_KEPT_DAYS = 30
_START = 1024
_META = "download.json"


@dataclass(frozen=True)
class Download:
    """A URL's content as a file."""

    url: str
    """Without its secrets."""
    path: Path
    n_bytes: int
    sha256: str
    etag: str = ""
    last_modified: str = ""
    fetched: bool = True
    """Whether it was fetched now; else the server said that it has not changed."""


@dataclass(frozen=True)
class _Partial:
    """What has been written so far, and how the server names that version of the content."""

    n_bytes: int = 0
    version: str = ""


class _TryAgainError(Exception):
    """The server or the line failed in a way that may pass."""

    def __init__(self, message: str, partial: _Partial = _Partial(), pause: float = 0) -> None:
        super().__init__(message)
        self.partial, self.pause = partial, pause


def download(
    url: str, settings: SourceSettings | None = None, progress: Progress = silent
) -> Download:
    """The content of an `http(s)` address as a file that the readers read.

    `progress` is told bytes. Transient failures are tried again, from where the line broke if the
    server can; what has not changed since the last call is not fetched again.

    Raises `InputError` for an address that must not or cannot be asked, `StorageError` if the
    server, the proxy or the disk fails, or what came is not the data. No message holds a secret.
    """
    settings = settings or SourceSettings()
    check_url(url)
    with _entry(url) as folder:
        known = _known(folder, url)
        limit = time.monotonic() + settings.download_timeout
        partial = _Partial()
        with open_session(settings) as session, _temporary(folder) as file:
            for pause in (*_PAUSES, None):
                try:
                    done = _fetch(session, url, settings, known, file, partial, progress, limit)
                    break
                except _TryAgainError as error:
                    if pause is None or time.monotonic() + pause > limit:
                        tries = len(_PAUSES) + 1
                        raise StorageError(f"{error}; given up after {tries} tries") from None
                    partial = error.partial
                    time.sleep(max(pause, min(error.pause, _LONGEST_PAUSE)))
            if not done.fetched:
                (folder / _META).touch()
                return done
            return _keep(folder, file, done)


def downloaded(url: str) -> Download | None:
    """What `download` last left for an address, without asking the network."""
    return _known(_place(url), url)


def _fetch(
    session: requests.Session,
    url: str,
    settings: SourceSettings,
    known: Download | None,
    file: Path,
    partial: _Partial,
    progress: Progress,
    limit: float,
) -> Download:
    headers = {"Accept-Encoding": "identity", "User-Agent": "topicbrief"}
    if partial.n_bytes:
        headers |= {"Range": f"bytes={partial.n_bytes}-", "If-Range": partial.version}
    elif known:
        conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        headers |= {name: value for name, value in conditions.items() if value}
    try:
        response = session.get(
            url,
            headers=headers,
            auth=credentials(url, settings),
            timeout=(min(settings.http_timeout, 10), settings.http_timeout),
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
        if known and response.status_code == requests.codes.not_modified:
            return replace(known, fetched=False)
        if response.status_code in _TRANSIENT:
            raise _TryAgainError(
                f"{masked(url)} answers {response.status_code} {response.reason}",
                partial,
                _retry_after(response),
            )
        check_answer(response, url, settings)
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
    """Write the answer after what was written before."""
    most = settings.max_megabytes * 1_000_000
    told = response.headers.get("Content-Length", "")
    encoded = response.headers.get("Content-Encoding", "identity").lower() != "identity"
    total = partial.n_bytes + int(told) if told.isdigit() and not encoded else 0
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
                        f"({written:,} bytes came): raise download_timeout"
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
    """What names this very content to the server, if it can send the rest of it later."""
    etag = str(response.headers.get("ETag", ""))
    if "bytes" not in response.headers.get("Accept-Ranges", "") and response.status_code != 206:
        return ""
    return etag if etag.startswith('"') else ""


def _retry_after(response: requests.Response) -> float:
    value = str(response.headers.get("Retry-After", ""))
    return float(value) if value.isdigit() else 0.0


def _file_name(response: requests.Response, url: str) -> str:
    """A name with a suffix that tells the format: the server's, the address's, or by type."""
    header = Message()
    header["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    names = (header.get_filename() or "", unquote(urlsplit(url).path))
    cleaned = [re.sub(r"[^A-Za-z0-9._-]+", "-", re.split(r"[/\\]", n)[-1]) for n in names]
    stems = [name.strip(".-")[-100:].lstrip(".-") for name in cleaned]
    named = next((stem for stem in stems if Path(stem).suffix), "")
    if named:
        return named
    return (next(filter(None, stems), "") or "download") + suffix_for(response)


def _place(url: str) -> Path:
    """The folder of a URL; its name tells nothing of it."""
    return cache_folder() / "downloads" / hashlib.sha256(url.encode()).hexdigest()[:32]


@contextmanager
def _entry(url: str) -> Iterator[Path]:
    folder = _place(url)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _forget_old(folder.parent)
        lock = FileLock(f"{folder}.lock", timeout=0)
        with lock:
            folder.mkdir(exist_ok=True, mode=0o700)
            yield folder
    except Timeout:
        raise StorageError(f"{masked(url)} is being fetched by another run: try later") from None
    except OSError as error:
        if isinstance(error, TopicbriefError):
            raise
        raise StorageError(
            f"cannot keep {masked(url)} in {folder}: {error.strerror or type(error).__name__}; "
            "set TOPICBRIEF_CACHE to a folder that can be written"
        ) from None


@contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=folder, prefix=".partial-")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _keep(folder: Path, file: Path, done: Download) -> Download:
    """Put a finished file in its place; files of earlier versions go."""
    # The hash in the path keeps whoever reads an earlier version from reading half of each.
    place = folder / done.sha256[:16]
    place.mkdir(exist_ok=True, mode=0o700)
    kept = replace(done, path=file.replace(place / done.path.name))
    meta = {**asdict(kept), "path": kept.path.relative_to(folder).as_posix()}
    temporary = folder / f".{_META}"
    temporary.write_text(json.dumps(meta), encoding="utf-8")
    temporary.replace(folder / _META)
    for other in folder.iterdir():
        if other.is_dir() and other != place:
            shutil.rmtree(other, ignore_errors=True)
    return kept


def _known(folder: Path, url: str) -> Download | None:
    try:
        values = json.loads((folder / _META).read_text(encoding="utf-8"))
        known = Download(**{**values, "path": folder / values["path"], "url": masked(url)})
        with known.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return known if digest == known.sha256 else None


def _forget_old(parent: Path) -> None:
    """Remove what no run has asked for in a month."""
    oldest = time.time() - _KEPT_DAYS * 86_400
    for meta in parent.glob(f"*/{_META}"):
        if meta.stat().st_mtime < oldest:
            shutil.rmtree(meta.parent, ignore_errors=True)
