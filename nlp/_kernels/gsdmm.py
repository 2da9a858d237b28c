"""The GSDMM sampler: Yin & Wang 2014, "A Dirichlet multinomial mixture model-based approach for
short text clustering" (KDD), equation 4, repeated words counted.

The paper's letters, as used here: D documents, V terms, K clusters; m_z documents and n_z tokens
of cluster z, n_zw tokens of term w in it; alpha and beta_w the Dirichlet priors, B = sum of
beta_w. The probability that document d, of L tokens, belongs to z, all others staying put:

    p(z | d) ~ (m_z + alpha) * prod_w prod_{j < N_dw} (n_zw + beta_w + j)
                             / prod_{i < L} (n_z + B + i)

Clusters without documents all score alike, so one stand-in scores for them together. The others
live in the first columns of a term-major table of counts, where one row serves one token.
Documents of fewer than `TABLE` tokens are scored as products, longer ones as logarithms.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

TABLE = 33
LANES = 16
WIDTH, STRIDE, OCCUPIED, MOVED = 0, 1, 2, 3
_CHUNK = 8
_SMALLEST = 1e-250
_LARGEST = 1e250

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class Corpus(NamedTuple):
    """The counts of a CSR matrix, (n_docs, n_terms), whole and positive."""

    indptr: Longs
    indices: Ints
    data: Ints


class Clusters(NamedTuple):
    """Where every document is, and what follows from that."""

    labels: Ints
    """(n_docs,) column of each document's cluster; -1 for one not yet in any."""
    counts: Singles
    """n_zw at `term * stride + column`."""
    sizes: Floats
    """(n_clusters,) m_z by column."""
    lengths: Floats
    """(n_clusters,) n_z by column."""
    table: Floats
    """(TABLE, n_clusters rounded up to LANES) what a column scores before a token's term is
    looked at, by the number of tokens; see `refresh`."""
    shape: Longs
    """(4,) columns in use, columns there is room for, occupied clusters, documents moved."""


class Prior(NamedTuple):
    """The Dirichlet priors."""

    alpha: float
    smooth: Singles
    """(n_terms,) beta_w."""
    mass: float
    """B, the sum of `smooth`."""


class Scratch(NamedTuple):
    """Room to work in, so that a document allocates nothing."""

    rows: Longs
    """Where the row of each token's term starts."""
    addends: Singles
    """beta_w + j of each token."""
    scores: Floats
    lanes: Floats


@njit(cache=True)
def sweep(
    corpus: Corpus,
    clusters: Clusters,
    prior: Prior,
    order: Ints,
    uniforms: Floats,
    start: int,
    scratch: Scratch,
) -> int:
    """Redraw the cluster of each document of `order[start:]` in turn; where it stopped.

    It stops early only where a new cluster finds no free column. `uniforms` holds one number in
    [0, 1) for each place in `order`.
    """
    for place in range(start, len(order)):
        document = order[place]
        old = clusters.labels[document]
        tokens = _expand(corpus, document, prior, clusters.shape[STRIDE], scratch)
        own, stand_in, total = score(corpus, clusters, prior, document, tokens, scratch)
        target = uniforms[place] * total - own
        if target < 0:
            continue
        target -= stand_in
        if target >= 0:
            new = _column(scratch.scores, scratch.lanes, clusters.shape[WIDTH], target)
        elif old >= 0 and clusters.sizes[old] == 1:
            continue
        else:
            new = _free_column(clusters.sizes, clusters.shape)
            if new < 0:
                return place
        if old >= 0:
            _place(clusters, prior, scratch.rows, tokens, old, -1)
        _place(clusters, prior, scratch.rows, tokens, new, 1)
        clusters.labels[document] = new
        clusters.shape[MOVED] += 1
    return len(order)


