"""LDA as a scikit-learn estimator, and `fit_lda`, the function that a run calls."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import scipy.sparse as sp
from sklearn.utils.validation import check_is_fitted

from nlp.arrays import Floats, totals
from nlp.errors import raise_faults
from nlp.lda.defaults import DEFAULTS
from nlp.lda.priors import learn_alpha, learn_beta
from nlp.lda.sampler import Sampler, threads
from nlp.lda.shards import lay_out
from nlp.lda.to_gensim import to_gensim
from nlp.progress import Progress, silent
from nlp.topics.admixture import AdmixtureTopics
from nlp.topics.estimator import TopicEstimator
from nlp.topics.model import TopicModel, best_topics, order_topics
from nlp.topics.parameters import prior_faults, undone_on_failure, whole_number_faults
from nlp.vocabulary.counts import check_counts, estimator_counts

if TYPE_CHECKING:
    from gensim.models import LdaModel


# Topics are counted in sixteen bits, and one more number marks a free place.
_MOST_TOPICS = 2**16
_LEAST = {"n_topics": 1, "n_sweeps": 1, "seed": 0, "n_shards": 1, "n_jobs": 1, "n_starts": 1}


class LDA(TopicEstimator):
    """Latent Dirichlet allocation fitted by collapsed Gibbs sampling.

    `alpha` (prior of topics in documents) and `eta` (prior of terms in topics) are learned if they
    are None: one alpha per topic, one eta for all terms (Wallach et al. 2009). Topics and shares
    are means over the last sweeps. `n_shards` is the number of parts that `n_jobs` threads sweep in
    parallel; None chooses up to 8 by the size of the corpus. The result depends on the shards,
    never on the threads. One shard is the exact sampler; several also mix faster, because they do
    not visit all tokens of a term in a row. `n_starts` fits begin, and the most likely one
    continues after 20 sweeps: about one start in four ends in a poor local optimum.
    """

    def __init__(
        self,
        n_topics: int = 20,
        alpha: float | None = None,
        eta: float | None = None,
        n_sweeps: int = 200,
        seed: int = 0,
        n_shards: int | None = None,
        n_jobs: int = 1,
        n_starts: int = 1,
    ) -> None:
        self.n_topics = n_topics
        self.alpha = alpha
        self.eta = eta
        self.n_sweeps = n_sweeps
        self.seed = seed
        self.n_shards = n_shards
        self.n_jobs = n_jobs
        self.n_starts = n_starts

    def fit(
        self,
        counts: Any,
        y: object = None,
        *,
        terms: Sequence[str] | None = None,
        progress: Progress = silent,
    ) -> Self:
        """Learn topics from `counts`, (n_docs, n_terms) whole numbers in any matrix form.

        Sets `topic_term_` (n_topics, n_terms), `doc_topic_` (n_docs, n_topics), both float64 with
        rows summing to 1, `labels_` (n_docs,) counted from 0 and -1 if no topic is more probable
        than the others (always for a document without terms), `alpha_` (n_topics,) and `eta_`.
        Priors are learned at every tenth sweep from the twentieth on, except during the last
        sweeps; fits with fewer than 23 sweeps keep the first values. `terms` are the names of the
        columns, by default those of a DataFrame; `y` is ignored. `InputError` for bad counts or
        settings: the estimator then stays as it was.
        """
        self._check_settings()
        with undone_on_failure(self):
            matrix = estimator_counts(self, counts, fitting=True)
            if terms is not None:
                check_counts(matrix, terms)
            self._terms = None if terms is None else tuple(terms)
            self._sample(matrix, progress)
        return self

    def _sample(self, matrix: sp.csr_matrix, progress: Progress) -> None:
        alpha = np.full(
            self.n_topics, DEFAULTS.first_alpha if self.alpha is None else float(self.alpha)
        )
        eta = DEFAULTS.first_eta if self.eta is None else float(self.eta)
        n_samples = min(max(1, int(self.n_sweeps * DEFAULTS.sampled_share)), DEFAULTS.most_samples)
        doc_sum = np.zeros((matrix.shape[0], self.n_topics), dtype=np.int32)
        term_sum = np.zeros((matrix.shape[1], self.n_topics), dtype=np.int64)
        with threads(self.n_jobs) as pool:
            sampler, spent = self._begin(matrix, alpha, eta, pool, progress)
            for done in range(self._start_sweeps(), self.n_sweeps):
                learning = DEFAULTS.start_sweeps <= done <= self.n_sweeps - n_samples
                if learning and done % DEFAULTS.prior_interval == 0:
                    alpha, eta = self._learn(sampler, alpha, eta)
                sampler.sweep(alpha, eta, pool)
                if done >= self.n_sweeps - n_samples:
                    sampler.add_documents_to(doc_sum)
                    term_sum += sampler.term_topic
                progress(spent + done + 1, spent + self.n_sweeps)
        self.alpha_, self.eta_ = alpha, eta
        self._keep(sampler, matrix, doc_sum / n_samples, term_sum.T / n_samples)

    def to_gensim(self, terms: Sequence[str] | None = None) -> LdaModel:
        """The fitted topics and priors as a `gensim.models.LdaModel`."""
        check_is_fitted(self)
        return to_gensim(
            self._topic_counts,
            self.alpha_,
            self.eta_,
            self._names(terms),
            self._document_frequency,
            len(self._doc_lengths),
            self.seed,
        )

    def to_topic_model(self, terms: Sequence[str] | None = None) -> TopicModel:
        """The fitted topics as a `TopicModel`, largest first, without empty ones."""
        check_is_fitted(self)
        model = TopicModel(
            topic_term=self.topic_term_,
            doc_topic=self.doc_topic_,
            terms=self._names(terms),
            doc_lengths=self._doc_lengths,
            term_counts=self._term_counts,
            topic_prior=self.alpha_,
            kind="lda",
            params=self._params(),
            seed=self.seed,
        )
        return order_topics(model)

    def _start_sweeps(self) -> int:
        return min(DEFAULTS.start_sweeps, self.n_sweeps // 2)

    def _begin(
        self,
        matrix: sp.csr_matrix,
        alpha: Floats,
        eta: float,
        pool: ThreadPoolExecutor | None,
        progress: Progress,
    ) -> tuple[Sampler, int]:
        """The most likely start after its first sweeps, and how many sweeps the others made."""
        layout = lay_out(matrix, min(self.n_shards or _shards(matrix), *matrix.shape))
        n_first, eta = self._start_sweeps(), max(eta, DEFAULTS.start_eta)
        spent = (self.n_starts - 1) * n_first
        begun, highest = Sampler(layout, self.n_topics, self.seed), -np.inf
        for start in range(self.n_starts):
            sampler = Sampler(layout, self.n_topics, (self.seed, start)) if start else begun
            for done in range(start * n_first, (start + 1) * n_first):
                sampler.sweep(alpha, eta, pool)
                progress(done + 1, spent + self.n_sweeps)
            likelihood = sampler.log_likelihood(alpha, eta) if spent else 0.0
            if likelihood > highest:
                begun, highest = sampler, likelihood
        return begun, spent

    def _learn(self, sampler: Sampler, alpha: Floats, eta: float) -> tuple[Floats, float]:
        """Both priors; one that was not given is learned from the present counts."""
        if self.alpha is None:
            alpha = learn_alpha(sampler.doc_topic, alpha)
        if self.eta is None:
            eta = learn_beta(sampler.term_topic, eta)
        return alpha, eta

    def _params(self) -> dict[str, Any]:
        params = {**self.get_params(), "learned_eta": self.eta_}
        # The number of threads does not change the result, and so must not change its bytes.
        del params["n_jobs"]
        return params

    def _check_settings(self) -> None:
        faults = whole_number_faults(self, _LEAST, optional={"n_shards"})
        faults += prior_faults(self, ("alpha", "eta"), 1e-9, 1e9)
        if not faults and self.n_topics >= _MOST_TOPICS:
            faults.append(f"n_topics is {self.n_topics}: give less than {_MOST_TOPICS}")
        raise_faults(faults)

    def _keep(
        self, sampler: Sampler, matrix: sp.csr_matrix, doc_counts: Floats, topic_counts: Floats
    ) -> None:
        layout = sampler.layout
        documents, columns = np.argsort(layout.document_order), np.argsort(layout.term_order)
        self._topic_counts = np.ascontiguousarray(topic_counts[:, columns])
        self.topic_term_ = _normalised(self._topic_counts + self.eta_)
        self.doc_topic_ = _normalised(doc_counts[documents] + self.alpha_)
        self._doc_lengths = totals(matrix, 1)
        self._term_counts = totals(matrix, 0)
        self._document_frequency = np.bincount(matrix.indices, minlength=matrix.shape[1])
        self.labels_ = best_topics(self.doc_topic_, self._doc_lengths)

    def _topics(self) -> AdmixtureTopics:
        return AdmixtureTopics(self.topic_term_, self.alpha_)

    def _shares(self, counts: sp.csr_matrix) -> Floats:
        return self._topics().posterior(counts)

    def _known(self, counts: Any) -> sp.csr_matrix:
        return estimator_counts(self, counts, fitting=False)

    def _fitted_names(self) -> tuple[str, ...] | None:
        return self._terms or super()._fitted_names()


def fit_lda(
    counts: sp.csr_matrix,
    terms: Sequence[str],
    n_topics: int,
    seed: int = 0,
    progress: Progress = silent,
) -> TopicModel:
    """Topics of long documents, with priors learned."""
    n_jobs = min(os.cpu_count() or 1, DEFAULTS.most_shards)
    model = LDA(
        n_topics,
        n_sweeps=DEFAULTS.run_sweeps,
        seed=seed,
        n_jobs=n_jobs,
        n_starts=DEFAULTS.run_starts,
    )
    return model.fit(counts, terms=terms, progress=progress).to_topic_model()


def _shards(matrix: sp.csr_matrix) -> int:
    """Number of shards for a corpus of this size."""
    return int(np.clip(matrix.sum() // DEFAULTS.least_shard_tokens, 1, DEFAULTS.most_shards))


def _normalised(rows: Floats) -> Floats:
    shares: Floats = rows / rows.sum(axis=1, keepdims=True)
    return shares
