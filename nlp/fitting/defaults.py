"""The numbers by which a model and its number of topics are chosen, each with its source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SelectionDefaults:
    """Constants of the choice; no option changes them."""

    short: int = 30
    """Median number of counted words below which GSDMM is fitted. Below it one topic per document
    agrees better with people's labels and predicts unseen words as well as LDA; from 15 to 25 words
    on LDA predicts better, at a fifth of the cost, though labels agree less until about 40
    (benchmarks/README.md). NMF came first nowhere by more than chance: it is never chosen unasked.
    """
    coarse: tuple[int, ...] = (2, 5, 10, 20, 40, 80)
    """Numbers of topics tried first: about a factor of two apart, as far as one page can show."""
    least_documents: int = 5
    """A topic of fewer documents is an anecdote: it counts as empty."""
    sample_tokens: int = 600_000
    """Tokens of the sample that is searched: 300,000 of newsgroups20 held too few posts to tell 20
    topics from 10."""
    fits: int = 3
    """Fits of each number, to see which topics are found again: three make three pairs."""
    sweeps: int = 60
    """Sweeps of each of them: with fewer, fits differed by chance where the number was right."""
    starts: int = 3
    """Starts of each of them: a single one ends in a poor optimum once in four times, most of all
    where the number of topics is right."""
    least_agreement: float = 0.1
    """Fits whose groups agree less than this (0 is chance) found no topics. In a corpus of
    random words fits with 5 to 20 topics agreed by 0.05 at most, in german_news by 0.47 or more."""
    surely_tried: int = 20
    """Numbers of topics up to this one are always tried."""
    hopeful: float = 0.9
    """Larger ones only if one of the last two numbers scored this share of the best: a curve has
    passed its top when it falls by more than seeds explain (5 %, see `equal`), twice in a row."""
    refinements: int = 2
    """Times that the numbers half way between the best and its neighbours are tried: a quarter of
    the number is then as close as seeds can tell (benchmarks/README.md: 24, 24, 24; 12, 8, 6)."""
    equal: float = 0.95
    """Numbers that score this share of the best are equally good, for other seeds move a score by
    about as much: the smallest of them is chosen."""


DEFAULTS = SelectionDefaults()
