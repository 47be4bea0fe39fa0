"""All that an index holds: texts, their vectors, and what was measured when it was built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.evidence import Centres
from index.nearest import Rows
from index.passage import Document, Language, Passage
from index.scoring import WEIGHTS, Calibration, Weights
from index.vectors import Vectors
from index.views import ViewTable
from index.words import WordIndex


@dataclass(frozen=True, slots=True)
class Arrays:
    """The numbers of an index, as they lie on disk.

    Attributes:
        vectors: One row a view, (views, dimension), unit length.
        tokens: Token states of the passages' texts, one passage after the other, centred, unit
            length, (tokens, dimension), float16; no rows where the model has none.
        view_tokens: How many of them belong to each view, (views,).
        token_ends: Where each passage's tokens end, (passages,).
        background: Vectors of the general questions, (questions, dimension), unit length.
        background_tokens: Their token states as the model gave them, float16.
        background_token_ends: Where each of them ends, (questions,).
        background_passage_centre: Mean token state of the general passages, (dimension,).
    """

    vectors: Vectors
    tokens: NDArray[np.float16]
    view_tokens: NDArray[np.int64]
    token_ends: NDArray[np.int64]
    background: Vectors
    background_tokens: NDArray[np.float16]
    background_token_ends: NDArray[np.int64]
    background_passage_centre: Vectors


@dataclass(frozen=True, slots=True)
class IndexContents:
    """An index ready to be searched, in memory or mapped from disk.

    Attributes:
        documents: The texts, in order of their names.
        views: What was embedded, grouped by passage.
        arrays: The numbers.
        nearest: The search over ``arrays.vectors``.
        words: The wording of the passages.
        centres: Where token states gather.
        calibrations: What was measured, by language of the question.
        weights: What it was measured with.
    """

    documents: tuple[Document, ...]
    views: ViewTable
    arrays: Arrays
    nearest: Rows
    words: WordIndex
    centres: Centres
    calibrations: dict[Language, Calibration]
    weights: Weights = WEIGHTS

    def passages(self) -> list[tuple[Document, Passage]]:
        """All passages with their documents, in the order that views count them by."""
        return [(document, passage) for document in self.documents for passage in document.passages]
