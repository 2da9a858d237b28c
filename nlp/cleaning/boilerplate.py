"""Sentences that stand in a large share of documents whatever these speak of: footers, disclaimers.

A sentence repeated by everybody who writes of one subject is that subject's. What tells a footer is
that the documents with it speak of the same as those without it, or that nearly all have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.cleaning.tokens import Tokens

# Fewer documents repeat by accident.
_LEAST_DOCUMENTS = 20
# A fifth of the documents: one department's signature in an export of five.
_LEAST_SHARE = 0.2
# Cosine of the words beside the sentence with the words of the other documents. In a pile of
# invented tickets, sentences of one subject reach 0.45 and a footer 0.99.
_LIKE_THE_OTHERS = 0.9
# With a tenth of the documents or fewer left to compare with, the sentence is everybody's.
_NEARLY_ALL = 0.9
# Where documents hold little else, the repeated text is what they say.
_MOST_EMPTY = 0.1


@dataclass(frozen=True)
class Boilerplate:
    """A repeated sentence that was left out."""

    sentence: str
    n_documents: int


def without_boilerplate(
    tokens: Tokens, texts: Sequence[str]
) -> tuple[Tokens, tuple[Boilerplate, ...]]:
    """The tokens without boilerplate, and what was left out, the commonest first.

    Sentences are the same if their counted words are, in order. `texts` are those of the tokens.
    """
    n_documents = tokens.n_documents
    keys = _keys(tokens)
    owners = tokens.sentence_documents
    pairs = np.unique(np.stack([keys, owners]), axis=1)
    sentences, n_of = np.unique(pairs[0], return_counts=True)
    least = max(_LEAST_DOCUMENTS, _LEAST_SHARE * n_documents)
    repeated = sentences[(n_of >= least) & (sentences >= 0)]
    repeated = repeated[[_is_everybodys(tokens, keys == key, owners) for key in repeated]]
    dropped = np.isin(keys, repeated)
    if not dropped.any():
        return tokens, ()
    # A document that holds nothing else keeps it; where many do, it is what they say.
    lengths = np.diff(tokens.sentence_tokens)
    left = np.bincount(owners[~dropped], weights=lengths[~dropped], minlength=n_documents)
    emptied = (left == 0) & (np.bincount(owners[dropped], minlength=n_documents) > 0)
    if emptied.sum() > _MOST_EMPTY * len(np.unique(owners[dropped])):
        return tokens, ()
    found = []
    for key in repeated:
        first = int(np.flatnonzero(keys == key)[0])
        start, end = tokens.spans[first]
        text = texts[owners[first]][start:end]
        found.append(Boilerplate(text, int(n_of[sentences == key][0])))
    found.sort(key=lambda one: (-one.n_documents, one.sentence))
    return _select_sentences(tokens, ~dropped | emptied[owners]), tuple(found)


def _keys(tokens: Tokens) -> NDArray[np.int64]:
    """(n_sentences,) the same number for sentences of the same words, -1 for those of none."""
    bounds, codes = tokens.sentence_tokens.tolist(), tokens.codes.astype(np.int32).tobytes()
    seen: dict[bytes, int] = {}
    keys = [
        seen.setdefault(codes[4 * first : 4 * last], len(seen)) if last > first else -1
        for first, last in pairwise(bounds)
    ]
    return np.array(keys, dtype=np.int64)


def _is_everybodys(tokens: Tokens, same: NDArray[np.bool_], owners: NDArray[np.int64]) -> bool:
    """Whether documents with a sentence speak of the same as those without it."""
    n_documents, n_words = tokens.n_documents, len(tokens.words)
    has = np.bincount(owners[same], minlength=n_documents) > 0
    if has.mean() >= _NEARLY_ALL:
        return True
    sentence_of = np.repeat(np.arange(tokens.n_sentences), np.diff(tokens.sentence_tokens))
    beside = ~same[sentence_of]
    inside = has[owners[sentence_of]]
    here = np.bincount(tokens.codes[beside & inside], minlength=n_words).astype(np.float64)
    there = np.bincount(tokens.codes[~inside], minlength=n_words).astype(np.float64)
    lengths = float(np.linalg.norm(here) * np.linalg.norm(there))
    return lengths > 0 and float(here @ there) >= _LIKE_THE_OTHERS * lengths


def _select_sentences(tokens: Tokens, kept: NDArray[np.bool_]) -> Tokens:
    lengths = np.diff(tokens.sentence_tokens)
    of_documents = np.bincount(tokens.sentence_documents[kept], minlength=tokens.n_documents)
    return Tokens(
        words=tokens.words,
        codes=tokens.codes[np.repeat(kept, lengths)],
        sentence_tokens=np.concatenate([[0], np.cumsum(lengths[kept])]).astype(np.int64),
        document_sentences=np.concatenate([[0], np.cumsum(of_documents)]).astype(np.int64),
        spans=tokens.spans[kept],
    ).compact()
