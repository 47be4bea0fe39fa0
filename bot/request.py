"""The code of the request that is being worked on: in its log lines, and told to the person."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CODE: ContextVar[str | None] = ContextVar("request_code", default=None)
_SECONDS: ContextVar[dict[str, float] | None] = ContextVar("request_seconds", default=None)


def request_code() -> str:
    """The code of this task's request; one begins if there is none."""
    code = _CODE.get()
    if code is None:
        code = secrets.token_hex(3)
        _CODE.set(code)
    return code


def code_if_any() -> str | None:
    """The code of this task's request; None outside of requests."""
    return _CODE.get()


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """What ``step`` measures within, in seconds by the step's name; also in copied contexts."""
    seconds: dict[str, float] = {}
    before = _SECONDS.set(seconds)
    try:
        yield seconds
    finally:
        _SECONDS.reset(before)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Measure one step; its time in steps within it counts as theirs only."""
    outer = _SECONDS.get()
    if outer is None:
        yield
        return
    started = time.perf_counter()
    with timed() as inner:
        try:
            yield
        finally:
            whole = time.perf_counter() - started
            own = max(0.0, whole - sum(inner.values()))
            for part, seconds in {**inner, name: own + inner.get(name, 0.0)}.items():
                outer[part] = outer.get(part, 0.0) + seconds
