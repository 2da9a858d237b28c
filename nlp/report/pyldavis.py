"""The pyLDAvis view as one safe, self-contained page. Only this module imports pyLDAvis."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from nlp.arrays import Floats
from nlp.report.escaping import json_block, policy
from nlp.report.sections.excerpts import distinct
from nlp.report.templating import asset, environment
from nlp.topics.model import TopicModel

# Terms in a bar chart: the default of pyLDAvis, for which LDAvis computes the height of its bars.
N_TERMS = 30
# Steps of the relevance slider. Not measured: pyLDAvis's 0.01 stores up to ten times the terms.
LAMBDA_STEP = 0.1
# Not measured: the characters that fit in LDAvis's margin for the terms.
_LONGEST_TERM = 24
# Not measured: more significant digits than a picture can show; the page gets smaller.
_DIGITS = 6
# A probability of zero has no logarithm. This is far below any fitted probability, so it does not
# change the order of the terms.
_LEAST = 1e-12


@dataclass(frozen=True)
class Frame:
    """A page for an iframe, and the scripts and styles that the outer page's policy must allow."""

    html: str
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    points: Floats
    """(n_topics, 2) position of each topic on the map."""


def render_pyldavis(model: TopicModel) -> str:
    """Return the pyLDAvis page of a model: one file that needs no network.

    Its topics have the same numbers as in all tables and in the report.
    """
    return pyldavis_frame(model).html


def pyldavis_frame(model: TopicModel) -> Frame:
    """Return the pyLDAvis page with its inline scripts and styles, ready to embed."""
    scripts = (*_libraries(), asset("pyldavis.js"))
    styles = (asset("pyldavis.css"),)
    data = prepare(model)
    html = (
        environment()
        .get_template("pyldavis.html.j2")
        .render(
            policy=policy(scripts, styles),
            data=json_block(data),
            scripts=scripts,
            styles=styles,
            n_topics=model.n_topics,
        )
    )
    points = np.column_stack([data["mdsDat"]["x"], data["mdsDat"]["y"]])
    return Frame(html, scripts, styles, points)


def prepare(model: TopicModel) -> dict[str, Any]:
    """Return the JSON values that LDAvis draws (Sievert & Shirley 2014), computed by pyLDAvis.

    pyLDAvis gets numbers instead of terms (it cannot encode a lone surrogate), no probability of
    zero, no empty topic, one process, the model's own order of topics, and `topic_coordinates` for
    the map.
    """
    import pyLDAvis

    weights = np.maximum(model.doc_lengths, 0).astype(np.float64)
    prepared = pyLDAvis.prepare(
        topic_term_dists=_positive_rows(model.topic_term),
        doc_topic_dists=_topic_weights(model.doc_topic, weights),
        doc_lengths=[max(weights.sum(), 1.0)],
        vocab=np.arange(len(model.terms)),
        term_frequency=np.maximum(model.term_counts, 1),
        R=N_TERMS,
        lambda_step=LAMBDA_STEP,
        mds=topic_coordinates,
        n_jobs=1,
        sort_topics=False,
        start_index=1,
    )
    data: dict[str, Any] = prepared.to_dict()
    names = distinct(model.terms, _LONGEST_TERM)
    for table in ("tinfo", "token.table"):
        data[table]["Term"] = [names[term] for term in data[table]["Term"]]
    return _rounded(data)  # type: ignore[no-any-return]


def topic_coordinates(topic_term: Any) -> Floats:
    """Return the principal coordinates of topics, (n_topics, 2), from their divergences.

    This is classical scaling of the Jensen-Shannon divergence, as in pyLDAvis, but with the
    symmetric eigensolver: equal topics get equal, real coordinates. The signs are fixed, so that
    the same topics give the same picture.
    """
    divergence = jensen_shannon(np.asarray(topic_term, dtype=np.float64))
    n_topics = len(divergence)
    centring = np.eye(n_topics) - 1.0 / n_topics
    values, vectors = np.linalg.eigh(-0.5 * centring @ divergence**2 @ centring)
    points = np.zeros((n_topics, 2))
    kept = min(2, n_topics)
    points[:, :kept] = (vectors * np.sqrt(np.maximum(values, 0.0)))[:, ::-1][:, :kept]
    points[np.abs(points) < _LEAST] = 0.0
    leading = points[np.abs(points).argmax(axis=0), np.arange(2)]
    return points * np.where(leading < 0, -1.0, 1.0)


def jensen_shannon(distributions: Floats) -> Floats:
    """Return the (n, n) Jensen-Shannon divergences between rows, in nats."""
    n_rows = len(distributions)
    entropies = _entropies(distributions)
    divergence = np.zeros((n_rows, n_rows))
    for row in range(n_rows - 1):
        others = slice(row + 1, n_rows)
        middle = _entropies(0.5 * (distributions[row] + distributions[others]))
        divergence[row, others] = middle - 0.5 * (entropies[row] + entropies[others])
    return np.maximum(divergence + divergence.T, 0.0)


def _entropies(rows: Floats) -> Floats:
    logs = np.log(rows, out=np.zeros_like(rows), where=rows > 0)
    entropies: Floats = -np.einsum("ij,ij->i", rows, logs)
    return entropies


def _positive_rows(rows: Floats) -> Floats:
    positive = np.maximum(rows, _LEAST)
    return positive / positive.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def _topic_weights(doc_topic: Floats, doc_lengths: Floats) -> Floats:
    """Return the (1, n_topics) shares of all tokens; pyLDAvis uses nothing else of documents."""
    tokens = doc_lengths @ doc_topic if doc_lengths.sum() > 0 else doc_topic.sum(axis=0)
    return _positive_rows((tokens / tokens.sum())[np.newaxis])


def _rounded(value: Any) -> Any:
    """Return the same JSON values with floats rounded to `_DIGITS` significant digits."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        short = float(f"{float(value):.{_DIGITS}g}")
        return int(short) if short.is_integer() else short
    return value


@cache
def _libraries() -> tuple[str, str]:
    from pyLDAvis import urls

    return (
        Path(urls.D3_LOCAL).read_text(encoding="utf-8"),
        Path(urls.LDAVIS_LOCAL).read_text(encoding="utf-8"),
    )
