"""Pictures of an evaluation: where scores lie, what a threshold costs, what each method finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.evaluation import BY_NUMBER, Measured
from index import ANSWER_SCORE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GOOD, _OFF = "tab:blue", "tab:orange"


def draw_scores(measured: Sequence[Measured], folder: Path) -> Path:
    """Best scores of questions that a passage answers and of those that none does, by language."""
    figure, axes = _panels(measured)
    for axis, (language, own) in zip(axes, _by_language(measured).items(), strict=True):
        bins = np.linspace(0, 1, 41).tolist()
        good, off = _scores(own)
        axis.hist(good, bins, color=_GOOD, alpha=0.6, label=f"a passage answers ({len(good)})")
        axis.hist(off, bins, color=_OFF, alpha=0.6, label=f"none answers ({len(off)})")
        axis.axvline(ANSWER_SCORE, color="black", linewidth=1, label="quoted from here on")
        offered = [m.score for m in own if m.is_unsure]
        if offered:
            axis.axvline(min(offered), color="black", linestyle=":", label="offered from here on")
        axis.set(title=f"questions in {language}", xlabel="score of the best passage")
        axis.set_ylabel("questions")
        axis.legend(fontsize="small")
    return _save(figure, folder / "scores.png")


def draw_trade_off(measured: Sequence[Measured], folder: Path) -> Path:
    """What every threshold would cost: wrong answers against questions not answered."""
    figure, axes = _panels(measured)
    for axis, (language, own) in zip(axes, _by_language(measured).items(), strict=True):
        good, off = _scores(own)
        thresholds = np.unique(np.concatenate([good, off, [0.0, 1.01]]))
        false = [(off >= threshold).mean() if len(off) else 0.0 for threshold in thresholds]
        missed = [(good < threshold).mean() if len(good) else 0.0 for threshold in thresholds]
        axis.step(100 * np.array(false), 100 * np.array(missed), where="post", color=_GOOD)
        now = 100 * (off >= ANSWER_SCORE).mean(), 100 * (good < ANSWER_SCORE).mean()
        axis.plot(*now, "o", color=_OFF, label="the threshold in use")
        axis.axvline(5, color="gray", linewidth=0.8, linestyle=":")
        axis.axhline(5, color="gray", linewidth=0.8, linestyle=":")
        axis.set(title=f"questions in {language}", xlim=(0, 40), ylim=(0, 40))
        axis.set_xlabel("off-topic questions answered, %")
        axis.set_ylabel("good questions not answered, %")
        axis.legend(fontsize="small")
    return _save(figure, folder / "trade-off.png")


def draw_methods(recalls: Mapping[str, Mapping[str, float]], folder: Path) -> Path:
    """Recall@1 of each method, by language; ``recalls[method][language]`` are shares of 1."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 0.6 * len(recalls) + 1.5), layout="constrained")
    axis = figure.subplots()
    languages = list(next(iter(recalls.values())))
    height = 0.8 / len(languages)
    for i, language in enumerate(languages):
        places = np.arange(len(recalls)) + i * height
        values = [100 * recall[language] for recall in recalls.values()]
        bars = axis.barh(places, values, height, label=f"questions in {language}")
        axis.bar_label(bars, fmt="%.1f", padding=2, fontsize="small")
    axis.set_yticks(np.arange(len(recalls)) + 0.4 - height / 2, list(recalls))
    axis.invert_yaxis()
    axis.set(xlabel="right passage first, % of questions", xlim=(0, 110))
    figure.legend(fontsize="small", loc="outside lower center", ncols=len(languages))
    return _save(figure, folder / "methods.png")


def _panels(measured: Sequence[Measured]) -> tuple[Figure, list[Axes]]:
    from matplotlib.figure import Figure

    count = len(_by_language(measured))
    figure = Figure(figsize=(5 * count, 4), layout="constrained")
    return figure, list(figure.subplots(1, count, squeeze=False)[0])


def _by_language(measured: Sequence[Measured]) -> dict[str, list[Measured]]:
    by_language: dict[str, list[Measured]] = {}
    for entry in sorted(measured, key=lambda m: m.case.language):
        if entry.case.kind not in BY_NUMBER:
            by_language.setdefault(entry.case.language, []).append(entry)
    return by_language


def _scores(measured: Sequence[Measured]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    good = np.array([m.score for m in measured if m.case.targets])
    off = np.array([m.score for m in measured if not m.case.targets])
    return good, off


def _save(figure: Figure, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    return path
