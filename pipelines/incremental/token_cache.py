"""Cleaned documents, kept from run to run under their text's hash and the cleaning settings."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp._version import __version__
from nlp.cleaning.boilerplate import Boilerplate, without_boilerplate
from nlp.cleaning.reader import clean_in, languages_of
from nlp.cleaning.tokens import Tokens
from nlp.config import CleaningSettings
from nlp.ingest.digests import DIGEST_BYTES, Digests
from nlp.progress import Progress, silent

_log = logging.getLogger(__name__)
_TOKENS, _HEADER = "tokens.npz", "header.npz"


@dataclass(frozen=True)
class Cleaned:
    """Tokens of all documents, and the number of texts that were cleaned in this run."""

    tokens: Tokens
    n_cleaned: int
    left_out: tuple[Boilerplate, ...] = ()
    """Repeated sentences that are in no document's tokens."""


def clean_new(
    texts: Sequence[str],
    digests_of: Digests,
    settings: CleaningSettings,
    folder: Path,
    progress: Progress = silent,
    scratch: Path | None = None,
) -> Cleaned:
    """Return the tokens of `texts`, as `nlp.cleaning.clean` does, but clean only new texts.

    Texts are new if the cache in `folder` does not have them under the same settings. The cache
    then holds exactly these texts, so a deleted text does not stay in it. It is written to
    `scratch`, on the same disk, and then moved to `folder`.
    """
    languages = languages_of(texts, settings)
    told = languages.of_documents or [languages.main] * len(texts)
    digests = [
        _key(row.tobytes(), one, settings) for row, one in zip(digests_of, told, strict=True)
    ]
    stored = _load(folder, signature(settings))
    known, kept = stored if stored else ({}, None)
    fresh: dict[bytes, int] = {}
    for row, digest in enumerate(digests):
        if digest not in known:
            fresh.setdefault(digest, row)
    place = {**known, **{digest: len(known) + row for row, digest in enumerate(fresh)}}
    both = kept or Tokens.from_lists([], [])
    # Free these early: memory then holds at most two copies of the tokens.
    del stored, kept
    if fresh:
        rows = list(fresh.values())
        new = languages.select(rows)
        both = both.joined(clean_in([texts[row] for row in rows], settings, new, progress))
    both = both.select(np.array([place[digest] for digest in digests], dtype=np.int64))
    both = both.compact()
    distinct: dict[bytes, int] = {}
    for row, digest in enumerate(digests):
        distinct.setdefault(digest, row)
    _save(folder, scratch or folder, signature(settings), distinct, both)
    # Not before: what is boilerplate depends on all documents, what is stored must not.
    both, left_out = without_boilerplate(both, texts)
    return Cleaned(both, len(fresh), left_out)


def _key(digest: bytes, language: str, settings: CleaningSettings) -> bytes:
    """What a text is stored under: a found language may change with the other documents."""
    if settings.language != "auto":
        return digest
    return hashlib.blake2b(digest + language.encode(), digest_size=len(digest)).digest()


def signature(settings: CleaningSettings) -> str:
    """Return a hash of all that determines the tokens besides the text: settings and versions."""
    names = CleaningSettings.model_fields
    chosen = {name: getattr(settings, name) for name in names}
    packages = ["spacy", "spacy-lookups-data", "py3langid", *filter(None, [settings.spacy_model])]
    versions = {name: _version(name) for name in packages}
    text = json.dumps([chosen, versions, __version__], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _load(folder: Path, expected: str) -> tuple[dict[bytes, int], Tokens] | None:
    """Return the row of each cached text, and the tokens; None if nothing fits these settings."""
    try:
        with np.load(folder / _HEADER, allow_pickle=False) as header:
            if header["signature"].tobytes().decode() != expected:
                return None
            data = header["digests"].tobytes()
            seal = header["seal"].tobytes()
        path = folder / _TOKENS
        if _seal(path) != seal:
            return None
        tokens = Tokens.load(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError) as error:
        _log.warning(
            "the cache of cleaned documents in %s cannot be read; all documents are cleaned "
            "again: %s",
            folder,
            error,
        )
        return None
    rows = {
        data[i : i + DIGEST_BYTES]: i // DIGEST_BYTES for i in range(0, len(data), DIGEST_BYTES)
    }
    return rows, tokens


def _save(
    folder: Path,
    scratch: Path,
    signed: str,
    distinct: dict[bytes, int],
    tokens: Tokens,
) -> None:
    if len(distinct) < tokens.n_documents:
        rows: NDArray[np.int64] = np.fromiter(distinct.values(), np.int64, len(distinct))
        tokens = tokens.select(rows).compact()
    folder.mkdir(parents=True, exist_ok=True)
    written, header = scratch / f".{_TOKENS}", scratch / f".{_HEADER}"
    tokens.save(written)
    # Both names end in .npz: np.savez would append it to a name without it.
    np.savez(
        header,
        signature=np.frombuffer(signed.encode(), dtype=np.uint8),
        digests=np.frombuffer(b"".join(distinct), dtype=np.uint8),
        seal=np.frombuffer(_seal(written), dtype=np.uint8),
    )
    # Tokens first: if the run stops between the two, the old header's seal does not match, and
    # the cache is ignored.
    written.replace(folder / _TOKENS)
    header.replace(folder / _HEADER)


def _seal(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "blake2b").digest()
