"""What the log keeps of an error: where it came from, but no words and no ids of people."""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType
from typing import TypeAlias

import discord

from bot.database import DatabaseError

_SPEAKING = (DatabaseError, discord.HTTPException, discord.ConnectionClosed)
"""Errors that tell of Discord or the database, never of what somebody asked."""

_ID = re.compile(r"\d{15,}")
_ErrorInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


def without_ids(line: str) -> str:
    """A line with long numbers, which ids are, as ``#``."""
    return _ID.sub("#", line)


def trace(error: BaseException) -> str:
    """The lines of code an error went through, its kind, and the same of what caused it."""
    lines: list[str] = []
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        words = f": {' '.join(str(at).split())}" if isinstance(at, _SPEAKING) else ""
        frames = "".join(traceback.format_tb(at.__traceback__))
        lines.append(f"{frames}{type(at).__module__}.{type(at).__qualname__}{words}")
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return "\ncaused by\n".join(lines)


class TraceFormatter(logging.Formatter):
    """Writes the lines of all libraries in that way; long numbers, which ids are, as ``#``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return without_ids(super().format(record))

    def formatException(self, ei: _ErrorInfo) -> str:  # noqa: N802 - the name is logging's
        """The error below a line."""
        return trace(ei[1]) if ei[1] is not None else ""
