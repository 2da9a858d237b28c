"""Encoders from the Hugging Face Hub or a mirror of it: fetched once, then read from disk alone.

names      names of models, and how the Hub is reached: HF_ENDPOINT, HF_HUB_OFFLINE, HF_TOKEN
fetching   fetches a model through nlp.http
files      what the Hub lists of a model: sizes and hashes
cache      models that were fetched
"""

from __future__ import annotations

from nlp.config import SourceSettings
from nlp.encoder.folder import engine_identity, open_folder
from nlp.encoder.hub.cache import Fetched, cached, check_files
from nlp.encoder.hub.fetching import fetch
from nlp.encoder.hub.names import PREFIX, HubName, read_name
from nlp.encoder.protocol import Encoder
from nlp.progress import Progress, silent

__all__ = ["PREFIX", "Fetched", "HubName", "cached", "fetch", "open_hub", "read_name"]


def open_hub(
    name: HubName, settings: SourceSettings | None = None, progress: Progress = silent
) -> Encoder:
    """The encoder of that name: from disk if it was fetched before, else fetched now.

    An encoder on disk asks nothing of the network; its files are compared with their hashes.
    Raises `EncoderError` if it is not here and `HF_HUB_OFFLINE` forbids the network, or if a
    file is damaged; otherwise what `fetch` raises.
    """
    found = cached(name) or fetch(name, settings, progress)
    identity = engine_identity(f"{PREFIX}{name.name}@{found.commit[:12]}", check_files(found))
    return open_folder(found.folder, str(name), None, identity)
