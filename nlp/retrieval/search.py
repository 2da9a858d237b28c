"""`find`: the documents that answer a request, each with the sentences that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from nlp.arrays import Ints, Singles
from nlp.cleaning.tokens import Tokens
from nlp.errors import InputError
from nlp.retrieval.found import Documents, Found, FoundDocument, Searchable
from nlp.retrieval.quotation import passages
from nlp.retrieval.ranking import Query, rank
from nlp.retrieval.request import DATE, Request
from nlp.vocabulary.terms import count_known_terms


def find(searched: Searchable, request: Request) -> Found:
    """Return the documents that answer a request; raises `InputError` if it is faulty."""
    index, documents = searched.index, searched.documents
    request.check(documents.names, sorted(searched.labels))
    row = None if request.like is None else _row_of(documents, request.like)
    text = request.query or ""
    if row is not None:
        text = str(documents.rows(np.array([row]), ["text"])["text"].iloc[0])
    tokens = searched.clean([text])
    query = _query(searched, text, tokens, row)
    if not tokens.words and row is None:
        raise InputError(
            f"query: {_short(text)!r} has no word to search for: it has stop words, numbers or "
            "marks only"
        )
    ranking = rank(index, query, searched.doc_vectors, without=row)
    allowed = np.ones(index.n_docs, dtype=np.bool_)
    if request.columns:
        allowed = request.allowed(documents.columns(request.columns))
    best = ranking.best(allowed, request.top)
    wanted = {index.words[word]: float(index.rarity[word]) for word in query.words.indices}
    return Found(
        documents=_found(searched, best, ranking.scores[best], wanted, query.vector),
        total=int((ranking.matches & allowed).sum()),
        n_searched=int(allowed.sum()) - int(row is not None and allowed[row]),
        words=frozenset(wanted),
        unknown=tuple(sorted(set(tokens.words) - index.columns.keys())),
    )


def _row_of(documents: Documents, doc_id: str) -> int:
    rows = np.flatnonzero(documents.columns(["doc_id"])["doc_id"].to_numpy() == doc_id)
    if len(rows) == 0:
        raise InputError(
            f"like: this run has no document {_short(doc_id)!r}: use an id of documents.csv"
        )
    return int(rows[0])


def _query(searched: Searchable, text: str, tokens: Tokens, row: int | None) -> Query:
    """The query in the terms of the index; `row` if it is a document of the run."""
    words = searched.index.count(tokens)
    if row is not None:
        vectors = searched.doc_vectors
        vector = None if vectors is None else vectors[row]
        return Query(words, searched.index.topics[row].astype(np.float64) ** 2, vector)
    counts = count_known_terms(tokens, searched.model.terms)
    topics = searched.model.assign(counts)[0] if counts.nnz else None
    vector = None
    if searched.encoder is not None and searched.doc_vectors is not None:
        vector = searched.encoder.encode([text])[0]
    return Query(words, topics, vector)


def _found(
    searched: Searchable,
    rows: Ints,
    scores: np.ndarray,
    wanted: Mapping[str, float],
    vector: Singles | None,
) -> tuple[FoundDocument, ...]:
    if len(rows) == 0:
        return ()
    dated = [DATE] if DATE in searched.documents.names else []
    table = searched.documents.rows(rows, ["doc_id", "topic_id", "text", *dated])
    texts = [str(text) for text in table["text"]]
    tokens = searched.clean(texts)
    nearness = _nearness(searched, texts, tokens, vector)
    return tuple(
        FoundDocument(
            doc_id=str(one["doc_id"]),
            topic_id=int(one["topic_id"]),
            topic=searched.labels.get(int(one["topic_id"]), ""),
            score=float(score),
            date=_date(one.get(DATE)),
            quotations=passages(texts[place], tokens, place, wanted, nearness[place]),
        )
        for place, (one, score) in enumerate(zip(table.to_dict("records"), scores, strict=True))
    )


def _nearness(
    searched: Searchable, texts: Sequence[str], tokens: Tokens, vector: Singles | None
) -> list[Singles | None]:
    """For each document, the cosine of each sentence with the query; None without an encoder."""
    if searched.encoder is None or vector is None:
        return [None] * len(texts)
    sentences = [
        texts[document][start:end]
        for document, (start, end) in zip(
            tokens.sentence_documents.tolist(), tokens.spans.tolist(), strict=True
        )
    ]
    cosines = searched.encoder.encode(sentences) @ vector if sentences else np.zeros(0, np.float32)
    return [cosines[first:last] for first, last in pairwise(tokens.document_sentences.tolist())]


def _date(value: object) -> str | None:
    if value is None or not isinstance(value, pd.Timestamp) or pd.isna(value):
        return None
    return value.isoformat()


def _short(text: str) -> str:
    """The beginning of a text, for a message."""
    return text if len(text) <= 80 else f"{text[:79]}…"
