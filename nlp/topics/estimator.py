"""What LDA and GSDMM share as scikit-learn estimators of topics over a document-term matrix."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import scipy.sparse as sp
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import ClassifierTags
from sklearn.utils.validation import check_is_fitted

from nlp.arrays import Floats, Ints, totals
from nlp.errors import InputError
from nlp.topics.inference import FixedTopics, held_out_log_likelihood
from nlp.topics.model import best_topics


class TopicEstimator(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Topics of documents from counts, (n_docs, n_terms) whole numbers: CSR, dense or a DataFrame.

    A subclass fits `topic_term_`, `doc_topic_` and `labels_`, and says how counts are checked and
    what the fitted topics are.
    """

    topic_term_: Floats
    labels_: Ints

    @abstractmethod
    def fit(self, counts: Any, y: object = None) -> Any:
        """Learn topics; `y` is ignored."""

    @abstractmethod
    def _known(self, counts: Any) -> sp.csr_matrix:
        """New documents, counted in the columns of the fit."""

    @abstractmethod
    def _shares(self, counts: sp.csr_matrix) -> Floats:
        """(n_docs, n_topics) share of each topic in documents."""

    @abstractmethod
    def _topics(self) -> FixedTopics:
        """The fitted topics."""

    def transform(self, counts: Any) -> Floats:
        """(n_docs, n_topics) share of each topic in each document; rows sum to 1."""
        check_is_fitted(self)
        return self._shares(self._known(counts))

    def predict_proba(self, counts: Any) -> Floats:
        """(n_docs, n_topics) the same as `transform`."""
        return self.transform(counts)

    def predict(self, counts: Any) -> Ints:
        """(n_docs,) most probable topic of each document; -1 where none fits better than others."""
        check_is_fitted(self)
        known = self._known(counts)
        return best_topics(self._shares(known), totals(known, 1))

    def fit_predict(self, counts: Any, y: object = None, **options: Any) -> Ints:
        """(n_docs,) `labels_` after a fit; `y` is ignored, `options` are those of `fit`."""
        labels: Ints = self.fit(counts, **options).labels_
        return labels

    def score(self, counts: Any, y: object = None) -> float:
        """Mean log probability of a token not seen (see `held_out_log_likelihood`); `y` is ignored.

        Higher is better; numbers of different vocabularies cannot be compared.
        """
        check_is_fitted(self)
        return held_out_log_likelihood(self._topics(), self._known(counts))

    @property
    def _n_features_out(self) -> int:
        return len(self.topic_term_)

    def _names(self, terms: Sequence[str] | None) -> tuple[str, ...]:
        """Names of the columns: those given, or those that `fit` was given or read."""
        names = self._fitted_names() if terms is None else tuple(terms)
        if names is None:
            raise InputError("no terms are known: give them to fit as terms=..., or here")
        if len(names) != self.n_features_in_:
            raise InputError(f"{len(names)} terms for {self.n_features_in_} columns of counts")
        return names

    def _fitted_names(self) -> tuple[str, ...] | None:
        names = getattr(self, "feature_names_in_", None)
        return None if names is None else tuple(map(str, names))

    def __sklearn_tags__(self) -> Any:
        """Whole counts from 0, dense or sparse."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        # What scikit-learn calls whole numbers: fractions are refused.
        tags.input_tags.categorical = True
        # Asked of everything that has predict_proba, whether it is a classifier or not.
        tags.classifier_tags = ClassifierTags(multi_class=True)
        return tags
