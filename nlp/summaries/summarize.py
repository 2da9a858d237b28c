"""Summaries of texts, of topics and of a whole corpus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlp.cleaning.tokens import Tokens
from nlp.config import LANGUAGES, CleaningSettings, SummarySettings
from nlp.errors import InputError, raise_faults
from nlp.progress import Progress, silent
from nlp.summaries.candidates import Pool, TopicSentences
from nlp.summaries.citations import Citation, TopicSummary
from nlp.summaries.sentence_choice import (
    SAME,
    choose,
    redundancy,
    relevance,
    unit_vectors,
)
from nlp.summaries.summarizers import SUMMARIZERS, Cues, rate, stop_words
from nlp.summaries.topic_names import (
    headline,
    name_topic,
    telling_terms,
    term_weights,
)
from nlp.topics.model import TopicModel

# Terms for a topic's name, and for and against a topic in Edmundson's method. Set by hand; the
# method's ROUGE-1 with it is 0.316 (benchmarks/results/summaries.json).
_CUE_TERMS = 20
# Factor for a sentence that refers to what is not quoted: it still wins if no other says as much.
# Set by hand; its effect was not measured alone.
_DANGLING = 0.7


def summarize(
    texts: Sequence[str],
    n_sentences: int = 4,
    summarizer: str = "lexrank",
    language: str = "en",
) -> list[Citation]:
    """The sentences that cover most of the texts' content, best first.

    Empty if the texts contain only stop words. Raises `InputError` if the summarizer or the
    language is unknown or a text is not a string.
    """
    from nlp.cleaning.reader import clean

    faults = []
    if isinstance(texts, str):
        faults.append("texts must be a list of strings (seen: one string)")
    elif any(not isinstance(text, str) for text in texts):
        faults.append("texts must contain only strings")
    if n_sentences < 1:
        faults.append(f"n_sentences must be at least 1 (seen: {n_sentences})")
    if summarizer not in SUMMARIZERS:
        faults.append(f"summarizer {summarizer!r} is not known: use {', '.join(SUMMARIZERS)}")
    if language not in (*LANGUAGES, "auto"):
        faults.append(f"language {language!r} is not known: use {', '.join(LANGUAGES)}")
    raise_faults(faults)
    if not texts:
        return []
    tokens = clean(texts, CleaningSettings.model_validate({"language": language}))
    documents = np.arange(len(texts), dtype=np.int64)
    weights = np.sqrt(np.bincount(tokens.codes, minlength=len(tokens.words)))
    source = TopicSentences.create(tokens, texts, documents, np.ones(len(texts)), weights)
    cues = Cues(bonus=[tokens.words[code] for code in np.argsort(-weights)[:_CUE_TERMS]])
    return list(_cite(source.gather(enough=n_sentences), n_sentences, summarizer, language, cues))


def summarize_topics(
    model: TopicModel,
    tokens: Tokens,
    texts: Sequence[str],
    settings: SummarySettings,
    language: str = "en",
    progress: Progress = silent,
) -> tuple[TopicSummary, ...]:
    """One summary per topic, in the model's order.

    `tokens` and `texts` are the documents that the model was fitted on, in the same order; a
    document belongs to its most probable topic. Raises `InputError` if their numbers differ.
    """
    if not model.n_docs == tokens.n_documents == len(texts):
        raise InputError(
            f"the model has {model.n_docs} documents, tokens {tokens.n_documents}, texts "
            f"{len(texts)}: give those the model was fitted on"
        )
    summaries: list[TopicSummary] = []
    labels = model.labels()
    places = {term: place for place, term in enumerate(model.terms)}
    columns = np.array([places.get(word, len(places)) for word in tokens.words], dtype=np.int64)
    for topic in range(model.n_topics):
        progress(topic, model.n_topics)
        documents = np.flatnonzero(labels == topic)
        source = TopicSentences.create(
            tokens,
            texts,
            documents,
            model.doc_topic[documents, topic],
            np.append(term_weights(model, topic), 0.0)[columns],
        )
        names = [summary.name for summary in summaries]
        summaries.append(_summary(model, topic, source, settings, language, names))
    progress(model.n_topics, model.n_topics)
    return tuple(summaries)


def _summary(
    model: TopicModel,
    topic: int,
    source: TopicSentences,
    settings: SummarySettings,
    language: str,
    names: Sequence[str],
) -> TopicSummary:
    pool = source.gather(enough=settings.sentences)
    terms = telling_terms(model, topic, _CUE_TERMS)
    rivals = telling_terms(model, topic, len(model.terms))[-_CUE_TERMS:]
    cues = Cues(bonus=terms, stigma=[term for term in rivals if term not in terms])
    citations = _cite(pool, settings.sentences, settings.summarizer, language, cues)
    name = name_topic(terms, pool, names)
    cited = [citation.sentence for citation in citations]
    return TopicSummary(
        topic=topic,
        name=name,
        headline=headline(source, cited, stop_words(language)) or name,
        citations=citations,
    )


def brief(
    summaries: Sequence[TopicSummary], model: TopicModel, n_sentences: int = 5
) -> tuple[Citation, ...]:
    """What the corpus is about: a sentence of each of its largest topics, largest first.

    It is the topic's best sentence that repeats no earlier one; a topic without such a sentence is
    left out.
    """
    sizes = model.sizes()
    cited: list[Citation] = []
    said: list[list[str]] = []
    for summary in sorted(summaries, key=lambda one: (-sizes[one.topic], one.topic)):
        for citation in summary.citations if len(cited) < n_sentences else ():
            words = citation.sentence.casefold().split()
            if redundancy([*said, words]) < SAME:
                cited.append(citation)
                said.append(words)
                break
    return tuple(cited)


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
    merit = relevance(ratings, pool.sentences, stop_words(language))
    merit = np.where(pool.dangling, _DANGLING * merit, merit)
    return tuple(
        Citation(
            sentence=pool.sentences[row],
            doc=int(pool.documents[row]),
            start=int(pool.spans[row, 0]),
            end=int(pool.spans[row, 1]),
            score=float(merit[row]),
        )
        for row in choose(merit, unit_vectors(pool.words), pool.documents, n_sentences)
    )
