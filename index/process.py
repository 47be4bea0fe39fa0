"""What a process that answers questions sets right once, when all is loaded."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager


def multiply_alone() -> None:
    """Let NumPy and SciPy multiply in the calling thread, in this process from now on.

    The products of one question take a tenth of a millisecond. Shared out, each waits for the
    slowest of its threads, which on a busy processor begins seven milliseconds later.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


@contextmanager
def multiplying_alone() -> Iterator[None]:
    """The same for a while."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield


def give_back_memory() -> None:
    """Return to the system what loading has left unused, where the C library is GNU's."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
