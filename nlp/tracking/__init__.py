"""The same topics from run to run.

defaults    the numbers that decide, each with its source
identity    which topic is which topic of the last run
memory      what a run remembers about topics for the next run
warm_start  the last run's topics estimated again on today's documents
new_topics  subjects that no topic of the last run explains
merging     topics that a person merged
"""

from nlp.tracking.identity import identify
from nlp.tracking.memory import Identity, Life, Past

__all__ = ["Identity", "Life", "Past", "identify"]
