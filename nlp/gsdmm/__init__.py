"""GSDMM for short documents: each document has one topic.

estimator      GSDMM, an estimator as scikit-learn's users expect it; `fit_gsdmm`
plain          one sweep of the sampler as the paper writes it
chain          one chain of the sampler, compiled
mixture        the mixture of topics refined by expectation-maximisation
defaults       the numbers that steer the fit, each with its source
fine_clusters  fine clusters, and how many topics they are merged into
joint_fit      the same of words and sentence vectors together
joint_start    fine groups by vectors alone, where that starts
joint_mixture  the mixture of words and directions
joint_model    the mixture as a TopicModel
"""

from nlp.gsdmm.estimator import GSDMM, fit_gsdmm

__all__ = ["GSDMM", "fit_gsdmm"]
