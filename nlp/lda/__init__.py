"""LDA for long documents: a compiled sampler that ends as gensim's model or as a `TopicModel`."""

from nlp.lda.estimator import LDA, fit_lda

__all__ = ["LDA", "fit_lda"]
