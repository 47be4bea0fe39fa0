"""How search grows with the number of rows: time, recall, memory, time to open; up to a million.

Run as ``python -m tests.benchmarks.scale --folder DIR``. Rows are drawn at random with mean and
covariance of the model's own vectors (of the background texts, the test corpora and, with
``--xquad DIR``, XQuAD's paragraphs), which is hard on any index: real texts lie in clusters, these
do not. Asked are the labelled questions of this repository (and XQuAD's), which no index was
measured with when it was built. ``DIR`` keeps the indexes; a million rows need 4 GB there and 6 GB
of memory while the index is built, about ten minutes. Each figure comes from a process of its own;
"processor" is the time that process itself was at work, whatever else the machine did.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.background import load_background
from index.engine import load_embedder
from index.labelled import read_labelled
from index.nearest import Rows
from index.seeds import read_seeds
from index.vectors import Embedder, Vectors, unit
from index.views import make_views
from tests.labelled import CORPORA, all_questions, folder_of

SIZES = (1_000, 10_000, 100_000, 1_000_000)
ASKED = 1_000
TEN = 10
WARM_UP = 20
BLOCK = 65_536


def texts_of(folder: Path) -> list[str]:
    """All views of the texts in a folder."""
    return [view.text for view in make_views(read_seeds(folder))]


def embed(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    return embedder.encode(list(dict.fromkeys(texts)), "query").vectors


def spread(like: Vectors) -> Vectors:
    """What gives standard normal rows the covariance of ``like``, by a product from the right."""
    values, axes = np.linalg.eigh(np.cov(like.T.astype(np.float64)))
    axes = axes * np.sqrt(np.maximum(values, 0))
    return np.ascontiguousarray(axes.T, np.float32)


def draw_rows(like: Vectors, count: int, path: Path) -> Vectors:
    """Rows with mean and covariance of ``like``, at unit length, in a file that is mapped."""
    spreading = spread(like)
    random = np.random.default_rng(count)
    rows = np.lib.format.open_memmap(path, "w+", np.float32, (count, like.shape[1]))
    for start in range(0, count, BLOCK):
        drawn = random.standard_normal((min(BLOCK, count - start), like.shape[1]), np.float32)
        rows[start : start + BLOCK] = unit(like.mean(axis=0) + drawn @ spreading)
    return rows


def exact(rows: Vectors, questions: Vectors) -> NDArray[np.int64]:
    """The ten nearest rows of each question, by comparing all, in no order."""
    best = np.empty((len(questions), 0), np.float32)
    places = np.empty((len(questions), 0), np.int64)
    for start in range(0, len(rows), BLOCK):
        scores = questions @ rows[start : start + BLOCK].T
        found = np.argpartition(-scores, TEN - 1, axis=1)[:, :TEN]
        best = np.hstack([best, np.take_along_axis(scores, found, axis=1)])
        places = np.hstack([places, found + start])
        kept = np.argpartition(-best, TEN - 1, axis=1)[:, :TEN]
        best = np.take_along_axis(best, kept, axis=1)
        places = np.take_along_axis(places, kept, axis=1)
    return places


def build(
    like: Vectors, measured_with: Vectors, questions: Vectors, size: int, folder: Path
) -> int:
    """Leave index, questions and right rows in ``folder``; how many seconds the index took."""
    rows = draw_rows(like, size, folder / "rows.npy")
    np.savez(folder / "asked.npz", questions=questions, right=exact(rows, questions))
    started = time.perf_counter()
    Rows.of(rows, measured_with).write(folder / "vectors.faiss")
    (folder / "rows.npy").unlink()
    return round(time.perf_counter() - started)


def own_memory() -> float:
    """Proportional set size of this process, MB."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def measure(folder: Path) -> dict[str, Any]:
    """What the index in ``folder`` costs and finds, in this process."""
    import faiss

    faiss.IndexFlatIP(8).search(np.zeros((1, 8), np.float32), 1)
    with np.load(folder / "asked.npz") as asked:
        questions, right = asked["questions"], asked["right"]
    before, started = own_memory(), time.perf_counter()
    rows = Rows.read(folder / "vectors.faiss")
    opened = time.perf_counter() - started
    times, hits, most = [], 0, 0.0
    for question in questions[:WARM_UP]:
        rows.nearest(question, TEN)
    for i, (question, wanted) in enumerate(zip(questions, right, strict=True)):
        started, busy = time.perf_counter(), time.thread_time()
        found = rows.nearest(question, TEN)
        times.append((time.perf_counter() - started, time.thread_time() - busy))
        hits += len(np.intersect1d(found, wanted))
        if i % 50 == 0:
            most = max(most, own_memory() - before)
    (middle, late), (busy_middle, busy_late) = 1000 * np.percentile(times, [50, 99], axis=0).T
    return {
        "rows": len(rows.vectors),
        "median_ms": round(middle, 2),
        "p99_ms": round(late, 2),
        "busy_median_ms": round(busy_middle, 2),
        "busy_p99_ms": round(busy_late, 2),
        "recall": round(hits / right.size, 4),
        "memory_mb": round(most, 1),
        "open_ms": round(1000 * opened, 1),
        "file_mb": round((folder / "vectors.faiss").stat().st_size / 2**20, 1),
        "layout": rows.layout,
    }


