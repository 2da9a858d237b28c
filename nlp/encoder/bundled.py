"""The encoder that is part of the package: all-MiniLM-L6-v2, English, 384 dimensions.

`minilm/provenance.json` names the source, the hashes and the script that made the files.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from nlp.arrays import Singles
from nlp.encoder.folder import engine_identity, file_hash, open_folder
from nlp.encoder.onnx_encoder import OnnxEncoder
from nlp.errors import EncoderError, TopicbriefError
from nlp.progress import Progress, silent

NAME = "all-MiniLM-L6-v2"
FOLDER = Path(__file__).parent / "minilm"
PROVENANCE = "provenance.json"
_lock = threading.Lock()


def encode(texts: Sequence[str], progress: Progress = silent) -> Singles:
    """(n_docs, 384) float32, the bundled encoder's sentence vectors, rows of length 1.

    A text's vector is the same bytes whatever the other texts, their order and the number of
    threads. The model reads 256 word pieces of a text (about 190 words); `progress` is told
    distinct texts. A text without a word has the vector of the empty text.

    Raises `EncoderError` if the files of the encoder are missing or damaged.
    """
    return bundled_encoder().encode(texts, progress)


def bundled_encoder() -> OnnxEncoder:
    """The encoder in memory, loaded on the first call and kept for the life of the process.

    Raises `EncoderError`, on every call, if its files are missing or damaged.
    """
    with _lock:
        return _load()


@cache
def _load() -> OnnxEncoder:
    digest = check_files(FOLDER)
    try:
        encoder = open_folder(FOLDER, NAME, "en", engine_identity(NAME, digest))
    except (TopicbriefError, ImportError, OSError) as error:
        raise EncoderError(f"the bundled encoder cannot be loaded ({error}): {_REPAIR}") from None
    return replace(encoder, exact=True)


_REPAIR = "install topicbrief again, or choose words alone with --encoder none"


def check_files(folder: Path) -> str:
    """One hash over all files of the bundled encoder, each compared with what was published.

    Raises `EncoderError` that names every missing and every damaged file.
    """
    try:
        hashes: dict[str, str] = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))[
            "files"
        ]
        faults = []
        for path, expected in hashes.items():
            if not (folder / path).is_file():
                faults.append(f"{path} is missing")
            elif file_hash(folder / path) != expected:
                faults.append(f"{path} is damaged")
    except (OSError, ValueError, KeyError, AttributeError) as error:
        faults = [f"its files cannot be read: {type(error).__name__}: {error}"]
    if faults:
        raise EncoderError(f"the bundled encoder is not usable: {'; '.join(faults)}: {_REPAIR}")
    return file_hash(folder / PROVENANCE)
