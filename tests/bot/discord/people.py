"""What a person sees and does in the simulated Discord, with nothing left to be None."""

from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord

from bot.client import ThesenBot
from bot.database import Database
from bot.desk import Desk
from bot.library import Library
from bot.render import unquote


def own_id(env: simcord.Env) -> int:
    """The bot's user id."""
    assert env.bot.user is not None
    return env.bot.user.id


def mention(env: simcord.Env) -> str:
    """What a person types to mention the bot."""
    return f"<@{own_id(env)}>"


def said(channel: Any) -> discord.Message:
    """The last message of a channel."""
    message = channel.last_message
    assert isinstance(message, discord.Message)
    return message


def speak_german(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on everyone's client is a German one."""
    english = simcord.interactions.base_payload

    def german(*args: Any, **options: Any) -> tuple[Any, dict[str, Any]]:
        record, payload = english(*args, **options)
        payload["locale"] = "de"
        return record, payload

    monkeypatch.setattr("simcord.interactions.base_payload", german)


def town(env: simcord.Env) -> tuple[Any, Any, Any]:
    """A channel of a server, and Anna and Ben in it."""
    guild = env.create_guild()
    channel = guild.create_text_channel("garten")
    anna, ben = (guild.add_member(env.create_user(name)) for name in ("anna", "ben"))
    return channel, anna, ben


def labels(message: discord.Message) -> list[list[str]]:
    """What the buttons below a message are called, row by row."""
    return [
        [str(getattr(item, "label", None)) for item in row.children]
        for row in message.components
        if isinstance(row, discord.ActionRow)
    ]


def answered(result: Any) -> discord.Message:
    """The one message that a command, a menu or a button gave."""
    messages = [*([result.response] if result.response else []), *result.followups]
    assert messages
    message = messages[-1].message
    assert isinstance(message, discord.Message)
    return message


def fresh_bot(library: Library, database_url: str) -> ThesenBot:
    """The bot as it is after a restart: nothing of the one before but the database."""
    bot = ThesenBot(library, Database(database_url), Desk(per_minute=1_000), message_content=True)
    bot.shard_count = 1
    return bot


def read(message: discord.Message) -> str:
    """What Discord displays of a message's text."""
    return unquote(message.content)


def meet_in_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on direct messages are a group, to which a person has brought the bot."""
    direct = simcord.interactions.base_payload

    def grouped(*args: Any, **options: Any) -> tuple[Any, dict[str, Any]]:
        record, payload = direct(*args, **options)
        if "guild_id" not in payload:
            payload["context"] = 2
            payload["channel"] |= {"type": 3, "name": "Gruppe", "icon": None, "recipients": []}
            payload["authorizing_integration_owners"] = {"1": payload["user"]["id"]}
        return record, payload

    monkeypatch.setattr("simcord.interactions.base_payload", grouped)
