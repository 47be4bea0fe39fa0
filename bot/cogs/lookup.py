"""Look up by slash command: ask, thesis, theses, search, source, verify, about, help, privacy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answer import Answer
from bot.citation import name_passage
from bot.client import ThesenBot
from bot.frame import missing_theses
from bot.keys import Place
from bot.l10n import say
from bot.render import MESSAGE_LIMIT, escape, length
from bot.reply import ask_line
from bot.response import Response, respond, show
from bot.translator import text
from index import Document, Language, Span

LONGEST_QUESTION = 1_000
_LONGEST_NUMBER = 60
_LONGEST_WORDS = 200
_CHOICES = 25
_CHOICE_NAME = 100
_NOBODY = discord.AllowedMentions.none()


@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
class Lookup(commands.Cog):
    """Answers commands."""

    def __init__(self, bot: ThesenBot) -> None:
        """Answer for ``bot``."""
        self.bot = bot

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
        works, hidden, language = await self._choices(interaction, work, private)
        await interaction.response.defer(thinking=True, ephemeral=hidden)
        answerer = self.bot.library.answerer(works, language or self.bot.language_of(interaction))
        answer = await self.bot.ask_desk(
            interaction, lambda: answerer.answer(question, language=language)
        )
        response = respond(answer, interaction.user.id).below(ask_line(question))
        await self._send(interaction, response, private=hidden)

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
        number: app_commands.Range[str, 1, _LONGEST_NUMBER],
        work: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Show theses by their number."""
        works, hidden, language = await self._choices(interaction, work, private)
        spoken = language or self.bot.language_of(interaction)
        answerer = self.bot.library.answerer(works, spoken)
        outcome = answerer.look_up(number) or answerer.look_up(f"These {number}")
        if outcome is None:
            await self.bot.tell(interaction, say(spoken, "no-such-number"))
            return
        response = respond(Answer(spoken, outcome), interaction.user.id)
        await self._send(interaction, response, private=hidden)

    @thesis.autocomplete("number")
    async def _numbers(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Theses whose number or title has what was typed so far."""
        works = await self._works_of(interaction, getattr(interaction.namespace, "work", None))
        language = self.bot.language_of(interaction)
        return list(_numbered_choices(self.bot.library.chosen(works), current, language))

    @app_commands.command(
        name=text("command-theses"), description=text("command-theses-description")
    )
    @app_commands.rename(work=text("option-work"))
    @app_commands.describe(work=text("option-work-description"))
    async def theses(self, interaction: discord.Interaction[Any], work: str | None = None) -> None:
        """List the theses, and which ones the source lacks."""
        works, hidden, language = await self._choices(interaction, work, None)
        spoken = language or self.bot.language_of(interaction)
        lines = [
            line
            for document in self.bot.library.chosen(works)
            for line in _list_of(document, spoken)
        ]
        await self._send_lines(interaction, lines, private=hidden)

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
        works, hidden, language = await self._choices(interaction, work, private)
        spoken = language or self.bot.language_of(interaction)
        await interaction.response.defer(thinking=True, ephemeral=hidden)
        hits = await self.bot.ask_desk(
            interaction, lambda: self.bot.library.matches(words, spoken, works)
        )
        if not hits:
            header = say(spoken, "answer-none")
            response = Response(spoken, header)
        else:
            header = say(spoken, "answer-search", {"count": len(hits)})
            places = [Place(hit.document, hit.passage) for hit in hits]
            response = show(spoken, header, places, interaction.user.id)
        await self._send(interaction, response.below(ask_line(words)), private=hidden)

    @app_commands.command(
        name=text("command-source"), description=text("command-source-description")
    )
    async def source(self, interaction: discord.Interaction[Any]) -> None:
        """Where the texts come from."""
        _, hidden, language = await self._choices(interaction, None, None)
        spoken = language or self.bot.language_of(interaction)
        lines = [
            line for document in self.bot.library.documents for line in _origin(document, spoken)
        ]
        await self._send_lines(interaction, lines, private=hidden)

    @app_commands.command(
        name=text("command-verify"), description=text("command-verify-description")
    )
    @app_commands.rename(code=text("option-code"))
    @app_commands.describe(code=text("option-code-description"))
    async def verify(
        self, interaction: discord.Interaction[Any], code: app_commands.Range[str, 1, 40]
    ) -> None:
        """Resolve the code of a quotation."""
        _, hidden, language = await self._choices(interaction, None, None)
        spoken = language or self.bot.language_of(interaction)
        verified = self.bot.places.verify(code)
        if verified is None:
            await self.bot.tell(interaction, say(spoken, "verify-unknown"))
            return
        header = say(spoken, f"verify-{verified.change}")
        response = show(spoken, header, [verified.place], interaction.user.id, verified.sentence)
        await self._send(interaction, response, private=hidden)

    @app_commands.command(name=text("command-about"), description=text("command-about-description"))
    async def about(self, interaction: discord.Interaction[Any]) -> None:
        """What this bot is."""
        titles = ", ".join(document.work.title for document in self.bot.library.documents)
        facts = {"version": version("thesenbot"), "works": escape(titles[:1_000])}
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
        works = await self._works_of(interaction, None)
        return [
            app_commands.Choice(name=document.work.title[:_CHOICE_NAME], value=document.name)
            for document in self.bot.library.chosen(works)
            if current.casefold() in f"{document.work.title} {document.name}".casefold()
            and len(document.name) <= _CHOICE_NAME
        ][:_CHOICES]

    async def _choices(
        self, interaction: discord.Interaction[Any], work: str | None, private: bool | None
    ) -> tuple[tuple[str, ...], bool, Language | None]:
        """Texts, privacy and language of an answer, by the command and the server's settings."""
        settings = await self.bot.settings_of(interaction.guild_id)
        works = await self._works_of(interaction, work)
        return works, settings.private if private is None else private, settings.language

    async def _works_of(
        self, interaction: discord.Interaction[Any], work: str | None
    ) -> tuple[str, ...]:
        settings = await self.bot.settings_of(interaction.guild_id)
        offered = {document.name for document in self.bot.library.chosen(settings.works)}
        return (work,) if work in offered else settings.works

    async def _say(
        self, interaction: discord.Interaction[Any], message: str, facts: Mapping[str, str | int]
    ) -> None:
        _, hidden, language = await self._choices(interaction, None, None)
        spoken = language or self.bot.language_of(interaction)
        await self._send(interaction, Response(spoken, say(spoken, message, facts)), private=hidden)

    async def _send(
        self, interaction: discord.Interaction[Any], response: Response, *, private: bool
    ) -> None:
        shown = response.private() if private else response
        await self.bot.send(interaction, shown, private=private)

    async def _send_lines(
        self, interaction: discord.Interaction[Any], lines: list[str], *, private: bool
    ) -> None:
        """Lines in as many messages as they need."""
        messages = [""]
        for line in lines:
            if length(messages[-1]) + 1 + length(line) > MESSAGE_LIMIT:
                messages.append("")
            messages[-1] = f"{messages[-1]}\n{line}".lstrip("\n")
        for content in messages:
            await self.bot.send(interaction, Response("de", content), private=private)


def _numbered_choices(
    documents: tuple[Document, ...], typed: str, language: Language
) -> Iterator[app_commands.Choice[str]]:
    """At most 25 theses by number or by words of their title, in the source or its translation."""
    several = len(documents) > 1
    wanted = typed.casefold().strip()
    found = 0
    for document in documents:
        for position, passage in enumerate(document.passages):
            if passage.thesis is None or found == _CHOICES:
                continue
            line = passage.title or (passage.sentences[0] if passage.sentences else passage.span)
            words = " ".join(document.quote(line).split())
            rendering = document.rendering
            other = rendering.passages[position].title if rendering else None
            if wanted and not (
                str(passage.thesis).startswith(wanted)
                or wanted in words.casefold()
                or (other is not None and wanted in other.casefold())
            ):
                continue
            if other is not None and rendering is not None and rendering.language == language:
                words = other
            short = document.work.short_title or document.work.title
            value = f"{short}: These {passage.thesis}" if several else str(passage.thesis)
            name = f"{passage.thesis}. {words}" + (f" · {short}" if several else "")
            found += 1
            yield app_commands.Choice(name=_label(name), value=_label(value))


def _label(words: str) -> str:
    """A label of at most 100 characters; longer ones end with an ellipsis, for it is no quote."""
    return words if len(words) <= _CHOICE_NAME else f"{words[: _CHOICE_NAME - 1]}…"


def _list_of(document: Document, language: Language) -> Iterator[str]:
    """The heading, one line a thesis with its whole title, and what the source lacks."""
    held = [passage for passage in document.passages if passage.thesis is not None]
    title = {"title": escape(_with_year(document))}
    if not held:
        yield say(language, "list-none", title)
        return
    yield f"**{say(language, 'list-of', title)}**"
    for passage in held:
        line: Span = passage.title or passage.sentences[0]
        words = escape(" ".join(document.quote(line).split()))
        named = f"{name_passage(passage, language)}: {words}"
        yield named if length(named) < MESSAGE_LIMIT // 2 else name_passage(passage, language)
    if gap := missing_theses(document, language):
        yield f"-# {gap}"


def _with_year(document: Document) -> str:
    work = document.work
    return f"{work.title} ({work.year})" if work.year else work.title


def _origin(document: Document, language: Language) -> Iterator[str]:
    work = document.work
    yield f"**{escape(work.title[:500])}**"
    facts: dict[str, object] = {
        "publisher": work.publisher,
        "published-in": work.published_in,
        "year": work.year,
        "licence": work.licence,
        "url": work.url,
        "hash": document.sha256,
    }
    for name, value in facts.items():
        if value:
            words = escape(" ".join(str(value).split())[:500])
            yield f"- {say(language, f'source-{name}', {'value': words})}"


async def setup(bot: ThesenBot) -> None:
    """Add the cog."""
    await bot.add_cog(Lookup(bot))
