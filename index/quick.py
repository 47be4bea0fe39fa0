"""Texts to vectors with the bundled model through ONNX Runtime: neither torch nor transformers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.bundled import BLOCK_LENGTH, PROMPTS, dequantise
from index.errors import ModelError
from index.model import ModelSource
from index.pieces import join, split
from index.quick_model import GRAPH, TOKENIZER, WORDS
from index.vectors import Encoded, Progress, Vectors
from index.views import Role

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentencepiece import SentencePieceProcessor

_LONGEST = 512
"""Tokens the model reads at once, with the two that enclose a text."""

_BATCH_TOKENS = 512
"""Tokens run at once, unless a single text has more: what a run needs still fits into the cache."""


class QuickEmbedder:
    """Embeds with the bundled model; a text's vector is the same in every batch, bit by bit."""

    def __init__(self, source: ModelSource) -> None:
        """Load the model; takes half a second and some hundred megabytes.

        Raises:
            ModelError: It cannot be loaded.
        """
        self.fingerprint = source.fingerprint
        folder = Path(source.location)
        self._session = _load_session(folder / GRAPH)
        self._tokenizer = _load_tokenizer(folder / TOKENIZER)
        self._words = _map_words(folder / WORDS)
        self.dimension = self._words.shape[1] * BLOCK_LENGTH
        self._threads = ThreadPoolExecutor(_cores(), "model")  # each is started when it is needed
        tokenizer = self._tokenizer
        self._prompt_tokens = {
            role: len(tokenizer.encode(prompt.rstrip())) for role, prompt in PROMPTS.items()
        }

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> Encoded:
        """Embed ``texts``; see ``Embedder``.

        A text longer than the model reads at once is read in pieces: its vector is their mean, its
        tokens are those of all.
        """
        pieces, owners = split(texts)
        ids = [self._read(PROMPTS[role] + piece) for piece in pieces]
        skipped = 1 + self._prompt_tokens[role]
        vectors = np.zeros((len(pieces), self.dimension), np.float32)
        tokens: list[Vectors] = [np.zeros((0, self.dimension), np.float32)] * len(pieces)
        done = 0
        for rows, states in self._run_all(ids):
            for row, state in zip(rows, states, strict=True):
                vectors[row] = state.mean(axis=0)
                tokens[row] = state[skipped:-1][self._is_own(ids[row][skipped:-1])]
            done += len(rows)
            if progress is not None:
                progress(done, len(pieces))
        return join(vectors, tokens, owners, len(texts))

    def _read(self, text: str) -> NDArray[np.int64]:
        """The ids of the text's tokens between the two that enclose them."""
        tokenizer = self._tokenizer
        ids = tokenizer.encode(text)[: _LONGEST - 2]
        return np.array([tokenizer.bos_id(), *ids, tokenizer.eos_id()], np.int64)

    def _is_own(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        # Of the special ones no other comes out of a text.
        return np.not_equal(ids, self._tokenizer.unk_id())

    def _run_all(self, ids: Sequence[NDArray[np.int64]]) -> Iterator[tuple[list[int], Vectors]]:
        """The last states batch by batch, with the positions they belong to.

        A run takes one thread, so batches run side by side: less waiting than sharing each.
        """
        batches = list(_batches([len(row) for row in ids]))

        def run(rows: list[int]) -> Vectors:
            return self._run(np.stack([ids[row] for row in rows]))

        if len(batches) <= 1:
            yield from zip(batches, map(run, batches), strict=True)
            return
        yield from zip(batches, self._threads.map(run, batches), strict=True)

    def _run(self, ids: NDArray[np.int64]) -> Vectors:
        words = dequantise(self._words[ids]).reshape(*ids.shape, self.dimension)
        try:
            states: Vectors = self._session.run(None, {"words": words})[0]
        except Exception as error:  # the library's errors have no common class
            if "bad_alloc" in str(error):
                raise MemoryError("no memory is left for the model") from error
            raise
        return states


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of texts of one length each, the longest first, so that memory peaks at once."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    for length, group in groupby(order, key=lambda row: lengths[row]):
        rows = list(group)
        size = max(1, _BATCH_TOKENS // length)
        yield from (rows[start : start + size] for start in range(0, len(rows), size))


def _cores() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _load_session(path: Path) -> InferenceSession:
    try:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it keeps what the largest batch needed, for good
        options.log_severity_level = 3
        # More would fuse sums with the norms after them, which is slower; see ``quick_model``.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's errors have no common class
        raise _unusable(path, error) from error


def _load_tokenizer(path: Path) -> SentencePieceProcessor:
    from sentencepiece import SentencePieceProcessor

    try:
        return SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError) as error:
        raise _unusable(path, error) from error


def _map_words(path: Path) -> NDArray[np.void]:
    try:
        words: NDArray[np.void] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (EOFError, OSError, ValueError) as error:
        raise _unusable(path, error) from error
    return words


def _unusable(path: Path, error: Any) -> ModelError:
    reason = str(error).strip().split("\n")[0][:200]
    return ModelError(f"{path} cannot be loaded ({reason}); remove its folder to make it anew")
