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
from index.evidence import EncodedQuestion, Evidence
from index.passage import Language
from index.process import multiplying_alone
from index.ranking import Ranker
from index.scoring import BackgroundQuestions, Calibration, Scale, fit_scale, margin

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
    chosen = {language: _chosen(languages, language) for language in LANGUAGES}
    rows = np.concatenate(list(chosen.values())).tolist()
    asked = [questions[row] for row in rows]
    with multiplying_alone():  # also, the figures then hang on no number of processors
        gathered = dict(zip(rows, ranker.gather(asked), strict=True))
        scales = {
            language: fit_scale([gathered[row].table for row in own.tolist()], nearness[own])
            for language, own in chosen.items()
        }
        scale_of = [scales[languages[row]] for row in rows]
        deep = ranker.deepen(asked, list(gathered.values()), scale_of)
    found = dict(zip(rows, deep, strict=True))
    return {
        language: _thresholds(
            ranker,
            scales[language],
            [found[row] for row in own.tolist()],
            nearness[own],
            false_answer_rate,
        )
        for language, own in chosen.items()
    }


def _chosen(languages: Sequence[Language], language: Language) -> NDArray[np.int64]:
    """Which questions of a language are asked."""
    own = np.flatnonzero([other == language for other in languages])
    return own[:: max(1, -(-len(own) // _AT_MOST))]


def _thresholds(
    ranker: Ranker,
    gathered: Scale,
    deep: Sequence[Evidence],
    nearness: NDArray[np.float32],
    false_answer_rate: float,
) -> Calibration:
    scale = gathered.with_tokens([evidence.table for evidence in deep])
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
