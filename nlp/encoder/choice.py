"""What `--encoder` may name: bundled, none, a folder, or a model on the Hub."""

from __future__ import annotations

from pathlib import Path

from nlp.config import SourceSettings
from nlp.encoder.bundled import bundled_encoder
from nlp.encoder.folder import open_folder
from nlp.encoder.hub import PREFIX, open_hub, read_name
from nlp.encoder.protocol import Encoder
from nlp.errors import InputError
from nlp.progress import Progress, silent

BUNDLED = "bundled"
NONE = "none"


def check_choice(choice: str) -> None:
    """Raise `InputError` unless `choice` names an encoder; nothing is loaded, nothing is asked."""
    if choice in (BUNDLED, NONE):
        return
    if choice.startswith(PREFIX):
        read_name(choice)
    elif not choice or not Path(choice).expanduser().is_dir():
        raise InputError(
            f"encoder: {choice!r} is no folder: give {BUNDLED}, {NONE}, a folder in Hugging Face "
            f"layout, or {PREFIX}OWNER/NAME"
        )


def open_encoder(
    choice: str = BUNDLED, settings: SourceSettings | None = None, progress: Progress = silent
) -> Encoder | None:
    """The encoder that `--encoder` names, ready to encode; None for "none".

    Only `hf:NAME` that was not fetched before asks the network; `progress` is then told bytes.
    Raises `InputError` for a choice that is no encoder, `EncoderError` for a damaged or missing
    one, `StorageError` if the network or the disk fails.
    """
    check_choice(choice)
    if choice == NONE:
        return None
    if choice == BUNDLED:
        return bundled_encoder()
    if choice.startswith(PREFIX):
        return open_hub(read_name(choice), settings, progress)
    folder = Path(choice).expanduser().resolve()
    return open_folder(folder, folder.name)
