"""The result of every topic model, and what works on it for any kind of model.

model         TopicModel: topics over terms, documents over topics; saved and loaded
inference     what given topics say about documents: the interface of all kinds of model
mixture       ... where each document has one topic
admixture     ... where documents mix topics
meaning       where documents and topics lie among sentence vectors
meaning_topics  ... as a mixture of words and directions
tree          topics merged step by step, and where to stop
vector_sums   ... what a step does to the probability of vectors
quality       coherence, diversity, stability, agreement with labels
coherence     normalised pointwise mutual information of a topic's terms
spread_words  words that are equally frequent in all topics
estimator     what the estimators of all kinds share: transform, predict, score, names
parameters    checks of parameters that the estimators share
"""

from nlp.topics.model import NO_TOPIC, TopicModel, best_topics, order_topics

__all__ = ["NO_TOPIC", "TopicModel", "best_topics", "order_topics"]
