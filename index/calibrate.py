"""How close is close enough: measured at build time, for this corpus, this model, each language.

Questions on general topics are asked of the index. What evidence they find sets the scale, and the
share of them that may be answered (the false-answer rate) sets the thresholds: no number is tuned
by hand to one text.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.background import LANGUAGES
from index.evidence import EncodedQuestion
from index.passage import Language
from index.process import multiplying_alone
from index.ranking import Ranker
from index.scoring import BackgroundQuestions, Calibration, fit_scale, margin

UNSURE_FACTOR = 1.6
"""Passages are offered as possible answers down to this many times the false-answer rate."""

_AT_MOST = 500  # questions a language; the thresholds' standard error is then one in a hundred


def calibrate(
    ranker: Ranker,
    questions: Sequence[EncodedQuestion],
    languages: Sequence[Language],
    background: BackgroundQuestions,
    false_answer_rate: float,
) -> dict[Language, Calibration]:
    """Measure scale and thresholds for each language.

    Args:
        ranker: The index without calibration.
        questions: The general questions, in the order of ``background``.
        languages: Their languages.
        background: The same questions as a background.
        false_answer_rate: Share of questions about nothing in the index that may be answered.
    """
    nearness = background.own_nearness()
    calibrations: dict[Language, Calibration] = {}
    for language in LANGUAGES:
        own = np.flatnonzero([other == language for other in languages])
        asked = own[:: max(1, -(-len(own) // _AT_MOST))]
        with multiplying_alone():
            calibrations[language] = _calibrate_language(
                ranker, [questions[i] for i in asked], nearness[asked], false_answer_rate
            )
    return calibrations


def _calibrate_language(
    ranker: Ranker,
    questions: Sequence[EncodedQuestion],
    nearness: NDArray[np.float32],
    false_answer_rate: float,
) -> Calibration:
    gathered = ranker.gather(questions)
    first = fit_scale([evidence.table for evidence in gathered], nearness)
    deep = ranker.deepen(questions, gathered, first)
    scale = first.with_tokens([evidence.table for evidence in deep])
    margins = np.array(
        [
            margin(ranker.certainty(evidence, scale), float(near), scale, ranker.weights)
            for evidence, near in zip(deep, nearness, strict=True)
        ]
    )
    answer, unsure = np.quantile(
        margins, [1 - false_answer_rate, max(0.0, 1 - UNSURE_FACTOR * false_answer_rate)]
    )
    return Calibration(scale, float(answer), float(unsure))
