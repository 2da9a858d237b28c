"""gensim's variational fit with compiled inner loops."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from typing import Any

import numpy as np
from gensim.models import LdaModel, ldamodel
from numpy.typing import NDArray

from nlp._kernels.lda_variational import expect, infer
from nlp.errors import InputError, raise_faults
from nlp.topics.parameters import whole_number_faults

# Parts of a chunk, as many as threads can use; fixed, so that sums are always taken in one order.
_N_PARTS = 4


class CompiledLdaModel(LdaModel):  # type: ignore[misc]
    """`gensim.models.LdaModel` with compiled inner loops; the same arguments, topics within 1e-4.

    `n_threads` threads share each chunk; the result does not depend on their number. A term that a
    document lists twice counts twice (gensim's statistics take one of them). `IndexError` for a
    term id that the model does not know, `InputError` for counts that are negative or not finite
    and for a `dtype` other than float32 and float64.
    """

    def __init__(self, *arguments: Any, n_threads: int = 1, **options: Any) -> None:
        self.n_threads = n_threads
        faults = whole_number_faults(self, {"n_threads": 1})
        dtype = options.get("dtype", np.float32)
        if dtype not in (np.float32, np.float64):
            faults.append(f"dtype is {dtype}: give numpy.float32 or numpy.float64")
        raise_faults(faults)
        super().__init__(*arguments, **options)

    def inference(
        self, chunk: Iterable[Sequence[tuple[int, float]]], collect_sstats: bool = False
    ) -> tuple[NDArray[Any], NDArray[Any] | None]:
        """Topic weights (gamma) of each document (n_docs, n_topics), and statistics or None."""
        documents = list(chunk)
        shape = (len(documents), self.num_topics)
        gamma = self.random_state.gamma(100.0, 1.0 / 100.0, shape).astype(self.dtype, copy=False)
        weights = np.ascontiguousarray(self.expElogbeta.T)
        parts = np.linspace(0, len(documents), _N_PARTS + 1).astype(int)
        alpha = self.alpha.astype(self.dtype)

        def fit(part: int) -> NDArray[Any]:
            own = slice(parts[part], parts[part + 1])
            # The last part is empty only if all parts are.
            wanted = collect_sstats and (len(documents[own]) or part == _N_PARTS - 1)
            statistics = np.zeros(weights.shape if wanted else (1, 1), self.dtype)
            infer(
                *_flatten(documents[own], len(weights), self.dtype),
                weights,
                alpha,
                gamma[own],
                statistics,
                self.iterations,
                float(self.gamma_threshold),
                float(np.finfo(self.dtype).eps),
                collect_sstats,
            )
            return statistics

        with ThreadPoolExecutor(self.n_threads) as pool:
            sums = list(pool.map(fit, range(_N_PARTS)))
        if not collect_sstats:
            return gamma, None
        return gamma, np.ascontiguousarray((sum(sums[1:], sums[0]) * weights).T)

    def do_mstep(self, rho: float, other: Any, extra_pass: bool = False) -> None:
        """Blend the statistics `other` of a pass into the topics, weighed by `rho`.

        gensim also measures how much the topics changed, in order to log it; this happens here only
        if that logger is enabled.
        """
        if logging.getLogger(ldamodel.__name__).isEnabledFor(logging.INFO):
            super().do_mstep(rho, other, extra_pass)
            return
        self.state.blend(rho, other)
        self.sync_state()
        # Only logs, but draws from the random state that the next chunk starts from.
        self.print_topics(5)
        if self.optimize_eta:
            self.update_eta(self.state.get_lambda(), rho)
        if not extra_pass:
            self.num_updates += other.numdocs

    def sync_state(self, current_Elogbeta: NDArray[Any] | None = None) -> None:
        """Set `expElogbeta` from the state.

        gensim passes the argument when it logs. It holds the same values with other rounding, and
        is ignored so that logging does not change the topics.
        """
        topics = self.state.get_lambda()
        weights = np.empty_like(topics)
        bounds = np.linspace(0, self.num_topics, _N_PARTS + 1).astype(int)
        parts = [slice(*pair) for pair in pairwise(bounds)]
        with ThreadPoolExecutor(self.n_threads) as pool:
            for _ in pool.map(lambda part: expect(topics[part], weights[part]), parts):
                pass
        self.expElogbeta = weights


def _flatten(
    documents: Sequence[Sequence[tuple[int, float]]], n_terms: int, dtype: Any
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Bounds of the documents, and the terms and counts of all documents in one array each."""
    bounds = np.concatenate([[0], np.cumsum([len(each) for each in documents], dtype=np.int64)])
    flat = np.fromiter(chain.from_iterable(chain.from_iterable(documents)), np.float64)
    terms, counts = flat[::2].astype(np.int64), flat[1::2].astype(dtype)
    unknown = terms[(terms < 0) | (terms >= n_terms)]
    if len(unknown):
        raise IndexError(
            f"term {unknown[0]} is not among the model's {n_terms}: "
            "count documents in the dictionary it was fitted with"
        )
    bad = counts[~(np.isfinite(counts) & (counts >= 0))]
    if len(bad):
        raise InputError(f"a count is {bad[0]}: give numbers of words, 0 or more")
    return bounds, terms, counts
