"""This project beside other frameworks: the same texts, questions and model, a process for each.

Run as ``python -m tests.benchmarks.others`` (or ``make bench``). ``--xquad`` names XQuAD's folder
with ``de/`` and ``questions.tsv``: its German paragraphs are indexed, its German and English
questions asked. Without it texts are made of the index's background and there is no recall. The
other frameworks have an environment of their own, made if it is not there. Ratios are those of one
run on one machine; each figure is the median over ``--rounds``, the sides taking turns.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.labelled import read_labelled
from tests.benchmarks.engine import ROOT, machine, texts
from tests.benchmarks.environment import OWN, Unable, environment, last_line
from tests.benchmarks.figures import (
    BUILD,
    FIRST,
    MEDIAN,
    MEMORY,
    PEAK,
    TAIL,
    asked,
    built,
    proportional,
)

OURS = "thesenbot"
OTHERS = ("txtai", "Haystack", "Chroma")
SIDES = ("plain", *OTHERS, OURS)
SHOWN = (MEDIAN, TAIL, MEMORY, FIRST, BUILD, PEAK)
LANGUAGES = ("de", "en")
COLORS = dict(zip(SIDES, ("gray", "tan", "darksalmon", "plum", "tab:blue"), strict=True))

Rounds = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Task:
    """What all sides are given.

    Attributes:
        passages: The texts, one passage each.
        questions: The questions.
        targets: The position of the passage that answers each question; empty if unknown.
        languages: The language of each question.
    """

    passages: list[str]
    questions: list[str]
    targets: list[int]
    languages: list[str]


def task_of_xquad(folder: Path) -> Task:
    files = sorted((folder / "de").glob("*.txt"))
    place = {path.stem: position for position, path in enumerate(files)}
    entries = read_labelled(folder / "questions.tsv")
    return Task(
        [path.read_text(encoding="utf-8").strip() for path in files],
        [entry.question for entry in entries],
        [place[entry.target] for entry in entries],
        [entry.language for entry in entries],
    )


def task_of_background(passages: int = 120, questions: int = 500) -> Task:
    made, asked_ = texts(passages, questions)
    return Task(made, asked_, [], [])


def ours(task: str, folder: Path, started: float) -> dict[str, Any]:
    """What this project's process measures: its whole way from a question to an answer."""
    from bot.answer import Answerer
    from bot.config import Config
    from bot.workplace import Workplace
    from tests.conftest import silent

    config = Config(seeds=folder / "seeds", data=folder / "data")
    workplace = Workplace(config, lambda _: None, silent)
    if task == "build":
        _ = workplace.embedder
        return dict(built(workplace.build))
    searcher = workplace.searcher
    answerer = Answerer(searcher.documents, searcher, workplace.detector)

    def ask(question: str) -> int:
        quotes = answerer.answer(question).outcome.quotes
        return int(quotes[0].document.name) if quotes else -1

    questions = json.loads((folder / "given.json").read_text(encoding="utf-8"))["questions"]
    ask(questions[0])
    first = time.time() - started
    figures, found = asked(ask, questions)
    return {FIRST: first, **figures, MEMORY: proportional(), "found": found}


def in_process(python: Path, side: str, task: str, folder: Path) -> dict[str, Any]:
    """What the process of one side measures.

    Raises:
        Unable: It fails.
    """
    module = "tests.benchmarks.others" if side == OURS else "tests.benchmarks.contenders"
    command = [str(python), "-m", module, side, task, str(folder), repr(time.time())]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise Unable(f"{task} failed: {last_line(ran.stderr)}")
    return dict(json.loads(ran.stdout.splitlines()[-1]))


@contextmanager
def given(task: Task) -> Iterator[Path]:
    """A folder with what every side is given."""
    from index.model import prepare_model

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "seeds").mkdir()
        for position, text in enumerate(task.passages):
            (folder / "seeds" / f"{position}.txt").write_text(f"{text}\n", encoding="utf-8")
        values = {
            "model": prepare_model("bundled").location,
            "passages": task.passages,
            "questions": task.questions,
        }
        (folder / "given.json").write_text(json.dumps(values), encoding="utf-8")
        yield folder


def pythons(arguments: argparse.Namespace) -> dict[str, Path]:
    """The Python of each side; those that have none are told and left out."""
    own = Path(sys.executable)
    try:
        other = environment(arguments.environment, arguments.torch_index)
    except Unable as error:
        print(f"{', '.join(OTHERS)}: cannot run: {error}")
        return {"plain": own, OURS: own}
    return {side: other if side in OTHERS else own for side in SIDES}


