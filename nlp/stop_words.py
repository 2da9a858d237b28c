"""Words that tell nothing of a subject: those missing from spaCy's lists, and a corpus' own.

Two kinds are missing: what is said for courtesy, which stands in every letter, and what is left of
contractions where the apostrophe was lost or the tokenizer cut (`won't` into `wo` and `n't`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from nlp.topics import TopicModel

_COMMON = 0.05
_EVEN = 0.1
_MOST_LISTED = 50

MORE_STOP_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": (
            "cheers dear greetings hello hey hi kindly mr mrs ms please pls plz regard regards "
            "sincerely thank thanks thx "
            "aint arent ca cant couldnt couldve didnt doesnt dont hadnt hasnt havent im isnt ive "
            "nt sha shant shouldnt theyre wasnt werent whats wo wont wouldnt youre youve"
        ),
        "de": (
            "anbei bitte damen danke dankeschön dr frau "
            " freundlich freundliche freundlichem freundlichen "
            "geehrt geehrte geehrten geehrter gruss gruß grüsse grüße grüßen hallo herr herrn "
            "liebe mfg sehr vielen "
            "gabs gehts gibts hab hats ists isses wars wirds"
        ),
        "fr": (
            "bonjour bonsoir cdlt cordialement madame merci messieurs mme mlle monsieur salut "
            "salutations slt stp svp "
            "aujourd aujourd'hui aujourdhui cest hui jai jusqu lorsqu nest puisqu quelqu quoiqu"
        ),
        "es": (
            "adiós atentamente buenas cordialmente estimada estimado estimados favor gracias hola "
            "saludo saludos señor señora sr sra"
        ),
    }.items()
}


@dataclass(frozen=True)
class SpreadWord:
    """A word that stands evenly in the documents of all topics."""

    word: str
    documents: int
    """Documents it stands in."""
    divergence: float
    """Kullback-Leibler divergence of p(topic | word) from p(topic), in nats; 0 is quite even."""


def spread_words(model: TopicModel, counts: sp.csr_matrix) -> tuple[SpreadWord, ...]:
    """Words that no topic has more of than another, those in most documents first; at most 50.

    `counts`, (n_docs, n_terms), is what the model was fitted on. Listed is what stands in 5 % of
    the documents and tells less than 0.1 nats about the topic, by the topics of the documents it
    stands in. With few documents chance alone makes words look uneven: the list is then shorter.
    """
    if model.n_topics < 2 or counts.sum() == 0:
        return ()
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    common = np.flatnonzero(frequency >= _COMMON * max((np.diff(counts.indptr) > 0).sum(), 1))
    tokens = np.asarray((counts[:, common].T @ model.doc_topic), dtype=np.float64)
    given_word = tokens / tokens.sum(axis=1, keepdims=True)
    overall = model.doc_lengths @ model.doc_topic / model.doc_lengths.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(given_word > 0, given_word * np.log(given_word / overall), 0.0)
    divergence = np.maximum(parts.sum(axis=1), 0.0)
    found = [
        SpreadWord(model.terms[term], int(frequency[term]), round(float(told), 4))
        for term, told in zip(common.tolist(), divergence, strict=True)
        if told < _EVEN and " " not in model.terms[term]
    ]
    return tuple(sorted(found, key=lambda one: (-one.documents, one.word))[:_MOST_LISTED])
