"""A library of texts, whole: what a rebuild costs after one text changed, and what a search costs.

Run as ``python -m tests.benchmarks.library``, or with ``rebuild`` (one hundred texts, embedded by
the bundled model; one is written anew from end to end) or ``search`` (vectors drawn with mean and
covariance of the model's instead of the model, whose own time does not grow; words as in real
texts). Texts are made from the background of the index; each passage has a name of its own in all
its sentences, for texts of a library share next to none. "Processor" is the time this process was
at work, whatever else the machine did. A hundred thousand passages need 4 GB in ``--folder`` and 8
GB of memory while they are built.
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
from index.background import load_background
from index.build import build
from index.engine import load_embedder
from index.process import give_back_memory, multiply_alone
from index.store import load_index
from index.vectors import Embedder, Encoded, Progress, Vectors, unit
from index.views import Role
from tests.benchmarks.engine import texts
from tests.benchmarks.figures import memory
from tests.benchmarks.scale import spread

WORDS = 36  # a passage, in three sentences
TOKENS = 32  # a passage; real ones of that length have half as many again
POOL = 50_000  # token states drawn, of which each passage gets a stretch
ROW = (
    "{median_ms} ms | {p99_ms} ms | {processor_median_ms} ms | {processor_p99_ms} ms | {open_s} s "
    "| {processor_open_s} s | {texts_mb} MB | {opened_mb} MB | {memory_mb} MB |"
)
ASKED = 300
WARM_UP = 20


class DrawnVectors:
    """Random vectors with mean and covariance of the model's."""

    fingerprint = "drawn"

    def __init__(self, like: Vectors) -> None:
        self.dimension = like.shape[1]
        self._random = np.random.default_rng(0)
        self._mean, self._spread = like.mean(axis=0), spread(like)
        self._pool = self._random.standard_normal((POOL, self.dimension), np.float32)

    def encode(
        self, texts: Sequence[str], role: Role, *, progress: Progress | None = None
    ) -> Encoded:
        drawn = self._random.standard_normal((len(texts), self.dimension), np.float32)
        starts = self._random.integers(0, POOL - TOKENS, len(texts))
        tokens = tuple(self._pool[start : start + TOKENS] for start in starts)
        return Encoded(unit(self._mean + drawn @ self._spread), tokens)


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


def timed_build(seeds: Path, data: Path, embedder: Embedder) -> tuple[float, float, int]:
    """Seconds, those the processor was at work, and how many texts were embedded."""
    started, busy = time.perf_counter(), time.process_time()
    report = build(seeds, data, embedder, model="bundled", false_answer_rate=0.05)
    return time.perf_counter() - started, time.process_time() - busy, report.embedded


def rebuild(count: int, each: int) -> None:
    """Build a library, write one of its texts anew, build again."""
    made = distinct(texts(count * each + each, 0)[0])
    embedder = load_embedder("bundled")
    with tempfile.TemporaryDirectory() as scratch:
        seeds = write_library(Path(scratch) / "seeds", made[: count * each], count)
        full, full_busy, embedded = timed_build(seeds, Path(scratch) / "data", embedder)
        print(f"{count} texts of {each} passages: built in {full:.1f} s", end="")
        print(f" (processor {full_busy:.1f} s), {embedded} embedded", flush=True)
        new = write_library(Path(scratch) / "new", made[count * each :], 1)
        (new / "text-0000.txt").replace(seeds / "text-0000.txt")
        again, busy, embedded = timed_build(seeds, Path(scratch) / "data", embedder)
        print(f"one text changed: {again:.1f} s, {again / full:.3f} of it", end="")
        print(f" (processor {busy:.1f} s, {busy / full_busy:.3f}), {embedded} embedded")


def measure(folder: Path, like: Vectors) -> dict[str, float]:
    """What opening and asking the index in ``folder`` costs, in this process."""
    import faiss  # noqa: F401  # its own memory is not the index's
    import pydantic  # noqa: F401

    multiply_alone()
    drawn = DrawnVectors(like)
    _, questions = texts(0, ASKED + WARM_UP)
    before, started = memory("Pss", "smaps_rollup"), time.perf_counter()
    busy = time.process_time()
    searcher = Searcher(load_index(folder), drawn)
    opened, open_busy = time.perf_counter() - started, time.process_time() - busy
    give_back_memory()
    held = memory("Pss", "smaps_rollup") - before
    times = []
    for question in questions:
        wall, own = time.perf_counter(), time.thread_time()
        searcher.search([question], "de")
        times.append((time.perf_counter() - wall, time.thread_time() - own))
    (median, p99), (own_median, own_p99) = 1000 * np.percentile(times[WARM_UP:], [50, 99], axis=0).T
    return {
        "open_s": round(opened, 2),
        "processor_open_s": round(open_busy, 2),
        "median_ms": round(median, 1),
        "p99_ms": round(p99, 1),
        "processor_median_ms": round(own_median, 1),
        "processor_p99_ms": round(own_p99, 1),
        "opened_mb": round(held),
        "memory_mb": round(memory("Pss", "smaps_rollup") - before),
        "texts_mb": round(sum(len(d.text.encode()) for d in searcher.documents) / 2**20, 1),
    }


def model_vectors(folder: Path) -> Path:
    """A file with the model's vectors of the background."""
    path = folder / "like.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        background = load_background()
        like = [*background.questions, *background.passages]
        np.save(path, load_embedder("bundled").encode(like, "query").vectors)
    return path


def search(sizes: Sequence[int], folder: Path) -> None:
    """Time and memory of a whole search, the model's part left out, by number of passages."""
    like = np.load(model_vectors(folder))
    print("| passages | question | p99 | processor: median | p99 | opened in | processor ", end="")
    print("| memory: texts | opened | asked |\n|---|---|---|---|---|---|---|---|---|---|")
    for size in sizes:
        data = folder / f"library-{size}"
        if not data.exists():
            made = distinct(texts(size, 0, WORDS)[0])
            with tempfile.TemporaryDirectory() as scratch:
                seeds = write_library(Path(scratch) / "seeds", made, max(1, size // 100))
                seconds, busy, _ = timed_build(seeds, data, DrawnVectors(like))
            print(f"{size:,}: built in {seconds:.0f} s ({busy:.0f} s)", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "tests.benchmarks.library", "measure", "--folder"]
        done = subprocess.run([*command, str(data)], check=True, capture_output=True, text=True)
        print(f"| {size:,} | " + ROW.format(**json.loads(done.stdout)), flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("what", nargs="?", choices=["rebuild", "search", "measure"])
    arguments.add_argument("--passages", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    arguments.add_argument("--each", type=int, default=20, help="passages a text, for rebuild")
    arguments.add_argument("--folder", type=Path, help="where the indexes of search are kept")
    chosen: Any = arguments.parse_args()
    if chosen.what == "measure":
        print(json.dumps(measure(chosen.folder, np.load(model_vectors(chosen.folder.parent)))))
        return
    if chosen.what != "search":
        rebuild(100, chosen.each)
    if chosen.what != "rebuild":
        with tempfile.TemporaryDirectory() as scratch:
            search(chosen.passages, chosen.folder or Path(scratch))


if __name__ == "__main__":
    main()