def compare(task: Task, arguments: argparse.Namespace) -> Rounds:
    """The figures of each side, round by round; a side that fails is told and left out."""
    rounds: Rounds = {side: [] for side in SIDES}
    sides = pythons(arguments)
    for _ in range(arguments.rounds):
        for side, python in list(sides.items()):
            try:
                with given(task) as folder:
                    figures = in_process(python, side, "build", folder)
                    rounds[side].append(figures | in_process(python, side, "ask", folder))
            except Unable as error:
                print(f"{side}: cannot run: {error}")
                del sides[side]
    return {side: found for side, found in rounds.items() if found}


def medians(rounds: Rounds) -> dict[str, dict[str, float]]:
    return {
        side: {name: float(np.median([round_[name] for round_ in found])) for name in SHOWN}
        for side, found in rounds.items()
    }


def recalls(task: Task, rounds: Rounds) -> dict[str, dict[str, float]]:
    """The share of questions whose passage comes first, by side and language."""
    right = {
        side: [f == t for f, t in zip(found[-1]["found"], task.targets, strict=True)]
        for side, found in rounds.items()
        if task.targets
    }
    return {
        side: {
            f"recall@1, {language}": float(
                np.mean([r for r, of in zip(hits, task.languages, strict=True) if of == language])
            )
            for language in LANGUAGES
        }
        for side, hits in right.items()
    }


def show(
    figures: Mapping[str, Mapping[str, float]], recall: Mapping[str, Mapping[str, float]]
) -> None:
    sides = list(figures)
    print(f"| | {' | '.join(sides)} |\n|{'---|' * (len(sides) + 1)}")
    for name in SHOWN:
        plain = figures.get("plain", {}).get(name, float("nan"))
        cells = [
            f"{_short(figures[side][name])} ({figures[side][name] / plain:.2f})" for side in sides
        ]
        print(f"| {name} (times plain) | {' | '.join(cells)} |")
    for name in next(iter(recall.values()), {}):
        print(f"| {name} | {' | '.join(f'{recall[side][name]:.3f}' for side in sides)} |")


def draw(figures: Mapping[str, Mapping[str, float]], title: str, path: Path) -> None:
    """Each figure as a ratio to plain, a bar a side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 1.1 * len(SHOWN) + 1.2), layout="constrained")
    axis = figure.subplots()
    height = 0.8 / len(figures)
    for i, (side, own) in enumerate(figures.items()):
        places = np.arange(len(SHOWN)) + i * height
        ratios = [own[name] / figures["plain"][name] for name in SHOWN]
        bars = axis.barh(places, ratios, height, label=side, color=COLORS[side])
        values = zip(ratios, SHOWN, strict=True)
        labels = [f"{ratio:.2f}  ({_short(own[name])})" for ratio, name in values]
        axis.bar_label(bars, labels, padding=2, fontsize="x-small")
    axis.axvline(1, color="black", linewidth=0.8, linestyle=":")
    axis.set_yticks(np.arange(len(SHOWN)) + 0.4 - height / 2, list(SHOWN))
    axis.invert_yaxis()
    axis.set_title(title, fontsize="small")
    axis.set_xlabel("times plain sentence-transformers with FAISS; less is better")
    axis.margins(x=0.18)
    figure.legend(fontsize="small", loc="outside lower center", ncols=len(figures))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def run(arguments: argparse.Namespace) -> None:
    if arguments.xquad and not (arguments.xquad / "questions.tsv").is_file():
        print(f"recall: cannot be measured: {arguments.xquad} has no questions.tsv")
        arguments.xquad = None
    task = task_of_xquad(arguments.xquad) if arguments.xquad else task_of_background()
    loaded = os.getloadavg()[0]
    rounds = compare(task, arguments)
    if not rounds:
        sys.exit("nothing could run")
    line = f"{machine()}; {len(task.passages)} passages, {len(task.questions)} questions"
    print(f"{line}, load at the start {loaded:.1f}\n")
    figures = medians(rounds)
    show(figures, recalls(task, rounds))
    if arguments.plot and "plain" in figures:
        draw(figures, line, arguments.plot)
        print(f"\nwrote {arguments.plot}")


def arguments_of(given_: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xquad", type=Path, help="folder with de/ and questions.tsv")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the ratios")
    parser.add_argument(
        "--environment",
        type=Path,
        default=OWN,
        help="of the other frameworks; made in build/others if left out",
    )
    parser.add_argument("--torch-index", metavar="URL", help="where pip finds torch")
    return parser.parse_args(given_)


def main() -> None:
    if sys.argv[1:2] == [OURS]:  # a process of a run
        _, _, task, folder, started = sys.argv
        print(json.dumps(ours(task, Path(folder), float(started))))
        return
    run(arguments_of(sys.argv[1:]))


if __name__ == "__main__":
    main()
