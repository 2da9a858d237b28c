"""Fetches a model through `nlp.http`: proxy, company authority, mirror, hashes, no half of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from nlp.config import SourceSettings
from nlp.encoder.bert.folder import TENSORS
from nlp.encoder.folder import GRAPHS, SETTINGS, TOKENIZER, file_hash
from nlp.encoder.hub.cache import Fetched, cached, home, intact, point, staging, write_manifest
from nlp.encoder.hub.files import HubFile, Listing, check_file, read_listing
from nlp.encoder.hub.names import (
    HubName,
    endpoint,
    file_url,
    hub_settings,
    listing_url,
    offline,
)
from nlp.errors import EncoderError, InputError, StorageError, TopicbriefError
from nlp.http.download_cache import downloaded
from nlp.http.downloads import download
from nlp.http.responses import RefusedError
from nlp.progress import Progress, silent

# The Hub answers 401 for a name that nobody has, so that private names cannot be guessed.
_UNKNOWN = (401, 403, 404)


def fetch(
    name: HubName, settings: SourceSettings | None = None, progress: Progress = silent
) -> Fetched:
    """Fetch what is new of a model; it is there as a whole or not at all.

    `progress` is told bytes. Every file is compared with the hash that the Hub lists.
    Raises `InputError` for a name that does not exist or a model that cannot be run,
    `EncoderError` if `HF_HUB_OFFLINE` is set, `StorageError` if network or disk fail.
    """
    if offline():
        raise EncoderError(
            f"encoder {name}: it is not on this machine and HF_HUB_OFFLINE is set: unset it and "
            f"run 'topicbrief encoder {name}', or choose --encoder bundled"
        )
    settings = hub_settings(settings or SourceSettings())
    with _named(name):
        listing = _list_files(name, settings)
        wanted = _wanted(name, listing)
        before = intact(HubName(name.name, listing.commit))
        if before is None:
            _fetch_files(name, listing, wanted, settings, progress)
        point(name, listing.commit)
    found = cached(HubName(name.name, listing.commit))
    if found is None:
        raise StorageError(f"encoder {name}: {home(name)} was changed by another program")
    return Fetched(name, listing.commit, found.folder, found.n_bytes, fetched=before is None)


def _list_files(name: HubName, settings: SourceSettings) -> Listing:
    try:
        answer = download(listing_url(name), settings)
    except RefusedError as error:
        if error.status not in _UNKNOWN:
            raise
        at = f" at revision {name.revision!r}" if name.revision != "main" else ""
        raise InputError(
            f"encoder {name}: {urlsplit(endpoint()).hostname} knows no model {name.name!r}{at} "
            f"({error.status}): check the name; for a private or gated one set HF_TOKEN"
        ) from None
    return read_listing(answer.path, str(name))


def _wanted(name: HubName, listing: Listing) -> list[HubFile]:
    """The files that an encoder reads; raises `InputError` if the model has no graph."""
    files = {file.path: file for file in listing.files}
    # Tensors alone are of use only where a graph can be built of them.
    known = (*GRAPHS, TENSORS) if find_spec("onnx") else GRAPHS
    graph = next((path for path in known if path in files), None)
    if graph is None or TOKENIZER not in files:
        missing = TOKENIZER if TOKENIZER not in files else f"{' or '.join(GRAPHS)}"
        raise InputError(
            f"encoder {name}: the model holds no {missing}: choose one with tokenizer.json and "
            "an ONNX graph, or use it from Python, as an object with .encode"
        )
    paths = [TOKENIZER, *SETTINGS, graph, f"{graph}_data"]
    return [files[path] for path in paths if path in files]


def _fetch_files(
    name: HubName,
    listing: Listing,
    wanted: list[HubFile],
    settings: SourceSettings,
    progress: Progress,
) -> None:
    """All files, then all at once into their folder: a later try finds those that came."""
    total, done = sum(file.size for file in wanted), 0
    sources = {}
    for file in wanted:
        told = _after(progress, done, total)
        sources[file.path] = _fetch_file(name, listing.commit, file, settings, told)
        done += file.size
    with staging(name, listing.commit) as stage:
        for path, source in sources.items():
            (stage / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source, stage / path)
        hashes = {path: file_hash(stage / path) for path in sources}
        write_manifest(stage, name, listing.commit, hashes)
    for source in sources.values():
        shutil.rmtree(source.parent.parent, ignore_errors=True)


def _fetch_file(
    name: HubName, commit: str, file: HubFile, settings: SourceSettings, progress: Progress
) -> Path:
    """One file in the cache of downloads, its hash checked."""
    url = file_url(name, commit, file.path)
    # An earlier try that broke off at a later file has left it there.
    before = downloaded(url)
    kept = before if before and check_file(before.path, file) else download(url, settings, progress)
    if not check_file(kept.path, file):
        shutil.rmtree(kept.path.parent.parent, ignore_errors=True)
        raise StorageError(
            f"encoder {name}: {file.path} is not what the Hub lists ({kept.n_bytes:,} bytes, "
            f"sha256 {kept.sha256[:16]}...): try again; if it stays, a proxy or mirror changes it"
        )
    return kept.path


def _after(progress: Progress, done: int, total: int) -> Progress:
    return lambda now, _: progress(done + now, max(total, done + now))


@contextmanager
def _named(name: HubName) -> Iterator[None]:
    """Put the encoder's name before what network and disk say."""
    try:
        yield
    except TopicbriefError as error:
        told = str(error).removeprefix("source: ")
        if told.startswith("encoder "):
            raise
        kind: Callable[[str], TopicbriefError] = (
            InputError if isinstance(error, InputError) else StorageError
        )
        raise kind(f"encoder {name}: {told}") from None
    except OSError as error:
        raise StorageError(
            f"encoder {name}: cannot be kept in {home(name)}: "
            f"{error.strerror or type(error).__name__}; set TOPICBRIEF_CACHE to a folder with room"
        ) from None
