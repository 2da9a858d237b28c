"""A number of topics that was asked for and not met is said."""

from __future__ import annotations

from nlp import analyze

TEXTS = [
    "The courier left my parcel with a neighbour.",
    "My card was charged twice for one payment.",
    "The password reset mail never comes.",
    "The parcel arrived late at the warehouse.",
    "The bank blocked my card after the payment.",
]


def test_fewer_topics_than_asked_for_are_a_warning() -> None:
    result = analyze(TEXTS, model="nmf", topics=10)
    found = result.model.n_topics
    assert found < 10
    assert any(f"10 topics were asked for, {found} were found" in w for w in result.record.warnings)
