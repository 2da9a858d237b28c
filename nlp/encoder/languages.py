"""Whether an encoder fits the language of the documents."""

from __future__ import annotations

from nlp.cleaning.languages import NAMES
from nlp.encoder.protocol import Encoder

# 118 million parameters, 50 languages, ONNX graph in its folder on the Hub; Apache-2.0.
SUGGESTED = "hf:sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"


def fits(encoder: Encoder, language: str) -> bool:
    """Whether the encoder was made for this language, or does not say which it was made for."""
    return encoder.language in (None, language)


def misfit(encoder: Encoder, language: str) -> str:
    """What to tell people whose documents the encoder does not fit; empty if it does."""
    if fits(encoder, language):
        return ""
    told = NAMES.get(encoder.language or "", encoder.language)
    return (
        f"The encoder {encoder.name} knows {told} only, so these {NAMES.get(language, language)} "
        "documents were compared by their words alone. To use meaning too, choose one that knows "
        f"the language: --encoder {SUGGESTED} (about 500 MB, fetched once)."
    )
