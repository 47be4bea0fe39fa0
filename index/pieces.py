"""Texts in pieces that a model reads at once, and what it made of the pieces put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from index.errors import ModelError
from index.vectors import Encoded, Vectors, unit

_WINDOW = 1_600
"""Characters read in one go: about what fits into 512 tokens of German."""

_PIECES = re.compile(rf"\S(?:.{{0,{_WINDOW - 2}}}\S)?(?!\S)|\S{{{_WINDOW}}}", re.DOTALL)


def split(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """The pieces of all texts in their order, at least one a text, and whose each one is."""
    pieces: list[str] = []
    owners: list[int] = []
    for owner, text in enumerate(texts):
        parts = _PIECES.findall(_clean(text)) or [""]
        pieces += parts
        owners += [owner] * len(parts)
    return pieces, owners


def join(vectors: Vectors, tokens: Sequence[Vectors], owners: Sequence[int], texts: int) -> Encoded:
    """What became of ``texts`` texts: of several pieces the mean of the vectors, and all tokens.

    Args:
        vectors: One row a piece, (pieces, dimension), of any length.
        tokens: The states of each piece's own tokens.
        owners: Whose piece each is.
        texts: How many there are.

    Raises:
        ModelError: Vectors are not finite.
    """
    if not np.isfinite(vectors).all():
        message = "the model gave vectors that are not finite; is it damaged?"
        raise ModelError(message)
    joined = np.zeros((texts, vectors.shape[1]), np.float32)
    np.add.at(joined, owners, unit(vectors))
    # Also where each text is one piece, or its bits would hang on how long the others are.
    joined = unit(joined)
    if len(owners) == texts:
        return Encoded(joined, tuple(tokens))
    states: list[list[Vectors]] = [[] for _ in range(texts)]
    for owner, state in zip(owners, tokens, strict=True):
        states[owner].append(state)
    return Encoded(joined, tuple(np.concatenate(state) for state in states))


def _clean(text: str) -> str:
    """The text without lone surrogates, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
