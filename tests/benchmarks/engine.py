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
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.benchmarks.figures import FIRST, MEMORY, asked, built, proportional, timed
from tests.benchmarks.profiles import limits, profile_answer, profile_memory, profile_vector

if TYPE_CHECKING:
    from bot.workplace import Workplace

ROOT = Path(__file__).parents[2]
SIDES = ("plain", "engine", "bot")
AT_ONCE = 50
CHUNK = 256  # passages a build hands to the model at once
PASSAGES_ASKED = 500  # passages in the index that questions are asked of

TRIES = 4  # times that so many are asked at once
TOGETHER = f"questions/s, {AT_ONCE} at once"


def texts(passages: int, questions: int, words: int = 80) -> tuple[list[str], list[str]]:
    """Passages of about so many words, and questions, all different and the same each time."""
    from index.background import load_background

    background, draw = load_background(), random.Random(1)
    sentences = [text for text in background.passages if len(text) > 40]
    length = max(1, words // 12)
    made = [" ".join(draw.sample(sentences, length)) for _ in range(passages)]
    known = len(background.questions)
    asked_ = [
        background.questions[place % known] + (f" ({place})" if place >= known else "")
        for place in draw.sample(range(max(known, questions)), questions)
    ]
    return made, asked_


def machine() -> str:
    """The day, and what it runs on."""
    day = datetime.now(UTC).date().isoformat()
    return (
        f"{day}, {platform.machine()}, {os.cpu_count()} processors, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


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


@dataclass(frozen=True)
class Side:
    """What is asked.

    Attributes:
        ask: Answers one question.
        ask_together: Answers several that wait at once.
        processes: Those that take part beside this one.
    """

    ask: Callable[[str], object]
    ask_together: Callable[[Sequence[str]], object]
    processes: Callable[[], tuple[int, ...]] = tuple
    close: Callable[[], object] = lambda: None


def flat_side(side: str, vectors: Path) -> Side:
    import faiss

    encode = encoder(side)
    stored = np.load(vectors)
    index = faiss.IndexFlatIP(stored.shape[1])
    index.add(stored)
    return Side(
        lambda question: index.search(encode([question], True), 3),
        lambda questions: index.search(encode(questions, True), 3),
    )


def bot_side(folder: Path) -> Side:
    """The bot as it runs, all of it imported, over its own texts."""
    import bot.service  # noqa: F401  # it counts as memory
    from bot.worker.remote import RemoteSearch

    library = workplace(folder).library()
    answer, search = library.answerer().answer, library.search
    assert isinstance(search, RemoteSearch)
    pool = ThreadPoolExecutor(AT_ONCE)

    def close() -> None:
        pool.shutdown()
        library.close()

    return Side(
        answer,
        lambda questions: list(pool.map(answer, questions)),
        lambda: (search.worker_pid or os.getpid(),),
        close,
    )


def workplace(folder: Path) -> Workplace:
    from bot.config import Config
    from bot.workplace import Workplace
    from tests.conftest import silent

    config = Config(seeds=ROOT / "seeds", data=folder / "data")
    return Workplace(config, lambda _: None, silent)


def measure_asking(
    name: str, folder: Path, started: float, questions: Sequence[str]
) -> dict[str, float]:
    side = bot_side(folder) if name == "bot" else flat_side(name, folder / "vectors.npy")
    one_by_one, waiting = questions[: -TRIES * AT_ONCE], questions[-TRIES * AT_ONCE :]
    side.ask(one_by_one[0])
    first = time.time() - started
    figures, _ = asked(side.ask, one_by_one)
    held = proportional(*side.processes())
    batches = [waiting[start : start + AT_ONCE] for start in range(0, len(waiting), AT_ONCE)]
    together = [timed(partial(side.ask_together, batch)) for batch in batches]
    side.close()
    # The first warms up: as many at once have not been asked before.
    return {FIRST: first, **figures, MEMORY: held, TOGETHER: AT_ONCE / min(together[1:])}


def measure_building(side: str, passages: Sequence[str]) -> dict[str, float]:
    encode = encoder(side)
    encode(passages[:1], False)

    def build() -> None:
        for start in range(0, len(passages), CHUNK):
            encode(passages[start : start + CHUNK], False)

    return built(build)


def work(arguments: argparse.Namespace) -> dict[str, float]:
    """What one process measures."""
    asked_ = arguments.questions + TRIES * AT_ONCE
    passages, questions = texts(arguments.passages, asked_)
    if arguments.task == "memory":
        return profile_memory(arguments.side, workplace(arguments.folder), questions)
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
    passages, questions = texts(PASSAGES_ASKED, 200)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, plain = encoder("engine"), encoder("plain")
        np.save(folder / "vectors.npy", plain(passages, False))
        alike = np.sum(ours(questions, True) * plain(questions, True), axis=1)
        workplace(folder).build()
        yield folder, {"mean": float(alike.mean()), "least": float(alike.min())}


def compare(arguments: argparse.Namespace) -> dict[str, Any]:
    load = os.getloadavg()[0]
    rounds: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    with prepared() as (folder, alike):
        for _ in range(arguments.rounds):
            for side in SIDES:
                figures = in_process(side, "ask", folder, arguments)
                if side != "bot":
                    figures |= in_process(side, "build", folder, arguments)
                rounds[side].append(figures)
        parts = {
            f"memory of {side} by part, MB": in_process(side, "memory", folder, arguments)
            for side in ("plain", "bot")
        }
        whole = profile_answer(workplace(folder), texts(1, 300)[1])
    vector = profile_vector(texts(1, 300)[1])
    return {
        "machine": machine(),
        "load": load,
        "passages": arguments.passages,
        "questions": arguments.questions,
        "figures": {
            side: {name: float(np.median([f[name] for f in found])) for name in found[0]}
            for side, found in rounds.items()
        },
        "profiles": {
            "cosine to plain": alike,
            "vector of one question, ms": vector,
            "one answer, ms": whole,
            **parts,
            "limits": limits(vector.get("tokens", 13.0)),
        },
    }


def show(result: dict[str, Any]) -> None:
    print(f"{result['machine']}, load at the start {result['load']:.1f}")
    print(f"{result['questions']} questions; {result['passages']} passages built\n")
    print("| | plain | engine | ratio | whole bot | ratio |\n|---|---|---|---|---|---|")
    figures = result["figures"]
    for name, plain in figures["plain"].items():
        row = [f"{plain:.2f}"]
        for side in ("engine", "bot"):
            value = figures[side].get(name)
            row += ["–", "–"] if value is None else [f"{value:.2f}", f"{value / plain:.2f}"]
        print(f"| {name} | {' | '.join(row)} |")
    for title, values in result["profiles"].items():
        print(f"\n{title}: {', '.join(f'{name} {value:.4g}' for name, value in values.items())}")


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
    os.environ["TQDM_DISABLE"] = "1"  # no bars, here and in all processes
    if arguments.side:
        print(json.dumps(work(arguments)))
    elif arguments.json:
        print(json.dumps(compare(arguments)))
    else:
        show(compare(arguments))


if __name__ == "__main__":
    main()
