"""Running the bot: everything is loaded and tried before Discord hears of it."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable

import discord
from discord.http import Route

from bot.client import ThesenBot
from bot.config import TOKEN_VARIABLE, Config
from bot.database import Database
from bot.desk import Desk
from bot.errors import ConfigError
from bot.workplace import Workplace

_TRIAL = {"de": "Worum geht es hier?", "en": "What is this about?"}
_PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    read_message_history=True,
)


def serve(workplace: Workplace, tell: Callable[[str], None]) -> None:
    """Run until stopped.

    Raises:
        ConfigError: There is no token, or Discord does not take it.
        RetrievalError: Texts, model or index are not ready; Discord is not asked then.
    """
    token = _token(workplace.config)
    library = workplace.library()
    for language in ("de", "en"):
        library.answerer().answer(_TRIAL[language])
    tell("ready; connecting to Discord")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level="INFO")
    config = workplace.config
    if config.api_base is not None:
        Route.BASE = config.api_base
    bot = ThesenBot(
        library,
        Database(config.database_address()),
        Desk(),
        message_content=config.message_content,
        commands_file=config.data / "commands.sha256",
    )
    try:
        asyncio.run(_run(bot, token))
    except discord.LoginFailure as error:
        raise ConfigError(f"Discord does not take the token ({_origin(config)})") from error
    except discord.PrivilegedIntentsRequired as error:
        raise ConfigError(
            "message_content = true needs the Message Content Intent: switch it on in Discord's "
            "developer portal, under Bot, or set message_content = false"
        ) from error


async def _run(bot: ThesenBot, token: str) -> None:
    async with bot:
        await bot.start(token)


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
    token = config.token()
    if token is None or not token.get_secret_value():
        raise ConfigError(f"no Discord token: set {TOKEN_VARIABLE}, or token_file in the config")
    return token.get_secret_value()


def _origin(config: Config) -> str:
    return str(config.token_file) if config.token_file else TOKEN_VARIABLE
