"""The service tells systemd when it is ready and when it stops, and what exit code a fault has."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any, NoReturn

import aiohttp
import discord
import pytest
import simcord
from sqlalchemy.exc import ArgumentError

from bot import service
from bot.cli import FAILED, TRY_LATER, main
from bot.client import ThesenBot
from bot.config import TOKEN_VARIABLE, Config
from bot.corpus.changes import Corpus
from bot.corpus.keeper import Keeper
from bot.corpus.reload import BadLibrary
from bot.desk import TooLate, WorkerLost
from bot.library import Library
from bot.operation.metrics import Metrics
from bot.worker.remote import SearchFailed, WorkerDied, WorkerFault
from bot.workplace import Workplace
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


def refusing(error: BaseException) -> Any:
    """Raises ``error`` however it is called."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise error

    return refuse


@pytest.mark.parametrize(
    ("where", "error", "status"),
    [
        ("database", ConnectionRefusedError(111, "Connection refused"), TRY_LATER),
        ("database", socket.gaierror(-3, "Temporary failure in name resolution"), TRY_LATER),
        ("database", TimeoutError(), TRY_LATER),
        ("database", ArgumentError("no such address"), FAILED),
        ("library", WorkerDied("the worker was ended by signal 9 while it began"), TRY_LATER),
        ("library", WorkerFault("no index there yet"), FAILED),
        ("proof", WorkerLost(), TRY_LATER),
        ("proof", TooLate(), TRY_LATER),
        ("proof", SearchFailed("KeyError"), FAILED),
        ("proof", BadLibrary("it holds no text"), FAILED),
    ],
)
def test_a_start_that_fails_is_one_line_and_tried_again_only_if_that_may_help(
    library: Library,
    where: str,
    error: BaseException,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A database server that was down used to end with 2, which systemd does not start again."""
    (tmp_path / "bot.toml").write_text(
        'database = "postgresql+asyncpg://user@host/name"\n', encoding="utf-8"
    )
    monkeypatch.setenv(TOKEN_VARIABLE, "a.b.c")
    monkeypatch.setattr("sys.argv", ["thesenbot", "run", "--config", str(tmp_path / "bot.toml")])
    monkeypatch.setattr(Workplace, "renew", lambda _: None)
    monkeypatch.setattr(Workplace, "library", lambda _: library)
    monkeypatch.setattr(service, "prove_library", lambda _: None)
    match where:
        case "database":
            monkeypatch.setattr("bot.database.engine.create_async_engine", refusing(error))
        case "library":
            monkeypatch.setattr(Workplace, "library", refusing(error))
        case _:
            monkeypatch.setattr(service, "prove_library", refusing(error))
    with pytest.raises(SystemExit) as exited:
        main()
    assert exited.value.code == status
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Traceback" not in said


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
