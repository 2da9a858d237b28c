"""Tokens into a fitted topic model.

fit         counting, the choice of model and number of topics, the fit
selection   which model suits the documents, and how many topics
defaults    the numbers that decide, each with its source
comparison  other models fitted to the counts of a run, for comparison
"""

from nlp.fitting.fit import Fit, continue_topics, fit_topics, fitter

__all__ = ["Fit", "continue_topics", "fit_topics", "fitter"]
