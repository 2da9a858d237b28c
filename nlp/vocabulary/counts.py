"""Checks of a document-term matrix, made once where a user hands it in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp

from nlp.errors import InputError, raise_faults

# The samplers count in 32-bit integers.
_MOST_TOKENS = 2**31 - 1


def check_counts(counts: Any, terms: Sequence[str] | None = None) -> sp.csr_matrix:
    """`counts` as a CSR matrix of int32 with sorted indices; the input is never changed.

    Dense arrays and any SciPy format are taken. `InputError` names every fault: no document, no
    term, values that are NaN, infinite, negative or fractional, more than 2**31 - 1 tokens, a
    number of `terms` that is not the number of columns.
    """
    try:
        matrix = sp.csr_matrix(counts)
    except (TypeError, ValueError) as error:
        raise InputError(f"counts cannot be read as a matrix of numbers: {error}") from None
    if matrix.dtype.kind not in "biuf":
        raise InputError(f"counts have type {matrix.dtype}: give numbers of words")
    raise_faults([*_shape_faults(matrix, terms), *_value_faults(matrix.data)])
    whole = sp.csr_matrix(
        (matrix.data.astype(np.int32), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    if not whole.has_canonical_format or (whole.data == 0).any():
        whole = whole.copy()
        whole.sum_duplicates()
        whole.eliminate_zeros()
    return whole


def estimator_counts(estimator: Any, counts: Any, *, fitting: bool) -> sp.csr_matrix:
    """Counts given to a scikit-learn estimator, as `check_counts` returns them.

    A fit remembers their columns (`n_features_in_`, and `feature_names_in_` of a DataFrame); later
    calls must have the same ones. `InputError` says in scikit-learn's words what it refuses.
    """
    from sklearn.utils.validation import validate_data

    try:
        accepted = validate_data(
            estimator,
            counts,
            accept_sparse="csr",
            reset=fitting,
            ensure_all_finite=False,
            ensure_non_negative=True,
        )
    except ValueError as error:
        hint = "" if fitting else " (count new documents in the vocabulary of the fit)"
        raise InputError(f"counts cannot be used: {error}{hint}") from error
    return check_counts(accepted)


def _shape_faults(matrix: sp.csr_matrix, terms: Sequence[str] | None) -> list[str]:
    faults = []
    if matrix.shape[0] == 0:
        faults.append("counts hold no document: give at least one row")
    if matrix.shape[1] == 0:
        faults.append("counts have no term: give at least one column")
    if terms is not None and len(terms) != matrix.shape[1]:
        faults.append(
            f"{len(terms)} terms for {matrix.shape[1]} columns of counts: give one for each"
        )
    elif terms is not None and (len(set(terms)) < len(terms) or isinstance(terms, str)):
        faults.append(
            "two terms are equal, or terms is a single string: give each column a name of its own"
        )
    return faults


def _value_faults(data: Any) -> list[str]:
    if not np.isfinite(data).all():
        return ["counts hold a value that is not finite: replace NaN and infinity"]
    faults = []
    if (data < 0).any():
        faults.append(f"counts hold a negative value ({data.min()}): give numbers of words")
    if (data != np.floor(data)).any():
        fraction = data[data != np.floor(data)][0]
        faults.append(f"counts hold a fraction ({fraction}): give numbers of words, not weights")
    if data.sum(dtype=np.float64) > _MOST_TOKENS:
        faults.append(f"counts hold more than {_MOST_TOKENS} tokens: split the corpus")
    return faults
