"""What a person sees and does in the simulated Discord, with nothing left to be None."""

from __future__ import annotations

from typing import Any

import discord
import simcord


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
