"""What the bot does when it starts and stops: commands are given once, waiting people are told."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest
import simcord
from discord import app_commands

from bot.client import ThesenBot
from bot.database import Database
from bot.desk import Desk
from bot.library import Library


async def syncs(library: Library, database_url: str, file: Path | None, **changes: str) -> int:
    """How often a bot that starts gives its commands to Discord."""
    bot = ThesenBot(library, Database(database_url), Desk(), commands_file=file)
    bot.shard_count = 1
    if changes:
        setup = bot.setup_hook

        async def changed() -> None:
            @app_commands.command(**changes)  # type: ignore[arg-type]
            async def extra(interaction: discord.Interaction) -> None: ...

            bot.tree.add_command(extra)
            await setup()

        bot.setup_hook = changed  # type: ignore[method-assign]
    async with bot, simcord.run(bot) as env:
        return len([r for r in env.http_requests if r.method == "PUT"])


async def test_commands_are_given_to_discord_only_when_they_changed(
    library: Library, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "data" / "commands.sha256"
    assert await syncs(library, database_url, file) == 1
    assert await syncs(library, database_url, file) == 0
    assert await syncs(library, database_url, file, name="extra", description="Neu") == 1
    assert await syncs(library, database_url, file, name="extra", description="Neu") == 0
    assert await syncs(library, database_url, file) == 1


async def test_without_a_file_they_are_given_at_every_start(
    library: Library, database_url: str
) -> None:
    assert await syncs(library, database_url, None) == 1
    assert await syncs(library, database_url, None) == 1


@pytest.mark.parametrize("intent", [True, False])
async def test_only_the_intents_that_are_needed_are_asked_for(
    env: simcord.Env, intent: bool
) -> None:
    intents = env.bot.intents
    assert intents.message_content is intent
    assert not intents.members
    assert not intents.presences
    assert not intents.guild_reactions
    assert env.bot.allowed_mentions is not None
    mentions: dict[str, object] = dict(env.bot.allowed_mentions.to_dict())
    assert mentions == {"parse": []}
