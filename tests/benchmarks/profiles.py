"""Where the time of one question goes, and how little it could be on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.benchmarks.figures import proportional, timed

if TYPE_CHECKING:
    from bot.workplace import Workplace


def profile_vector(questions: Sequence[str]) -> dict[str, float]:
    """Where the time of one question goes, medians in ms; empty if the engine does not run here."""
    from index.bundled import PROMPTS, dequantise
    from index.engine import load_embedder
    from index.quick import QuickEmbedder

    embedder = load_embedder("bundled")
    if not isinstance(embedder, QuickEmbedder):
        return {}
    times: dict[str, list[float]] = {"read": [], "gather": [], "run": [], "pool": [], "tokens": []}
    for question in questions:
        marks = [time.perf_counter()]
        ids = embedder._read(PROMPTS["query"] + question)
        marks.append(time.perf_counter())
        words = dequantise(embedder._words[ids[None]]).reshape(1, len(ids), -1)
        marks.append(time.perf_counter())
        states = embedder._session.run(None, {"words": words})[0]
        marks.append(time.perf_counter())
        states[0].mean(axis=0)
        marks.append(time.perf_counter())
        for name, took in zip(times, np.diff(marks), strict=False):
            times[name].append(1000 * float(took))
        times["tokens"].append(len(ids))
    return {name: float(np.median(values)) for name, values in times.items()}


def profile_answer(made: Workplace, questions: Sequence[str]) -> dict[str, float]:
    """Where the time of a whole answer goes, medians in ms, without the way to the worker."""
    searcher, answerer, detector = made.searcher, made.answerer(), made.detector
    detector.prepare()
    times: dict[str, list[float]] = {}
    for question in questions:
        steps: dict[str, Callable[[], object]] = {
            "language": partial(detector.detect, question),
            "number": partial(answerer.look_up, question),
            "embed": partial(made.embedder.encode, [question], "query"),
            "search": partial(searcher.search, [question], "de"),
            "answer": partial(answerer.answer, question),  # its vector is known by now
        }
        for name, step in steps.items():
            times.setdefault(name, []).append(1000 * timed(step))
    found = {name: float(np.median(took)) for name, took in times.items()}
    return {
        "language": found["language"],
        "number": found["number"],
        "embed": found["embed"],
        "rank": found["search"] - found["embed"],
        "all but embed": found["answer"],
    }


def profile_memory(side: str, made: Workplace, questions: Sequence[str]) -> dict[str, float]:
    """What each part adds to the memory of a fresh process and its worker, in MB."""
    held = {"": proportional()}

    def note(part: str, *processes: int) -> None:
        held[part] = proportional(*processes)

    if side == "plain":
        from sentence_transformers import SentenceTransformer

        from index.model import prepare_model

        note("libraries")
        model = SentenceTransformer(prepare_model("bundled").location, device="cpu")
        note("model")
        for question in questions:
            model.encode_query([question], normalize_embeddings=True)
        note("questions")
    else:
        import bot.service  # noqa: F401
        from index.process import give_back_memory

        note("libraries")
        made.detector.prepare()
        give_back_memory()
        note("telling languages apart")
        library = made.library()
        search: Any = library.search
        note("worker with model and index", search.worker_pid)
        for question in questions:
            library.answerer().answer(question)
        note("questions", search.worker_pid)
        library.close()
    values = list(held.values())
    return {"Python": values[0]} | {
        part: after - before
        for part, before, after in zip(list(held)[1:], values, values[1:], strict=False)
    }


def limits(tokens: float) -> dict[str, float]:
    """What the arithmetic of a question of so many tokens takes at this processor's own speed."""
    side = 2_000
    square = np.random.default_rng(1).standard_normal((side, side)).astype(np.float32)
    large = np.ones(32_000_000, np.float64)
    weights = 12 * (4 * 384**2 + 2 * 384 * 1536)
    operations = tokens * (2 * weights + 12 * 4 * tokens * 384)
    flops = 2 * side**3 / min(timed(lambda: square @ square) for _ in range(5))
    speed = large.nbytes / min(timed(large.sum) for _ in range(5))
    return {
        "million operations a question": operations / 1e6,
        "float32 operations/s here, 10^9": flops / 1e9,
        "ms at that speed": 1000 * operations / flops,
        "MB of weights to read": weights / 1e6,
        "bytes/s here, 10^9": speed / 1e9,
        "ms to read them": 1000 * weights / speed,
    }
