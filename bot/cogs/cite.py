"""Cite in a discussion: quote for all, find the thesis behind a message, check a quotation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.citation import name_passage
from bot.client import ThesenBot
from bot.exactness import (
    Altered,
    Change,
    Exact,
    NotFound,
    QuoteVerdict,
    Stitched,
    WrongThesis,
    check_quote,
)
from bot.keys import Place, citation_code
from bot.l10n import numbers, say
from bot.render import escape
from bot.response import Response, offer, show
from bot.translator import text
from index import Language

_CHOICES = 25
_CHOICE_NAME = 100
_CANDIDATES = 3
_MOST_CHANGES = 8
_LONGEST_CHANGE = 60


@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
class Cite(commands.Cog):
    """Quotes for all to see, and checks what others quote."""

    def __init__(self, bot: ThesenBot) -> None:
        """Cite for ``bot``."""
        self.bot = bot
        self._find = app_commands.ContextMenu(name=text("menu-find"), callback=self.find)
        self._check = app_commands.ContextMenu(name=text("menu-check"), callback=self.check)
        for menu in (self._find, self._check):
            menu.allowed_installs = app_commands.AppInstallationType(guild=True, user=True)
            menu.allowed_contexts = app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            )
            bot.tree.add_command(menu)

    async def cog_unload(self) -> None:
        """Take the menus away with the cog."""
        for menu in (self._find, self._check):
            self.bot.tree.remove_command(menu.name, type=menu.type)

    @app_commands.command(name=text("command-cite"), description=text("command-cite-description"))
    @app_commands.rename(passage=text("option-passage"))
    @app_commands.describe(passage=text("option-passage-description"))
    async def cite(
        self, interaction: discord.Interaction[Any], passage: app_commands.Range[str, 1, 200]
    ) -> None:
        """Quote a thesis or a sentence for everyone."""
        language = await self._language(interaction)
        chosen = self.bot.places.verify(passage)
        if chosen is None:
            await self._offer_for(interaction, passage, language)
            return
        name = escape(interaction.user.display_name)
        header = say(language, "answer-cited", {"name": name})
        response = show(language, header, [chosen.place], interaction.user.id, chosen.sentence)
        if chosen.sentence is not None and response.state is not None:
            response = response.only_sentence()
        await self.bot.send(interaction, response, private=False)

    @cite.autocomplete("passage")
    async def _passages(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Theses and sentences that have the number or the words typed so far."""
        settings = await self.bot.settings_of(interaction.guild_id)
        language = self.bot.language_of(interaction)
        places = [
            Place(document, passage)
            for document in self.bot.library.chosen(settings.works)
            for passage in document.passages
        ]
        return list(_passage_choices(places, current, language))

    async def find(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Show, to the one who asked, the theses behind a message; the chosen one can be shared."""
        language = await self._language(interaction)
        words = self.bot.without_mention(message.content)
        if not any(character.isalnum() for character in words):
            await self.bot.tell(interaction, say(language, "nothing-to-find"))
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._offer_for(interaction, words, language, message)

    async def check(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Say whether what a message quotes is exact."""
        language = await self._language(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        documents = self.bot.library.documents
        verdict = await self.bot.ask_desk(
            interaction, lambda: check_quote(message.content, documents)
        )
        response = _verdict(verdict, language, interaction.user.id)
        await self.bot.send(interaction, response.private(), private=True)

    async def _offer_for(
        self,
        interaction: discord.Interaction[Any],
        words: str,
        language: Language,
        message: discord.Message | None = None,
    ) -> None:
        if not interaction.response.is_done():
            await interaction.response.defer(thinking=True, ephemeral=True)
        settings = await self.bot.settings_of(interaction.guild_id)
        library = self.bot.library
        found = await self.bot.ask_desk(
            interaction,
            lambda: library.candidates(words, settings.works, _CANDIDATES),
        )
        if not found:
            response = Response(language, say(language, "answer-none"))
        else:
            places = [Place(hit.document, hit.passage) for hit in found]
            target = message.id if message is not None else 0
            header = say(language, "answer-candidates")
            response = offer(language, header, places, interaction.user.id).aimed_at(target)
        await self.bot.send(interaction, response.private(), private=True)

    async def _language(self, interaction: discord.Interaction[Any]) -> Language:
        settings = await self.bot.settings_of(interaction.guild_id)
        return settings.language or self.bot.language_of(interaction)


def _passage_choices(
    places: list[Place], typed: str, language: Language
) -> Iterator[app_commands.Choice[str]]:
    """At most 25 passages, then sentences, that have what was typed; their value is a code."""
    wanted = typed.casefold().strip()
    found: list[tuple[Place, int | None]] = []
    for place in places:
        words = place.document.quote(place.span()).casefold()
        named = name_passage(place.passage, language).casefold()
        if wanted in words or wanted in named:
            found.append((place, None))
    if len(wanted) > 2:
        for place in places:
            for i, span in enumerate(place.passage.sentences):
                if wanted in place.document.quote(span).casefold():
                    found.append((place, i))
    for place, sentence in found[:_CHOICES]:
        first = place.passage.sentences[0] if place.passage.sentences else place.span()
        span = first if sentence is None else place.span(sentence)
        sign = "" if sentence is None else "„…“ "
        words = " ".join(place.document.quote(span).split())
        name = f"{name_passage(place.passage, language)}: {sign}{words}"
        shown = name if len(name) <= _CHOICE_NAME else f"{name[: _CHOICE_NAME - 1]}…"
        yield app_commands.Choice(name=shown, value=citation_code(place, sentence))


def _verdict(verdict: QuoteVerdict, language: Language, asker: int) -> Response:
    """The verdict in words, and the source beside it."""
    match verdict:
        case Exact(document=document, passage=passage):
            header = say(language, "quote-exact")
            return show(language, header, [Place(document, passage)], asker)
        case Altered(document=document, passage=passage, changes=changes):
            lines = [say(language, "quote-altered"), *_changed(changes, language)]
            return show(language, "\n".join(lines), [Place(document, passage)], asker)
        case WrongThesis(claimed=claimed, document=document, passage=passage, changes=changes):
            facts = {
                "found": name_passage(passage, language),
                "claimed": say(
                    language,
                    "wanted",
                    {"count": len(claimed), "numbers": numbers(language, claimed)},
                ),
            }
            lines = [say(language, "quote-wrong-thesis", facts), *_changed(changes, language)]
            return show(language, "\n".join(lines), [Place(document, passage)], asker)
        case Stitched(parts=parts):
            places = dict.fromkeys((part.document.name, part.passage) for part in parts)
            documents = {part.document.name: part.document for part in parts}
            shown = [Place(documents[name], passage) for name, passage in places]
            return show(language, say(language, "quote-stitched"), shown, asker)
        case NotFound():
            return Response(language, say(language, "quote-not-found"))


def _changed(changes: tuple[Change, ...], language: Language) -> Iterator[str]:
    def words(written: str) -> str:
        return escape(written[:_LONGEST_CHANGE]) if written else say(language, "quote-nothing")

    for change in changes[:_MOST_CHANGES]:
        facts = {"source": words(change.source), "quoted": words(change.quoted)}
        yield say(language, "quote-change", facts)
    if len(changes) > _MOST_CHANGES:
        yield "- …"


async def setup(bot: ThesenBot) -> None:
    """Add the cog."""
    await bot.add_cog(Cite(bot))
