"""Names of the array types, and small operations on sparse matrices that many modules need."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int32]
Array = NDArray[Any]


def row_numbers(matrix: sp.csr_matrix) -> Ints:
    """(n_stored,) the row of each stored value of a CSR matrix, in the order of its `data`."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def totals(matrix: Any, axis: int) -> Ints:
    """Sums of a sparse matrix of whole numbers along an axis, flat."""
    sums: Ints = np.asarray(matrix.sum(axis=axis)).ravel().astype(np.int64)
    return sums


def membership(labels: Ints, n_groups: int) -> sp.csr_matrix:
    """(n_groups, n_rows) 1.0 where a row belongs to a group; a negative label belongs to none.

    Multiplied with a matrix of n_rows rows it sums them up by group.
    """
    inside = np.flatnonzero(labels >= 0)
    shape = (n_groups, len(labels))
    return sp.csr_matrix((np.ones(len(inside)), (labels[inside], inside)), shape=shape)


def one_thread() -> AbstractContextManager[Any]:
    """While it is open, matrix products use one thread: their last bits depend on how many."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="blas")  # type: ignore[no-any-return]
