"""How near the chosen number of topics comes to the number of labels.

python -m benchmarks.selection_topics [CORPUS...]
"""

from __future__ import annotations

import sys
import time

import numpy as np

from benchmarks.counted import counted, record
from nlp.selection import choose_topics


def main() -> None:
    for name in sys.argv[1:] or ["bbc_news", "newsgroups20"]:
        corpus = counted(name)
        start = time.process_time()
        choice = choose_topics(corpus.counts, corpus.terms, seed=0)
        figures = {
            "n_topics": choice.n_topics,
            "labels": len(np.unique(corpus.labels)),
            "wanted": "within 30 % of the labels",
            "cpu_seconds": round(time.process_time() - start, 1),
            "curve": [[number, round(score, 4)] for number, score in choice.curve],
        }
        record("selection_topics", name, figures)
        print(name, figures, flush=True)


if __name__ == "__main__":
    main()
