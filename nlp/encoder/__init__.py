"""Texts as sentence vectors, offline: the one home of onnxruntime and tokenizers.

choice          what --encoder may name, opened
bundled         the encoder that ships with the package: English, loaded on first use
folder          a folder in Hugging Face layout as an encoder
hub/            a model from the Hugging Face Hub, fetched once
objects         vectors and encoders that a caller brings
onnx_encoder    runs an encoder, the same bytes for a text whatever the others
texts           texts as word pieces
protocol        what every encoder offers
languages       whether an encoder fits the documents
store           vectors kept from run to run
student         a linear stand-in for the encoder, where documents are very many
bert/           builds the graph of a model that comes without one
minilm/         the bundled encoder's files, with licence and provenance
"""

from __future__ import annotations

from nlp.encoder.bundled import bundled_encoder, encode
from nlp.encoder.choice import check_choice, open_encoder
from nlp.encoder.objects import as_encoder, check_vectors
from nlp.encoder.protocol import Encoded, Encoder

__all__ = [
    "Encoded",
    "Encoder",
    "as_encoder",
    "bundled_encoder",
    "check_choice",
    "check_vectors",
    "encode",
    "open_encoder",
]
