"""Vectors kept from run to run, so that a text is encoded once."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.arrays import Flags, Singles
from nlp.encoder.protocol import Encoded, Encoder
from nlp.errors import StorageError
from nlp.ingest.digests import DIGEST_BYTES, text_digests
from nlp.ingest.digests import Digests as TextDigests
from nlp.progress import Progress, silent

Digests = NDArray[np.void]


@dataclass(frozen=True)
class VectorStore:
    """Vectors by the digest of their text, all from one encoder."""

    identity: str
    """The encoder's; empty if it has none, and then nothing is kept."""
    digests: Digests
    """(n_texts,) 16 bytes each, in order."""
    encoded: Encoded
    """(n_texts,) in the same order."""

    def rows(self, digests: TextDigests) -> NDArray[np.int64]:
        """(n_docs,) the row of each document by its digest, (n_docs, 16) bytes; -1 if unknown."""
        return _find(self, np.ascontiguousarray(digests).view(f"V{DIGEST_BYTES}").reshape(-1))


@dataclass(frozen=True)
class Reused:
    """Vectors of documents, and how many of their texts had to be encoded."""

    encoded: Encoded
    store: VectorStore
    """What to keep: the vectors of these documents, and of no others."""
    n_texts: int
    n_new: int


def encode_new(
    encoder: Encoder,
    texts: Sequence[str],
    store: VectorStore | None = None,
    progress: Progress = silent,
) -> Reused:
    """Vectors of all texts, of which only those that the store does not hold are encoded.

    The result is the same bytes whether the store holds all, some or none of them; a store of
    another encoder is not used. `progress` is told new texts.
    """
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    distinct = list(numbers)
    digests = digest_texts(distinct)
    usable = store if store and encoder.identity and store.identity == encoder.identity else None
    places = _find(usable, digests)
    new = np.flatnonzero(places < 0)
    fresh = encoder.encode_documents([distinct[number] for number in new], progress)
    n_dims = fresh.vectors.shape[1] if len(new) or usable is None else _n_dims(usable)
    encoded = Encoded(
        np.zeros((len(distinct), n_dims), dtype=np.float32),
        np.zeros(len(distinct), dtype=np.bool_),
        np.zeros(len(distinct), dtype=np.bool_),
    )
    _fill(encoded, new, fresh, np.arange(len(new)))
    if usable is not None:
        known = np.flatnonzero(places >= 0)
        _fill(encoded, known, usable.encoded, places[known])
    order = np.argsort(digests)
    rows = np.fromiter((numbers[text] for text in texts), dtype=np.int64, count=len(texts))
    kept = VectorStore(encoder.identity, digests[order], _rows(encoded, order))
    return Reused(_rows(encoded, rows), kept, len(distinct), len(new))


def digest_texts(texts: Sequence[str]) -> Digests:
    """(n_texts,) 16 bytes that stand for a text; lone surrogates have bytes of their own."""
    return text_digests(texts).view(f"V{DIGEST_BYTES}").reshape(-1)


def save_store(store: VectorStore, path: Path) -> None:
    """Write a store as an uncompressed npz file, the same bytes for the same vectors.

    A store without an identity is not written. Raises `StorageError` if the disk fails.
    """
    if not store.identity:
        return
    arrays: dict[str, NDArray[np.generic]] = {
        "identity": np.frombuffer(store.identity.encode(), dtype=np.uint8),
        "digests": store.digests.view(np.uint8).reshape(-1, DIGEST_BYTES),
        "vectors": store.encoded.vectors,
        "truncated": store.encoded.truncated,
        "unknown": store.encoded.unknown,
    }
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
            for name, values in arrays.items():
                # A fixed date, where numpy.savez would write the hour.
                entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
                with archive.open(entry, "w", force_zip64=True) as stream:
                    np.lib.format.write_array(stream, values, allow_pickle=False)
        unfinished.replace(path)
    except OSError as error:
        raise StorageError(
            f"{path}: vectors cannot be kept: {error.strerror or type(error).__name__}"
        ) from None
    finally:
        unfinished.unlink(missing_ok=True)


def load_store(path: Path) -> VectorStore | None:
    """The store in a file, or None if there is none that is whole: all is then encoded anew."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            store = VectorStore(
                stored["identity"].astype(np.uint8).tobytes().decode(),
                _as_digests(stored["digests"]),
                Encoded(stored["vectors"], stored["truncated"], stored["unknown"]),
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return store if _is_whole(store) else None


def _as_digests(values: NDArray[np.generic]) -> Digests:
    if values.dtype != np.uint8 or values.ndim != 2 or values.shape[1] != DIGEST_BYTES:
        raise ValueError("no digests")
    return np.ascontiguousarray(values).view(f"V{DIGEST_BYTES}").reshape(-1)


def _is_whole(store: VectorStore) -> bool:
    encoded, n_texts = store.encoded, len(store.digests)
    flags = (encoded.truncated, encoded.unknown)
    return (
        encoded.vectors.dtype == np.float32
        and encoded.vectors.ndim == 2
        and len(encoded.vectors) == n_texts
        and all(flag.dtype == np.bool_ and flag.shape == (n_texts,) for flag in flags)
        and bool(np.isfinite(encoded.vectors).all())
    )


def _find(store: VectorStore | None, digests: Digests) -> NDArray[np.int64]:
    """(n_texts,) each text's place in the store, or -1."""
    if store is None:
        return np.full(len(digests), -1, dtype=np.int64)
    places = {digest.tobytes(): place for place, digest in enumerate(store.digests)}
    found = (places.get(digest.tobytes(), -1) for digest in digests)
    return np.fromiter(found, dtype=np.int64, count=len(digests))


def _n_dims(store: VectorStore) -> int:
    return int(store.encoded.vectors.shape[1])


def _fill(
    target: Encoded, rows: NDArray[np.int64], source: Encoded, places: NDArray[np.int64]
) -> None:
    target.vectors[rows] = source.vectors[places]
    target.truncated[rows] = source.truncated[places]
    target.unknown[rows] = source.unknown[places]


def _rows(encoded: Encoded, rows: NDArray[np.int64]) -> Encoded:
    vectors: Singles = encoded.vectors[rows]
    truncated: Flags = encoded.truncated[rows]
    return Encoded(vectors, truncated, encoded.unknown[rows])
