"""What is set right in a process for good; each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

MULTIPLYING = """
import numpy
from threadpoolctl import threadpool_info
from index.process import multiply_alone
multiply_alone()
print([library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"])
"""

GIVING_BACK = """
from pathlib import Path
from index.process import give_back_memory

def kept():
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

bytes_ = [bytes(1000) for _ in range(50_000)]
last = bytes(1000)
del bytes_
before = kept()
give_back_memory()
print(before - kept())
"""


def output_of(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return done.stdout.strip()


def test_tables_are_multiplied_by_one_thread_from_then_on() -> None:
    assert set(output_of(MULTIPLYING).strip("[]").split(", ")) == {"1"}


def test_what_was_freed_goes_back_to_the_system() -> None:
    if sys.platform == "linux":
        assert int(output_of(GIVING_BACK)) > 20_000  # kB
