"""Texts as sentence vectors, offline: the one home of onnxruntime and tokenizers.

bundled         the encoder that ships with the package: English, loaded on first use
onnx_encoder    runs an encoder, the same bytes for a text whatever the others
texts           texts as word pieces
folder          a folder in Hugging Face layout as an encoder
bert/           builds the graph of a model that comes without one
protocol        what every encoder offers
minilm/         the bundled encoder's files, with licence and provenance
"""

from __future__ import annotations

from nlp.encoder.bundled import bundled_encoder, encode
from nlp.encoder.protocol import Encoded, Encoder

__all__ = ["Encoded", "Encoder", "bundled_encoder", "encode"]
