"""Summaries of texts, of topics and of a whole corpus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.config import LANGUAGES, CleaningSettings, SummarySettings
from nlp.errors import InputError, raise_faults
from nlp.progress import Progress, silent
from nlp.summaries.choice import choose, unit_vectors
from nlp.summaries.citations import Citation, TopicSummary
from nlp.summaries.pool import Pool, gather
from nlp.summaries.summarizers import SUMMARIZERS, Cues, rate
from nlp.tokens import Tokens
from nlp.topics import TopicModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_REPRESENTATIVES = 5
_CUE_TERMS = 20
_NAME_TERMS = 3


def summarize(
    texts: Sequence[str],
    n_sentences: int = 4,
    summarizer: str = "lexrank",
    language: str = "en",
) -> list[Citation]:
    """The sentences that say most of what the texts say, most telling first.

    Empty if no text has a sentence with a word that is no stop word. Raises `InputError` if the
    summarizer or language is not known or a text is no string.
    """
    from nlp.cleaning import clean

    faults = []
    if isinstance(texts, str):
        faults.append("texts is one string: give a list of texts")
    elif any(not isinstance(text, str) for text in texts):
        faults.append("texts holds something that is no string")
    if n_sentences < 1:
        faults.append(f"n_sentences is {n_sentences}: ask for 1 or more")
    if summarizer not in SUMMARIZERS:
        faults.append(f"summarizer {summarizer!r} is not known: use {', '.join(SUMMARIZERS)}")
    if language not in LANGUAGES:
        faults.append(f"language {language!r} is not known: use {', '.join(LANGUAGES)}")
    raise_faults(faults)
    if not texts:
        return []
    tokens = clean(texts, CleaningSettings.model_validate({"language": language}))
    documents = np.arange(len(texts), dtype=np.int64)
    pool = gather(tokens, texts, documents, np.ones(len(texts)))
    return list(_cite(pool, n_sentences, summarizer, language, Cues()))


def summarize_topics(
    model: TopicModel,
    tokens: Tokens,
    texts: Sequence[str],
    settings: SummarySettings,
    language: str = "en",
    progress: Progress = silent,
) -> tuple[TopicSummary, ...]:
    """One summary per topic, in the model's order.

    `tokens` and `texts` are the documents the model was fitted on, in the same order; documents of
    a topic are those whose most probable topic it is. Raises `InputError` if the counts differ.
    """
    if not model.n_docs == tokens.n_documents == len(texts):
        raise InputError(
            f"the model has {model.n_docs} documents, tokens {tokens.n_documents}, texts "
            f"{len(texts)}: give those the model was fitted on"
        )
    labels = model.labels()
    top_terms = model.top_terms(_CUE_TERMS)
    summaries = []
    for topic in range(model.n_topics):
        progress(topic, model.n_topics)
        documents = np.flatnonzero(labels == topic)
        weights = model.doc_topic[documents, topic]
        pool = gather(tokens, texts, documents, weights)
        cues = Cues(bonus=top_terms[topic])
        citations = _cite(pool, settings.sentences, settings.summarizer, language, cues)
        best = documents[np.argsort(-weights, kind="stable")[:_REPRESENTATIVES]]
        summaries.append(
            TopicSummary(
                topic=topic,
                name=", ".join(top_terms[topic][:_NAME_TERMS]),
                headline=citations[0].sentence if citations else "",
                citations=citations,
                representatives=tuple((int(d), float(model.doc_topic[d, topic])) for d in best),
            )
        )
    progress(model.n_topics, model.n_topics)
    return tuple(summaries)


def brief(
    summaries: Sequence[TopicSummary], model: TopicModel, n_sentences: int = 5
) -> tuple[Citation, ...]:
    """What the corpus is about: the best sentence of each of its largest topics, largest first."""
    sizes = model.sizes()
    order = sorted(summaries, key=lambda summary: (-sizes[summary.topic], summary.topic))
    cited = [summary.citations[0] for summary in order if summary.citations]
    return tuple(cited[:n_sentences])


def _cite(
    pool: Pool, n_sentences: int, summarizer: str, language: str, cues: Cues
) -> tuple[Citation, ...]:
    if not len(pool):
        return ()
    ratings = rate(
        summarizer,
        pool.sentences,
        pool.words,
        pool.documents.tolist(),
        language=language,
        cues=cues,
    )
    relevance = ratings - ratings.min()
    relevance = relevance / relevance.max() if relevance.max() > 0 else np.ones(len(pool))
    return tuple(
        Citation(
            sentence=pool.sentences[row],
            doc=int(pool.documents[row]),
            start=int(pool.spans[row, 0]),
            end=int(pool.spans[row, 1]),
            score=float(relevance[row]),
        )
        for row in choose(relevance, unit_vectors(pool.words), n_sentences)
    )
