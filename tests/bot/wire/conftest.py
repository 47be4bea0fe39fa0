"""The bot and a server it speaks to over a socket of this machine; waiting costs no time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import discord.client
import discord.gateway
import discord.http
import discord.shard
import pytest
import yarl

from bot.client import ThesenBot
from bot.database import Database
from bot.desk import Desk
from bot.language import LanguageDetector
from bot.library import Library
from bot.service import connect
from index.seeds import read_seeds
from tests.bot.conftest import write_texts
from tests.bot.wire.server import DiscordServer
from tests.fakes import WordSearch

TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAx.planted.secret"
Start = Callable[[], Awaitable[ThesenBot]]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine can be reached."""
    real = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        assert address[0] == "127.0.0.1", "a test tried to reach the network"
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.fixture(autouse=True)
def _discord_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord's addresses, which ``connect`` changes, are nowhere, and their own again after."""
    monkeypatch.setattr(discord.http.Route, "BASE", "http://127.0.0.1:1/api")
    gateway = discord.gateway.DiscordWebSocket
    monkeypatch.setattr(gateway, "DEFAULT_GATEWAY", yarl.URL("ws://127.0.0.1:1"))


class Hurry:
    """asyncio for the modules of discord.py, in which a wait is noted and over at once."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, delay: float) -> None:
        self.waits.append(delay)
        await asyncio.sleep(0)


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Hurry:
    """The waits that discord.py wanted to make."""
    hurried = Hurry()
    for module in (discord.client, discord.http, discord.shard):
        monkeypatch.setattr(module, "asyncio", hurried)
    return hurried


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    """Discord, on this machine."""
    async with DiscordServer(token=TOKEN) as running:
        yield running


@pytest.fixture
def bot(tmp_path: Path) -> ThesenBot:
    """The bot, not connected."""
    documents = read_seeds(write_texts(tmp_path / "seeds"))
    library = Library(documents, WordSearch(documents), LanguageDetector(), "de")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'settings.sqlite'}")
    commands_file = tmp_path / "commands.sha256"
    bot = ThesenBot(library, database, Desk(per_minute=1_000), commands_file=commands_file)
    bot._connection.guild_ready_timeout = 0.02  # how long it waits for more servers
    return bot


@pytest.fixture
async def start(bot: ThesenBot, server: DiscordServer, hurry: Hurry) -> AsyncIterator[Start]:
    """Connects the bot and waits until it is ready; stops it in the end."""
    running: list[asyncio.Task[None]] = []

    async def run() -> ThesenBot:
        running.append(asyncio.create_task(connect(bot, TOKEN, server.api_base)))
        ready = asyncio.create_task(_ready(bot))
        async with asyncio.timeout(10):
            await asyncio.wait({*running, ready}, return_when=asyncio.FIRST_COMPLETED)
        if running[0].done():
            ready.cancel()
            running[0].result()
        return bot

    yield run
    await bot.close()
    for task in running:
        with suppress(asyncio.CancelledError, discord.DiscordException):
            await task


async def _ready(bot: ThesenBot) -> None:
    while not hasattr(bot, "_ready") or bot._ready is discord.utils.MISSING:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    await bot.wait_until_ready()
