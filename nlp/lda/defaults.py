"""The numbers that steer LDA beside its parameters, each with its source.

"Compared" is the fit of a run (100 sweeps, best of four starts) with other values, bbc_news with 5
topics and german_news with 9, three seeds each: mean NMI with the labels, bbc_news / german_news.
The values here give 0.857 / 0.394, and seeds move that by about 0.02. The held-out log likelihood
of a word (`LDA.score`) changed by less than 0.01 unless noted.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LdaDefaults:
    """Constants of the fit; no option changes them."""

    first_alpha: float = 0.1
    """Prior of each topic in a document until it is learned. Compared: 0.02 gives
    0.853 / 0.402, 0.5 gives 0.787 / 0.379 and on bbc_news a likelihood lower by 0.016."""
    first_eta: float = 0.01
    """Prior of each term in a topic until it is learned. Compared: 0.1 gives 0.854 /
    0.395, 0.001 gives 0.860 / 0.395: it hardly matters."""
    start_eta: float = 0.3
    """Smoothing of terms that the first sweeps draw with, at least: a term's tokens, visited one
    after the other, would otherwise all stay in the topic that chance gave them. Compared: none
    (0.01) gives 0.840 / 0.382, 0.1 gives 0.848 / 0.397, 1 gives 0.860 / 0.396."""
    start_sweeps: int = 20
    """Number of those first sweeps; then the most likely of several starts continues. Twenty sweeps
    show which start ends badly (bbc_news: 2 of 7 fits, NMI 0.66 instead of 0.85). Compared: 10
    gives 0.860 / 0.388, 40 gives 0.861 / 0.397."""
    prior_interval: int = 10
    """Sweeps between two rounds of learning the priors. Compared: 5 gives 0.862 / 0.400, 20
    gives 0.858 / 0.401."""
    prior_iterations: int = 20
    """Steps of Minka's fixed point in a round, at most. Compared: 5 gives
    0.861 / 0.396."""
    prior_tolerance: float = 1e-4
    """Relative change at which a round ends early: below what ten sweeps change."""
    prior_range: tuple[float, float] = (1e-5, 1e3)
    """Range of a learned prior. Not tuned: a topic without tokens would drive its prior to 0, and
    a corpus of equal documents would drive it to infinity, where differences of digamma are 0."""
    sampled_share: float = 0.1
    """Share of the sweeps, the last ones, over which topics and shares are averaged. Compared: the
    last sweep alone gives 0.845 / 0.391 and a likelihood lower by 0.008 / 0.019."""
    most_samples: int = 20
    """... but at most this many sweeps. Compared: 30 % and 40 sweeps give 0.852 / 0.392."""
    run_sweeps: int = 100
    """Sweeps of a run: twice as many raise neither the held-out likelihood nor the agreement with
    labels (`benchmarks.lda_rivals`)."""
    run_starts: int = 4
    """Starts of a run: two of seven on bbc_news ended in a poor local optimum, so that all four do
    about once in 150 such corpora."""
    most_shards: int = 8
    """Most shards of a corpus: as many threads can sweep in parallel.
    Compared: 1 gives 0.858 / 0.387, 4 gives 0.847 / 0.411, 16 gives 0.846 / 0.400."""
    least_shard_tokens: int = 5_000
    """Fewest tokens of a shard: a sweep of fewer takes a third of a millisecond at most (67
    nanoseconds per token, `benchmarks.lda_speed`), about what handing it to a thread costs."""


DEFAULTS = LdaDefaults()
