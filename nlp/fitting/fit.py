"""Tokens into a fitted topic model: counting, the choice of model and number, the fit."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp.arrays import Singles, totals
from nlp.cleaning.tokens import Tokens
from nlp.config import ModelName, ModelSettings, Settings
from nlp.errors import NoDocumentsError
from nlp.progress import Progress, silent
from nlp.record import TopicSearch
from nlp.topics.model import TopicModel
from nlp.tracking.new_topics import Births
from nlp.vocabulary.phrases import phrases_of
from nlp.vocabulary.terms import count_terms

# Kinds whose fit finds the number of topics itself; for the others it is searched for.
_CHOOSES_N_TOPICS = ("gsdmm",)
# Kinds whose topics are of words and sentence vectors where there are any.
_KNOWS_VECTORS = ("gsdmm",)


@dataclass(frozen=True)
class Fit:
    """A fitted model and the reason for its kind and number of topics."""

    model: TopicModel
    counts: sp.csr_matrix
    """(n_docs, n_terms) int32, the counts that it was fitted on."""
    reason: str
    search: TopicSearch | None = None
    """The search for the number of topics, if there was one."""
    births: Births | None = None
    """New topics of a model that continues the last one; None for a new fit."""


def fit_topics(
    tokens: Tokens,
    settings: Settings,
    progress: Progress = silent,
    vectors: Singles | None = None,
) -> Fit:
    """The topic model that suits the documents, fitted to them.

    `vectors`, (n_docs, n_dims) sentence vectors of the documents, are used by the kinds of model
    that can.
    """
    from nlp.fitting.selection import choose_topics

    counts, terms = _counted(tokens, settings)
    kind, why = _choose_model(counts, settings)
    n_topics, search = None if settings.topics == "auto" else settings.topics, None
    if n_topics is None and kind not in _CHOOSES_N_TOPICS:
        choice = choose_topics(counts, terms, settings.seed, progress)
        n_topics, why, search = choice.n_topics, f"{why}; {choice.reason}", choice.search()
    meaning = {"vectors": vectors} if kind in _KNOWS_VECTORS and vectors is not None else {}
    model = fitter(kind)(counts, terms, n_topics, settings.seed, progress, **meaning)
    return Fit(model, counts, "; ".join([why, *filter(None, [model.params.get("grain")])]), search)


def uses_vectors(tokens: Tokens, settings: Settings) -> bool:
    """Whether the kind of model that these documents get can use sentence vectors."""
    if settings.model != "auto":
        return settings.model in _KNOWS_VECTORS
    counts, _ = _counted(tokens, settings)
    return _choose_model(counts, settings)[0] in _KNOWS_VECTORS


def fitter(kind: ModelName) -> Callable[..., TopicModel]:
    """The function of (counts, terms, n_topics, seed, progress) that fits models of a kind."""
    # Imported here: each brings a heavy library that a run of another kind does not need.
    match kind:
        case "gsdmm":
            from nlp.gsdmm.estimator import fit_gsdmm

            return fit_gsdmm
        case "nmf":
            from nlp.nmf import fit_nmf

            return fit_nmf
        case _:
            from nlp.lda import fit_lda

            return fit_lda


def _counted(
    tokens: Tokens, settings: Settings, phrases: Collection[str] | None = None
) -> tuple[sp.csr_matrix, tuple[str, ...]]:
    vocabulary = count_terms(tokens, settings, phrases)
    if not vocabulary.terms:
        raise NoDocumentsError("no usable documents: no term is left to count")
    return vocabulary.counts, vocabulary.terms


def _choose_model(counts: sp.csr_matrix, settings: ModelSettings) -> tuple[ModelName, str]:
    from nlp.fitting.selection import choose_model

    if settings.model != "auto":
        return settings.model, f"{settings.model.upper()}, as asked"
    choice = choose_model(totals(counts, 1))
    return choice.kind, choice.reason


def continue_topics(
    tokens: Tokens,
    settings: Settings,
    last: TopicModel,
    rows: NDArray[np.int64],
    why: str,
    progress: Progress = silent,
    waiting: NDArray[np.bool_] | None = None,
    vectors: Singles | None = None,
) -> Fit:
    """The last run's topics, estimated again on these documents; `rows` as in `continue_model`.

    New subjects become new topics, unless the settings ask for a number of topics. They are looked
    for among new documents and among `waiting` ones, (n_docs,): those that fitted no topic before.
    `vectors`, (n_docs, n_dims), are of the encoder that `last` was fitted with.
    """
    from nlp.tracking.new_topics import find_births
    from nlp.tracking.warm_start import continue_model, in_vocabulary

    counts, terms = _counted(tokens, settings, phrases_of(last.terms))
    new = rows < 0 if waiting is None else (rows < 0) | waiting
    table = in_vocabulary(last, terms)
    births = find_births(last, counts, table, rows, np.flatnonzero(new), vectors)
    joining = births if settings.topics == "auto" else None
    model = continue_model(last, counts, terms, progress, rows, joining, vectors)
    if joining and births.n_topics:
        why += f"; {births.n_topics} new, of {births.sizes().sum()} documents that fitted no topic"
    return Fit(model, counts, why, births=births)
