"""Sentence vectors of the documents, where there is an encoder and a model that uses them."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.arrays import Ints, Singles
from nlp.config import Settings
from nlp.encoder.choice import BUNDLED, NONE, open_encoder
from nlp.encoder.languages import misfit
from nlp.encoder.protocol import Encoder
from nlp.encoder.store import VectorStore, encode_new
from nlp.encoder.student import MOST_ENCODED, TAUGHT, ThriftyEncoder
from nlp.errors import EncoderError
from nlp.ingest.corpus import Corpus
from nlp.ingest.digests import Digests
from nlp.progress import Progress, silent
from nlp.record import EncoderRecord


@dataclass(frozen=True)
class Encoding:
    """Vectors of all documents, or why there are none."""

    record: EncoderRecord | None = None
    """None if documents are compared by their words alone."""
    store: VectorStore | None = None
    """The vectors by text, kept with the run for the next one."""
    rows: Ints | None = None
    """(n_docs,) the row of each document in `store`."""
    warnings: tuple[str, ...] = ()
    given: Singles | None = None
    """(n_docs, n_dims) vectors that the caller brought, in place of `store` and `rows`."""

    @property
    def vectors(self) -> Singles | None:
        """(n_docs, n_dims) float32, rows of length 1; None without an encoder.

        Zeros for a text of which the encoder knows nothing: all of these have one vector, so that
        they would be a topic.
        """
        if self.given is not None:
            return self.given
        if self.store is None or self.rows is None:
            return None
        vectors: Singles = self.store.encoded.vectors[self.rows]
        vectors[self.store.encoded.unknown[self.rows]] = 0.0
        return vectors


def encode_documents(
    corpus: Corpus,
    digests: Digests,
    language: str,
    settings: Settings,
    known: VectorStore | None = None,
    progress: Progress = silent,
    own: Encoder | None = None,
) -> Encoding:
    """Vectors of a corpus's documents by the caller's `own` encoder, or by the settings'.

    `digests` (n_docs, 16) are those of the texts; `known` holds vectors of an earlier run. Without
    an encoder, with a damaged bundled one or with one of another language there are none, and a
    warning says why. Raises `EncoderError` if an encoder that the user chose cannot be used.
    """
    if own is None and settings.encoder == NONE:
        return Encoding()
    try:
        encoder = own or open_encoder(settings.encoder, settings)
    except EncoderError as error:
        if settings.encoder != BUNDLED:
            raise
        return Encoding(warnings=(f"documents are compared by their words alone: {error}",))
    if encoder is None:
        return Encoding()
    unfit = misfit(encoder, language)
    if unfit:
        return Encoding(warnings=(unfit,))
    found = encode_new(ThriftyEncoder(encoder, settings.seed), corpus.texts, known, progress)
    taught = TAUGHT if found.n_new > MOST_ENCODED else None
    record = EncoderRecord(
        name=encoder.name,
        identity=encoder.identity,
        n_dims=encoder.n_dims,
        n_encoded=taught or found.n_new,
        n_learned=found.n_new - taught if taught else 0,
        n_truncated=found.encoded.n_truncated,
        n_unknown=found.encoded.n_unknown,
    )
    return Encoding(record, found.store, found.store.rows(digests), _warnings(encoder, record))


def given_encoding(vectors: Singles) -> Encoding:
    """The encoding of documents whose vectors, (n_docs, n_dims), the caller brought."""
    record = EncoderRecord(
        name="vectors of the caller",
        identity="",
        n_dims=vectors.shape[1],
        n_encoded=0,
        n_learned=0,
        n_truncated=0,
        n_unknown=int((~vectors.any(axis=1)).sum()),
    )
    return Encoding(record, given=vectors)


def _warnings(encoder: Encoder, record: EncoderRecord) -> tuple[str, ...]:
    found = []
    if record.n_learned:
        found.append(
            f"{record.n_encoded:,} texts were encoded; the vectors of {record.n_learned:,} others "
            "were predicted from their words, which costs less and is a little less exact"
        )
    if not record.n_truncated:
        return tuple(found)
    text = (
        f"{record.n_truncated:,} documents are longer than the {encoder.max_pieces} word pieces "
        f"that the encoder {encoder.name} reads: their vectors say nothing of the rest"
    )
    return (*found, text)
