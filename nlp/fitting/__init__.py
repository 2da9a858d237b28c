"""Tokens into a fitted topic model.

fit         counting, the choice of model and number of topics, the fit
selection   which model suits the documents, and how many topics
defaults    the numbers that decide, each with its source
comparison  another model fitted beside a run's, for comparison
"""

from nlp.fitting.fit import Fit, continue_topics, fit_topics, fitter

__all__ = ["Fit", "continue_topics", "fit_topics", "fitter"]
