"""Tables mapped from disk, of which only what is touched takes memory."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LARGE = 1 << 26  # bytes; smaller tables may stay in memory


def let_go(array: NDArray[Any]) -> None:
    """Unmap what was read of a large mapped table; it comes back when it is read again.

    For each page that is touched the system maps its neighbours too, up to two megabytes of them,
    so that a few questions would hold the whole table.
    """
    base: Any = array
    while isinstance(base, np.ndarray | memoryview):
        base = base.obj if isinstance(base, memoryview) else base.base
    if array.nbytes < _LARGE or not isinstance(base, mmap.mmap):
        return
    if hasattr(mmap, "MADV_DONTNEED"):
        start = array.ctypes.data - np.frombuffer(base, np.uint8).ctypes.data
        first = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE
        base.madvise(mmap.MADV_DONTNEED, first, start + array.nbytes - first)
