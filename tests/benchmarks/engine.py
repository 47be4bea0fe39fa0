"""The bundled model by our engine and the whole bot, beside plain sentence-transformers with FAISS.

Run as ``python -m tests.benchmarks.engine``. Each figure is measured in processes of its own, by
turns, and is the median over ``--rounds``; only ratios mean something on another machine. Texts
are made from the background of the index.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
SIDES = ("plain", "engine", "bot")
AT_ONCE = 50
CHUNK = 256  # passages a build hands to the model at once
PASSAGES_ASKED = 500  # passages in the index that questions are asked of

Ask = Callable[[Sequence[str]], object]


def texts(passages: int, questions: int, words: int = 80) -> tuple[list[str], list[str]]:
    """Passages of about so many words, and questions, all different and the same each time."""
    from index.background import load_background

    background, draw = load_background(), random.Random(1)
    sentences = [text for text in background.passages if len(text) > 40]
    length = max(1, words // 12)
    made = [" ".join(draw.sample(sentences, length)) for _ in range(passages)]
    asked = [
        f"{text} ({number})" if number >= len(background.questions) else text
        for number, text in enumerate(draw.choices(background.questions, k=questions))
    ]
    return made, asked


def memory(field: str, name: str) -> float:
    """A figure of this process in MB."""
    text = Path(f"/proc/self/{name}").read_text(encoding="ascii")
    found = re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else float("nan")


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def encoder(side: str) -> Callable[[Sequence[str], bool], Any]:
    """Texts to unit vectors, of questions or else of passages; the first of all, with its load."""
    if side == "plain":
        from sentence_transformers import SentenceTransformer

        from index.model import prepare_model

        model = SentenceTransformer(prepare_model("bundled").location, device="cpu")
        by_role = {True: model.encode_query, False: model.encode_document}
        return lambda batch, asked: by_role[asked](list(batch), normalize_embeddings=True)
    from index.engine import load_embedder

    embedder = load_embedder("bundled")
    return lambda batch, asked: embedder.encode(batch, "query" if asked else "passage").vectors


def flat_asker(side: str, vectors: Path) -> Ask:
    import faiss

    encode = encoder(side)
    stored = np.load(vectors)
    index = faiss.IndexFlatIP(stored.shape[1])
    index.add(stored)
    return lambda batch: index.search(encode(batch, True), 3)


def bot_asker(folder: Path) -> Ask:
    """The bot as it runs, all of it imported, over its own texts."""
    import bot.client  # noqa: F401  # it counts as memory
    from bot.config import Config
    from bot.workplace import Workplace
    from tests.conftest import silent

    config = Config(seeds=ROOT / "seeds", data=folder / "data")
    answerer = Workplace(config, lambda _: None, silent).library().answerer()
    return lambda batch: [answerer.answer(question) for question in batch]


def measure_asking(
    side: str, folder: Path, started: float, questions: Sequence[str]
) -> dict[str, float]:
    ask = bot_asker(folder) if side == "bot" else flat_asker(side, folder / "vectors.npy")
    ask(questions[:1])
    first = time.time() - started
    times = [timed(partial(ask, [question])) for question in questions]
    waiting = questions[-AT_ONCE:]
    figures = {
        "start to first answer, s": first,
        "question, median, ms": 1000 * float(np.median(times)),
        "question, 99th percentile, ms": 1000 * float(np.percentile(times, 99)),
        "memory after the questions, MB": memory("Pss", "smaps_rollup"),
        "questions/s, one by one": len(times) / sum(times),
    }
    if side != "bot":
        ask(waiting)
        figures["questions/s, 50 at once"] = AT_ONCE / min(
            timed(partial(ask, waiting)) for _ in "123"
        )
    return figures


def measure_building(side: str, passages: Sequence[str]) -> dict[str, float]:
    encode = encoder(side)
    encode(passages[:1], False)

    def build() -> None:
        for start in range(0, len(passages), CHUNK):
            encode(passages[start : start + CHUNK], False)

    return {"build, s": timed(build), "build, peak MB": memory("VmHWM", "status")}


def work(arguments: argparse.Namespace) -> dict[str, float]:
    """What one process measures."""
    passages, questions = texts(arguments.passages, arguments.questions)
    if arguments.task == "build":
        return measure_building(arguments.side, passages)
    return measure_asking(arguments.side, arguments.folder, arguments.started, questions)


def in_process(
    side: str, task: str, folder: Path, arguments: argparse.Namespace
) -> dict[str, float]:
    command = [
        *(sys.executable, "-m", "tests.benchmarks.engine", "--side", side, "--task", task),
        *("--folder", str(folder), "--started", repr(time.time())),
        *("--passages", str(arguments.passages), "--questions", str(arguments.questions)),
    ]
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(ran.stdout.splitlines()[-1]))


@contextmanager
def prepared() -> Iterator[tuple[Path, dict[str, float]]]:
    """A folder with the vectors of some passages and the bot's index, and how alike vectors are."""
    from bot.config import Config
    from bot.workplace import Workplace
    from tests.conftest import silent

    passages, questions = texts(PASSAGES_ASKED, 200)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, plain = encoder("engine"), encoder("plain")
        np.save(folder / "vectors.npy", plain(passages, False))
        alike = np.sum(ours(questions, True) * plain(questions, True), axis=1)
        config = Config(seeds=ROOT / "seeds", data=folder / "data")
        Workplace(config, lambda _: None, silent).build()
        yield folder, {"mean": float(alike.mean()), "least": float(alike.min())}


def profile(questions: Sequence[str]) -> dict[str, float]:
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


def compare(arguments: argparse.Namespace) -> dict[str, Any]:
    rounds: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    with prepared() as (folder, alike):
        for _ in range(arguments.rounds):
            for side in SIDES:
                figures = in_process(side, "ask", folder, arguments)
                if side != "bot":
                    figures |= in_process(side, "build", folder, arguments)
                rounds[side].append(figures)
    parts = profile(texts(1, 300)[1])
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, "
        f"{platform.system()}, Python {platform.python_version()}",
        "load": os.getloadavg()[0],
        "passages": arguments.passages,
        "questions": arguments.questions,
        "figures": {
            side: {name: float(np.median([f[name] for f in found])) for name in found[0]}
            for side, found in rounds.items()
        },
        "cosine to plain": alike,
        "one question, ms": parts,
        "limits": limits(parts.get("tokens", 13.0)),
    }


def show(result: dict[str, Any]) -> None:
    print(f"{result['date']}, {result['machine']}, load {result['load']:.1f}")
    print(f"{result['questions']} questions; {result['passages']} passages built\n")
    print("| | plain | engine | ratio | whole bot | ratio |\n|---|---|---|---|---|---|")
    figures = result["figures"]
    for name, plain in figures["plain"].items():
        row = [f"{plain:.2f}"]
        for side in ("engine", "bot"):
            value = figures[side].get(name)
            row += ["–", "–"] if value is None else [f"{value:.2f}", f"{value / plain:.2f}"]
        print(f"| {name} | {' | '.join(row)} |")
    for title in ("cosine to plain", "one question, ms", "limits"):
        print(f"\n{title}: ", end="")
        print(", ".join(f"{name} {value:.4g}" for name, value in result[title].items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=1_000, help="how many are built")
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    for name in ("--side", "--task"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--started", type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        print(json.dumps(work(arguments)))
    elif arguments.json:
        print(json.dumps(compare(arguments)))
    else:
        show(compare(arguments))


if __name__ == "__main__":
    main()
