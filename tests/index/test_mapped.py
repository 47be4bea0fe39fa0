"""What is read of a large mapped table does not stay in memory."""

from __future__ import annotations

import mmap
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from index import mapped
from index.mapped import let_go

ROWS = np.arange(1 << 20, dtype=np.float32).reshape(1024, 1024)

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is mapped")


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "_LARGE", 0)


def held(path: Path) -> int:
    """Kilobytes of a file that are mapped into memory right now."""
    maps = Path("/proc/self/smaps").read_text(encoding="utf-8")
    found = re.findall(rf"{re.escape(str(path))}\n(?:.*\n)*?Rss:\s+(\d+)", maps)
    return sum(map(int, found))


@linux
def test_a_mapped_table_leaves_memory_and_comes_back_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "table.npy"
    np.save(path, ROWS)
    table = np.load(path, mmap_mode="r")
    assert table.sum() == ROWS.sum()
    assert held(path) > 4000
    let_go(table)
    assert held(path) < 100
    assert np.array_equal(table, ROWS)


@linux
def test_only_the_table_leaves_not_what_lies_before_it_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "two"
    path.write_bytes(ROWS.tobytes() * 2)
    with path.open("rb") as file:
        both = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    content = np.frombuffer(both, np.float32)
    second = content[ROWS.size :].reshape(ROWS.shape)
    assert content.sum() == 2 * ROWS.sum()
    let_go(second)
    assert 4000 < held(path) < 4300
    assert np.array_equal(second, ROWS)


def test_a_table_in_memory_stays() -> None:
    table = ROWS.copy()
    let_go(table)
    let_go(table[3:])
    assert np.array_equal(table, ROWS)
