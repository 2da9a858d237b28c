"""The numbers that decide how topics keep their identity, each with its source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TrackingDefaults:
    """Constants of tracking; no option changes them."""

    least_likeness: float = 0.25
    """Likeness from which two topics may be the same. On the corpora of `benchmarks.continuity`
    topics of unrelated labels have less, and so have few topics that share most documents."""
    document_weight: float = 0.5
    """Weight of the shared documents beside the terms, at most: each can mislead alone (documents
    when a topic is split, terms when the words of a subject change). Not tuned: equal weights."""
    enough_shared: float = 0.5
    """Share of documents in both runs from which on they have that full weight. Not tuned: below
    half, most documents of a topic are in one run alone and say nothing about the other."""
    profile_terms: int = 50
    """Terms remembered of a topic. Not tuned: the weights fall off so fast that the fiftieth term
    hardly moves a cosine."""
    majority: float = 0.5
    """A topic has come from another one, or gone into it, if at least this share of its documents
    has."""
    growth_factor: float = 1.25
    """A topic has grown or shrunk by this factor at least, which a reader notices. Not tuned."""
    standard_errors: float = 3.0
    """... and by this many standard errors of a two-proportion test, which chance alone passes in
    one of 370 topics."""
    key_terms: int = 10
    """Terms that a key is made from: as many as the tables show."""
    key_length: int = 8
    """Hexadecimal digits of a key: two of 1,000 topics have the same with a chance of one in
    8,000, and the second then gets a suffix."""
    longest_history: int = 366
    """Runs whose sizes are remembered: a year of nights."""
    most_gone: int = 1_000
    """Number of topics remembered after they are gone: a few megabytes of JSON."""
    rounds: int = 2
    """Rounds of expectation-maximisation with which a model goes on. Not
    tuned: few rounds keep the topics near the last ones. A converged fit would forget them, and a
    new fit keeps few documents under their topic's key (`benchmarks.continuity`)."""
    spare_documents: float = 0.1
    """Added to the expected documents of a topic, so that one without documents can get some again:
    alpha as GSDMM's paper has it."""
    least_smoothing: float = 0.01
    """Pseudo-count of a term in a topic if the model does not name the one it was fitted with: the
    prior of terms that LDA starts with."""
    least_documents: int = 5
    """Documents of a new topic at least: fewer are an anecdote."""
    least_share: float = 0.1
    """... and this share of a mean topic's: fewer are below the grain of the model."""
    corpus_smoothing: float = 500.0
    """Tokens of the corpus that each topic and group is smoothed with: of 200, 500 and 1,000 the
    one that found subjects put into four labelled corpora, and none where there were none
    (`benchmarks.births`)."""
    settling_rounds: int = 12
    """Times that candidates choose between topics and groups, at most, in each of two phases. With
    one subject of tickets new, nothing moved any more after 3 to 11 choices in both together. A
    bound is needed: moves may go round in a circle."""
    most_waiting: int = 20_000
    """Documents without a topic that the next run considers again: those that the topics explain
    worst. Not tuned: a limit on time for a corpus that fits the topics badly."""
    group_beta: float = 0.1
    """Prior of terms in the groups that candidates start in: fine ones, as for
    `nlp.gsdmm.defaults.GsdmmDefaults.fine_beta`."""
    documents_per_group: int = 20
    """One such group for so many candidates, as GSDMM starts with. Not tuned."""


DEFAULTS = TrackingDefaults()
