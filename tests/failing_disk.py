"""A disk that fails on purpose: full, read-only or forbidden from any act on, or full for real."""

from __future__ import annotations

import builtins
import errno
import io
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_MOST_ACTS = 300


@contextmanager
def failing_disk(after: int, number: int = errno.ENOSPC) -> Iterator[list[str]]:
    """After so many acts that change the disk, all that follow fail; the list names them.

    Taking away still works, as it does on a full disk.
    """
    acts: list[str] = []
    failed: list[str] = []

    def act(name: str, where: object) -> None:
        acts.append(name)
        if len(acts) > after:
            failed.append(name)
            raise OSError(number, os.strerror(number), str(where))

    def failing(name: str, do: Callable[..., Any]) -> Callable[..., Any]:
        def done(where: Any, *args: Any, **options: Any) -> Any:
            act(name, where)
            return do(where, *args, **options)

        return done

    def open_low(path: Any, flags: int, *args: Any, **options: Any) -> int:
        if flags & _WRITING:
            act("open", path)
        return real_open(path, flags, *args, **options)

    def open_high(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
        if not isinstance(file, int) and set(mode) & set("wxa+"):
            act("open", file)
        return real_io(file, mode, *args, **options)

    real_open, real_io = os.open, io.open
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", "link", "mkdir", "rename", "replace"):
            patch.setattr(os, name, failing(name, getattr(os, name)))
        patch.setattr(os, "open", open_low)
        patch.setattr(io, "open", open_high)
        patch.setattr(builtins, "open", open_high)
        yield failed


def every_failure(
    prepare: Callable[[], None], work: Callable[[], None]
) -> Iterator[Exception | None]:
    """What ``work`` raises when the disk is full from its first act on, from its second and so on.

    Each time ``prepare`` comes before; it ends when all acts have succeeded.
    """
    for after in range(_MOST_ACTS):
        prepare()
        try:
            with failing_disk(after) as failed:
                work()
        except Exception as error:  # the test looks at it
            if not failed:
                raise
            yield error
        else:
            if not failed:
                return
            yield None
    raise AssertionError(f"more than {_MOST_ACTS} acts")


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """What is written beyond so many bytes of a file fails for real."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
