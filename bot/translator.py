"""Names and descriptions of commands in the languages of Discord's clients, from the catalogues."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.app_commands import TranslationContextTypes, locale_str

from bot.l10n import say


def text(message: str) -> locale_str:
    """A command's name or description: English, and translated wherever there is another one."""
    return locale_str(say("en", message), id=message)


class CatalogueTranslator(app_commands.Translator):
    """Looks a name up by its message id."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: TranslationContextTypes
    ) -> str | None:
        """The German words for a German client; None, which means English, for all others."""
        message = string.extras.get("id")
        if locale is not discord.Locale.german or message is None:
            return None
        return say("de", str(message))
