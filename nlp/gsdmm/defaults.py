"""The numbers that steer GSDMM beside its parameters, each with where it comes from.

"Measured" refers to `benchmarks.gsdmm`. "Compared" is a smaller measurement: the job's own fit
with half and twice the value, tickets and banking77, two seeds; NMI beside the labels' subjects.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GsdmmDefaults:
    """Constants of the fit; no option changes them."""

    documents_per_cluster: int = 20
    """Clusters to start with where their number is learned: one per so many documents.
    Not tuned."""
    most_clusters: int = 500
    """... but at most so many: the cost of a sweep grows with them (measured: `clusters`), and a
    page shows `most_topics` at most."""
    burn_in: int = 5
    """Sweeps before alpha is learned, which from a random start would be learned from clusters of
    equal size. Not tuned."""
    alphas: tuple[float, float] = (0.1, 100.0)
    """Range of a learned alpha: from the paper's value, up to where clusters are of equal size for
    practical purposes. Not tuned."""
    minka_steps: int = 5
    """Steps of Minka's fixed point after each sweep; the next sweep goes on where these end.
    Not tuned."""
    fine_beta: float = 0.1
    """The paper's beta, which finds fine clusters (Yin and Wang 2014). Fixed for these
    and grown as they merge, it beat a beta chosen beforehand on four labelled corpora (measured:
    `grid`)."""
    largest_beta: float = 0.5
    """Where beta stops growing as clusters merge. Not tuned."""
    beta_growth: float = 1.5
    """Power of the ratio of fine clusters to topics by which beta grows: a topic of many tokens
    bears more smoothing than a fine cluster. Best of 1, 1.5 and 2. Not tuned."""
    most_topics: int = 150
    """Most topics shown where their number is learned: the labelled corpora have up to 152
    labels (news_titles), and no reader goes through more on one page."""
    agreement: float = 0.8
    """Adjusted mutual information of two independent chains from which on a finer cut is taken for
    found rather than made up. Not tuned."""
    compared_documents: int = 4_000
    """Documents by which two chains are compared. Not tuned: a sample large enough for the first
    two decimals of their agreement."""
    compared_cuts: int = 16
    """Numbers of topics at which two chains are compared: with 150 topics at most, neighbours are
    ten topics apart or less."""
    n_chains: int = 2
    """Chains of a run: the fewest that can be compared with each other."""


DEFAULTS = GsdmmDefaults()
