"""Notes in plain words: how to read each figure, and when not to trust the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.report.content import ReportContent
from nlp.report.templating import percent
from nlp.topics.model import NO_TOPIC

FEW_DOCUMENTS = 100
MANY_OUTLIERS = 0.25
MANY_DROPPED = 0.10
UNSTABLE = 0.5
SMALL_TOPIC = 5

_READINGS = {
    "npmi": "Do a topic's leading words stand in the same documents? 1 is always, 0 is as often as "
    "by chance, -1 is never. Short texts give lower values than long ones.",
    "coherence": "Do a topic's leading words occur together in the documents? Higher is better; "
    "below zero (for NPMI) the words meet less often than by chance.",
    "c_v": "As NPMI, but comparing the whole company that each leading word keeps, in stretches of "
    "110 words where their order is known: 1 is the same company, 0 none.",
    "u_mass": "How likely a leading word is in a document that has one ranked above it: 0 is "
    "always, the lower the rarer.",
    "diversity": "How many of the leading words belong to one topic only. 1 means no two topics "
    "share a leading word; low values mean that topics repeat each other.",
    "stability": "Do the same topics come back when the model is fitted again with another seed? "
    "1 means always; below 0.5 read single topics with caution.",
    "outliers": "The share of documents that fit no topic. They are counted, not hidden.",
    "perplexity": "How surprised the model is by words it has not seen. Lower is better, and only "
    "comparable between models of the same corpus.",
    "nmi": "Agreement with the labels given: 1 is perfect, 0 is none. It favours many topics.",
    "ami": "Agreement with the labels given, corrected for chance: 1 is perfect, 0 is chance.",
    "ari": "Agreement with the labels given, pair by pair, corrected for chance: 1 is perfect.",
    "purity": "Share of documents whose label is the commonest one of their topic. 1 is perfect; "
    "it favours many topics.",
    "exclusivity": "How much a topic's leading words belong to it alone. Higher is better.",
    "confidence": "The mean probability of each document's own topic. Near 1 means clear choices.",
}
_NAMES = {
    "npmi": "NPMI coherence",
    "mean npmi": "Coherence (mean NPMI)",
    "mean c v": "Coherence (mean c_v)",
    "mean u mass": "Coherence (mean u_mass)",
    "nmi": "NMI",
    "ami": "AMI",
    "ari": "ARI",
}
_UNEXPLAINED = "See the documentation of the run for how this figure is computed."


@dataclass(frozen=True)
class Figure:
    """A quality figure of the whole result and how to read it."""

    name: str
    value: Any
    reading: str


def figures(quality: Mapping[str, Any]) -> list[Figure]:
    """The quality figures of a manifest, nested ones flattened, each with a sentence."""
    found = []
    for name, value in quality.items():
        if isinstance(value, Mapping):
            found += [
                Figure(f"{_title(name)}: {figure.name}", figure.value, figure.reading)
                for figure in figures(value)
            ]
        elif isinstance(value, str | int | float | np.number) and not isinstance(value, bool):
            found.append(Figure(_title(name), value, _reading(str(name))))
    return found


def warnings(content: ReportContent) -> list[str]:
    """Why this result should not be trusted blindly, in plain words; the run's own come first."""
    found = [str(warning) for warning in content.facts.get("warnings", ())]
    n_documents = len(content.documents)
    if n_documents < FEW_DOCUMENTS:
        found.append(
            f"Only {n_documents} documents were analysed. Below about {FEW_DOCUMENTS}, topics are "
            "easily chance; take them as a reading aid, not as a finding."
        )
    outliers = float((content.documents["topic_id"] == NO_TOPIC).mean()) if n_documents else 0.0
    if outliers > MANY_OUTLIERS:
        found.append(
            f"{percent(outliers)} of the documents fit no topic. What the topics say does not hold "
            "for them; look at some in the table of documents."
        )
    found += _dropped(content.facts) + _unstable(content.facts) + _tiny(content)
    return list(dict.fromkeys(found))


def _dropped(facts: Mapping[str, Any]) -> list[str]:
    dropped, total = sum(facts.get("records_dropped", {}).values()), facts.get("records_in", 0)
    if not total or dropped / total <= MANY_DROPPED:
        return []
    sentence = (
        f"{percent(dropped / total)} of the records were dropped before the analysis. "
        "The reasons are listed under “How this was made”."
    )
    return [sentence]


def _unstable(facts: Mapping[str, Any]) -> list[str]:
    stability = facts.get("quality", {}).get("stability")
    if not isinstance(stability, float | int) or stability >= UNSTABLE:
        return []
    sentence = (
        f"The topics are unstable (stability {stability:.2f}): fitted again with another seed, "
        "many come out differently. Trust the broad picture more than any single topic."
    )
    return [sentence]


def _tiny(content: ReportContent) -> list[str]:
    topics = content.topics[content.topics["topic_id"] != NO_TOPIC]
    tiny = int((topics["size"] < SMALL_TOPIC).sum())
    if not tiny or len(topics) < 2:
        return []
    sentence = (
        f"{tiny} of {len(topics)} topics have fewer than {SMALL_TOPIC} documents: "
        "too few to say what they are about."
    )
    return [sentence]


def _title(name: Any) -> str:
    words = str(name).replace("_", " ")
    return _NAMES.get(words, words[:1].upper() + words[1:])


def _reading(name: str) -> str:
    lowered = name.lower()
    return next((text for key, text in _READINGS.items() if key in lowered), _UNEXPLAINED)
