"""Look up by slash command: ask, thesis, theses, search, source, verify, about, help, privacy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answer import Answer, ByNumber, Outcome, Quote
from bot.client import ThesenBot
from bot.l10n import say
from bot.listing import Kind, PageButton, name_rest, titles, write_list
from bot.options import LONGEST_NUMBER, number_choices, read_code, work_called, work_choices
from bot.reply import ask_line
from bot.response import Response, respond, show
from bot.state import MOST_KEYS
from bot.translator import text
from index import Document, Language

LONGEST_QUESTION = 1_000
_LONGEST_WORDS = 200
_LONGEST_CODE = 60
_NOBODY = discord.AllowedMentions.none()


@dataclass(frozen=True, slots=True)
class _Asked:
    """How a command is to be answered.

    Attributes:
        documents: From which texts.
        works: Their names; empty for all there are.
        private: Whether only the one who asked sees the answer.
        language: What the server has set, if anything.
        spoken: The language of the reply where the question's own does not decide.
    """

    documents: tuple[Document, ...]
    works: tuple[str, ...]
    private: bool
    language: Language | None
    spoken: Language


class Lookup(commands.Cog):
    """Answers commands."""

    def __init__(self, bot: ThesenBot) -> None:
        """Answer for ``bot``."""
        self.bot = bot
        for command in self.get_app_commands():
            command.allowed_installs = app_commands.AppInstallationType(guild=True, user=True)
            command.allowed_contexts = app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            )

    @app_commands.command(name=text("command-ask"), description=text("command-ask-description"))
    @app_commands.rename(
        question=text("option-question"), work=text("option-work"), private=text("option-private")
    )
    @app_commands.describe(
        question=text("option-question-description"),
        work=text("option-work-description"),
        private=text("option-private-description"),
    )
    async def ask(
        self,
        interaction: discord.Interaction[Any],
        question: app_commands.Range[str, 1, LONGEST_QUESTION],
        work: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Find the thesis that answers a question."""
        asked = await self._asked(interaction, work, private)
        if asked is None:
            return
        await interaction.response.defer(thinking=True, ephemeral=asked.private)
        answerer = self.bot.library.answerer(asked.works, asked.spoken)
        answer = await self.bot.ask_desk(
            interaction, lambda: answerer.answer(question, language=asked.language)
        )
        response = respond(answer, interaction.user.id).below(ask_line(question))
        await self._send(interaction, response, private=asked.private)

    @app_commands.command(
        name=text("command-thesis"), description=text("command-thesis-description")
    )
    @app_commands.rename(
        number=text("option-number"), work=text("option-work"), private=text("option-private")
    )
    @app_commands.describe(
        number=text("option-number-description"),
        work=text("option-work-description"),
        private=text("option-private-description"),
    )
    async def thesis(
        self,
        interaction: discord.Interaction[Any],
        number: app_commands.Range[str, 1, LONGEST_NUMBER],
        work: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Show theses by their number."""
        asked = await self._asked(interaction, work, private)
        if asked is None:
            return
        outcome = self._numbered(number, asked)
        if outcome is not None:
            response = respond(Answer(asked.spoken, outcome), interaction.user.id)
            await self._send(interaction, response, private=asked.private)
        elif any(passage.thesis for document in asked.documents for passage in document.passages):
            await self.bot.tell(interaction, say(asked.spoken, "no-such-number"))
        else:
            facts = {"title": titles(asked.documents)}
            await self.bot.tell(interaction, say(asked.spoken, "list-none", facts))

    @thesis.autocomplete("number")
    async def _numbers(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Theses whose number or title has what was typed so far."""
        offered = await self._offered(interaction)
        chosen = work_called(offered, str(getattr(interaction.namespace, "work", None) or ""))
        language = self.bot.language_of(interaction)
        return number_choices((chosen,) if chosen else offered, current, language)

    @app_commands.command(
        name=text("command-theses"), description=text("command-theses-description")
    )
    @app_commands.rename(work=text("option-work"))
    @app_commands.describe(work=text("option-work-description"))
    async def theses(self, interaction: discord.Interaction[Any], work: str | None = None) -> None:
        """List the theses, and which ones the source lacks."""
        await self._list(interaction, "theses", work)

    @app_commands.command(
        name=text("command-search"), description=text("command-search-description")
    )
    @app_commands.rename(
        words=text("option-words"), work=text("option-work"), private=text("option-private")
    )
    @app_commands.describe(
        words=text("option-words-description"),
        work=text("option-work-description"),
        private=text("option-private-description"),
    )
    async def search(
        self,
        interaction: discord.Interaction[Any],
        words: app_commands.Range[str, 1, _LONGEST_WORDS],
        work: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Find all passages with these words or their meaning."""
        asked = await self._asked(interaction, work, private)
        if asked is None:
            return
        await interaction.response.defer(thinking=True, ephemeral=asked.private)
        library = self.bot.library
        places = await self.bot.ask_desk(
            interaction, lambda: library.matches(words, asked.spoken, asked.works)
        )
        if not places:
            response = Response(asked.spoken, say(asked.spoken, "answer-none"))
        else:
            header = say(asked.spoken, "answer-search", {"count": len(places)})
            response = show(asked.spoken, header, places, interaction.user.id)
            response = replace(
                response, header=response.header + name_rest(places[MOST_KEYS:], asked.spoken)
            )
        await self._send(interaction, response.below(ask_line(words)), private=asked.private)

    @app_commands.command(
        name=text("command-source"), description=text("command-source-description")
    )
    async def source(self, interaction: discord.Interaction[Any]) -> None:
        """Where the texts come from."""
        await self._list(interaction, "source", None)

    @app_commands.command(
        name=text("command-verify"), description=text("command-verify-description")
    )
    @app_commands.rename(code=text("option-code"))
    @app_commands.describe(code=text("option-code-description"))
    async def verify(
        self, interaction: discord.Interaction[Any], code: app_commands.Range[str, 1, _LONGEST_CODE]
    ) -> None:
        """Resolve the code of a quotation."""
        asked = await self._asked(interaction)
        if asked is None:
            return
        verified = read_code(self.bot.places, code)
        if verified is None:
            await self.bot.tell(interaction, say(asked.spoken, "verify-unknown"))
            return
        header, asker = say(asked.spoken, f"verify-{verified.change}"), interaction.user.id
        response = show(asked.spoken, header, [verified.place], asker, verified.sentence)
        await self._send(interaction, response, private=asked.private)

    @app_commands.command(name=text("command-about"), description=text("command-about-description"))
    async def about(self, interaction: discord.Interaction[Any]) -> None:
        """What this bot is."""
        facts = {"version": version("thesenbot"), "works": titles(self.bot.library.documents)}
        await self._say(interaction, "about", facts)

    @app_commands.command(name=text("command-help"), description=text("command-help-description"))
    async def help(self, interaction: discord.Interaction[Any]) -> None:
        """How to talk to the bot."""
        await self._say(interaction, "help", {})

    @app_commands.command(
        name=text("command-privacy"), description=text("command-privacy-description")
    )
    async def privacy(self, interaction: discord.Interaction[Any]) -> None:
        """What is stored and what is not."""
        await self._say(interaction, "privacy", {})

    @ask.autocomplete("work")
    @thesis.autocomplete("work")
    @theses.autocomplete("work")
    @search.autocomplete("work")
    async def _works(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """The texts whose title has what was typed so far."""
        return work_choices(await self._offered(interaction), current)

    async def _offered(self, interaction: discord.Interaction[Any]) -> tuple[Document, ...]:
        """The texts that the server offers."""
        settings = await self.bot.settings_of(interaction.guild_id)
        return self.bot.library.chosen(settings.works)

    async def _asked(
        self,
        interaction: discord.Interaction[Any],
        work: str | None = None,
        private: bool | None = None,
    ) -> _Asked | None:
        """What options and settings say; None, and the asker is told, if no text is meant."""
        settings = await self.bot.settings_of(interaction.guild_id)
        spoken = settings.language or self.bot.language_of(interaction)
        documents, works = self.bot.library.chosen(settings.works), settings.works
        if work is not None:
            document = work_called(documents, work)
            if document is None:
                facts = {"works": titles(documents)}
                await self.bot.tell(interaction, say(spoken, "settings-unknown-work", facts))
                return None
            documents, works = (document,), (document.name,)
        hidden = settings.private if private is None else private
        return _Asked(documents, works, hidden, settings.language, spoken)

    def _numbered(self, number: str, asked: _Asked) -> Outcome | None:
        """The theses of that number, or the one that was chosen from what was offered."""
        chosen = self.bot.places.verify(number)
        if chosen is not None and chosen.place.document in asked.documents:
            return ByNumber((Quote(chosen.place.document, chosen.place.passage),))
        answerer = self.bot.library.answerer(asked.works, asked.spoken)
        return answerer.look_up(number) or answerer.look_up(f"These {number}")

    async def _say(
        self, interaction: discord.Interaction[Any], message: str, facts: Mapping[str, str | int]
    ) -> None:
        asked = await self._asked(interaction)
        if asked is not None:
            response = Response(asked.spoken, say(asked.spoken, message, facts))
            await self._send(interaction, response, private=asked.private)

    async def _list(
        self, interaction: discord.Interaction[Any], kind: Kind, work: str | None
    ) -> None:
        """The first page of a list."""
        asked = await self._asked(interaction, work)
        if asked is None:
            return
        content, view = write_list(kind, asked.spoken, asked.documents)
        options: dict[str, Any] = {} if view is None else {"view": view}
        await interaction.response.send_message(
            content,
            ephemeral=asked.private,
            allowed_mentions=_NOBODY,
            suppress_embeds=True,
            **options,
        )
        if not asked.private:
            await self.bot.explain_if_hidden(interaction)

    async def _send(
        self, interaction: discord.Interaction[Any], response: Response, *, private: bool
    ) -> None:
        shown = response.private() if private else response
        await self.bot.send(interaction, shown, private=private)


async def setup(bot: ThesenBot) -> None:
    """Add the cog."""
    bot.add_dynamic_items(PageButton)
    await bot.add_cog(Lookup(bot))
