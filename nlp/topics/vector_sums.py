"""What merging topics does to the probability of their documents' vectors."""

from __future__ import annotations

import numpy as np

from nlp.arrays import Floats

_LEAST = 1e-9


class VectorSums:
    """Sums of the vectors of each topic, added up as topics merge.

    With a uniform prior of directions the von Mises-Fisher marginal likelihood of a topic's
    vectors, summing to a vector of length r, grows with log I_v(c r) - v log(c r), v being half the
    number of dimensions less one and c the concentration (Gopal & Yang 2014, the conjugate prior of
    section 3 with no pseudo-counts): the same words in two topics speak for merging them, and so do
    vectors that point the same way.
    """

    def __init__(self, sums: Floats, concentration: float) -> None:
        self._concentration, self._order = concentration, max(sums.shape[1] / 2 - 1, 0.5)
        # Sums of products in one order, whatever the library of linear algebra is.
        self._products = np.einsum("ik,jk->ij", sums, sums)

    def gains(self, one: int) -> Floats:
        """(n_topics,) gain in log probability from merging topic `one` with each other one."""
        squares = np.diag(self._products)
        both = squares + squares[one] + 2 * self._products[one]
        alone = self._log_marginal(squares)
        return np.asarray(self._log_marginal(both) - alone - alone[one], dtype=np.float64)

    def merge(self, kept: int, gone: int) -> None:
        """Add topic `gone` to topic `kept`."""
        self._products[kept] += self._products[gone]
        self._products[:, kept] += self._products[:, gone]

    def _log_marginal(self, squares: Floats) -> Floats:
        """log I_v(x) - v log x, 0 at x = 0, by Debye's uniform expansion, its first term."""
        v, x = self._order, self._concentration * np.sqrt(np.maximum(squares, 0.0))
        root = np.sqrt(1.0 + (x / v) ** 2)
        return np.asarray(
            v * (root - 1.0) - v * np.log((1.0 + root) / 2.0) - 0.25 * np.log(root**2)
        )
