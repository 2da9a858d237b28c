"""The GSDMM sampler: Yin & Wang 2014, "A Dirichlet multinomial mixture model-based approach for
short text clustering" (KDD), equation 4, repeated words counted.

In the letters of `clusters`, the probability that document d, of L tokens, belongs to cluster z,
with all other documents fixed:

    p(z | d) ~ (m_z + alpha) * prod_w prod_{j < N_dw} (n_zw + beta_w + j)
                             / prod_{i < L} (n_z + B + i)

All clusters without documents have the same score, so that it is computed once. Documents of
fewer than `TABLE` tokens are scored as products, longer ones as logarithms.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from nlp._kernels.gsdmm_state import (
    LANES,
    MOVED,
    OCCUPIED,
    STRIDE,
    WIDTH,
    Clusters,
    Prior,
    Scratch,
    SparseCounts,
    free_column,
    place,
)
from nlp.arrays import Counts, Floats

# Factors multiplied before a logarithm is taken: eight of at least 1e-38 do not underflow float64.
_CHUNK = 8
# A sum of products outside is taken again in logarithms: float64 ends at 1e-308 and 1e308, and the
# rest is a margin for its smallest part.
_SMALLEST = 1e-250
_LARGEST = 1e250


@njit(cache=True, nogil=True)
def sweep(
    corpus: SparseCounts,
    clusters: Clusters,
    prior: Prior,
    order: Counts,
    uniforms: Floats,
    start: int,
    scratch: Scratch,
) -> int:
    """Draw the cluster of each document of `order[start:]` again; returns where it stopped.

    It stops early only if a new cluster finds no free column. `uniforms` holds one number in [0, 1)
    per document of `order`.
    """
    for step in range(start, len(order)):
        document = order[step]
        old = clusters.labels[document]
        tokens = _expand(corpus, document, prior, clusters.shape[STRIDE], scratch)
        own, stand_in, total = score(corpus, clusters, prior, document, tokens, scratch)
        target = uniforms[step] * total - own
        if target < 0:
            continue
        target -= stand_in
        if target >= 0:
            new = _column(scratch.scores, scratch.lanes, clusters.shape[WIDTH], target)
        elif old >= 0 and clusters.sizes[old] == 1:
            continue
        else:
            new = free_column(clusters.sizes, clusters.shape)
            if new < 0:
                return step
        if old >= 0:
            place(clusters, prior, scratch.rows, tokens, old, -1)
        place(clusters, prior, scratch.rows, tokens, new, 1)
        clusters.labels[document] = new
        clusters.shape[MOVED] += 1
    return len(order)


@njit(cache=True)
def score(
    corpus: SparseCounts,
    clusters: Clusters,
    prior: Prior,
    document: int,
    tokens: int,
    scratch: Scratch,
) -> tuple[float, float, float]:
    """Equation 4 up to a common factor: for the own column, all empty ones together, and in total.

    The document does not count in its own column. `scratch.scores` receives the scores of the other
    columns, 0 for the own one; `scratch.lanes` their sums.
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
def _expand(
    corpus: SparseCounts, document: int, prior: Prior, stride: int, scratch: Scratch
) -> int:
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

    Products of up to four tokens are taken in single precision, whose range they never leave. The
    slices show the compiler that no index is negative, so that it uses vector instructions.
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
    corpus: SparseCounts, clusters: Clusters, prior: Prior, document: int, tokens: int
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
    corpus: SparseCounts,
    clusters: Clusters,
    prior: Prior,
    document: int,
    tokens: int,
    empty: int,
    scratch: Scratch,
) -> tuple[float, float]:
    """As `score` for documents of any length: the largest score is 1, and nothing underflows."""
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
    corpus: SparseCounts,
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
    """Sums of every eighth score, which a processor adds in parallel, and of all scores."""
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
    """The column at which the sum of the scores, lane after lane, exceeds `target`."""
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
