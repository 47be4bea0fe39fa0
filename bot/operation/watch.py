"""Watches questions on their way: counted, timed and logged, never with what was asked."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, Literal, TypeVar

import discord

from bot.answer import Answer
from bot.desk import DeskError
from bot.jsonform import outcome_name
from bot.operation.logs import facts
from bot.operation.metrics import Metrics
from bot.request import request_code, step, timed

log = logging.getLogger(__name__)

Way = Literal["message", "unasked", "slash", "menu", "button"]
"""How a question came."""

_T = TypeVar("_T")


class Watch:
    """Sees each question from the moment it is asked to the moment its answer is sent."""

    def __init__(self, metrics: Metrics) -> None:
        """Count in ``metrics``."""
        self.metrics = metrics
        self.answered_at: float | None = None
        """When the model last did its work, in monotonic seconds."""

    async def question(
        self, way: Way, work: Callable[[], _T], ask: Callable[[Callable[[], _T]], Awaitable[_T]]
    ) -> _T:
        """What ``work`` gives when ``ask`` has it done; whatever ``ask`` raises."""
        request_code()
        outcome, language = "failed", "unknown"
        with timed() as seconds:
            given = time.perf_counter()
            context = copy_context()

            def do() -> _T:
                seconds["queue"] = time.perf_counter() - given
                with step("search"):
                    return work()

            try:
                result = await ask(lambda: context.run(do))
                outcome, language = _ended(result)
                self.answered_at = time.monotonic()
            except DeskError as error:
                outcome = _snake(type(error).__name__)
                raise
            finally:
                self.metrics.count(way, outcome, language)
                self.metrics.observe(seconds)
                times = {f"{name}_ms": value * 1000 for name, value in seconds.items()}
                told = facts(way=way, outcome=outcome, language=language, **times)
                log.info("question", extra=told)
        return result

    @contextmanager
    def step(self, name: Literal["render", "send"]) -> Iterator[None]:
        """Time a step that comes after the model's work."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.metrics.observe({name: time.perf_counter() - started})


def way_of(asked: discord.Interaction[Any] | discord.Message) -> Way:
    """How a question came."""
    if isinstance(asked, discord.Message):
        return "message"
    if asked.type is discord.InteractionType.application_command:
        return "slash" if isinstance(asked.command, discord.app_commands.Command) else "menu"
    return "button"


def _ended(result: object) -> tuple[str, str]:
    if isinstance(result, Answer):
        return outcome_name(result.outcome), result.language
    return "done", "unknown"


def _snake(name: str) -> str:
    """``too_late`` for ``TooLate``."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
