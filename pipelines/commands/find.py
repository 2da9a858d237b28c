"""`topicbrief find`: the documents of a finished run that match a query."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from nlp.cleaning.reader import clean
from nlp.cleaning.tokens import Tokens
from nlp.errors import InputError
from nlp.retrieval import build_index, with_parts
from nlp.topics.model import TopicModel
from nlp.vocabulary.phrases import join_phrases
from nlp.vocabulary.terms import count_known_terms
from pipelines.runs.finished import run_counts, run_documents
from pipelines.runs.manifest import read_record


def find_documents(folder: Path, query: str | None, like: str | None, most: int) -> Iterator[str]:
    """Yield one line for each document found, best match first: id, topic and best sentence."""
    if (query is None) == (like is None):
        raise InputError("query: give either QUERY or --like DOC_ID, and not both")
    documents, settings = run_documents(folder), read_record(folder).cleaning()
    model = TopicModel.load(folder / "model")
    terms, parts = with_parts(model.terms)
    counts = sp.csr_matrix(run_counts(folder) @ parts[: len(model.terms)])
    if like is not None:
        rows = np.flatnonzero(documents["doc_id"] == like)
        if len(rows) == 0:
            raise InputError(f"like: this run has no document {like!r}: use an id of documents.csv")
        asked = counts[rows[0]]
    else:
        asked = count_known_terms(clean([query or ""], settings), terms) @ parts
    ranked = build_index(counts).best(asked, most + (like is not None))
    found = [row for row in ranked if documents["doc_id"].iloc[row] != like][:most]
    texts = [documents["text"].iloc[row] for row in found]
    tokens = join_phrases(clean(texts, settings), model.terms)
    for position, row in enumerate(found):
        sentence = _nearest_sentence(tokens, position, texts[position], asked, terms)
        one = documents.iloc[row]
        yield f"{one['doc_id']}\ttopic {one['topic_id']}\t{' '.join(sentence.split())}"


def _nearest_sentence(
    tokens: Tokens, document: int, text: str, asked: sp.csr_matrix, terms: tuple[str, ...]
) -> str:
    wanted = {terms[column] for column in asked.indices}
    first, last = tokens.document_sentences[document : document + 2]
    if first == last:
        return text
    best = max(range(first, last), key=lambda s: len(wanted & set(tokens.sentence_words(s))))
    start, end = tokens.spans[best]
    return text[start:end]
