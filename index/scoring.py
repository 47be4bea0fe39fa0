"""From evidence to one score a passage, and from scores to a verdict on the question.

The model's similarities bunch together (0.75 to 0.88 for anything), so a bare similarity says
little. Each kind of evidence is therefore measured in standard deviations from what questions on
general topics get from the same passages, per language of the question; and the question's own
nearness to such general questions is taken off again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.evidence import KINDS, TOKENS, Evidence
from index.vectors import Vectors, unit

_NEIGHBOURS = 3
_FARTHEST = -1.0  # deviations; farther from general questions lies noise as well as what fits
_DECIMALS = 4  # finer differences are the processor's rounding; equal passages shall tie
_LEAST_DEVIATION = 1e-3  # of a cosine; keeps a corpus of one passage from dividing by zero


@dataclass(frozen=True, slots=True)
class Weights:
    """How much everything counts; the defaults are measured, see ``tests/benchmarks/quality.py``.

    Attributes:
        whole: The kinds of evidence, as for ``sentence``, ``tokens``, ``words`` and ``asked``.
        introduction: Taken off an introduction's score: a thesis that fits as well goes first.
        nearness: Of the question's own nearness to general questions, taken off the best score.
        sure_tokens: Of ``tokens`` where it is asked whether the best passage answers at all: they
            order passages well but lift those that merely share a word with the question.
    """

    whole: float = 1.0
    sentence: float = 1.0
    tokens: float = 1.6
    words: float = 0.15
    asked: float = 3.0
    introduction: float = 0.3
    nearness: float = 1.25
    sure_tokens: float = 0.4

    def of_certainty(self) -> Weights:
        """The weights that tell whether the passage ranked first answers at all."""
        return replace(self, tokens=self.sure_tokens)

    def of_kinds(self) -> NDArray[np.float64]:
        """The weights of ``KINDS`` in their order, (kinds,)."""
        return np.array([getattr(self, kind) for kind in KINDS])


WEIGHTS = Weights()
"""The measured ones."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What questions on general topics get from this corpus, for one language of the question.

    Attributes:
        means: Of each kind of evidence; zero for a kind the corpus does not have.
        deviations: Standard deviations of the same.
        background_mean: How near such questions come to each other.
        background_deviation: Standard deviation of the same.
    """

    means: tuple[float, ...]
    deviations: tuple[float, ...]
    background_mean: float
    background_deviation: float

    def above(self, table: NDArray[np.float32]) -> NDArray[np.float64]:
        """Evidence in standard deviations above chance; the last axis is the kinds."""
        above: NDArray[np.float64] = (table - np.array(self.means)) / np.array(self.deviations)
        return above

    def with_tokens(self, tables: Sequence[NDArray[np.float32]]) -> Scale:
        """The same scale with ``tokens`` taken from these tables, which have them."""
        deep = fit_scale(tables, np.zeros(1, np.float32))
        means, deviations = list(self.means), list(self.deviations)
        means[TOKENS], deviations[TOKENS] = deep.means[TOKENS], deep.deviations[TOKENS]
        return replace(self, means=tuple(means), deviations=tuple(deviations))


def fit_scale(tables: Sequence[NDArray[np.float32]], nearness: NDArray[np.float32]) -> Scale:
    """The scale of a corpus.

    Args:
        tables: Evidence of each general question, (passages, kinds) each.
        nearness: How near each comes to the other general questions, (questions,).
    """
    rows = np.concatenate(tables).astype(np.float64)
    present = ~np.isnan(rows)
    counts = np.maximum(present.sum(axis=0), 1)
    means = np.where(present, rows, 0.0).sum(axis=0) / counts
    squares = np.where(present, rows - means, 0.0) ** 2
    deviations = np.maximum(np.sqrt(squares.sum(axis=0) / counts), _LEAST_DEVIATION)
    return Scale(
        tuple(means.tolist()),
        tuple(deviations.tolist()),
        float(nearness.mean()),
        max(float(nearness.std()), _LEAST_DEVIATION),
    )


def passage_scores(
    evidence: Evidence, scale: Scale, introduction: NDArray[np.bool_], weights: Weights
) -> NDArray[np.float32]:
    """How well each passage fits, in standard deviations above chance, (passages,).

    Evidence a passage lacks (no questions written for it, say) is left out of its sum, which is
    then scaled so that chance spreads as wide as with it.

    Args:
        evidence: What speaks for the passages.
        scale: For the question's language.
        introduction: Which of the passages are introduction, (passages,).
        weights: How much each kind counts.
    """
    present = ~np.isnan(evidence.table)
    above = np.where(present, scale.above(evidence.table), 0.0)
    counted = weights.of_kinds() * present
    spread = np.maximum(np.sqrt((counted**2).sum(axis=1)), _LEAST_DEVIATION)
    scores = (above * counted).sum(axis=1) / spread - weights.introduction * introduction
    result: NDArray[np.float32] = scores.astype(np.float32).round(_DECIMALS)
    return result


class BackgroundQuestions:
    """Questions on general topics, and how near a question comes to them."""

    def __init__(self, vectors: Vectors) -> None:
        """Hold ``vectors``, one row a question, unit length."""
        self._mean = vectors.mean(axis=0)
        self._vectors = unit(vectors - self._mean)

    def nearness(self, vectors: Vectors) -> NDArray[np.float32]:
        """Mean cosine with the three nearest, centred, -1 to 1, (questions,)."""
        return _mean_of_nearest(unit(vectors - self._mean) @ self._vectors.T)

    def own_nearness(self) -> NDArray[np.float32]:
        """The same for each background question itself, itself left out."""
        cosines = self._vectors @ self._vectors.T
        np.fill_diagonal(cosines, -1.0)
        return _mean_of_nearest(cosines)


def _mean_of_nearest(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    nearest = np.partition(cosines, -_NEIGHBOURS, axis=1)[:, -_NEIGHBOURS:]
    mean: NDArray[np.float32] = nearest.mean(axis=1)
    return mean


def margin(best_score: float, nearness: float, scale: Scale, weights: Weights) -> float:
    """How much better the best passage fits than general questions do; higher is better."""
    above = (nearness - scale.background_mean) / scale.background_deviation
    above = max(above, _FARTHEST)
    return best_score - weights.nearness * above


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is measured at build time for one language of the question.

    Attributes:
        scale: What general questions get from this corpus.
        answer: Margin from which the best passage is quoted as the answer.
        unsure: Margin from which passages are offered as possible answers; below it nothing fits.
    """

    scale: Scale
    answer: float
    unsure: float
