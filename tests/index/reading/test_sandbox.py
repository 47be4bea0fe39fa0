"""What reads a stranger's text takes no more memory and time than it may, and leaves nothing."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from index import SeedError
from index.reading import sandbox
from index.reading.pdf import MEMORY_BYTES
from index.reading.sandbox import read_apart
from tests.conftest import gone


@pytest.fixture(autouse=True)
def _misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sandbox, "_READER", [sys.executable, "-P", "-m", "tests.index.reading.misbehaving"]
    )


def title_of(folder: Path, deed: str) -> str:
    (folder / f"{deed}.txt").write_bytes(b"x")
    (read,) = read_apart(folder)
    return read.title


def test_what_eats_memory_is_refused(tmp_path: Path) -> None:
    """Fails without RLIMIT_AS (tried)."""
    with pytest.raises(SeedError, match="within the memory and time"):
        title_of(tmp_path, "eat memory")


def test_nothing_can_be_written(tmp_path: Path) -> None:
    """Fails without RLIMIT_FSIZE (tried)."""
    assert title_of(tmp_path, "write") == "File too large"


def test_memory_processor_time_files_and_dumps_are_limited(tmp_path: Path) -> None:
    """Fails without any one of the four limits (tried)."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))  # what a reader would inherit
    try:
        limits = json.loads(title_of(tmp_path, "tell limits"))
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
    assert limits == [MEMORY_BYTES, int(sandbox.SECONDS) + 1, 0, 0]


def test_what_takes_too_long_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the process that reads a PDF; fails if only the reader itself is killed (tried)."""
    (tmp_path / "start another.txt").write_bytes(b"x")
    started: list[int] = []
    communicate = subprocess.Popen.communicate

    def communicate_once_started(self: Any, *args: Any, **options: Any) -> Any:
        while not started:
            started.extend(int(path.name[4:]) for path in tmp_path.glob("pid-*"))
            assert self.poll() is None
            threading.Event().wait(0.01)  # another process makes it true
        return communicate(self, *args, **options)

    monkeypatch.setattr(subprocess.Popen, "communicate", communicate_once_started)
    with pytest.raises(SeedError, match=r"takes more than 0\.1 seconds"):
        read_apart(tmp_path, seconds=0.1)
    assert gone(started[0])
