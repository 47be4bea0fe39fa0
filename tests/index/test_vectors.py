"""Halves become floats without loss, and rows of zeros stay what they are."""

from __future__ import annotations

import numpy as np

from index.vectors import unit, widen


def test_every_finite_half_becomes_the_same_float() -> None:
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    halves = every[np.isfinite(every)].reshape(-1, 8)
    wide = widen(halves)
    assert wide.dtype == np.float32
    # By bits, so that minus zero counts as another number than zero.
    assert np.array_equal(wide.view(np.uint32), halves.astype(np.float32).view(np.uint32))


def test_rows_that_are_not_next_to_each_other_are_widened_too() -> None:
    halves = np.linspace(-1, 1, 60, dtype=np.float16).reshape(6, 10)
    assert np.array_equal(widen(halves[::2]), halves[::2].astype(np.float32))


def test_widening_leaves_what_it_is_given_alone() -> None:
    halves = np.ones((2, 2), np.float16)
    floats = np.ones((2, 2), np.float32)
    widen(halves)
    assert np.array_equal(halves, np.ones((2, 2)))
    assert widen(floats) is floats


def test_a_row_of_zeros_has_no_direction() -> None:
    assert np.array_equal(unit(np.zeros((1, 3), np.float32)), np.zeros((1, 3)))
