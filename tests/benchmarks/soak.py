"""Many people ask a library without pause while it is replaced now and then: memory and latency.

Run as ``python -m tests.benchmarks.soak`` (or ``make soak``). All texts and questions of the
repository are used, with the bundled model in its worker process. Each of the askers asks the next
question as soon as the last is answered, so that there are always as many waiting as askers. Memory
is the proportional set size of this process and its workers; it is the same on any machine, while
times are not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from bot.config import Config
from bot.desk import Desk, DeskError
from bot.library import Library
from bot.worker.remote import MOST_TOGETHER, RemoteSearch
from bot.workplace import Workplace
from tests.conftest import ROOT, silent
from tests.labelled import CORPORA, all_questions, folder_of

SAMPLE_SECONDS = 2.0
WARM_UP = 1_000  # questions, after which memory is to stay level
TICK = 0.02  # seconds


@dataclass
class Seen:
    """What was seen of a run.

    Attributes:
        started: When it began, in monotonic seconds.
        answers: For each answer when it came, in seconds from the start, and how long it took.
        memory: For each sample its time, the number of answers so far, and megabytes of this
            process and of its workers.
        unanswered: Questions without an answer, by the kind of error.
        restarts: Workers that were lost.
        reloads: When the library was replaced.
        cpu: Processor time of this process and of its last worker, in seconds.
        longest_stop: Longest time for which the event loop did not turn, in seconds.
    """

    started: float = field(default_factory=time.monotonic)
    answers: list[tuple[float, float]] = field(default_factory=list)
    memory: list[tuple[float, int, float, float]] = field(default_factory=list)
    unanswered: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    reloads: list[float] = field(default_factory=list)
    cpu: tuple[float, float] = (0.0, 0.0)
    longest_stop: float = 0.0

    def now(self) -> float:
        return time.monotonic() - self.started


class Soak:
    """A library that people ask."""

    def __init__(self, workplace: Workplace, library: Library, minutes: float, most: int) -> None:
        self.workplace = workplace
        self.library = library
        self.minutes = minutes
        self.most = most
        self.asking: Counter[int] = Counter()  # by the library's identity
        self.seen = Seen()
        self.asked = 0
        self.questions = [(q.question, q.language) for q in all_questions()]

    def goes_on(self) -> bool:
        return self.seen.now() < self.minutes * 60 and self.asked < self.most

    async def ask_on(self, desk: Desk, person: int) -> None:
        """One person who asks and asks."""
        choice = random.Random(person)
        while self.goes_on():
            self.asked += 1
            question, language = choice.choice(self.questions)
            library, given = self.library, time.perf_counter()
            self.asking[id(library)] += 1
            work = partial(library.answerer().answer, question, language=language)
            try:
                await desk.ask(work, person=person, server=person % 10)
                self.seen.answers.append((self.seen.now(), time.perf_counter() - given))
            except DeskError as error:
                self.seen.unanswered[type(error).__name__] += 1
            finally:
                self.asking[id(library)] -= 1

    async def reload_on(self, every_minutes: float) -> None:
        while True:
            await asyncio.sleep(every_minutes * 60)
            old, self.library = self.library, await asyncio.to_thread(self.workplace.library)
            self.seen.reloads.append(self.seen.now())
            while self.asking[id(old)]:  # noqa: ASYNC110 - answers in flight finish on it
                await asyncio.sleep(TICK)
            del self.asking[id(old)]
            self.seen.restarts += restarts_of(old)
            await asyncio.to_thread(old.close)

    def cpu(self) -> tuple[float, float]:
        """Processor seconds so far of this process and of the worker."""
        return cpu_seconds("self"), cpu_seconds(str(worker_of(self.library)))

    async def sample_on(self) -> None:
        while True:
            self.sample()
            await asyncio.sleep(SAMPLE_SECONDS)

    def sample(self) -> None:
        own = pss_mb("self")
        workers = pss_mb(str(worker)) if (worker := worker_of(self.library)) else 0.0
        self.seen.memory.append((self.seen.now(), len(self.seen.answers), own, workers))

    async def tick_on(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK)
            stop = time.perf_counter() - before - TICK
            self.seen.longest_stop = max(self.seen.longest_stop, stop)

    async def run(self, askers: int, reload_minutes: float) -> Seen:
        desk = Desk(threads=MOST_TOGETHER, per_minute=10**9)
        async with desk:
            for question, language in self.questions[:: len(self.questions) // 4]:
                work = partial(self.library.answerer().answer, question, language=language)
                await desk.ask(work, person=0, server=0)
            self.seen = Seen()
            began = self.cpu()
            beside = [
                asyncio.create_task(each)
                for each in (self.reload_on(reload_minutes), self.sample_on(), self.tick_on())
            ]
            await asyncio.gather(*(self.ask_on(desk, person) for person in range(askers)))
            self.sample()
            own, worker = (after - before for before, after in zip(began, self.cpu(), strict=True))
            self.seen.cpu = (own, worker)
            for task in beside:
                task.cancel()
        self.seen.restarts += restarts_of(self.library) + desk.replaced
        return self.seen


def worker_of(library: Library) -> int | None:
    return library.search.worker_pid if isinstance(library.search, RemoteSearch) else None


def restarts_of(library: Library) -> int:
    return library.search.restarts if isinstance(library.search, RemoteSearch) else 0


def pss_mb(process: str) -> float:
    """Proportional set size of a process in megabytes; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


