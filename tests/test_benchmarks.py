"""A benchmark whose part cannot run says which and why, and the rest runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import others
from tests.benchmarks.environment import OWN, Unable, environment
from tests.benchmarks.figures import BUILD, asked, memory, proportional

TASK = others.Task(["Äpfel.", "Birnen."], ["Äpfel?", "Pears?"], [0, 1], ["de", "en"])
FOUND = {"plain": [0, 0], "txtai": [0, 1], others.OURS: [0, 1]}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every side measures at once, but Chroma, which is not installed."""

    def in_process(_: Path, side: str, __: str, ___: Path) -> dict[str, Any]:
        if side == "Chroma":
            raise Unable("build failed: ModuleNotFoundError: No module named 'chromadb'")
        return {**dict.fromkeys(others.SHOWN, 2.0), "found": FOUND.get(side, [1, 0])}

    monkeypatch.setattr(others, "in_process", in_process)
    monkeypatch.setattr(others, "environment", lambda *_: Path(sys.executable))


@pytest.mark.usefixtures("measured")
def test_a_side_that_cannot_run_is_one_line_and_the_others_are_compared(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = others.arguments_of(["--rounds", "2", "--environment", str(tmp_path)])
    rounds = others.compare(TASK, arguments)
    said = capsys.readouterr().out
    assert said.splitlines() == [
        "Chroma: cannot run: build failed: ModuleNotFoundError: No module named 'chromadb'"
    ]
    assert {side: len(found) for side, found in rounds.items()} == {
        "plain": 2,
        "txtai": 2,
        "Haystack": 2,
        others.OURS: 2,
    }
    recalls = others.recalls(TASK, rounds)
    assert recalls["plain"] == {"recall@1, de": 1.0, "recall@1, en": 0.0}
    assert recalls[others.OURS] == {"recall@1, de": 1.0, "recall@1, en": 1.0}


def test_without_an_environment_plain_and_ours_are_still_compared(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Path:
        raise Unable("no environment in x: no network")

    monkeypatch.setattr(others, "environment", refuse)
    assert set(others.pythons(others.arguments_of([]))) == {"plain", others.OURS}
    said = capsys.readouterr().out
    assert said == "txtai, Haystack, Chroma: cannot run: no environment in x: no network\n"


def test_an_environment_that_is_given_is_used_as_it_is(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.touch()
    assert tmp_path != OWN
    assert environment(tmp_path, None) == python


def test_an_environment_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(Unable, match=r"^no environment in \S+file: [^\n]+$"):
        environment(file, None)


def test_a_process_that_fails_is_known_by_its_last_line(tmp_path: Path) -> None:
    with pytest.raises(Unable, match=r"^build failed: FileNotFoundError: [^\n]+$"):
        others.in_process(Path(sys.executable), "plain", "build", tmp_path)


def test_figures_are_those_of_the_process_and_of_what_it_did() -> None:
    figures, found = asked(len, ["a", "bb", "ccc"])
    assert found == [1, 2, 3]
    assert all(value > 0 for value in figures.values())
    assert memory("VmHWM", "status") > 1
    assert proportional() > 1
    assert BUILD.endswith("s")


def test_a_picture_is_drawn_of_the_sides_there_are(tmp_path: Path) -> None:
    figures = {side: dict.fromkeys(others.SHOWN, 1.0) for side in ("plain", others.OURS)}
    others.draw(figures, "title", tmp_path / "new" / "others.png")
    assert (tmp_path / "new" / "others.png").stat().st_size > 10_000
