"""TopicModel: the result of every topic model; topics for new documents; save and load."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import index
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args
from zipfile import BadZipFile

import numpy as np
import scipy.sparse as sp

from nlp.arrays import Floats, Ints, Singles
from nlp.errors import InputError, StorageError, raise_faults
from nlp.topics.admixture import AdmixtureTopics
from nlp.topics.inference import FixedTopics
from nlp.topics.meaning import Meaning
from nlp.topics.meaning_topics import MeaningTopics
from nlp.topics.mixture import MixtureTopics

Kind = Literal["lda", "gsdmm", "nmf"]
# The only place where a kind decides anything once a model is fitted.
_INFERENCE: Mapping[Kind, type[FixedTopics]] = {
    "gsdmm": MixtureTopics,
    "lda": AdmixtureTopics,
    "nmf": AdmixtureTopics,
}

NO_TOPIC = -1
_ARRAYS = ("topic_term", "doc_topic", "doc_lengths", "term_counts", "topic_prior")
# Everything that numpy, zipfile and json raise when a file is damaged.
_DAMAGED = (
    OSError, KeyError, ValueError, EOFError, TypeError, AttributeError, RuntimeError,
    MemoryError, OverflowError, SyntaxError, BadZipFile, struct.error, zlib.error,
)  # fmt: skip
# Shares that are all equal differ by rounding, far less than this; a word of evidence makes more.
_CHANCE_TOLERANCE = 1e-9
_MEANING = "meaning.npz"


@dataclass(frozen=True)
class TopicModel:
    """Topics as distributions over terms, documents as distributions over topics.

    Topics are ordered by size, largest first, so that topic k is row k - 1 in every array here and
    `topic_id` k in every file. No topic is empty.
    """

    topic_term: Floats
    """(n_topics, n_terms) probability of each term in each topic; rows sum to 1."""
    doc_topic: Floats
    """(n_docs, n_topics) probability of each topic in each document; rows sum to 1."""
    terms: tuple[str, ...]
    """(n_terms,) the vocabulary."""
    doc_lengths: Ints
    """(n_docs,) tokens of each document that are in the vocabulary."""
    term_counts: Ints
    """(n_terms,) tokens of each term in the corpus."""
    topic_prior: Floats
    """(n_topics,) pseudo-counts of each topic before a document is read (Dirichlet parameters)."""
    kind: Kind
    params: Mapping[str, Any]
    """What the model was fitted with and what it learned; JSON values only."""
    seed: int
    meaning: Meaning | None = None
    """Where topics lie among sentence vectors; None for a model of words alone."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))
        raise_faults(self._shape_faults() or self._value_faults())

    def _shape_faults(self) -> list[str]:
        if self.topic_term.ndim != 2 or not all(self.topic_term.shape):
            return [f"topic_term has shape {self.topic_term.shape}, expected (n_topics, n_terms)"]
        n_topics, n_terms = self.topic_term.shape
        shapes = {
            "doc_topic": (self.doc_topic.shape, (self.doc_lengths.size, n_topics)),
            "doc_lengths": (self.doc_lengths.shape, (self.doc_lengths.size,)),
            "terms": ((len(self.terms),), (n_terms,)),
            "term_counts": (self.term_counts.shape, (n_terms,)),
            "topic_prior": (self.topic_prior.shape, (n_topics,)),
        }
        faults = [
            f"{name} has shape {seen}, expected {expected}"
            for name, (seen, expected) in shapes.items()
            if seen != expected
        ]
        meaning = self.meaning
        return faults + ([] if meaning is None else meaning.faults(self.n_docs, n_topics))

    def _value_faults(self) -> list[str]:
        faults = [
            f"{name} holds a negative or non-finite value"
            for name in _ARRAYS
            if not (np.isfinite(getattr(self, name)).all() and (getattr(self, name) >= 0).all())
        ]
        faults += [
            f"rows of {name} do not sum to 1"
            for name in ("topic_term", "doc_topic")
            if not np.allclose(getattr(self, name).sum(axis=1), 1.0, atol=1e-6)
        ]
        if self.kind not in get_args(Kind):
            faults.append(f"kind is {self.kind!r}, expected one of {', '.join(get_args(Kind))}")
        if not self.topic_prior.sum() > 0:
            faults.append("topic_prior is zero for every topic")
        return faults

    @property
    def n_topics(self) -> int:
        """Number of topics; none is empty."""
        return int(self.topic_term.shape[0])

    @property
    def n_docs(self) -> int:
        """Number of documents that the model was fitted on."""
        return len(self.doc_lengths)

    @property
    def inference(self) -> FixedTopics:
        """The topics and their prior, with the inference that suits the kind of model.

        By words alone; `inference_for` takes vectors too.
        """
        return _INFERENCE[self.kind](self.topic_term, self.topic_prior)

    def inference_for(self, n_docs: int, vectors: Singles | None) -> FixedTopics:
        """`inference` about so many documents, whose vectors are (n_docs, n_dims) if there are any.

        Vectors are not looked at if the model was fitted without.
        """
        if self.meaning is None:
            return self.inference
        space = self.meaning.space
        if vectors is None:
            places = np.zeros((n_docs, space.basis.shape[1]), dtype=np.float32)
        else:
            places = space.places(vectors)
        return MeaningTopics(self.topic_term, self.topic_prior, self.meaning, places)

    def labels(self) -> Ints:
        """Most probable topic of each document, counted from 0; `NO_TOPIC` if none fits."""
        known = 0 if self.meaning is None else self.meaning.known
        return best_topics(self.doc_topic, self.doc_lengths + known)

    def sizes(self) -> Ints:
        """(n_topics,) number of documents whose most probable topic it is."""
        labels = self.labels()
        return np.bincount(labels[labels >= 0], minlength=self.n_topics).astype(np.int64)

    def top_terms(self, n_terms: int = 10) -> list[list[str]]:
        """The most probable terms of each topic, best first; ties in vocabulary order."""
        order = np.argsort(-self.topic_term, axis=1, kind="stable")[:, :n_terms]
        return [[self.terms[term] for term in row] for row in order]

    def assign(self, counts: sp.csr_matrix, vectors: Singles | None = None) -> Floats:
        """Topic probabilities of new documents, (n_new, n_topics), rows summing to 1.

        `counts` is (n_new, n_terms) in this model's vocabulary; `vectors`, (n_new, n_dims), are
        those of the encoder it was fitted with, and are not looked at where it was fitted without;
        rows of zeros say nothing. A document without a known term
        gets the topics' own shares; `best_topics` then gives it `NO_TOPIC`, as it does to those
        that `FixedTopics.checked` finds no topic for.
        """
        if counts.shape[1] != len(self.terms):
            raise InputError(
                f"counts have {counts.shape[1]} terms, the model has {len(self.terms)}: "
                "count the documents in the model's vocabulary"
            )
        topics = self.inference_for(counts.shape[0], vectors)
        return topics.assign(sp.csr_matrix(counts), self.term_counts)

    def save(self, folder: Path) -> None:
        """Write `model.npz`, `model.json` and, with vectors, `meaning.npz`, without pickle."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / "model.npz", **{name: getattr(self, name) for name in _ARRAYS})
        header = {
            "kind": self.kind,
            "seed": self.seed,
            "params": dict(self.params),
            "terms": list(self.terms),
        }
        if self.meaning is not None:
            np.savez(folder / _MEANING, **self.meaning.to_arrays())
            header["meaning"] = self.meaning.to_json()
        text = json.dumps(header, ensure_ascii=True, indent=1, sort_keys=True)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TopicModel:
        """Read what `save` wrote; `StorageError` if it is missing or damaged."""
        try:
            header = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            stored = _read_arrays(folder / "model.npz")
            meaning = None
            if "meaning" in header:
                meaning = Meaning.from_stored(_read_arrays(folder / _MEANING), header["meaning"])
            return cls(
                kind=header["kind"],
                seed=index(header["seed"]),
                params=header["params"],
                terms=tuple(header["terms"]),
                meaning=meaning,
                **{name: stored[name] for name in _ARRAYS},
            )
        except _DAMAGED as error:
            cause = " ".join(str(error).split()) or type(error).__name__
            raise StorageError(f"cannot read a topic model from {folder}: {cause}") from error


def _read_arrays(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def best_topics(doc_topic: Floats, doc_lengths: Ints) -> Ints:
    """(n_docs,) most probable topic of each document, counted from 0, or `NO_TOPIC`.

    A document has no topic if it has no known term, or if there are several topics and its best one
    is not more probable than 1 / n_topics.
    """
    labels: Ints = doc_topic.argmax(axis=1).astype(np.int64)
    labels[np.asarray(doc_lengths) == 0] = NO_TOPIC
    n_topics = doc_topic.shape[1]
    if n_topics > 1:
        best = doc_topic.max(axis=1)
        labels[best <= 1.0 / n_topics + _CHANCE_TOLERANCE] = NO_TOPIC
    return labels


def order_topics(model: TopicModel) -> TopicModel:
    """The same model with empty topics removed and the others by size, largest first.

    Rows of `doc_topic` are scaled to sum to 1 again. A document whose topics were all removed gets
    the prior's shares.
    """
    while True:
        sizes = model.sizes()
        keep = np.flatnonzero(sizes > 0)
        if len(keep) == 0:
            keep = np.array([int(model.doc_topic.sum(axis=0).argmax())])
        order = keep[np.argsort(-sizes[keep], kind="stable")]
        if np.array_equal(order, np.arange(model.n_topics)):
            return model
        prior = model.topic_prior[order]
        doc_topic = model.doc_topic[:, order]
        doc_topic[doc_topic.sum(axis=1) <= 0] = prior
        model = replace(
            model,
            topic_term=np.ascontiguousarray(model.topic_term[order]),
            doc_topic=doc_topic / doc_topic.sum(axis=1, keepdims=True),
            topic_prior=prior,
            meaning=None if model.meaning is None else model.meaning.chosen(order),
        )
