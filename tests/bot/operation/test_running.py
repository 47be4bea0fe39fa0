"""The service tells systemd when it is ready and when it stops, and what exit code a fault has."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
import simcord

from bot import service
from bot.client import ThesenBot
from bot.config import Config
from bot.corpus.changes import Corpus
from bot.corpus.keeper import Keeper
from bot.operation.metrics import Metrics
from tests.bot.operation.conftest import heard


async def test_ready_is_told_once_and_stopping_at_the_end(
    env: simcord.Env,
    listener: socket.socket,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def connect(bot: ThesenBot, token: str, api_base: str | None) -> None:
        assert (token, api_base) == ("token", None)
        assert heard(listener) == []
        for _ in range(2):  # ready again after a connection that could not be resumed
            bot.dispatch("ready")
            await asyncio.sleep(0)
        assert heard(listener) == ["READY=1"]

    monkeypatch.setattr(service, "connect", connect)
    assert isinstance(env.bot, ThesenBot)
    await service._run(env.bot, "token", Config(data=tmp_path), Metrics())
    assert heard(listener) == ["STOPPING=1"]


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        (discord.LoginFailure("no"), True),
        (discord.PrivilegedIntentsRequired(None), True),
        (TimeoutError(), False),
        (aiohttp.ClientConnectionError(), False),
    ],
)
def test_only_what_a_person_has_to_mend_counts_as_a_refusal(
    error: Exception, refused: bool
) -> None:
    assert (service._refusal(Config(), error) is not None) == refused


async def test_a_new_index_is_watched_for_as_long_as_the_bot_is_connected(
    env: simcord.Env,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watching = asyncio.Event()
    ended = asyncio.Event()

    class Watcher:
        async def watch(self) -> None:
            watching.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

    async def connect(bot: ThesenBot, token: str, api_base: str | None) -> None:
        await watching.wait()

    monkeypatch.setattr(service, "connect", connect)
    bot = env.bot
    assert isinstance(bot, ThesenBot)
    watcher: Any = Watcher()
    corpus = Corpus(tmp_path / "seeds", tmp_path / "data")
    bot.keeper = Keeper(corpus, lambda _: asyncio.sleep(0), watcher)
    await service._run(bot, "token", Config(data=tmp_path), Metrics())
    await asyncio.wait_for(ended.wait(), 5)
