"""Running the bot: everything is loaded and tried before Discord hears of it."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.client import ThesenBot
from bot.config import TOKEN_VARIABLE, Config
from bot.corpus.building import build_apart
from bot.corpus.changes import Corpus
from bot.corpus.keeper import Keeper
from bot.corpus.reload import BadLibrary, Reloader, prove_library
from bot.database import Database, DatabaseError
from bot.desk import Desk
from bot.errors import ConfigError, NotNow
from bot.library import Library
from bot.operation.health import Health
from bot.operation.logs import write_log
from bot.operation.metrics import Metrics
from bot.operation.monitor import monitor
from bot.operation.systemd import notify, stay_watched
from bot.operation.watch import Watch
from bot.proof import QuoteError
from bot.worker.remote import MOST_TOGETHER
from bot.workplace import Workplace
from index.store import pointer_of

_RELOADER = -1  # a person of its own to the desk; Discord gives nobody that id
_PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    read_message_history=True,
)


def serve(workplace: Workplace, tell: Callable[[str], None]) -> None:
    """Run until stopped.

    Raises:
        ConfigError: There is no token, the index does not answer, the database cannot be used,
            or Discord refuses it.
        NotNow: Discord cannot be reached.
        RetrievalError: Texts, model or index are not ready; Discord is not asked then.
    """
    config = workplace.config
    token = _token(config)
    workplace.renew()
    seen = pointer_of(config.data)
    library = workplace.library()
    try:
        prove_library(library)
        asyncio.run(_try(Database(config.database_address())))
        tell("ready; connecting to Discord")
        write_log(config.log_format)
        metrics = Metrics()
        bot = ThesenBot(
            library,
            Database(config.database_address()),
            Desk(threads=MOST_TOGETHER),
            message_content=config.message_content,
            commands_file=config.data / "commands.sha256",
            watch=Watch(metrics),
        )
        bot.keeper = _keeper(bot, workplace, seen)
        asyncio.run(_run(bot, token, config, metrics))
    except asyncio.CancelledError:
        tell("stopped")
    except (BadLibrary, QuoteError) as error:
        raise ConfigError(f"the index does not answer as it must: {error}") from error
    except DatabaseError as error:
        raise ConfigError(str(error)) from error
    except (discord.DiscordException, aiohttp.ClientError, OSError, ValueError) as error:
        if (refusal := _refusal(config, error)) is not None:
            raise ConfigError(refusal) from error
        words = " ".join(str(error).split()) or type(error).__name__
        raise NotNow(f"Discord cannot be used now: {words}") from error
    finally:
        library.close()


def _keeper(bot: ThesenBot, workplace: Workplace, seen: bytes | None) -> Keeper:
    config = workplace.config

    async def in_line(work: Callable[[], None]) -> None:
        await bot.desk.ask(work, person=_RELOADER, server=0)

    def load() -> Library:
        return workplace.again().library()

    reloader = Reloader(bot.shelf, config.data, load, in_line, seen)
    build = partial(build_apart, config)
    return Keeper(Corpus(config.seeds, config.data), build, reloader, config.administrators)


async def _run(bot: ThesenBot, token: str, config: Config, metrics: Metrics) -> None:
    """Run the bot, and let be seen from outside how it does."""
    health = Health(bot, config.data)
    metrics.look(health.figures, health.index_version)
    watched: set[asyncio.Task[None]] = set()
    reloading = bot.keeper and asyncio.create_task(bot.keeper.reloader.watch())

    @bot.listen()
    async def on_ready() -> None:
        if not watched:  # Discord is ready again after each connection it did not resume
            notify("READY=1")
            watched.add(asyncio.create_task(stay_watched(health.model_fault)))

    try:
        async with monitor(metrics, health, config.metrics_port):
            await connect(bot, token, config.api_base)
    finally:
        for task in (*watched, *([reloading] if reloading else [])):
            task.cancel()
        notify("STOPPING=1")


async def _try(database: Database) -> None:
    await database.open()
    await database.close()


async def connect(bot: ThesenBot, token: str, api_base: str | None) -> None:
    """Log in and stay connected until the bot is closed or the process is told to end.

    Args:
        bot: What answers.
        token: Its token.
        api_base: Where another server speaks Discord's protocol; None for Discord itself.
    """
    _stop_on_signals()
    if api_base is not None:
        Route.BASE = api_base.rstrip("/")
    async with bot:
        await bot.login(token)
        if api_base is not None:
            _, gateway, _ = await bot.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)
        await bot.connect()


def _stop_on_signals() -> None:
    """The first SIGTERM or SIGINT cancels the current task; a second one ends the process."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    signals = (signal.SIGTERM, signal.SIGINT)

    def stop() -> None:
        for number in signals:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)  # also ends a process whose loop is stuck
        if task is not None:
            task.cancel()

    for number in signals:
        with suppress(NotImplementedError, RuntimeError):  # on Windows, or in another thread
            loop.add_signal_handler(number, stop)


def _refusal(config: Config, error: Exception) -> str | None:
    """In one line, what must be changed before Discord lets the bot in; None if nothing must."""
    match error:
        case discord.LoginFailure() | discord.ConnectionClosed(code=4004):
            return f"Discord does not take the token ({_origin(config)})"
        case discord.PrivilegedIntentsRequired():
            return (
                "message_content = true needs the Message Content Intent: switch it on in "
                "Discord's developer portal, under Bot, or set message_content = false"
            )
    return None


def invitation(config: Config) -> str:
    """The link with which a person adds the bot to a server or to themselves.

    Raises:
        ConfigError: There is no token, or it names no application.
    """
    first = _token(config).split(".")[0]
    try:
        application = int(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except ValueError as error:
        raise ConfigError(f"the token is none of Discord's ({_origin(config)})") from error
    return discord.utils.oauth_url(
        application, permissions=_PERMISSIONS, scopes=("bot", "applications.commands")
    )


def _token(config: Config) -> str:
    secret = config.token()
    token = "" if secret is None else secret.get_secret_value()
    if not token:
        raise ConfigError(f"no Discord token: set {TOKEN_VARIABLE}, or token_file in the config")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ConfigError(f"the token is none of Discord's ({_origin(config)})")
    return token


def _origin(config: Config) -> str:
    if config.token_file is None or os.environ.get(TOKEN_VARIABLE, "").strip():
        return TOKEN_VARIABLE
    return str(config.token_file)
