"""The library in use: replaced in one step, while each answer ends with the one it began with."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from bot.library import Library

log = logging.getLogger(__name__)


class Shelf:
    """Holds the newest library, and those before it as long as an answer still needs them.

    An answer is a task of the event loop; all methods belong to that loop.
    """

    def __init__(self, library: Library) -> None:
        """Begin with ``library``."""
        self.newest = library
        self._held: dict[asyncio.Task[Any], Library] = {}
        self._replaced: list[Library] = []
        self._closing: set[asyncio.Future[None]] = set()

    def library(self) -> Library:
        """What the running task answers from: the newest when it first asks, the same ever after.

        Outside a task, as in the thread of the model, it is the newest.
        """
        try:
            task = asyncio.current_task()
        except RuntimeError:
            task = None
        if task is None:
            return self.newest
        if task not in self._held:
            self._held[task] = self.newest
            task.add_done_callback(self._let_go)
        return self._held[task]

    def replace(self, library: Library) -> None:
        """Answer from ``library`` from now on; the task that replaces it, too."""
        self._replaced.append(self.newest)
        self.newest = library
        task = asyncio.current_task()
        if task in self._held:
            self._held[task] = library
        self._close_unused()

    async def close(self) -> None:
        """Close all libraries, whoever still answers from them."""
        self._replaced.append(self.newest)
        self._held.clear()
        self._close_unused()
        if self._closing:
            await asyncio.wait(self._closing)

    def _let_go(self, task: asyncio.Task[Any]) -> None:
        self._held.pop(task, None)
        self._close_unused()

    def _close_unused(self) -> None:
        """Close, off the event loop, what was replaced and is no longer held."""
        if not self._replaced:
            return
        held = {id(library) for library in self._held.values()}
        for library in [old for old in self._replaced if id(old) not in held]:
            self._replaced.remove(library)
            closing = asyncio.get_running_loop().run_in_executor(None, library.close)
            self._closing.add(closing)
            closing.add_done_callback(self._closed)

    def _closed(self, closing: asyncio.Future[None]) -> None:
        self._closing.discard(closing)
        if not closing.cancelled() and (error := closing.exception()) is not None:
            log.warning("a library could not be closed: %s", error)