@njit(cache=True)
def score(
    corpus: Corpus, clusters: Clusters, prior: Prior, document: int, tokens: int, scratch: Scratch
) -> tuple[float, float, float]:
    """Equation 4, to a common factor: of its own column, of the empty ones together, of all.

    The document is left out of its own column. `scratch.scores` receives what the other columns
    score, and 0 for its own; `scratch.lanes` their sums.
    """
    scores, old = scratch.scores, clusters.labels[document]
    alone = old >= 0 and clusters.sizes[old] == 1
    empty = len(clusters.sizes) - clusters.shape[OCCUPIED] + (1 if alone else 0)
    if tokens < len(clusters.table):
        _products(clusters, tokens, scratch)
        own, stand_in = 0.0, float(empty * prior.alpha)
        if old >= 0:
            scores[old] = 0.0
            if not alone:
                own = _own_product(corpus, clusters, prior, document, tokens)
        if empty > 0:
            for i in range(tokens):
                stand_in *= scratch.addends[i] * (len(prior.smooth) / (prior.mass + i))
        total = own + stand_in + _sum_lanes(scores, scratch.lanes, clusters.shape[WIDTH])
        if _SMALLEST < total < _LARGEST:
            return own, stand_in, total
    own, stand_in = _logarithms(corpus, clusters, prior, document, tokens, empty, scratch)
    return own, stand_in, own + stand_in + _sum_lanes(scores, scratch.lanes, clusters.shape[WIDTH])


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


@njit(cache=True)
def _expand(corpus: Corpus, document: int, prior: Prior, stride: int, scratch: Scratch) -> int:
    tokens = 0
    for entry in range(corpus.indptr[document], corpus.indptr[document + 1]):
        term = corpus.indices[entry]
        for repeat in range(corpus.data[entry]):
            scratch.rows[tokens] = np.int64(term) * stride
            scratch.addends[tokens] = prior.smooth[term] + np.float32(repeat)
            tokens += 1
    return tokens


