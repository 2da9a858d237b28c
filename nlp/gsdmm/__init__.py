"""GSDMM for short documents: each document has one topic.

estimator      GSDMM, an estimator as scikit-learn's users expect it; `fit_gsdmm`
plain          one sweep of the sampler as the paper writes it
chain          one chain of the sampler, compiled
mixture        the mixture of topics refined by expectation-maximisation
defaults       the numbers that steer the fit, each with its source
fine_clusters  fine clusters, and how many topics they are merged into
"""

from nlp.gsdmm.estimator import GSDMM, fit_gsdmm

__all__ = ["GSDMM", "fit_gsdmm"]
