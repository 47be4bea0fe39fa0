"""The nearest rows are found, exactly in small tables and nearly always in large ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index import nearest
from index.nearest import RECALL, Rows
from index.vectors import Vectors, best_rows, unit

DIMENSION = 32


def drawn(count: int, seed: int) -> Vectors:
    """Unit vectors that lie around forty middles, the same for each seed."""
    middles = np.random.default_rng(0).standard_normal((40, DIMENSION)).astype(np.float32)
    random = np.random.default_rng(seed)
    noise = random.standard_normal((count, DIMENSION)).astype(np.float32)
    return unit(middles[random.integers(0, 40, count)] + noise)


ROWS, QUESTIONS, ASKED = drawn(3_000, 1), drawn(200, 2), drawn(100, 3)


@pytest.fixture(scope="module")
def made() -> Rows:
    """A grouped search; so small a table is read faster from end to end, here it is not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "FLAT_UP_TO", 500)
        patch.setattr(Rows, "_seconds", lambda rows, _: 9.0 if rows.effort is None else 1.0)
        return Rows.of(ROWS, QUESTIONS)


@pytest.fixture(params=["in memory", "mapped"])
def flat(request: pytest.FixtureRequest, tmp_path: Path) -> Rows:
    return stored(Rows.of(ROWS, QUESTIONS), request.param, tmp_path)


@pytest.fixture(params=["in memory", "mapped"])
def grouped(
    made: Rows, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Rows:
    monkeypatch.setattr(nearest, "FLAT_UP_TO", 500)
    monkeypatch.setattr(nearest, "let_go", let_go_of_all)
    return stored(made, request.param, tmp_path)


def let_go_of_all(array: NDArray[np.float32]) -> None:
    from index import mapped

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mapped, "_LARGE", 0)
        mapped.let_go(array)


def stored(rows: Rows, how: str, folder: Path) -> Rows:
    if how == "in memory":
        return rows
    rows.write(folder / "rows.faiss")
    return Rows.read(folder / "rows.faiss")


def right(question: Vectors, count: int, among: NDArray[np.int64]) -> list[int]:
    order = np.argsort(-(ROWS[among] @ question), kind="stable")[:count]
    return [int(row) for row in among[order]]


EVERYTHING = np.arange(len(ROWS))


def test_small_tables_are_searched_exactly(flat: Rows) -> None:
    assert flat.effort is None
    for question in ASKED[:20]:
        assert flat.nearest(question, 10).tolist() == right(question, 10, EVERYTHING)
        few = EVERYTHING[7::13]
        assert flat.nearest(question, 10, few).tolist() == right(question, 10, few)


def test_many_find_together_what_each_finds_alone(flat: Rows, grouped: Rows) -> None:
    for rows in (flat, grouped):
        for among in (None, EVERYTHING[::2], EVERYTHING[::20]):
            together = rows.nearest_to_each(ASKED, 10, among)
            for question, found in zip(ASKED, together, strict=True):
                assert found.tolist() == rows.nearest(question, 10, among).tolist()


def test_large_tables_find_nearly_all_of_the_ten_nearest(grouped: Rows) -> None:
    assert grouped.effort is not None
    found = [
        len(set(grouped.nearest(question, 10).tolist()) & set(right(question, 10, EVERYTHING)))
        for question in ASKED
    ]
    assert sum(found) >= (RECALL - 0.02) * 10 * len(ASKED)


def test_rows_come_best_first(grouped: Rows) -> None:
    for question in ASKED[:20]:
        scores = ROWS[grouped.nearest(question, 50)] @ question
        assert len(scores) == 50
        assert (np.diff(scores) <= 1e-6).all()


@pytest.mark.parametrize("step", [2, 20])
def test_among_few_and_many_rows_only_these_are_found(grouped: Rows, step: int) -> None:
    among = EVERYTHING[1::step]
    found = 0
    for question in ASKED:
        rows = grouped.nearest(question, 10, among).tolist()
        assert set(rows) <= set(among.tolist())
        found += len(set(rows) & set(right(question, 10, among)))
    assert found >= (RECALL - 0.02) * 10 * len(ASKED)


def test_small_tables_give_no_more_rows_than_there_are(flat: Rows) -> None:
    assert sorted(flat.nearest(ASKED[0], 9_999)) == EVERYTHING.tolist()
    assert flat.nearest(ASKED[0], 10, EVERYTHING[:3]).size == 3


def test_large_tables_give_no_more_rows_than_there_are(grouped: Rows) -> None:
    assert len(set(grouped.nearest(ASKED[0], 9_999).tolist())) <= len(ROWS)
    assert grouped.nearest(ASKED[0], 9_999, EVERYTHING[:3]).size == 3


def test_written_and_read_is_the_same_search(grouped: Rows, tmp_path: Path) -> None:
    grouped.write(tmp_path / "again.faiss")
    again = Rows.read(tmp_path / "again.faiss")
    assert (again.effort, again.layout) == (grouped.effort, grouped.layout)
    assert np.array_equal(again.vectors, ROWS)
    for question in ASKED[:20]:
        assert again.nearest(question, 10).tolist() == grouped.nearest(question, 10).tolist()


def test_the_table_outlives_the_search_over_it(tmp_path: Path) -> None:
    Rows.of(ROWS, QUESTIONS).write(tmp_path / "rows.faiss")
    table = Rows.read(tmp_path / "rows.faiss").vectors
    assert np.array_equal(table, ROWS)
    assert not table.flags.writeable


def test_what_is_searched_fastest_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "FLAT_UP_TO", 500)
    monkeypatch.setattr(Rows, "_seconds", lambda rows, _: 1.0 if rows.effort is None else 9.0)
    assert Rows.of(ROWS, QUESTIONS).effort is None


def test_best_rows_are_the_highest_and_ties_come_in_order() -> None:
    scores = np.array([1, 3, 2, 3, 2, 2], np.float32)
    assert best_rows(scores, 4).tolist() == [1, 3, 2, 4]
    assert best_rows(scores, 9).tolist() == [1, 3, 2, 4, 5, 0]
    assert best_rows(scores, 0).tolist() == []
