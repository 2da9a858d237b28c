"""GSDMM: short documents into clusters, one topic each, as an estimator and as a `TopicModel`.

The movie group process of Yin & Wang 2014, "A Dirichlet multinomial mixture model-based approach
for short text clustering" (KDD): collapsed Gibbs sampling with equation 4, repeated words
counted; then a few steps of expectation-maximisation on the same mixture, since one sample
says where a document was last, not where it belongs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from nlp.chain import Chain
from nlp.counts import check_counts
from nlp.errors import InputError, raise_faults
from nlp.mixture import Mixture
from nlp.progress import Progress, silent
from nlp.smoothing import choose_beta
from nlp.topics import TopicModel, best_topics, order_topics
from nlp.tree import TopicTree, build_tree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MOST_CLUSTERS = 500
# Whole numbers up to here are exact in single precision, which the sampler counts in.
_MOST_OF_ONE_TERM = 2**24
_DOCUMENTS_PER_CLUSTER = 20
_BURN_IN = 5
_LARGEST_BETA = 0.5
_GROWTH = 1.5


class GSDMM(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Clusters of short documents, each with the words it favours.

    n_topics: most clusters there can be; None takes one per 20 documents, at most 500. Clusters
        that stay empty vanish.
    alpha, beta: Dirichlet priors of cluster sizes and of words; None learns them (alpha by
        Minka's fixed point as the chain runs, beta by `nlp.smoothing.choose_beta`).
    n_sweeps: times each document is redrawn. n_refinements: steps of expectation-maximisation
        afterwards; 0 leaves the last sample as it is.
    n_chains: independent starts; the one of highest joint probability is kept.

    Fitted: `labels_` (n_docs,), largest cluster 0, -1 where no cluster stands out; `doc_topic_`
    (n_docs, n_found) and `topic_term_` (n_found, n_terms), rows summing to 1; `alpha_`, `beta_`;
    `log_joint_` (n_chains, n_sweeps) and `moved_`, the same shape: share of documents that
    changed cluster.
    """

    def __init__(
        self,
        n_topics: int | None = 100,
        alpha: float | None = 0.1,
        beta: float | None = 0.1,
        n_sweeps: int = 30,
        n_refinements: int = 25,
        n_chains: int = 1,
        seed: int = 0,
    ) -> None:
        self.n_topics = n_topics
        self.alpha = alpha
        self.beta = beta
        self.n_sweeps = n_sweeps
        self.n_refinements = n_refinements
        self.n_chains = n_chains
        self.seed = seed

    def fit(
        self,
        counts: Any,
        y: object = None,
        *,
        labels: Ints | None = None,
        progress: Progress = silent,
    ) -> GSDMM:
        """Cluster the documents of `counts`, (n_docs, n_terms) whole numbers.

        `labels` starts from known clusters instead of random ones: (n_docs,), counted from 0,
        -1 for documents that are new. A few sweeps are enough then.
        """
        self._check_parameters()
        matrix = _checked(self, counts, reset=True)
        n_docs = matrix.shape[0]
        random = np.random.default_rng(self.seed)
        n_clusters = self._most_clusters(n_docs, labels)
        alpha = 1.0 if self.alpha is None else float(self.alpha)
        self.smoothing_ = None
        if self.beta is None:
            self.smoothing_ = choose_beta(matrix, n_clusters, alpha, random)
        self.beta_ = self.smoothing_.beta if self.smoothing_ else float(self.beta or 0.0)
        self.log_joint_ = np.zeros((self.n_chains, self.n_sweeps))
        self.moved_ = np.zeros((self.n_chains, self.n_sweeps))
        best = None
        for number, generator in enumerate(random.spawn(self.n_chains)):
            chain = self._run(matrix, n_clusters, alpha, labels, number, generator, progress)
            if best is None or chain.log_joint() > best.log_joint():
                best = chain
        if best is None:
            raise InputError("n_chains must be 1 or more")
        self._finish(matrix, best)
        return self

    def predict_proba(self, counts: Any) -> Floats:
        """(n_new, n_found) probability of each cluster for new documents."""
        check_is_fitted(self)
        matrix = _checked(self, counts, reset=False)
        return self._model.assign(matrix)

    def predict(self, counts: Any) -> Ints:
        """(n_new,) most probable cluster of new documents; -1 where none stands out."""
        shares = self.predict_proba(counts)
        lengths = np.asarray(_checked(self, counts, reset=False).sum(axis=1)).ravel()
        return best_topics(shares, lengths.astype(np.int64))

    def to_topic_model(self, terms: tuple[str, ...]) -> TopicModel:
        """The clusters as a `TopicModel`, largest first."""
        check_is_fitted(self)
        return replace(self._model, terms=tuple(terms))

    def __sklearn_tags__(self) -> Any:
        """Whole counts, dense or sparse."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags

    def _check_parameters(self) -> None:
        faults = [
            f"{name} is {value}: give {least} or more"
            for name, value, least in (
                ("n_topics", self.n_topics, 1),
                ("n_sweeps", self.n_sweeps, 1),
                ("n_refinements", self.n_refinements, 0),
                ("n_chains", self.n_chains, 1),
            )
            if value is not None and value < least
        ]
        for name, prior in (("alpha", self.alpha), ("beta", self.beta)):
            if prior is not None and not 1e-6 <= prior <= 1e6:
                faults.append(f"{name} is {prior}: give a number from 1e-6 to 1e6, or None")
        raise_faults(faults)

    def _most_clusters(self, n_docs: int, labels: Ints | None) -> int:
        wanted = self.n_topics
        if wanted is None:
            wanted = min(max(n_docs // _DOCUMENTS_PER_CLUSTER, 2), _MOST_CLUSTERS)
        if labels is None:
            return min(wanted, n_docs)
        if len(labels) != n_docs or (labels < -1).any():
            raise InputError(f"{len(labels)} labels for {n_docs} documents: one each, -1 if new")
        return max(min(wanted, n_docs), int(labels.max(initial=-1)) + 1)

    def _run(
        self,
        matrix: sp.csr_matrix,
        n_clusters: int,
        alpha: float,
        labels: Ints | None,
        number: int,
        random: np.random.Generator,
        progress: Progress,
    ) -> Chain:
        n_docs, smooth = matrix.shape[0], np.full(matrix.shape[1], self.beta_)
        start = random.integers(0, n_clusters, n_docs) if labels is None else labels
        chain = Chain(matrix, n_clusters, alpha, smooth, start)
        for done in range(self.n_sweeps):
            self.moved_[number, done] = chain.sweep(random) / n_docs
            self.log_joint_[number, done] = chain.log_joint()
            if self.alpha is None and (done >= _BURN_IN or labels is not None):
                chain.set_prior(chain.learned_alpha(), smooth)
            progress(number * self.n_sweeps + done + 1, self.n_chains * self.n_sweeps)
        return chain

    def _finish(self, matrix: sp.csr_matrix, chain: Chain) -> None:
        mixture = chain.mixture(self.beta_).refine(matrix, self.n_refinements)
        self.alpha_ = mixture.alpha
        shares = mixture.posterior(matrix)
        model = order_topics(
            TopicModel(
                topic_term=mixture.topic_term,
                doc_topic=shares,
                terms=tuple(f"x{term}" for term in range(matrix.shape[1])),
                doc_lengths=np.asarray(matrix.sum(axis=1)).ravel().astype(np.int64),
                term_counts=np.asarray(matrix.sum(axis=0)).ravel().astype(np.int64),
                topic_prior=mixture.prior,
                kind="gsdmm",
                params=self._report(),
                seed=int(self.seed),
            )
        )
        self._fields = {field.name: getattr(model, field.name) for field in fields(model)}
        self._fields["params"] = dict(model.params)
        self.labels_ = model.labels()
        self.doc_topic_, self.topic_term_ = model.doc_topic, model.topic_term
        self.sample_labels_ = chain.labels

    @property
    def _model(self) -> TopicModel:
        return TopicModel(**self._fields)

    def _report(self) -> dict[str, Any]:
        learned: dict[str, Any] = {
            "n_clusters": self.n_topics,
            "alpha": self.alpha_,
            "beta": self.beta_,
            "n_sweeps": self.n_sweeps,
            "n_refinements": self.n_refinements,
            "n_chains": self.n_chains,
            "log_joint": [float(value) for value in self.log_joint_[:, -1]],
            "moved_in_last_sweep": [float(value) for value in self.moved_[:, -1]],
        }
        return learned


@dataclass(frozen=True)
class GsdmmFit:
    """Topics at the grain a reader wants, and the fine ones under them."""

    model: TopicModel
    fine: TopicModel
    tree: TopicTree
    """Of the fine model; see `TopicTree.cut`."""


def fit_gsdmm(
    counts: sp.csr_matrix,
    terms: tuple[str, ...],
    n_topics: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> TopicModel:
    """Topics of short documents with defaults that need no tuning; see `fit_gsdmm_tree`."""
    return fit_gsdmm_tree(counts, terms, n_topics, seed, progress).model


def fit_gsdmm_tree(
    counts: sp.csr_matrix,
    terms: tuple[str, ...],
    n_topics: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
    previous: TopicModel | None = None,
    labels: Ints | None = None,
) -> GsdmmFit:
    """Fine topics, their tree, and the topics at its cut.

    Alpha is learned, the better of two chains is kept, and beta starts at 0.1, fine clusters, to
    grow with them as they merge (`cut_topics`): on labelled corpora that found more of the
    labels than one beta chosen beforehand. `n_topics` cuts the tree at that many topics, None
    where merging stops making the words more probable (`TopicTree.readable`).

    With `previous`, an earlier fit's fine model, and `labels`, its label for each document that
    is known and -1 for each new one, its priors and clusters are taken over and a few sweeps do.
    """
    if n_topics is not None and n_topics < 1:
        raise InputError(f"n_topics is {n_topics}: give 1 or more, or None")
    estimator = GSDMM(n_topics=None, alpha=None, n_chains=2, seed=seed)
    if previous is not None:
        estimator.set_params(beta=previous.params["beta"], n_chains=1, n_sweeps=5)
    fine = estimator.fit(counts, labels=labels, progress=progress).to_topic_model(terms)
    matrix = _checked(estimator, counts, reset=False)
    tree = build_tree(fine, matrix)
    return GsdmmFit(cut_topics(fine, tree, matrix, n_topics or tree.readable()), fine, tree)


def cut_topics(
    fine: TopicModel, tree: TopicTree, counts: sp.csr_matrix, n_topics: int
) -> TopicModel:
    """The topics at a cut of the tree, with documents shared out anew between them.

    A topic of many tokens bears more smoothing than a fine one, so beta grows as topics merge, a
    little faster than they do: by the measured best of powers 1, 1.5 and 2.
    """
    groups = tree.cut(n_topics)
    member = np.eye(int(groups.max()) + 1)[groups]
    alpha, beta = float(fine.params["alpha"]), float(fine.params["beta"])
    beta = max(beta, min(_LARGEST_BETA, beta * (fine.n_topics / member.shape[1]) ** _GROWTH))
    tokens: Floats = np.ascontiguousarray(np.asarray(counts.T @ fine.doc_topic) @ member)
    start = Mixture(tokens, fine.doc_topic.sum(axis=0) @ member, alpha, beta)
    mixture = start.refine(counts, int(fine.params["n_refinements"]))
    params = dict(fine.params) | {"beta": beta, "n_fine": fine.n_topics, "n_cut": n_topics}
    return order_topics(
        replace(
            fine,
            topic_term=mixture.topic_term,
            doc_topic=mixture.posterior(counts),
            topic_prior=mixture.prior,
            params=params,
        )
    )


def _checked(estimator: BaseEstimator, counts: Any, reset: bool) -> sp.csr_matrix:
    """`counts` as every model here takes them; refused in one line as scikit-learn refuses."""
    try:
        accepted = validate_data(
            estimator, counts, accept_sparse="csr", reset=reset, ensure_non_negative=True
        )
    except ValueError as error:
        raise InputError(" ".join(str(error).split())) from error
    matrix = check_counts(accepted)
    most = np.asarray(matrix.sum(axis=0, dtype=np.float64)).max(initial=0.0)
    if most > _MOST_OF_ONE_TERM:
        raise InputError(f"one term stands {most:.0f} times in counts: drop it or split the corpus")
    return matrix
