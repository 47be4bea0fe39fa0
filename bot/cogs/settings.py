"""Settings of a server, for those who may manage it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ThesenBot
from bot.database import ServerSettings
from bot.l10n import say
from bot.options import work_called, work_choices
from bot.render import escape
from bot.translator import text
from index import Language

_MOST_CHANNELS = 15
"""Channels a list names; with both lists full, the settings still fit into one message."""

_LONGEST_WORKS = 300

_Channel = discord.TextChannel | discord.ForumChannel | discord.VoiceChannel | discord.Thread


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
class Settings(
    commands.GroupCog,
    name=text("command-settings"),
    description=text("command-settings-description"),
):
    """Shows and changes what a server has set."""

    def __init__(self, bot: ThesenBot) -> None:
        """Change settings of ``bot``."""
        self.bot = bot

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Only those who may manage the server; Discord's own rule for it may be lifted."""
        return interaction.permissions.manage_guild

    @app_commands.command(name=text("command-show"), description=text("command-show-description"))
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show the settings."""
        await self._show(interaction)

    @app_commands.command(
        name=text("command-language"), description=text("command-language-description")
    )
    @app_commands.rename(language=text("option-language"))
    @app_commands.describe(language=text("option-language-description"))
    @app_commands.choices(
        language=[
            app_commands.Choice(name=text("language-de"), value="de"),
            app_commands.Choice(name=text("language-en"), value="en"),
            app_commands.Choice(name=text("settings-language-auto"), value="auto"),
        ]
    )
    async def language(self, interaction: discord.Interaction[Any], language: str) -> None:
        """Which language replies are in."""
        chosen: Language | None = "de" if language == "de" else "en" if language == "en" else None
        await self._save(interaction, replace(await self._own(interaction), language=chosen))

    @app_commands.command(name=text("command-works"), description=text("command-works-description"))
    @app_commands.rename(work=text("option-work"))
    @app_commands.describe(work=text("option-work-description"))
    async def works(self, interaction: discord.Interaction[Any], work: str | None = None) -> None:
        """Which texts are asked here: one is switched on or off; without one, all are asked."""
        own = await self._own(interaction)
        documents = self.bot.library.documents
        names = [document.name for document in documents]
        called = None if work is None else work_called(documents, work)
        if work is not None and called is None:
            language = await self._language(interaction)
            known = escape(", ".join(names)[:1_500])
            words = say(language, "settings-unknown-work", {"works": known})
            await self.bot.tell(interaction, words)
            return
        chosen = set() if called is None else set(own.works) ^ {called.name}
        ordered = tuple(name for name in names if name in chosen)
        await self._save(interaction, replace(own, works=ordered))

    @works.autocomplete("work")
    async def _works(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """The texts whose title or name has what was typed so far."""
        return work_choices(self.bot.library.documents, current)

    @app_commands.command(
        name=text("command-inline"), description=text("command-inline-description")
    )
    @app_commands.rename(channel=text("option-channel"), on=text("option-on"))
    @app_commands.describe(
        channel=text("option-channel-description"), on=text("option-on-description")
    )
    async def inline(
        self, interaction: discord.Interaction[Any], channel: _Channel, on: bool
    ) -> None:
        """Switch [[3]] on or off in a channel."""
        own = await self._own(interaction)
        channels = own.inline_channels - {channel.id} | ({channel.id} if on else set())
        await self._switch(interaction, replace(own, inline_channels=frozenset(channels)), on=on)

    @app_commands.command(
        name=text("command-unasked"), description=text("command-unasked-description")
    )
    @app_commands.rename(channel=text("option-channel"), on=text("option-on"))
    @app_commands.describe(
        channel=text("option-channel-description"), on=text("option-on-description")
    )
    async def unasked(
        self, interaction: discord.Interaction[Any], channel: _Channel, on: bool
    ) -> None:
        """Switch unasked answers on or off in a channel."""
        own = await self._own(interaction)
        channels = own.unasked_channels - {channel.id} | ({channel.id} if on else set())
        await self._switch(interaction, replace(own, unasked_channels=frozenset(channels)), on=on)

    @app_commands.command(
        name=text("command-private"), description=text("command-private-description")
    )
    @app_commands.rename(on=text("option-on"))
    @app_commands.describe(on=text("option-on-description"))
    async def private(self, interaction: discord.Interaction[Any], on: bool) -> None:
        """Whether only the person who asks sees replies to commands."""
        await self._save(interaction, replace(await self._own(interaction), private=on))

    @app_commands.command(
        name=text("command-forget"), description=text("command-forget-description")
    )
    async def forget(self, interaction: discord.Interaction[Any]) -> None:
        """Delete all that is stored about this server."""
        await self.bot.database.forget(interaction.guild_id or 0)
        language = await self._language(interaction)
        await self.bot.tell(interaction, say(language, "settings-forgotten"))

    async def _own(self, interaction: discord.Interaction[Any]) -> ServerSettings:
        return await self.bot.settings_of(interaction.guild_id)

    async def _language(self, interaction: discord.Interaction[Any]) -> Language:
        return (await self._own(interaction)).language or self.bot.language_of(interaction)

    async def _switch(
        self, interaction: discord.Interaction[Any], settings: ServerSettings, *, on: bool
    ) -> None:
        """Save what needs the privileged intent, and say so if it is missing."""
        if on and not self.bot.intents.message_content:
            language = await self._language(interaction)
            await self.bot.tell(interaction, say(language, "settings-no-intent"))
            return
        await self._save(interaction, settings)

    async def _save(self, interaction: discord.Interaction[Any], settings: ServerSettings) -> None:
        await self.bot.database.save(interaction.guild_id or 0, settings)
        await self._show(interaction, saved=True)

    async def _show(self, interaction: discord.Interaction[Any], *, saved: bool = False) -> None:
        own = await self._own(interaction)
        language = await self._language(interaction)
        spoken = f"language-{own.language}" if own.language else "settings-language-auto"
        titles = [d.work.title for d in self.bot.library.documents if d.name in own.works]
        no_intent = not self.bot.intents.message_content

        facts = {
            "language": say(language, spoken),
            "works": escape(", ".join(titles)[:_LONGEST_WORKS]) or say(language, "settings-all"),
            "inline": _named(own.inline_channels, language),
            "unasked": _named(own.unasked_channels, language),
            "private": say(language, "settings-yes" if own.private else "settings-no"),
        }
        lines = [say(language, "settings-saved")] if saved else []
        lines.append(f"**{say(language, 'settings-title')}**")
        for name, value in facts.items():
            lines.append(f"- {say(language, f'settings-{name}', {'value': value})}")
        if no_intent:
            lines.append(f"-# {say(language, 'settings-no-intent')}")
        await self.bot.tell(interaction, "\n".join(lines))


def _named(channels: frozenset[int], language: Language) -> str:
    """Channels by name, as far as a message has room for them."""
    named = ", ".join(f"<#{channel}>" for channel in sorted(channels)[:_MOST_CHANNELS])
    more = len(channels) - _MOST_CHANNELS
    if more > 0:
        return say(language, "list-more", {"most": named, "count": more})
    return named or say(language, "settings-none")


async def setup(bot: ThesenBot) -> None:
    """Add the cog."""
    await bot.add_cog(Settings(bot))
