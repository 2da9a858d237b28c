"""GSDMM: short documents into clusters, one topic each, as an estimator and as a `TopicModel`.

The movie group process of Yin & Wang 2014, "A Dirichlet multinomial mixture model-based approach
for short text clustering" (KDD): collapsed Gibbs sampling with equation 4, repeated words
counted. A few steps of expectation-maximisation on the same mixture follow, because one sample
shows only the last cluster of a document, not its most probable one.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.utils.validation import check_is_fitted

from nlp.arrays import Floats, Ints, Singles, totals
from nlp.encoder import check_vectors
from nlp.errors import InputError, raise_faults
from nlp.gsdmm.chain import Chain
from nlp.gsdmm.defaults import DEFAULTS
from nlp.gsdmm.fine_clusters import (
    FineClusters,
    Grain,
    fine_clusters,
    merged,
    readable,
)
from nlp.gsdmm.joint_fit import JointFine, continue_joint, fit_joint, merge_joint
from nlp.gsdmm.joint_mixture import Documents
from nlp.gsdmm.joint_model import joint_topic_model
from nlp.gsdmm.mixture import Mixture
from nlp.progress import Progress, silent
from nlp.topics.estimator import TopicEstimator
from nlp.topics.inference import FixedTopics, without_evidence
from nlp.topics.meaning import VectorSpace
from nlp.topics.model import TopicModel, best_topics, order_topics
from nlp.topics.parameters import (
    prior_faults,
    undone_on_failure,
    whole_number_faults,
)
from nlp.vocabulary.counts import estimator_counts

# Whole numbers up to here are exact in single precision, which the sampler counts in.
_MOST_OF_ONE_TERM = 2**24
_LEAST = {
    "n_topics": 1, "n_sweeps": 1, "n_refinements": 0, "n_chains": 1, "n_jobs": 1, "seed": 0
}  # fmt: skip


class GSDMM(TopicEstimator):
    """Clusters of short documents: each document has one topic.

    beta, n_topics: Dirichlet prior of words, and how many clusters. With a number for beta the
        sampler is the paper's: `n_topics` clusters at most, those that stay empty vanish; None
        takes one per 20 documents, at most 500. With None beta starts at 0.1, which finds fine
        clusters, and grows with them as they are merged into `n_topics`, or, if that is None too,
        into as many as `nlp.gsdmm.fine_clusters.readable` says.
    alpha: Dirichlet prior of cluster sizes; None learns it, from 0.1 to 100, after the first five
        sweeps (Minka's fixed point).
    n_sweeps: times each document is redrawn. n_refinements: steps of expectation-maximisation
        afterwards; 0 leaves the last sample as it is.
    n_chains: independent starts; the fit keeps the one with the highest joint probability.
    n_jobs: threads that run the chains in parallel; the result does not depend on it.

    Fitted: `labels_` (n_docs,), largest cluster 0, -1 if no cluster fits better than the others;
    `doc_topic_` (n_docs, n_found) and `topic_term_` (n_found, n_terms), rows summing to 1;
    `alpha_`, `beta_`; `sample_labels_` (n_docs,), the last sample's clusters, which
    `fit(labels=...)` can go on from; `fine_`, the `FineClusters` below the topics, or None if beta
    was given; `grain_`, the reason for the number of topics, or None if it was given; `log_joint_`
    (n_chains, n_sweeps) and `moved_`, the same shape: share of documents that changed cluster.
    """

    def __init__(
        self,
        n_topics: int | None = 100,
        alpha: float | None = 0.1,
        beta: float | None = 0.1,
        n_sweeps: int = 30,
        n_refinements: int = 25,
        n_chains: int = 1,
        n_jobs: int = 1,
        seed: int = 0,
    ) -> None:
        self.n_topics = n_topics
        self.alpha = alpha
        self.beta = beta
        self.n_sweeps = n_sweeps
        self.n_refinements = n_refinements
        self.n_chains = n_chains
        self.n_jobs = n_jobs
        self.seed = seed

    def fit(
        self,
        counts: Any,
        y: object = None,
        *,
        labels: Ints | None = None,
        vectors: Any = None,
        progress: Progress = silent,
    ) -> GSDMM:
        """Cluster the documents of `counts`, (n_docs, n_terms) whole numbers.

        `vectors`, (n_docs, n_dims), are sentence vectors of the same documents: clusters then have
        words and a direction among the vectors, a document without words is placed by its vector,
        and one whose vector is zeros by its words. See `nlp.gsdmm.joint_fit` for how these are
        found; `n_sweeps` and `alpha` are not needed then.

        `labels` starts from known clusters instead of random ones: (n_docs,) whole numbers, -1 for
        documents that are new; all of them are kept, be they more than `n_topics`. A few sweeps
        are enough then. `y` is ignored. A fit that fails leaves the estimator as it was.
        """
        self._check_parameters()
        with undone_on_failure(self):
            matrix = self._countable(counts)
            if vectors is not None:
                self._fit_with(check_vectors(vectors, matrix.shape[0]), matrix, labels, progress)
                return self
            chains = self._start(matrix, None if labels is None else _renumbered(labels, matrix))
            self._run(chains, labels is not None, progress)
            best = np.argsort(-self.log_joint_[:, -1], kind="stable")
            chains = [chains[chain] for chain in best]
            self.sample_labels_ = chains[0].labels
            self._finish(matrix, self._mixture(matrix, chains))
        return self

    def to_topic_model(self, terms: Sequence[str] | None = None) -> TopicModel:
        """The clusters as a `TopicModel`, largest first.

        `terms` names the columns; by default a DataFrame's columns name them.
        """
        check_is_fitted(self)
        return replace(self._model, terms=self._names(terms))

    def predict_proba(self, counts: Any, vectors: Any = None) -> Floats:
        """(n_new, n_found) probability of each cluster for new documents.

        `vectors`, (n_new, n_dims), only where it was fitted with some; without them words decide.
        """
        check_is_fitted(self)
        matrix = self._known(counts)
        return self._model.assign(matrix, self._checked_vectors(vectors, matrix))

    def predict(self, counts: Any, vectors: Any = None) -> Ints:
        """(n_new,) most probable cluster of new documents; -1 where none stands out."""
        check_is_fitted(self)
        matrix = self._known(counts)
        given = self._checked_vectors(vectors, matrix)
        seen = totals(matrix, 1) + (0 if given is None else given.any(axis=1))
        return best_topics(self._model.assign(matrix, given), seen)

    def cut(self, counts: Any, n_topics: int, vectors: Any = None) -> Ints:
        """(n_docs,) topics of the documents it was fitted on if they were merged into `n_topics`.

        Needs a fit with beta None; no sampling takes place. After a fit with vectors, the same
        `vectors` are needed.
        """
        check_is_fitted(self)
        if self.fine_ is None:
            raise InputError(f"beta was given as {self.beta}: only a fit with beta None can be cut")
        matrix = self._known(counts)
        if matrix.shape[0] != len(self.labels_):
            raise InputError(
                f"counts have {matrix.shape[0]} documents, the fit had {len(self.labels_)}: "
                "give those it was fitted on, or predict"
            )
        if isinstance(self.fine_, JointFine):
            given = self._checked_vectors(vectors, matrix)
            if given is None or self._model.meaning is None:
                raise InputError("the fit had vectors: give the same ones to cut")
            documents = Documents(matrix, self._model.meaning.space.places(given))
            joint = merge_joint(self.fine_, documents, n_topics, self.beta, self.n_refinements)
            space = self._model.meaning.space
            return joint_topic_model(documents, joint, space, {}, self.seed).labels()
        model = self._as_model(matrix, merged(self.fine_, matrix, n_topics, self.n_refinements))
        return model.labels()

    def __sklearn_tags__(self) -> Any:
        """A clusterer of whole counts.

        Without ClusterMixin, whose estimators scikit-learn checks on points in the plane.
        """
        tags = super().__sklearn_tags__()
        tags.estimator_type = "clusterer"
        return tags

    def _topics(self) -> FixedTopics:
        return self._model.inference

    def _shares(self, counts: sp.csr_matrix) -> Floats:
        return self._model.assign(counts)

    def _known(self, counts: Any) -> sp.csr_matrix:
        return estimator_counts(self, counts, fitting=False)

    def _countable(self, counts: Any) -> sp.csr_matrix:
        matrix = estimator_counts(self, counts, fitting=True)
        most = np.asarray(matrix.sum(axis=0, dtype=np.float64)).max(initial=0.0)
        if most > _MOST_OF_ONE_TERM:
            raise InputError(
                f"a term occurs {most:.0f} times in counts: drop the term or split the corpus"
            )
        return matrix

    def _check_parameters(self) -> None:
        faults = whole_number_faults(self, _LEAST, optional={"n_topics"})
        raise_faults([*faults, *prior_faults(self, ("alpha", "beta"), 1e-6, 1e6)])

    def _most_clusters(self, n_docs: int, labels: Ints | None) -> int:
        most = min(max(n_docs // DEFAULTS.documents_per_cluster, 2), DEFAULTS.most_clusters)
        if self.n_topics is not None:
            most = self.n_topics if self.beta is not None else max(most, self.n_topics)
        if labels is None:
            return min(most, n_docs)
        return max(min(most, n_docs), int(labels.max(initial=-1)) + 1)

    def _start(self, matrix: sp.csr_matrix, labels: Ints | None) -> list[Chain]:
        n_docs = matrix.shape[0]
        n_clusters = self._most_clusters(n_docs, labels)
        alpha = 1.0 if self.alpha is None else float(self.alpha)
        beta = DEFAULTS.fine_beta if self.beta is None else float(self.beta)
        chains = []
        for random in np.random.default_rng(self.seed).spawn(self.n_chains):
            start = random.integers(0, n_clusters, n_docs) if labels is None else labels
            chains.append(Chain(matrix, n_clusters, alpha, beta, start, random))
        return chains

    def _run(self, chains: list[Chain], warm: bool, progress: Progress) -> None:
        self.log_joint_ = np.zeros((self.n_chains, self.n_sweeps))
        self.moved_ = np.zeros((self.n_chains, self.n_sweeps))

        def sweep(chain: Chain) -> tuple[float, float]:
            moved, joint = chain.sweep(), chain.log_joint()
            if self.alpha is None and (done >= DEFAULTS.burn_in or warm):
                chain.learn_alpha()
            return moved / len(chain.labels), joint

        with ThreadPoolExecutor(min(self.n_jobs, self.n_chains)) as pool:
            for done in range(self.n_sweeps):
                moves = list(pool.map(sweep, chains))
                self.moved_[:, done], self.log_joint_[:, done] = zip(*moves, strict=True)
                progress(done + 1, self.n_sweeps)

    def _mixture(self, matrix: sp.csr_matrix, chains: list[Chain]) -> Mixture:
        """The clusters of the best chain, merged into the number of topics asked for."""
        self.fine_: FineClusters | JointFine | None = None
        self.grain_: Grain | None = None
        if self.beta is not None:
            return chains[0].mixture().refine(matrix, self.n_refinements)
        with ThreadPoolExecutor(self.n_jobs) as pool:
            found = pool.map(
                lambda chain: fine_clusters(
                    chain.mixture().refine(matrix, self.n_refinements), matrix
                ),
                chains[: 2 if self.n_topics is None else 1],
            )
        fine, *others = found
        self.fine_, n_topics = fine, self.n_topics
        if n_topics is None:
            self.grain_ = readable(fine, *others)
            n_topics = self.grain_.n_topics
        return merged(fine, matrix, n_topics, self.n_refinements)

    def _fit_with(
        self, vectors: Singles, matrix: sp.csr_matrix, labels: Ints | None, progress: Progress
    ) -> None:
        """As `fit`, with vectors of length 1."""
        space = VectorSpace.of(vectors)
        documents = Documents(matrix, space.places(vectors))
        if labels is None:
            random = np.random.default_rng(self.seed).spawn(self.n_chains)
            found = fit_joint(
                documents,
                self.n_topics,
                self.beta,
                self.n_refinements,
                random,
                self.n_jobs,
                progress,
            )
        else:
            start = _renumbered(labels, matrix)
            found = continue_joint(documents, start, self.beta, self.n_refinements)
        self.fine_ = found.fine if self.beta is None else None
        self.grain_ = found.grain
        self.log_joint_ = found.log_likelihoods[:, None]
        self.moved_ = np.zeros_like(self.log_joint_)
        report = self._report(found.mixture.words)
        self._keep(joint_topic_model(documents, found.mixture, space, report, self.seed))
        self.alpha_, self.beta_ = found.mixture.words.alpha, found.mixture.words.beta
        self.sample_labels_ = self.labels_

    def _checked_vectors(self, vectors: Any, matrix: sp.csr_matrix) -> Singles | None:
        if vectors is None:
            return None
        if self._fields["meaning"] is None:
            raise InputError("vectors given, but the fit had none: fit with vectors too")
        return check_vectors(vectors, matrix.shape[0])

    def _finish(self, matrix: sp.csr_matrix, mixture: Mixture) -> None:
        self.alpha_, self.beta_ = mixture.alpha, mixture.beta
        self._keep(self._as_model(matrix, mixture))

    def _keep(self, model: TopicModel) -> None:
        self._fields = {field.name: getattr(model, field.name) for field in fields(model)}
        self._fields["params"] = dict(model.params)
        self.labels_ = model.labels()
        self.doc_topic_, self.topic_term_ = model.doc_topic, model.topic_term

    def _as_model(self, matrix: sp.csr_matrix, mixture: Mixture) -> TopicModel:
        topic_term = mixture.topic_term
        term_counts = totals(matrix, 0)
        shares = without_evidence(mixture.posterior(matrix), matrix, topic_term, term_counts)
        return order_topics(
            TopicModel(
                topic_term=topic_term,
                doc_topic=shares,
                terms=tuple(f"x{term}" for term in range(matrix.shape[1])),
                doc_lengths=totals(matrix, 1),
                term_counts=term_counts,
                topic_prior=mixture.prior,
                kind="gsdmm",
                params=self._report(mixture),
                seed=int(self.seed),
            )
        )

    @property
    def _model(self) -> TopicModel:
        return TopicModel(**self._fields)

    def _report(self, mixture: Mixture) -> dict[str, Any]:
        report: dict[str, Any] = {
            "alpha": mixture.alpha,
            "beta": mixture.beta,
            "n_sweeps": self.n_sweeps,
            "n_refinements": self.n_refinements,
            "n_chains": self.n_chains,
            "log_joint": [float(value) for value in self.log_joint_[:, -1]],
            "moved_in_last_sweep": [float(value) for value in self.moved_[:, -1]],
        }
        if self.fine_ is not None:
            report["n_fine"] = self.fine_.tree.n_fine
        if self.grain_ is not None:
            report["grain"] = self.grain_.reason
        return report


def fit_gsdmm(
    counts: sp.csr_matrix,
    terms: tuple[str, ...],
    n_topics: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
    vectors: Any = None,
) -> TopicModel:
    """Topics of short documents, with defaults that need no tuning.

    Alpha and beta are learned, the better of two chains is kept, and fine clusters are merged into
    `n_topics` topics. None lets `nlp.gsdmm.fine_clusters.readable` choose their number.
    `vectors`, (n_docs, n_dims), make topics of words and meaning.
    """
    estimator = GSDMM(
        n_topics,
        alpha=None,
        beta=None,
        n_chains=DEFAULTS.n_chains,
        n_jobs=DEFAULTS.n_chains,
        seed=seed,
    )
    return estimator.fit(counts, vectors=vectors, progress=progress).to_topic_model(terms)


def _renumbered(labels: Any, matrix: sp.csr_matrix) -> Ints:
    """Known clusters numbered from 0 without gaps; -1 stays -1."""
    given = np.asarray(labels)
    if given.shape != (matrix.shape[0],) or not np.issubdtype(given.dtype, np.integer):
        raise InputError(
            f"labels are {given.dtype} of shape {given.shape}: give a whole number for each of "
            f"{matrix.shape[0]} documents, -1 if new"
        )
    if given.min(initial=0) < -1:
        raise InputError(f"labels hold {given.min()}: count clusters from 0, -1 if new")
    known = given >= 0
    start = np.full(len(given), -1, dtype=np.int64)
    start[known] = np.unique(given[known], return_inverse=True)[1]
    return start
