"""What every benchmark measures alike; needs nothing but NumPy, so that any environment has it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

BUILD, PEAK = "build, s", "build, peak MB"
FIRST, MEDIAN, TAIL = "start to first answer, s", "question, median, ms", "question, 99 %, ms"
MEMORY, RATE = "memory after the questions, MB", "questions/s, one by one"

_Found = TypeVar("_Found")


def memory(field: str, name: str, process: int | str = "self") -> float:
    """A figure of a process in MB: ``Pss`` of ``smaps_rollup``, ``VmHWM`` of ``status``."""
    text = Path(f"/proc/{process}/{name}").read_text(encoding="ascii")
    found = re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else float("nan")


def proportional(*processes: int | str) -> float:
    """The proportional set size of this process and others, in MB."""
    return sum(memory("Pss", "smaps_rollup", process) for process in ("self", *processes))


def timed(act: Callable[[], object]) -> float:
    """How long it takes, in seconds."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def built(build: Callable[[], object]) -> dict[str, float]:
    """The figures of a build; the peak is that of the whole process."""
    return {BUILD: timed(build), PEAK: memory("VmHWM", "status")}


def asked(
    ask: Callable[[str], _Found], questions: Sequence[str]
) -> tuple[dict[str, float], list[_Found]]:
    """The figures of asking one by one, but memory; and what was found."""
    times, found = [], []
    for question in questions:
        started = time.perf_counter()
        found.append(ask(question))
        times.append(time.perf_counter() - started)
    figures = {
        MEDIAN: 1000 * float(np.median(times)),
        TAIL: 1000 * float(np.percentile(times, 99)),
        RATE: len(times) / sum(times),
    }
    return figures, found
