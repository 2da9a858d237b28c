"""Runs an encoder that is stored as an ONNX graph, the same bytes for a text in any company.

A vector must not depend on the other texts, their order or the number of threads. Texts of one
length in word pieces go together, so that nothing is padded. Matrix products of another shape may
add in another order: a block of one length therefore always has the same number of rows, and what
is missing at the end is filled with copies. A graph whose products are sums of whole numbers needs
no copies, for these are exact in any order; what is left of it works on each piece, or on each text
and head, alone. Each session runs on one thread, and several blocks run at once. (Two threads
inside one product are slower than one: 5,200 against 9,000 word pieces a second on two cores.)
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from nlp.arrays import Ints, Singles
from nlp.encoder.protocol import Encoded
from nlp.encoder.texts import Pieces, check_texts, read_pieces
from nlp.progress import Progress, silent

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Pooling = Literal["mean", "cls", "max", "none"]

# Word pieces in a block of short texts. Texts of 12 pieces run at 91 % of the full speed with 96
# pieces, and few copies are needed at the end of each length; at 96 % with 192, without copies.
_BLOCK_PIECES = 96
_EXACT_BLOCK_PIECES = 192
# Word pieces that a worker takes at once: about a second of work between two reports of progress.
_TASK_PIECES = 4_096


@dataclass(frozen=True)
class OnnxEncoder:
    """An encoder held in memory: a tokenizer, a graph and how its output becomes one vector."""

    name: str
    identity: str
    n_dims: int
    language: str | None
    max_pieces: int
    tokenizer: Tokenizer
    session: InferenceSession
    pooling: Pooling
    prompt: str = ""
    """Put before each text, where the makers of the model ask for it."""
    exact: bool = False
    """Whether all products are sums of whole numbers, the same in any shape."""

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> Singles:
        """The vectors alone: (n_docs, n_dims) float32, rows of length 1."""
        return self.encode_documents(texts, progress).vectors

    def encode_documents(
        self, texts: Sequence[str], progress: Progress = silent, n_workers: int | None = None
    ) -> Encoded:
        """Vectors, and which documents were cut or not understood.

        Equal texts are encoded once. `progress` is told distinct texts. `n_workers` blocks run in
        parallel (all processors if None); the result is the same for any number.
        """
        check_texts(texts)
        numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        rows = np.fromiter((numbers[text] for text in texts), dtype=np.int64, count=len(texts))
        distinct = list(numbers)
        # It reads fast and counts for nothing, but whoever waits may stop it.
        reading: Progress = lambda _, total: progress(0, total)  # noqa: E731
        pieces = read_pieces(distinct, self.tokenizer, self.prompt, reading)
        vectors = np.zeros((len(distinct), self.n_dims), dtype=np.float32)
        tasks = _tasks(pieces.lengths, self._block_pieces)
        done = 0
        with ThreadPoolExecutor(n_workers or _processors(), "encoder") as pool:
            waiting = [pool.submit(self._run, pieces, task, vectors) for task in tasks]
            try:
                for future in as_completed(waiting):
                    done += future.result()
                    progress(done, len(distinct))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return Encoded(vectors[rows], pieces.truncated[rows], pieces.unknown[rows])

    def _run(self, pieces: Pieces, blocks: Sequence[Ints], vectors: Singles) -> int:
        """Encode some blocks into their rows of `vectors`; the number of texts is returned."""
        for block in blocks:
            length = int(pieces.lengths[block[0]])
            places = pieces.starts[block, None] + np.arange(length)
            if not self.exact:
                places = np.resize(places, (_block_rows(length, self._block_pieces), length))
            output = self.run_graph(pieces.ids[places].astype(np.int64))
            for row, number in zip(output, block, strict=False):
                vectors[number] = unit(self._pool(row))
        return sum(len(block) for block in blocks)

    def run_graph(self, ids: Ints) -> Singles:
        """The graph's output for (n_texts, n_pieces) numbers of pieces, all texts of one length."""
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        wanted = {name: given[name] for name in self._inputs}
        return np.asarray(self.session.run([self._output], wanted)[0])

    @cached_property
    def _inputs(self) -> list[str]:
        return [one.name for one in self.session.get_inputs()]

    @cached_property
    def _output(self) -> str:
        return _output_name(self.session)

    @property
    def _block_pieces(self) -> int:
        return _EXACT_BLOCK_PIECES if self.exact else _BLOCK_PIECES

    def _pool(self, output: Singles) -> Singles:
        """One vector from one text's output: (n_pieces, n_dims), or (n_dims,) if made already."""
        if self.pooling == "none":
            return output
        if self.pooling == "cls":
            return np.asarray(output[0])
        return np.asarray(output.max(axis=0) if self.pooling == "max" else output.mean(axis=0))


def open_session(model: Path | bytes) -> InferenceSession:
    """A graph ready to run on one thread of the processor."""
    import onnxruntime

    # Its builds for Windows report events to the system's telemetry unless told not to.
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Errors are raised anyway; warnings about a graph tell its maker something, not its user.
    options.log_severity_level = 3
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def unit(vector: Singles) -> Singles:
    """The vector at length 1, or zeros if it has no direction."""
    exact = vector.astype(np.float64)
    length = float(np.sqrt((exact * exact).sum()))
    return (exact / length if length else exact).astype(np.float32)


def _output_name(session: InferenceSession) -> str:
    names = [one.name for one in session.get_outputs()]
    known = ("sentence_embedding", "last_hidden_state", "token_embeddings")
    return next((name for name in known if name in names), names[0])


def _block_rows(length: int, n_pieces: int) -> int:
    return max(1, n_pieces // length)


def _tasks(lengths: Ints, block_pieces: int) -> Iterator[list[Ints]]:
    """Blocks of texts of one length, several to a task; long texts first, so that workers end
    together."""
    task: list[Ints] = []
    n_pieces = 0
    for length in np.unique(lengths)[::-1]:
        texts = np.flatnonzero(lengths == length)
        n_rows = _block_rows(int(length), block_pieces)
        for start in range(0, len(texts), n_rows):
            task.append(texts[start : start + n_rows])
            n_pieces += n_rows * int(length)
            if n_pieces >= _TASK_PIECES:
                yield task
                task, n_pieces = [], 0
    if task:
        yield task


def _processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
