"""What the embedding model makes of texts: one vector each, and one for each of their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.views import Role

Vectors = NDArray[np.float32]
"""Rows of vectors, (rows, dimension), float32."""

_SIGN_AND_HALF = np.int32(-0x7000_2000)  # bit 31, and 15 bits from bit 13 on
_BETWEEN_EXPONENTS = np.float32(2.0 ** (127 - 15))


@dataclass(frozen=True, slots=True)
class Encoded:
    """Embedded texts in the order they were given.

    Attributes:
        vectors: One row a text, (texts, dimension), unit length.
        tokens: For each text the model's last states of its own tokens, (tokens, dimension), not
            normalised, without the prompt's and special tokens; no rows where the model has none.
    """

    vectors: Vectors
    tokens: tuple[Vectors, ...]


class Progress(Protocol):
    """Told how much of a long work is done."""

    def __call__(self, done: int, total: int) -> None:
        """``done`` of ``total`` texts are embedded."""


class Embedder(Protocol):
    """Turns texts into vectors, questions and passages each with their own prompt.

    ``fingerprint`` changes whenever the same text may give another vector.
    """

    @property
    def fingerprint(self) -> str:
        """Which model this is, down to its weights and prompts."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> Encoded:
        """Embed ``texts``; any text is fine, over-long ones are read as far as the model reads.

        Raises:
            ModelError: The model gave vectors that are not finite.
        """


def unit(vectors: Vectors) -> Vectors:
    """The rows at length one; rows of zeros stay zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, np.float32(1e-6))
    return scaled


def widen(vectors: NDArray[np.floating[Any]]) -> Vectors:
    """The same finite numbers as float32; of float16 in a seventh of the time that NumPy takes."""
    if vectors.dtype != np.float16:
        return vectors.astype(np.float32, copy=False)
    # A half's sign stays, its exponent and fraction move to a float's place; the exponents of the
    # two count from 15 and from 127, which the product sets right, exactly.
    bits = vectors.view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= _SIGN_AND_HALF
    wide: Vectors = bits.view(np.float32)
    wide *= _BETWEEN_EXPONENTS
    return wide


def best_rows(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Positions of the ``count`` highest scores, best first, or of all if fewer; ties in order."""
    chosen = np.arange(len(scores))
    if not count:
        return chosen[:0]
    if count < len(scores):
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        above, equal = np.flatnonzero(scores > least), np.flatnonzero(scores == least)
        chosen = np.concatenate([above, equal[: count - len(above)]])
    best: NDArray[np.int64] = chosen[np.argsort(-scores[chosen], kind="stable")]
    return best