def cpu_seconds(process: str) -> float:
    """Processor time a process has taken; 0 if it is gone."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2]
    except OSError:
        return 0.0
    return sum(map(int, fields.split()[11:13])) / os.sysconf("SC_CLK_TCK")


def show(seen: Seen, askers: int) -> None:
    took = np.array([seconds for _, seconds in seen.answers])
    print(f"{len(took)} answers in {seen.now():.0f} s, {askers} asking at once")
    print(f"unanswered: {dict(seen.unanswered) or 'none'}; workers lost: {seen.restarts}")
    print(f"library replaced: {len(seen.reloads)} times")
    print(f"answers a second: {len(took) / seen.now():.1f}")
    for name, share in (("median", 50), ("99th percentile", 99), ("longest", 100)):
        print(f"answer, {name}: {1000 * np.percentile(took, share):.0f} ms")
    if not seen.reloads:
        own, worker = (1000 * seconds / len(took) for seconds in seen.cpu)
        print(f"processor time an answer: bot {own:.1f} ms, worker {worker:.1f} ms")
    print(f"event loop stood still for at most {1000 * seen.longest_stop:.0f} ms")
    for what, at in (("after the first", WARM_UP), ("at the end, after", len(took))):
        _, count, own, workers = next(m for m in seen.memory if m[1] >= min(at, len(took)))
        print(f"memory {what} {count} answers: bot {own:.0f} MB, worker {workers:.0f} MB")
    own, workers = (max(column) for column in list(zip(*seen.memory, strict=True))[2:])
    print(f"memory at most: bot {own:.0f} MB, worker {workers:.0f} MB (a new library's is smaller)")


def plot(seen: Seen, askers: int, path: Path) -> None:
    """Memory and latency over time, one above the other."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5.5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    minutes, _, own, workers = (np.array(column) for column in zip(*seen.memory, strict=True))
    above.stackplot(minutes / 60, own, workers, labels=("bot", "worker with the model"))
    above.set_ylabel("memory (PSS), MB")
    above.legend(loc="lower right")
    times, took = (np.array(column) for column in zip(*seen.answers, strict=True))
    edges = np.arange(0, times.max() + 10, 10)
    rows = [took[(times >= a) & (times < b)] for a, b in pairwise(edges)]
    for name, share in (("median", 50), ("99th percentile", 99)):
        values = [np.percentile(row, share) if len(row) else np.nan for row in rows]
        below.plot(edges[: len(rows)] / 60 + 1 / 12, values, label=name)
    below.axhline(1, color="grey", linewidth=0.8, linestyle=":")
    below.set_ylim(bottom=0)
    below.set_ylabel("answer, seconds")
    below.set_xlabel(f"minutes; {askers} always asking; dashed: library replaced")
    below.legend(loc="upper right")
    for axes in (above, below):
        for at in seen.reloads:
            axes.axvline(at / 60, color="grey", linewidth=0.8, linestyle="--")
    figure.savefig(path, dpi=90)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--questions", type=int, default=10**9, help="stop after so many")
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--reload-minutes", type=float, default=3.0)
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    texts = [path for path in (ROOT / "seeds").iterdir() if path.is_file()]
    texts += CORPORA.glob("*.txt")
    with folder_of(*texts) as seeds, tempfile.TemporaryDirectory() as data:
        workplace = Workplace(Config(seeds=seeds, data=Path(data)), print, silent)
        workplace.renew()
        library = workplace.library()
        soak = Soak(workplace, library, given.minutes, given.questions)
        try:
            seen = asyncio.run(soak.run(given.askers, given.reload_minutes))
        finally:
            soak.library.close()
    show(seen, given.askers)
    if given.plot is not None:
        plot(seen, given.askers, given.plot)


if __name__ == "__main__":
    main()