@njit(cache=True)
def _products(clusters: Clusters, tokens: int, scratch: Scratch) -> None:
    """Scores as if the document were in no column, in whole blocks of LANES columns.

    Up to four tokens at a time in single precision, whose range no such product leaves. The
    slices let the compiler see that an index cannot be negative, and so use vectors.
    """
    width = -(-clusters.shape[WIDTH] // LANES) * LANES
    counts, rows, addends = clusters.counts, scratch.rows, scratch.addends
    scores, base = scratch.scores[:width], clusters.table[tokens][:width]
    for k in range(width):
        scores[k] = base[k]
    done = 0
    while done + 4 <= tokens:
        first, second = counts[rows[done] :][:width], counts[rows[done + 1] :][:width]
        third, fourth = counts[rows[done + 2] :][:width], counts[rows[done + 3] :][:width]
        a, b, c, d = addends[done], addends[done + 1], addends[done + 2], addends[done + 3]
        for k in range(width):
            product = ((first[k] + a) * (second[k] + b)) * ((third[k] + c) * (fourth[k] + d))
            scores[k] *= np.float64(product)
        done += 4
    if done + 2 <= tokens:
        first, second = counts[rows[done] :][:width], counts[rows[done + 1] :][:width]
        a, b = addends[done], addends[done + 1]
        for k in range(width):
            scores[k] *= np.float64((first[k] + a) * (second[k] + b))
        done += 2
    if done < tokens:
        first, a = counts[rows[done] :][:width], addends[done]
        for k in range(width):
            scores[k] *= np.float64(first[k] + a)


@njit(cache=True)
def _own_product(
    corpus: Corpus, clusters: Clusters, prior: Prior, document: int, tokens: int
) -> float:
    """Score of the document's own column without the document."""
    column, stride = clusters.labels[document], clusters.shape[STRIDE]
    value = float(clusters.sizes[column] - 1.0 + prior.alpha)
    rest = clusters.lengths[column] - tokens + prior.mass
    i = 0
    for entry in range(corpus.indptr[document], corpus.indptr[document + 1]):
        term, repeats = corpus.indices[entry], corpus.data[entry]
        left = np.float64(clusters.counts[term * stride + column]) - repeats + prior.smooth[term]
        for j in range(repeats):
            value *= (left + j) * len(prior.smooth) / (rest + i)
            i += 1
    return value


@njit(cache=True)
def _logarithms(
    corpus: Corpus,
    clusters: Clusters,
    prior: Prior,
    document: int,
    tokens: int,
    empty: int,
    scratch: Scratch,
) -> tuple[float, float]:
    """As `score`, at any length: the largest score is 1, and none can underflow on the way."""
    scores, width, old = scratch.scores, clusters.shape[WIDTH], clusters.labels[document]
    stand_in, own = -np.inf, 0.0
    if empty > 0:
        stand_in = np.log(empty * prior.alpha)
        stand_in += _log_likelihood(corpus, clusters, prior, document, -1, 0, 0.0)
    best = stand_in
    for k in range(width):
        taken = 1 if k == old else 0
        others, length = clusters.sizes[k] - taken, clusters.lengths[k] - taken * tokens
        scores[k] = -np.inf
        if others > 0:
            scores[k] = np.log(others + prior.alpha)
            scores[k] += _log_likelihood(corpus, clusters, prior, document, k, taken, length)
        best = max(best, scores[k])
    for k in range(width):
        scores[k] = np.exp(scores[k] - best)
    if old >= 0:
        own, scores[old] = scores[old], 0.0
    return own, float(np.exp(stand_in - best))


@njit(cache=True)
def _log_likelihood(
    corpus: Corpus,
    clusters: Clusters,
    prior: Prior,
    document: int,
    column: int,
    taken: int,
    length: float,
) -> float:
    """Logarithm of equation 4's second factor, column -1 being an empty cluster."""
    total, product, i = 0.0, 1.0, 0
    for entry in range(corpus.indptr[document], corpus.indptr[document + 1]):
        term, repeats = corpus.indices[entry], corpus.data[entry]
        left = np.float64(prior.smooth[term])
        if column >= 0:
            left += clusters.counts[term * clusters.shape[STRIDE] + column] - taken * repeats
        for j in range(repeats):
            product *= (left + j) / (length + prior.mass + i)
            i += 1
            if i % _CHUNK == 0:
                total += np.log(product)
                product = 1.0
    return float(total + np.log(product))


@njit(cache=True)
def _sum_lanes(scores: Floats, lanes: Floats, width: int) -> float:
    """Sums of every eighth score, and of all: lanes that a processor adds at once, any alike."""
    whole = -(-width // LANES) * LANES
    for k in range(width, whole):
        scores[k] = 0.0
    a = b = c = d = e = f = g = h = 0.0
    for k in range(0, whole, 8):
        part = scores[k:][:8]
        a += part[0]
        b += part[1]
        c += part[2]
        d += part[3]
        e += part[4]
        f += part[5]
        g += part[6]
        h += part[7]
    lanes[0], lanes[1], lanes[2], lanes[3] = a, b, c, d
    lanes[4], lanes[5], lanes[6], lanes[7] = e, f, g, h
    return float(((a + b) + (c + d)) + ((e + f) + (g + h)))


@njit(cache=True)
def _column(scores: Floats, lanes: Floats, width: int, target: float) -> int:
    """The column where the scores, added up lane after lane, pass `target`."""
    chosen = -1
    for lane in range(8):
        if target >= lanes[lane]:
            target -= lanes[lane]
            continue
        for column in range(lane, width, 8):
            if scores[column] > 0:
                chosen = column
                target -= scores[column]
                if target < 0:
                    return chosen
        return chosen
    return int(np.argmax(scores[:width]))


@njit(cache=True)
def _free_column(sizes: Floats, shape: Longs) -> int:
    for column in range(shape[WIDTH]):
        if sizes[column] == 0:
            return column
    if shape[WIDTH] < shape[STRIDE]:
        shape[WIDTH] += 1
        return int(shape[WIDTH] - 1)
    return -1


@njit(cache=True)
def _place(
    clusters: Clusters, prior: Prior, rows: Longs, tokens: int, column: int, sign: int
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


@njit(cache=True)
def compact(clusters: Clusters, prior: Prior, stride: int) -> None:
    """Close the gaps that emptied columns left, and lay the counts out anew with `stride`.

    In place: row by row towards the smaller offsets, or from the last row back.
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


@njit(cache=True)
def refresh_all(clusters: Clusters, prior: Prior) -> None:
    """Bring the whole table up to date."""
    for column in range(len(clusters.sizes)):
        refresh(clusters, prior, column)


@njit(cache=True)
def settle(corpus: Corpus, clusters: Clusters, prior: Prior, labels: Ints) -> None:
    """Put each document into the cluster of its label, -1 leaving it out."""
    stride, width = clusters.shape[STRIDE], 0
    for document in range(len(labels)):
        column = labels[document]
        clusters.labels[document] = column
        if column < 0:
            continue
        width = max(width, column + 1)
        clusters.sizes[column] += 1
        for entry in range(corpus.indptr[document], corpus.indptr[document + 1]):
            place = np.int64(corpus.indices[entry]) * stride + column
            clusters.counts[place] += corpus.data[entry]
            clusters.lengths[column] += corpus.data[entry]
    clusters.shape[WIDTH] = width
    clusters.shape[OCCUPIED] = np.count_nonzero(clusters.sizes)
    refresh_all(clusters, prior)
