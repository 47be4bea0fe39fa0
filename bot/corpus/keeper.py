"""Changes the texts of a running bot: from the commit to the first answer from the new index."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from discord import app_commands

from bot.corpus.building import BuildFailed
from bot.corpus.changes import Change, Corpus, OutdatedError
from bot.corpus.reload import Reloader
from index.vectors import Progress

Build = Callable[[Progress], Awaitable[None]]
"""Brings the index up to date with the texts, telling how far it is; may raise ``BuildFailed``."""


class NotAdministrator(app_commands.CheckFailure):
    """Somebody who is no administrator of the bot would change its texts."""


class BusyError(Exception):
    """Another change is being carried out."""


class Keeper:
    """Carries out one change at a time."""

    def __init__(
        self,
        corpus: Corpus,
        build: Build,
        reloader: Reloader,
        administrators: frozenset[int] = frozenset(),
    ) -> None:
        """Change ``corpus`` for ``administrators``, which are user ids."""
        self.progress_every_seconds = 2.0
        """How often a message that shows how far a build is may be edited."""
        self.corpus = corpus
        self.reloader = reloader
        self.administrators = administrators
        self._build = build
        self._turn = asyncio.Lock()

    async def carry_out(self, code: str, progress: Progress) -> Change:
        """Commit a plan, build, and answer from the new index.

        A change that does not get so far is taken back, except one that takes back another.

        Raises:
            OutdatedError: There is no such plan, or the texts have changed since it was made.
            BusyError: Another change is being carried out.
            BuildFailed: The index cannot be built, or is refused; the old one serves on.
        """
        if self._turn.locked():
            raise BusyError
        async with self._turn:
            change = await asyncio.to_thread(self.corpus.planned, code)
            number = await asyncio.to_thread(self.corpus.commit, code)
            try:
                await self._renew(progress)
            except BuildFailed:
                if change.undoes is None:
                    with suppress(OutdatedError, BuildFailed):
                        await asyncio.to_thread(self.corpus.revert, number)
                        await self._renew(lambda _done, _total: None)
                raise
            return change

    async def _renew(self, progress: Progress) -> None:
        await self._build(progress)
        if (reason := await self.reloader.look()) is not None:
            raise BuildFailed(reason)
