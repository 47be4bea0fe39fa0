"""How many threads share the product of two tables: one."""

from __future__ import annotations


def multiply_alone() -> None:
    """Let NumPy and SciPy multiply in the calling thread, in this process from now on.

    The products of one question take a tenth of a millisecond. Shared out, each waits for the
    slowest of its threads, which on a busy processor begins seven milliseconds later.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")
