"""A library of texts, whole: what a rebuild costs after one text changed, and what a search costs.

Run as ``python -m tests.benchmarks.library rebuild`` (one hundred texts, embedded by the bundled
model; one is written anew from end to end) or ``... search --passages 1000 10000 100000 --folder
DIR`` (random vectors instead of the model, whose own time does not grow; token states and words as
in real texts). Texts are made from the background of the index.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index import Searcher
from index.build import build
from index.engine import load_embedder
from index.store import load_index
from index.vectors import Embedder, Encoded, Progress, Vectors, unit
from index.views import Role
from tests.benchmarks.engine import texts
from tests.benchmarks.figures import memory

DIMENSION = 384
TOKENS = 16  # a text; fewer than real ones have, so that a hundred thousand fit on a disk
ASKED = 300
WARM_UP = 20


class DrawnVectors:
    """Random vectors, the same for the same text."""

    fingerprint = "drawn"
    dimension = DIMENSION

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> Encoded:
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        tokens: list[Vectors] = []
        for row, text in enumerate(texts):
            random = np.random.default_rng(list(text.encode()))
            vectors[row] = random.standard_normal(DIMENSION, np.float32)
            tokens.append(random.standard_normal((TOKENS, DIMENSION), np.float32))
        return Encoded(unit(vectors), tuple(tokens))


def distinct(passages: Sequence[str]) -> list[str]:
    """The same with a name of its own in each passage's sentences, for no two texts share one."""
    draw, made = random.Random(2), []
    for passage in passages:
        name = "".join(draw.choice("bdfgklmnprst") + draw.choice("aeiou") for _ in range(4)).title()
        made.append(re.sub(r"(^|[.!?] )(?=[A-ZÄÖÜ])", rf"\1{name}: ", passage))
    return made


def write_library(folder: Path, passages: Sequence[str], count: int) -> Path:
    """``count`` texts with as many numbered passages each."""
    folder.mkdir(parents=True)
    for name, own in enumerate(np.array_split(np.array(passages, object), count)):
        lines = [f"{number}. {passage}" for number, passage in enumerate(own, 1)]
        (folder / f"text-{name:04}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def timed_build(seeds: Path, data: Path, embedder: Embedder) -> tuple[float, int]:
    """Seconds, and how many texts were embedded."""
    started = time.perf_counter()
    report = build(seeds, data, embedder, model="bundled", false_answer_rate=0.05)
    return time.perf_counter() - started, report.embedded


def rebuild(count: int, each: int) -> None:
    """Build a library, write one of its texts anew, build again."""
    made = distinct(texts(count * each + each, 0)[0])
    embedder = load_embedder("bundled")
    with tempfile.TemporaryDirectory() as scratch:
        seeds = write_library(Path(scratch) / "seeds", made[: count * each], count)
        full, embedded = timed_build(seeds, Path(scratch) / "data", embedder)
        print(f"{count} texts of {each} passages: built in {full:.1f} s, {embedded} embedded")
        new = write_library(Path(scratch) / "new", made[count * each :], 1)
        (new / "text-0000.txt").replace(seeds / "text-0000.txt")
        again, embedded = timed_build(seeds, Path(scratch) / "data", embedder)
        print(f"one text changed: {again:.1f} s, {embedded} embedded, {again / full:.3f} of it")


def measure(folder: Path) -> dict[str, float]:
    """What opening and asking the index in ``folder`` costs, in this process."""
    import faiss  # noqa: F401  # its own memory is not the index's

    _, questions = texts(0, ASKED + WARM_UP)
    before, started = memory("Pss", "smaps_rollup"), time.perf_counter()
    searcher = Searcher(load_index(folder), DrawnVectors())
    opened = time.perf_counter() - started
    times = []
    for question in questions:
        wall, own = time.perf_counter(), time.thread_time()
        searcher.search([question], "de")
        times.append((time.perf_counter() - wall, time.thread_time() - own))
    (median, p99), (own_median, own_p99) = 1000 * np.percentile(times[WARM_UP:], [50, 99], axis=0).T
    return {
        "open_s": round(opened, 2),
        "median_ms": round(median, 1),
        "p99_ms": round(p99, 1),
        "processor_median_ms": round(own_median, 1),
        "processor_p99_ms": round(own_p99, 1),
        "memory_mb": round(memory("Pss", "smaps_rollup") - before),
    }


def search(sizes: Sequence[int], folder: Path) -> None:
    """Time and memory of a whole search, the model's part left out, by number of passages."""
    for size in sizes:
        data = folder / f"library-{size}"
        if not data.exists():
            made, _ = texts(size, 0)
            with tempfile.TemporaryDirectory() as scratch:
                seeds = write_library(Path(scratch) / "seeds", made, max(1, size // 100))
                seconds, _ = timed_build(seeds, data, DrawnVectors())
            print(f"{size:,} passages: built in {seconds:.0f} s", flush=True)
        command = [sys.executable, "-m", "tests.benchmarks.library", "measure", "--folder"]
        done = subprocess.run([*command, str(data)], check=True, capture_output=True, text=True)
        print(f"{size:,} passages: {done.stdout.strip()}", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("what", choices=["rebuild", "search", "measure"])
    arguments.add_argument("--passages", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    arguments.add_argument("--each", type=int, default=20, help="passages a text, for rebuild")
    arguments.add_argument("--folder", type=Path, help="where the indexes go, for search")
    chosen: Any = arguments.parse_args()
    if chosen.what == "rebuild":
        rebuild(100, chosen.each)
    elif not chosen.folder:
        arguments.error("--folder is missing: where the indexes go")
    elif chosen.what == "search":
        search(chosen.passages, chosen.folder)
    else:
        print(json.dumps(measure(chosen.folder)))


if __name__ == "__main__":
    main()
