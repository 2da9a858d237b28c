"""The state of the GSDMM sampler: the cluster of each document, and the counts.

The letters of Yin & Wang 2014, as used here: D documents, V terms, K clusters; m_z documents and
n_z tokens of cluster z, n_zw tokens of term w in it; alpha and beta_w the Dirichlet priors, B = sum
of beta_w. Occupied clusters have the first columns of a table of counts with one row per term, so
that a token reads one row.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numba import njit

from nlp.arrays import Counts, Floats, Ints, Singles

# Documents of fewer tokens are scored as products: 32 factors near 1, each within a few powers of
# ten, stay inside the range of float64.
TABLE = 33
# Columns in a block: sixteen float32 are one line of a processor's cache.
LANES = 16
# Places in `Clusters.shape`.
WIDTH, STRIDE, OCCUPIED, MOVED = 0, 1, 2, 3


class SparseCounts(NamedTuple):
    """The counts of a CSR matrix, (n_docs, n_terms), whole and positive."""

    indptr: Ints
    indices: Counts
    data: Counts


def sparse_counts(counts: sp.csr_matrix) -> SparseCounts:
    """`counts`, (n_docs, n_terms), in the types that the kernels are compiled for."""
    return SparseCounts(
        counts.indptr.astype(np.int64),
        counts.indices.astype(np.int32),
        counts.data.astype(np.int32),
    )


class Clusters(NamedTuple):
    """The cluster of each document, and the counts that follow from it."""

    labels: Counts
    """(n_docs,) column of each document's cluster; -1 for a document without one."""
    counts: Singles
    """n_zw at `term * stride + column`."""
    sizes: Floats
    """(n_clusters,) m_z by column."""
    lengths: Floats
    """(n_clusters,) n_z by column."""
    table: Floats
    """(TABLE, n_clusters rounded up to LANES) the factor of a
    column's score that depends only on the number of tokens; see `refresh`."""
    shape: Ints
    """(4,) columns in use, columns allocated, occupied clusters, documents moved."""


class Prior(NamedTuple):
    """The Dirichlet priors."""

    alpha: float
    smooth: Singles
    """(n_terms,) beta_w."""
    mass: float
    """B, the sum of `smooth`."""


class Scratch(NamedTuple):
    """Buffers, so that the loop over documents allocates no memory."""

    rows: Ints
    """Where the row of each token's term starts."""
    addends: Singles
    """beta_w + j of each token."""
    scores: Floats
    lanes: Floats


@njit(cache=True, nogil=True)
def settle(corpus: SparseCounts, clusters: Clusters, prior: Prior, labels: Counts) -> None:
    """Put each document into the cluster of its label; -1 leaves it out."""
    stride, width = clusters.shape[STRIDE], 0
    for document in range(len(labels)):
        column = labels[document]
        clusters.labels[document] = column
        if column < 0:
            continue
        width = max(width, column + 1)
        clusters.sizes[column] += 1
        for entry in range(corpus.indptr[document], corpus.indptr[document + 1]):
            cell = np.int64(corpus.indices[entry]) * stride + column
            clusters.counts[cell] += corpus.data[entry]
            clusters.lengths[column] += corpus.data[entry]
    clusters.shape[WIDTH] = width
    clusters.shape[OCCUPIED] = np.count_nonzero(clusters.sizes)
    refresh_all(clusters, prior)


@njit(cache=True)
def refresh(clusters: Clusters, prior: Prior, column: int) -> None:
    """table[L, column] = (m + alpha) prod_{i < L} V / (n + B + i); 0 for an empty column.

    The factor V keeps the product with the tokens' (n_zw + beta_w + j) near 1.
    """
    size, table, n_terms = clusters.sizes[column], clusters.table, len(prior.smooth)
    value = size + prior.alpha if size > 0 else 0.0
    total = clusters.lengths[column] + prior.mass
    for tokens in range(len(table)):
        table[tokens, column] = value
        value *= n_terms / (total + tokens)


@njit(cache=True, nogil=True)
def refresh_all(clusters: Clusters, prior: Prior) -> None:
    """Compute the whole table again."""
    for column in range(len(clusters.sizes)):
        refresh(clusters, prior, column)


@njit(cache=True)
def free_column(sizes: Floats, shape: Ints) -> int:
    for column in range(shape[WIDTH]):
        if sizes[column] == 0:
            return column
    if shape[WIDTH] < shape[STRIDE]:
        shape[WIDTH] += 1
        return int(shape[WIDTH] - 1)
    return -1


@njit(cache=True)
def place(
    clusters: Clusters, prior: Prior, rows: Ints, tokens: int, column: int, sign: int
) -> None:
    sizes, shape = clusters.sizes, clusters.shape
    for i in range(tokens):
        clusters.counts[rows[i] + column] += np.float32(sign)
    if sign > 0 and sizes[column] == 0:
        shape[OCCUPIED] += 1
    sizes[column] += sign
    clusters.lengths[column] += sign * tokens
    if sizes[column] == 0:
        shape[OCCUPIED] -= 1
    refresh(clusters, prior, column)


@njit(cache=True, nogil=True)
def compact(clusters: Clusters, prior: Prior, stride: int) -> None:
    """Remove empty columns, and store the counts with a new `stride`, in place.

    Rows are copied from the first on if they get shorter, else from the last row back.
    """
    shape, sizes = clusters.shape, clusters.sizes
    columns = np.flatnonzero(sizes[: shape[WIDTH]])
    moved = np.full(shape[WIDTH], -1, np.int32)
    for column in range(len(columns)):
        moved[columns[column]] = column
    n_terms, before = len(prior.smooth), shape[STRIDE]
    row = np.zeros(stride, np.float32)
    for step in range(n_terms):
        term = step if stride <= before else n_terms - 1 - step
        for column in range(len(columns)):
            row[column] = clusters.counts[term * before + columns[column]]
        clusters.counts[term * stride : (term + 1) * stride] = row
    for document in range(len(clusters.labels)):
        if clusters.labels[document] >= 0:
            clusters.labels[document] = moved[clusters.labels[document]]
    sizes[: len(columns)] = sizes[columns]
    sizes[len(columns) :] = 0
    clusters.lengths[: len(columns)] = clusters.lengths[columns]
    clusters.lengths[len(columns) :] = 0
    shape[WIDTH], shape[STRIDE] = len(columns), stride
    refresh_all(clusters, prior)


@njit(cache=True, nogil=True)
def log_joint(clusters: Clusters, prior: Prior) -> float:
    """Logarithm of p(documents, clusters | alpha, beta), Yin & Wang 2014, equations 6 and 8."""
    sizes, lengths, n_clusters = clusters.sizes, clusters.lengths, len(clusters.sizes)
    whole, value = n_clusters * prior.alpha, 0.0
    for column in range(clusters.shape[WIDTH]):
        if sizes[column] > 0:
            value += math.lgamma(sizes[column] + prior.alpha) - math.lgamma(prior.alpha)
            value += math.lgamma(prior.mass) - math.lgamma(lengths[column] + prior.mass)
    value += math.lgamma(whole) - math.lgamma(sizes.sum() + whole)
    for term in range(len(prior.smooth)):
        smooth = np.float64(prior.smooth[term])
        row = clusters.counts[term * clusters.shape[STRIDE] :][: clusters.shape[WIDTH]]
        empty = math.lgamma(smooth)
        for column in range(len(row)):
            if row[column] > 0:
                value += math.lgamma(row[column] + smooth) - empty
    return value
