"""The Discord client: what all commands share, from the first response to the last-resort error."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.answer import Quote
from bot.buttons import ReplyButton, buttons, state_of
from bot.corpus.keeper import Keeper, NotAdministrator
from bot.corpus.shelf import Shelf
from bot.database import Database, ServerSettings
from bot.desk import Desk, NotOpen, TooBusy, TooLate, TooOften, WorkerLost
from bot.keys import Places
from bot.l10n import say
from bot.library import Library
from bot.operation.metrics import Metrics
from bot.operation.watch import Watch, way_of
from bot.reply import asked_in
from bot.request import request_code
from bot.response import Response, write
from bot.trace import trace
from bot.translator import CatalogueTranslator
from index import Language

log = logging.getLogger(__name__)

COGS = ("bot.cogs.ask", "bot.cogs.lookup", "bot.cogs.cite", "bot.cogs.settings")

_T = TypeVar("_T")
_NOBODY = discord.AllowedMentions.none()
STOP_SECONDS = 15.0
"""How long what is in flight may take to be answered, once the bot is told to stop."""


class ThesenBot(commands.AutoShardedBot):
    """Answers in Discord from a library of texts."""

    def __init__(
        self,
        library: Library,
        database: Database,
        desk: Desk,
        *,
        message_content: bool = False,
        commands_file: Path | None = None,
        watch: Watch | None = None,
    ) -> None:
        """Connect nothing yet.

        Args:
            library: What is answered from.
            database: Settings of servers.
            desk: Where questions wait for the model.
            message_content: Whether the privileged intent is asked for, which inline notation and
                unasked answers need.
            commands_file: Where a digest of the commands last given to Discord is kept; None to
                give them at every start.
            watch: What counts, times and logs questions; None for one of its own.
        """
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        intents.message_content = message_content
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents,
            allowed_mentions=_NOBODY,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )
        self.shelf = Shelf(library)
        self.database = database
        self.desk = desk
        self.watch = watch or Watch(Metrics())
        self.keeper: Keeper | None = None
        self._commands_file = commands_file
        self._asking: set[asyncio.Task[Any]] = set()
        self.tree.error(self._on_command_error)

    @property
    def library(self) -> Library:
        """What the running answer is taken from; the same one to its end."""
        return self.shelf.library()

    @library.setter
    def library(self, library: Library) -> None:
        self.shelf.replace(library)

    @property
    def places(self) -> Places:
        """The passages of ``library`` by their keys."""
        return self.library.places()

    async def setup_hook(self) -> None:
        """Make everything ready before the first event arrives."""
        await self.database.open()
        self.desk.start()
        translator = CatalogueTranslator()
        await self.tree.set_translator(translator)
        self.add_dynamic_items(ReplyButton)
        for cog in COGS:
            await self.load_extension(cog)
        if self.keeper is not None and self.keeper.administrators:
            await self.load_extension("bot.cogs.corpus")
        await self._give_commands(translator)

    async def close(self) -> None:
        """Answer the question that is being worked on, refuse those that wait, and leave.

        After ``STOP_SECONDS`` it leaves whatever is not answered yet.
        """
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.desk.close()
                if asking := self._asking - {asyncio.current_task()}:
                    await asyncio.wait(asking)
        except TimeoutError:
            log.warning("stopped with questions unanswered after %g seconds", STOP_SECONDS)
        await super().close()
        await self.database.close()
        await self.shelf.close()

    async def _give_commands(self, translator: app_commands.Translator) -> None:
        """Tell Discord of the commands, but only if they are not those it was told of last.

        While Discord is out of order the bot goes on with those it knows, and tells it of these
        at the next start.
        """
        file = self._commands_file
        payload = [
            await command.get_translated_payload(self.tree, translator)
            for command in self.tree.get_commands()
        ]
        told = json.dumps([self.application_id, payload], sort_keys=True)
        digest = hashlib.sha256(told.encode()).hexdigest()
        if file is not None and file.is_file() and file.read_text(encoding="utf-8") == digest:
            return
        try:
            await self.tree.sync()
        except discord.DiscordServerError as error:
            log.warning("the commands could not be given to Discord: %s", error)
            return
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(digest, encoding="utf-8")

    async def on_message(self, message: discord.Message, /) -> None:
        """Messages are read by the cogs; there are no commands with a prefix."""

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget a server that the bot has left."""
        await self.database.forget(guild.id)

    def language_of(self, interaction: discord.Interaction[Any]) -> Language:
        """The language of the client that an interaction came from: German, else English."""
        return "de" if interaction.locale is discord.Locale.german else "en"

    async def settings_of(self, server: int | None) -> ServerSettings:
        """The settings of a server; the defaults in direct messages."""
        return ServerSettings() if server is None else await self.database.settings(server)

    async def ask_desk(
        self,
        asked: discord.Interaction[Any] | discord.Message,
        work: Callable[[], _T],
        *,
        unasked: bool = False,
    ) -> _T:
        """Have the model do ``work``, in line and off the event loop.

        Args:
            asked: Where the question came from.
            work: What there is to do.
            unasked: Whether nobody asked, so that it counts as the channel's, not the person's.

        Raises:
            DeskError: It cannot be done now.
        """
        user = asked.user if isinstance(asked, discord.Interaction) else asked.author
        person = asked.channel.id if unasked and asked.channel is not None else user.id
        server = asked.guild.id if asked.guild is not None else user.id
        if task := asyncio.current_task():
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        return await self.watch.question(
            "unasked" if unasked else way_of(asked),
            work,
            lambda timed: self.desk.ask(timed, person=person, server=server),
        )

    def written(self, response: Response) -> tuple[str, discord.ui.View | None]:
        """The first message of a reply, proved to be true to the source, and its buttons.

        Raises:
            QuoteError: It is not; nothing may be sent.
        """
        with self.watch.step("render"):
            contents = write(response, self.places)
        keys = response.state.keys if response.state else ()
        places = tuple(place for key in keys if (place := self.places.find(key)) is not None)
        return contents[0], buttons(response, places, len(contents))

    async def send(
        self, interaction: discord.Interaction[Any], response: Response, *, private: bool
    ) -> None:
        """Answer an interaction, whether it was deferred or not."""
        content, view = self.written(response)
        options: dict[str, Any] = {"allowed_mentions": _NOBODY, "suppress_embeds": True}
        if view is not None:
            options["view"] = view
        with self.watch.step("send"):
            if interaction.response.is_done():
                await interaction.followup.send(content, ephemeral=private, **options)
            else:
                await interaction.response.send_message(content, ephemeral=private, **options)
        if not private:
            await self.explain_if_hidden(interaction)

    async def explain_if_hidden(self, interaction: discord.Interaction[Any]) -> None:
        """Say why only the asker sees a reply: Discord hides those of apps that people bring."""
        brought = interaction.is_user_integration() and not interaction.is_guild_integration()
        if brought and interaction.guild_id and not interaction.permissions.use_external_apps:
            words = say(self.language_of(interaction), "only-you-see")
            await interaction.followup.send(words, ephemeral=True)

    async def post(
        self,
        channel: discord.abc.Messageable,
        content: str,
        view: discord.ui.View | None,
        reference: discord.MessageReference,
    ) -> None:
        """Send a message to a channel as a reply that pings nobody."""
        options: dict[str, Any] = {} if view is None else {"view": view}
        with self.watch.step("send"):
            await channel.send(
                content,
                reference=reference,
                mention_author=False,
                allowed_mentions=_NOBODY,
                suppress_embeds=True,
                **options,
            )

    async def tell(self, interaction: discord.Interaction[Any], words: str) -> None:
        """Say something to the one who asked, and to nobody else."""
        await self.send(interaction, Response(self.language_of(interaction), words), private=True)

    async def question_before(self, message: discord.Message | None) -> str | None:
        """The question that a message of the bot answers, as far as Discord lets it be read."""
        if message is None:
            return None
        if asked := asked_in(message.content):
            return asked
        before = await self.message_before(message)
        return None if before is None else self.without_mention(before.content) or None

    def shown_in(self, message: discord.Message) -> tuple[Quote, ...]:
        """What a message of the bot quotes, by its buttons; nothing where it only offers."""
        state = state_of(message)
        if state is None:
            return ()
        keys = state.keys[state.at : state.at + state.together]
        places = [place for key in keys if (place := self.places.find(key)) is not None]
        return tuple(Quote(place.document, place.passage) for place in places)

    async def message_before(self, message: discord.Message) -> discord.Message | None:
        """The message that another one replies to; None if it is gone or may not be read."""
        reference = message.reference
        if reference is None or reference.message_id is None:
            return None
        if isinstance(reference.resolved, discord.Message):
            return reference.resolved
        try:
            return await message.channel.fetch_message(reference.message_id)
        except discord.HTTPException:
            return None

    def without_mention(self, text: str) -> str:
        """The words of a message without the mention of the bot."""
        own = self.user.id if self.user else 0
        for mention in (f"<@{own}>", f"<@!{own}>"):
            text = text.replace(mention, " ")
        return text.strip()

    def apology(self, error: BaseException, language: Language) -> str:
        """What a person is told of an error; what is not their concern is logged, with a code."""
        original = getattr(error, "original", error)
        match original:
            case TooOften(retry_after_seconds=seconds):
                return say(language, "error-too-often", {"seconds": seconds})
            case TooBusy():
                return say(language, "error-busy")
            case TooLate():
                return say(language, "error-late")
            case WorkerLost():
                return say(language, "error-worker")
            case NotOpen():
                return say(language, "error-stopping")
            case NotAdministrator():
                return say(language, "corpus-not-allowed")
            case app_commands.CheckFailure():
                return say(language, "error-not-allowed")
        code = request_code()
        log.error("error %s\n%s", code, trace(original))
        return say(language, "error-unexpected", {"code": code})

    async def _on_command_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError
    ) -> None:
        await self.apologise(interaction, error)

    async def apologise(self, interaction: discord.Interaction[Any], error: BaseException) -> None:
        """Tell the one who asked that it failed, if Discord still lets them be told."""
        try:
            await self.tell(interaction, self.apology(error, self.language_of(interaction)))
        except (discord.DiscordException, aiohttp.ClientError, OSError) as failed:
            log.warning("an apology could not be sent: %s", failed)
