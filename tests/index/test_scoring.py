"""Scores grow with the evidence, chance is their zero, and what is missing never counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.evidence import KINDS, Evidence
from index.scoring import (
    WEIGHTS,
    BackgroundQuestions,
    Scale,
    Weights,
    fit_scale,
    margin,
    passage_scores,
)
from index.vectors import Vectors, unit

NO_NEARNESS = np.zeros(1, np.float32)


def random_tables(questions: int = 200, passages: int = 30) -> list[NDArray[np.float32]]:
    random = np.random.default_rng(5)
    means, spread = np.array([0.8, 0.82, 0.3, 0.1, 0.78]), np.array([0.02, 0.03, 0.1, 0.05, 0.02])
    shape = (passages, len(KINDS))
    return [
        (means + spread * random.standard_normal(shape)).astype(np.float32)
        for _ in range(questions)
    ]


def flat_scale() -> Scale:
    return Scale((0.0,) * len(KINDS), (1.0,) * len(KINDS), 0.0, 1.0)


def evidence_of(table: NDArray[np.float32]) -> Evidence:
    return Evidence(np.arange(len(table)), table)


def scores_of(
    table: NDArray[np.float32],
    scale: Scale | None = None,
    *,
    introduction: bool = False,
    weights: Weights = WEIGHTS,
) -> NDArray[np.float32]:
    marks = np.full(len(table), introduction)
    return passage_scores(evidence_of(table), scale or flat_scale(), marks, weights)


def random_unit(count: int, seed: int = 0) -> Vectors:
    random = np.random.default_rng(seed)
    return unit(random.standard_normal((count, 6)).astype(np.float32) + 1)


def test_chance_is_zero_and_its_deviation_one() -> None:
    tables = random_tables()
    above = fit_scale(tables, NO_NEARNESS).above(np.concatenate(tables))
    assert above.mean(axis=0) == pytest.approx(np.zeros(len(KINDS)), abs=1e-3)
    assert above.std(axis=0) == pytest.approx(np.ones(len(KINDS)), abs=1e-3)


def test_missing_evidence_does_not_move_the_scale() -> None:
    tables = random_tables()
    whole = fit_scale(tables, NO_NEARNESS)
    holes = [table.copy() for table in tables]
    for table in holes:
        table[::2, 4] = np.nan
    cut = fit_scale(holes, NO_NEARNESS)
    assert cut.means[:4] == whole.means[:4]
    assert cut.means[4] == pytest.approx(whole.means[4], abs=1e-2)
    assert cut.deviations[4] == pytest.approx(whole.deviations[4], rel=0.1)


@pytest.mark.parametrize("value", [np.nan, 0.5])
def test_a_kind_that_never_varies_or_never_is_gives_a_finite_scale(value: float) -> None:
    table = np.full((3, len(KINDS)), value, np.float32)
    scale = fit_scale([table], NO_NEARNESS)
    assert np.isfinite(scale.means).all()
    assert all(deviation > 0 for deviation in scale.deviations)
    assert scale.background_deviation > 0


def test_taking_tokens_over_changes_nothing_else() -> None:
    tables = random_tables(20)
    scale = fit_scale(tables, np.array([0.1, 0.3], np.float32))
    other = scale.with_tokens([table + 1 for table in tables])
    tokens = KINDS.index("tokens")
    for kind in range(len(KINDS)):
        expected = scale.means[kind] + (1 if kind == tokens else 0)
        assert other.means[kind] == pytest.approx(expected, abs=1e-4)
    assert other.background_mean == scale.background_mean
    assert other.background_deviation == scale.background_deviation


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_more_evidence_of_any_kind_never_lowers_the_score(kind: int) -> None:
    table = np.zeros((2, len(KINDS)), np.float32)
    table[1, kind] = 1
    less, more = scores_of(table)
    assert more >= less


def test_more_evidence_of_every_kind_raises_the_score() -> None:
    table = np.repeat(np.arange(4, dtype=np.float32)[:, None], len(KINDS), axis=1)
    scores = scores_of(table)
    assert (np.diff(scores) > 0).all()


def test_chance_scores_zero_and_spreads_as_wide_with_a_kind_missing() -> None:
    tables = random_tables()
    scale = fit_scale(tables, NO_NEARNESS)
    rows = np.concatenate(tables)
    holes = rows.copy()
    holes[:, 4] = np.nan
    for table in (rows, holes):
        scores = scores_of(table, scale)
        assert scores.mean() == pytest.approx(0, abs=0.05)
        assert scores.std() == pytest.approx(1, abs=0.05)


def test_an_introduction_that_fits_as_well_as_a_thesis_goes_second() -> None:
    table = np.ones((1, len(KINDS)), np.float32)
    weights = Weights(introduction=0.5)
    handicapped = scores_of(table, introduction=True, weights=weights)
    assert handicapped == pytest.approx(scores_of(table, weights=weights) - 0.5)


def test_a_kind_without_weight_does_not_count() -> None:
    table = np.zeros((2, len(KINDS)), np.float32)
    table[1, KINDS.index("words")] = 9
    one, other = scores_of(table, weights=Weights(words=0.0))
    assert one == other


def test_a_passage_that_only_has_evidence_without_weight_gets_a_finite_score() -> None:
    table = np.full((1, len(KINDS)), np.nan, np.float32)
    table[0, KINDS.index("words")] = 1
    assert np.isfinite(scores_of(table, weights=Weights(words=0.0))).all()


def test_weights_are_those_of_the_kinds_in_their_order() -> None:
    weights = Weights(whole=1, sentence=2, tokens=3, words=4, asked=5)
    assert weights.of_kinds().tolist() == [getattr(weights, kind) for kind in KINDS]
    assert (WEIGHTS.of_kinds() >= 0).all()


@given(
    st.lists(
        st.lists(st.floats(-1, 1, width=32) | st.just(math.nan), min_size=5, max_size=5),
        min_size=1,
        max_size=6,
    )
)
def test_missing_evidence_never_reaches_a_score(rows: list[list[float]]) -> None:
    table = np.array(rows, np.float32)
    table[:, KINDS.index("words")] = np.nan_to_num(table[:, KINDS.index("words")])
    scale = fit_scale([table], NO_NEARNESS)
    scores = scores_of(table, scale)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


def test_nearness_is_the_mean_cosine_with_the_three_nearest_after_centring() -> None:
    vectors, asked = random_unit(12), random_unit(4, seed=1)
    background = BackgroundQuestions(vectors)
    centre = vectors.mean(axis=0)
    cosines = unit(asked - centre) @ unit(vectors - centre).T
    expected = np.sort(cosines, axis=1)[:, -3:].mean(axis=1)
    assert background.nearness(asked) == pytest.approx(expected, abs=1e-6)


def test_own_nearness_leaves_the_question_itself_out() -> None:
    vectors = random_unit(12)
    background = BackgroundQuestions(vectors)
    centre = vectors.mean(axis=0)
    cosines = unit(vectors - centre) @ unit(vectors - centre).T
    expected = [np.sort(np.delete(row, i))[-3:].mean() for i, row in enumerate(cosines)]
    assert background.own_nearness() == pytest.approx(expected, abs=1e-6)
    assert (background.own_nearness() < background.nearness(vectors)).all()


def test_nearness_lies_between_minus_one_and_one_and_is_empty_for_no_questions() -> None:
    background = BackgroundQuestions(random_unit(12))
    found = background.nearness(random_unit(50, seed=2))
    assert (np.abs(found) <= 1 + 1e-5).all()
    assert background.nearness(np.zeros((0, 6), np.float32)).shape == (0,)


def test_the_margin_grows_with_the_score_and_shrinks_with_nearness_to_general_questions() -> None:
    scale = Scale((0.0,) * len(KINDS), (1.0,) * len(KINDS), 0.4, 0.1)
    for weights in (Weights(nearness=1.0), Weights(nearness=2.5)):
        assert margin(2.0, 0.4, scale, weights) == pytest.approx(2.0)
        assert margin(3.0, 0.4, scale, weights) == pytest.approx(3.0)
        assert margin(2.0, 0.5, scale, weights) == pytest.approx(2.0 - weights.nearness)
        assert margin(2.0, 0.3, scale, weights) == pytest.approx(2.0 + weights.nearness)


def test_a_question_far_from_general_ones_gets_a_bounded_bonus() -> None:
    scale = Scale((0.0,) * 5, (1.0,) * 5, background_mean=0.5, background_deviation=0.1)
    far, farther = (margin(2.0, nearness, scale, WEIGHTS) for nearness in (0.3, -1.0))
    assert far == farther == pytest.approx(2.0 + WEIGHTS.nearness)
    assert margin(2.0, 0.6, scale, WEIGHTS) < margin(2.0, 0.5, scale, WEIGHTS) < far
