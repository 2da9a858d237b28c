"""The name of a topic, made of its terms, and its headline, a short line of its documents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from nlp.arrays import Floats
from nlp.summaries.candidates import Pool, TopicSentences
from nlp.summaries.readability import short_line
from nlp.summaries.sentence_choice import relevance
from nlp.topics.model import TopicModel

# Three terms fit on a line and are usually enough to tell topics apart; if not, more are added.
_NAME_TERMS = 3
# Terms that may join a name's term as a pair; later terms occur in few documents.
_PHRASE_TERMS = 8
# Divergence below which all topics count as equal to the corpus: rounding, not content.
_ALIKE = 1e-6
# Two terms are written as a pair if at least this share of the rarer one's occurrences is in it.
_PHRASE_SHARE = 0.25
# Lines compared for the headline; those of lower weight would not win.
_HEADLINES = 200
_WORD = re.compile(r"[^\W_](?:[\w'’-]*[^\W_])?")  # noqa: RUF001


def term_weights(model: TopicModel, topic: int) -> Floats:
    """(n_terms,) how much each term belongs to a topic.

    The square root of the term's part of the divergence of the topic from the corpus,
    p(w | topic) log(p(w | topic) / p(w)); of p(w | topic) if the topic equals the corpus.
    """
    share = model.term_counts / max(model.term_counts.sum(), 1)
    terms = model.topic_term[topic]
    lift = np.log(np.maximum(terms, 1e-300) / np.maximum(share, 1e-300))
    weights = terms * np.maximum(lift, 0.0)
    chosen: Floats = weights if weights.max(initial=0.0) > _ALIKE else terms
    return np.asarray(np.sqrt(chosen))


def telling_terms(model: TopicModel, topic: int, n_terms: int) -> list[str]:
    """The terms of the highest `term_weights`, best first."""
    order = np.argsort(-term_weights(model, topic), kind="stable")
    return [model.terms[term] for term in order[:n_terms].tolist()]


def name_topic(terms: Sequence[str], pool: Pool, taken: Iterable[str] = ()) -> str:
    """Three of the terms, or phrases of two, as the documents write them; none of `taken`."""
    forms = _Forms(pool.sentences)
    parts: list[str] = []
    used: set[str] = set()
    names = set(taken)
    name = ""
    for term in terms:
        if term in used or forms.written(term).casefold() in used:
            continue
        partner, phrase = forms.phrase(term, [t for t in terms[:_PHRASE_TERMS] if t not in used])
        part = phrase or forms.written(term)
        used |= {term, partner, part.casefold()}
        parts.append(part)
        name = ", ".join(parts)
        name = name[:1].upper() + name[1:]
        if len(parts) >= _NAME_TERMS and name not in names:
            return name
    number = 2
    unique = name
    while unique in names:
        unique, number = f"{name} ({number})", number + 1
    return unique


def headline(source: TopicSentences, cited: Sequence[str], stop_words: frozenset[str]) -> str:
    """A short line of the documents that is typical of the topic; empty if there is none.

    A line that the summary does not quote, if possible.
    """
    pool = source.lines(short_line, _HEADLINES)
    if not len(pool):
        return ""
    merit = relevance(pool.weights, pool.sentences, stop_words)
    merit += 0.5 * pool.titles - 0.5 * pool.dangling
    merit -= np.array([line in cited for line in pool.sentences])
    return pool.sentences[int(merit.argmax())]


class _Forms:
    """How the sentences write words and pairs of words: plural, capitals."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._words: dict[str, Counter[str]] = {}
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._totals: Counter[str] = Counter()
        for sentence in sentences:
            found = _WORD.findall(sentence)
            self._totals.update(word.casefold() for word in found)
            self._pairs.update((a.casefold(), b.casefold()) for a, b in pairwise(found))
            for word in found[1:]:  # the first word is capitalised anyway
                self._words.setdefault(word.casefold(), Counter())[word] += 1

    def written(self, term: str) -> str:
        """The most frequent form of a term; if it never occurs, of a word that begins like it."""
        if " " in term:
            return " ".join(map(self.written, term.split()))
        forms = self._words.get(term)
        if forms:
            return forms.most_common(1)[0][0]
        if term in self._totals:
            return term
        stem = term[: max(3, len(term) - 2)]
        near = Counter({word: n for word, n in self._totals.items() if word.startswith(stem)})
        if not near:
            return term
        word = near.most_common(1)[0][0]
        return self._words.get(word, Counter([word])).most_common(1)[0][0]

    def phrase(self, term: str, others: Sequence[str]) -> tuple[str, str]:
        """The other term that most often occurs next to this one, and the pair as written."""
        best, pair, partner = 0, ("", ""), ""
        for other in others:
            for first, second in ((term, other), (other, term)):
                count = self._pairs[(first, second)]
                rarer = min(self._totals[first], self._totals[second])
                if first != second and count > max(best, 1) and count >= _PHRASE_SHARE * rarer:
                    best, pair, partner = count, (first, second), other
        return partner, " ".join(map(self.written, pair)) if best else ""
