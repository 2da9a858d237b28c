"""How near the chosen number of topics comes to the number of labels.

python -m benchmarks.selection_topics [CORPUS...]

Words are cleaned and counted as in a run. The criterion was chosen on these corpora and on three,
five and ten groups of newsgroups20.
"""

from __future__ import annotations

import sys
import time

from benchmarks.counted import record, records
from nlp.cleaning.reader import clean
from nlp.config import CleaningSettings
from nlp.fitting.selection import choose_topics
from nlp.lda import fit_lda
from nlp.topics.quality import agree
from nlp.vocabulary.terms import count_terms

SEEDS = range(3)
LANGUAGES = {"german_news": "de"}


def main() -> None:
    for name in sys.argv[1:] or ["bbc_news", "newsgroups20", "german_news"]:
        rows = records(name)
        settings = CleaningSettings(language=LANGUAGES.get(name, "en"))
        tokens = clean([row["text"] for row in rows], settings)
        vocabulary = count_terms(tokens)
        start = time.process_time()
        choices = [choose_topics(vocabulary.counts, vocabulary.terms, seed) for seed in SEEDS]
        seconds = (time.process_time() - start) / len(choices)
        choice = choices[0]
        labels = [row["label"] for row in rows]
        numbers = sorted({choice.n_topics, len(set(labels))})
        models = {n: fit_lda(vocabulary.counts, vocabulary.terms, n) for n in numbers}
        figures = {
            "n_topics": choice.n_topics,
            "n_topics_by_seed": [each.n_topics for each in choices],
            "labels": len(set(labels)),
            "wanted": "within 30 % of the labels",
            "cpu_seconds_a_seed": round(seconds, 1),
            "curve": [[number, round(score, 4)] for number, score in choice.curve],
            "nmi": {n: round(agree(m.labels(), labels).nmi, 4) for n, m in models.items()},
            "ari": {n: round(agree(m.labels(), labels).ari, 4) for n, m in models.items()},
            "top_terms": {n: [" ".join(top) for top in m.top_terms(6)] for n, m in models.items()},
        }
        record("selection_topics", name, figures)
        print(name, figures, flush=True)


if __name__ == "__main__":
    main()