def measured_apart(folder: Path) -> dict[str, Any]:
    """``measure`` in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.scale", "--measure", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def draw(figures: Sequence[dict[str, Any]], path: Path) -> None:
    """Time and memory over the number of rows, both axes logarithmic."""
    from matplotlib.figure import Figure

    rows = [figure["rows"] for figure in figures]
    picture = Figure(figsize=(10, 4), layout="constrained")
    left, right = picture.subplots(1, 2)
    left.loglog(rows, [f["busy_p99_ms"] for f in figures], "o-", label="99th percentile")
    left.loglog(rows, [f["busy_median_ms"] for f in figures], "o-", label="median")
    first = figures[0]["busy_median_ms"]
    left.loglog(rows, [first * n / rows[0] for n in rows], ":", color="gray", label="linear growth")
    left.axhline(10, color="black", linewidth=0.8, linestyle="--", label="10 ms")
    left.set(xlabel="rows", ylabel="one search, ms", title="processor time")
    right.loglog(rows, [f["file_mb"] for f in figures], "o-", label="index on disk")
    right.loglog(rows, [max(f["memory_mb"], 0.1) for f in figures], "o-", label="memory it adds")
    right.axhline(400, color="black", linewidth=0.8, linestyle="--", label="400 MB")
    right.set(xlabel="rows", ylabel="MB", title="memory, as 1,000 questions are asked")
    for axis in (left, right):
        axis.legend(fontsize="small")
    picture.savefig(path, dpi=110)


def show(figures: Sequence[dict[str, Any]]) -> None:
    print("| rows | median | p99 | processor: median | p99 | recall@10 ", end="")
    print("| memory added | opened in | on disk | layout |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for f in figures:
        print(f"| {f['rows']:,} | {f['median_ms']} ms | {f['p99_ms']} ms ", end="")
        print(f"| {f['busy_median_ms']} ms | {f['busy_p99_ms']} ms | {f['recall']} ", end="")
        print(f"| {f['memory_mb']} MB | {f['open_ms']} ms | {f['file_mb']} MB | {f['layout']} |")


def real_vectors(xquad: Path | None) -> tuple[Vectors, Vectors, Vectors]:
    """Vectors of texts, of the background's questions, and of the questions to ask."""
    embedder, background = load_embedder("bundled"), load_background()
    with folder_of(*CORPORA.glob("*.txt")) as corpora:
        texts = [*background.questions, *background.passages, *texts_of(corpora)]
    questions = [entry.question for entry in all_questions()]
    if xquad is not None:
        texts += [text for language in ("de", "en") for text in texts_of(xquad / language)]
        questions += [entry.question for entry in read_labelled(xquad / "questions.tsv")]
    asked = embed(embedder, questions)
    asked = asked[np.random.default_rng(0).permutation(len(asked))[:ASKED]]
    return embed(embedder, texts), embed(embedder, background.questions), asked


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folder", type=Path, help="where indexes are kept")
    arguments.add_argument("--xquad", type=Path, help="folder with de/, en/, questions.tsv")
    arguments.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    arguments.add_argument("--picture", type=Path, help="draw the figures into this file")
    arguments.add_argument("--measure", type=Path, help="print what one index costs as JSON")
    chosen = arguments.parse_args()
    if chosen.measure:
        print(json.dumps(measure(chosen.measure)))
        return
    if not chosen.folder:
        arguments.error("--folder is missing: where the indexes go, 4 GB for a million rows")
    folders = {size: chosen.folder / f"rows-{size}" for size in chosen.sizes}
    if missing := [size for size in folders if not (folders[size] / "vectors.faiss").exists()]:
        vectors = real_vectors(chosen.xquad)
        for size in missing:
            folders[size].mkdir(parents=True, exist_ok=True)
            print(f"{size:,} rows: built in {build(*vectors, size, folders[size])} s", flush=True)
    figures = [measured_apart(folder) for folder in folders.values()]
    show(figures)
    if chosen.picture:
        draw(figures, chosen.picture)


if __name__ == "__main__":
    main()
