"""Cite in a discussion: quote for all, find the thesis behind a message, check a quotation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answer import Answer
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
from bot.l10n import LANGUAGES, numbers, say
from bot.render import escape, length
from bot.reply import short_name
from bot.response import Response, offer, respond, show
from bot.translator import text
from index import Language

_CHOICES = 25
_CHOICE_NAME = 100
_CANDIDATES = 3
_LEAST_OF_SENTENCE = 3  # letters from which single sentences are offered too
_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_LONGEST_CHANGE = 60
_ROOM_ABOVE = 480  # for the verdict and its changes; a reply shows up to 500 characters there


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
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def cite(
        self, interaction: discord.Interaction[Any], passage: app_commands.Range[str, 1, 200]
    ) -> None:
        """Quote a thesis or a sentence for everyone."""
        settings = await self.bot.settings_of(interaction.guild_id)
        language = settings.language or self.bot.language_of(interaction)
        offered = self.bot.library.chosen(settings.works)
        chosen = self.bot.places.verify(passage)
        if chosen is None or chosen.place.document not in offered:
            await self._offer_typed(interaction, passage, language, settings.works)
            return
        name = escape(interaction.user.display_name)
        header = say(language, "answer-cited", {"name": name})
        response = show(language, header, [chosen.place], interaction.user.id, chosen.sentence)
        await self.bot.send(interaction, response.only_sentence(), private=False)

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
        if not _has_words(words):
            await self.bot.tell(interaction, say(language, "nothing-to-find"))
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._offer_for(interaction, words, language, message)

    async def check(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Say whether what a message quotes is exact."""
        language = await self._language(interaction)
        if not _has_words(message.content):
            await self.bot.tell(interaction, say(language, "nothing-to-check"))
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        documents = self.bot.library.documents
        verdict = await self.bot.ask_desk(
            interaction, lambda: check_quote(message.content, documents)
        )
        response = _verdict(verdict, language, interaction.user.id)
        await self.bot.send(interaction, response.private(), private=True)

    async def _offer_typed(
        self,
        interaction: discord.Interaction[Any],
        typed: str,
        language: Language,
        works: tuple[str, ...],
    ) -> None:
        """Show, to the one who typed what is no choice, what may have been meant."""
        if not _has_words(typed):
            await self.bot.tell(interaction, say(language, "refuse-no-words"))
            return
        outcome = self.bot.library.answerer(works, language).look_up(typed)
        if outcome is None:
            await self._offer_for(interaction, typed, language)
            return
        response = respond(Answer(language, outcome), interaction.user.id)
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
            header = say(language, "answer-candidates" if message else "answer-unsure")
            response = offer(language, header, places, interaction.user.id).aimed_at(target)
        await self.bot.send(interaction, response.private(), private=True)

    async def _language(self, interaction: discord.Interaction[Any]) -> Language:
        settings = await self.bot.settings_of(interaction.guild_id)
        return settings.language or self.bot.language_of(interaction)


def _has_words(content: str) -> bool:
    return any(character.isalnum() for character in content)


def _passage_choices(
    places: list[Place], typed: str, language: Language
) -> Iterator[app_commands.Choice[str]]:
    """At most 25 passages, then sentences, that have what was typed; their value is a code."""
    wanted = _folded(typed)
    several = len({place.document.name for place in places}) > 1
    found: list[tuple[Place, int | None]] = [
        (place, None) for place in places if wanted in _searched(place)
    ]
    if len(wanted) >= _LEAST_OF_SENTENCE:
        found += [
            (place, i)
            for place in places
            for i, span in enumerate(place.passage.sentences)
            if wanted in _folded(place.document.quote(span))
        ]
    for place, sentence in found[:_CHOICES]:
        first = place.passage.sentences[0] if place.passage.sentences else place.span()
        words = place.document.quote(first if sentence is None else place.span(sentence))
        named = short_name(place, language, with_work=several)
        sign = "" if sentence is None else "„…“ "
        name = _label(" ".join(f"{named}: {sign}{words}".split()))
        yield app_commands.Choice(name=name, value=citation_code(place, sentence))


def _searched(place: Place) -> str:
    """What a passage is found by: its words, its translation and its names."""
    names = [name_passage(place.passage, language) for language in LANGUAGES]
    words = [place.document.quote(place.span()), *names]
    if (rendering := place.document.rendering) is not None:
        words.append(rendering.passages[place.document.passages.index(place.passage)].text)
    return _folded("\n".join(words))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).translate(_FOLD)


def _label(words: str) -> str:
    """A label of at most 100 characters; longer ones end with an ellipsis, for it is no quote."""
    if length(words) <= _CHOICE_NAME:
        return words
    kept = words[: _CHOICE_NAME - 1]
    while length(kept) >= _CHOICE_NAME:
        kept = kept[:-1]
    return f"{kept}…"


def _verdict(verdict: QuoteVerdict, language: Language, asker: int) -> Response:
    """The verdict in words, and the source beside it."""
    match verdict:
        case Exact(document=document, passage=passage):
            header = say(language, "quote-exact")
            return show(language, header, [Place(document, passage)], asker)
        case Altered(document=document, passage=passage, changes=changes):
            header = _with_changes(say(language, "quote-altered"), changes, language)
            return show(language, header, [Place(document, passage)], asker)
        case WrongThesis(claimed=claimed, document=document, passage=passage, changes=changes):
            facts = {
                "found": name_passage(passage, language),
                "claimed": say(
                    language,
                    "wanted",
                    {"count": len(claimed), "numbers": numbers(language, claimed)},
                ),
            }
            header = _with_changes(say(language, "quote-wrong-thesis", facts), changes, language)
            return show(language, header, [Place(document, passage)], asker)
        case Stitched(parts=parts):
            places = dict.fromkeys((part.document.name, part.passage) for part in parts)
            documents = {part.document.name: part.document for part in parts}
            shown = [Place(documents[name], passage) for name, passage in places]
            return show(language, say(language, "quote-stitched"), shown, asker)
        case NotFound():
            return Response(language, say(language, "quote-not-found"))


def _with_changes(verdict: str, changes: tuple[Change, ...], language: Language) -> str:
    """The verdict, below it a line a difference as far as they fit, and how many more there are."""

    def words(written: str) -> str:
        if not written:
            return say(language, "quote-nothing")
        line = " ".join(written.split())
        return escape(f"{line[:_LONGEST_CHANGE]}…" if len(line) > _LONGEST_CHANGE else line)

    header = verdict
    for i, change in enumerate(changes):
        facts = {"source": words(change.source), "quoted": words(change.quoted)}
        longer = f"{header}\n{say(language, 'quote-change', facts)}"
        if length(longer) > _ROOM_ABOVE:
            left = say(language, "quote-changes-more", {"count": len(changes) - i})
            return f"{header}\n{left}"
        header = longer
    return header


async def setup(bot: ThesenBot) -> None:
    """Add the cog."""
    await bot.add_cog(Cite(bot))
