"""Ask in a channel: by mention, directly, or as a reply to an answer; and unasked where wanted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import discord
from discord.ext import commands

from bot import inline
from bot.answer import Answer, ByMeaning, Quote
from bot.client import ThesenBot
from bot.database import DatabaseError, ServerSettings
from bot.desk import DeskError
from bot.l10n import say
from bot.response import Response, respond
from index import Language

log = logging.getLogger(__name__)

EDITED_WITHIN = timedelta(minutes=10)
"""How long after a question was sent an edit of it still changes the answer."""

CLEARLY = 0.75
"""Score from which an answer is given unasked; 0.5 is enough for one that was asked for."""

_LEFT_ALONE = 60.0
"""Seconds that a channel is left alone after Discord has refused an answer there."""

_LOOKED_THROUGH = 100  # messages after a question, among which its answer is looked for
_NOBODY = discord.AllowedMentions.none()
_INVALID_FORM, _NO_HISTORY = 50035, 160002  # error codes of Discord

_Draft = tuple[str, discord.ui.View | None]
_Way = Callable[[discord.Message], Awaitable[_Draft | None]]


class Ask(commands.Cog):
    """Answers messages."""

    def __init__(self, bot: ThesenBot) -> None:
        """Answer for ``bot``."""
        self.bot = bot
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._refused = Refused()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot."""
        if _is_by_a_person(message):
            async with self._turn(message.id):
                await self._hear(message)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Answer anew when a question is edited soon after it was sent."""
        message = payload.message
        if not _is_by_a_person(message) or message.edited_at is None:
            return
        if message.edited_at - message.created_at <= EDITED_WITHIN:
            async with self._turn(message.id):
                await self._hear(message, edited=True)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Take the answer away when its question is deleted."""
        await self._take_away({payload.message_id}, payload.channel_id, payload.guild_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Take the answers away when many messages are deleted at once."""
        await self._take_away(payload.message_ids, payload.channel_id, payload.guild_id)

    def _turn(self, question: int) -> asyncio.Lock:
        """Held while a message is answered, so that its edit or deletion finds the answer."""
        return self._turns.setdefault(question, asyncio.Lock())

    async def _hear(self, message: discord.Message, *, edited: bool = False) -> None:
        """Reply to a message, or change the earlier reply to it, if it is meant for the bot."""
        way = await self._way(message)
        if way is None or self._refused.lately(message.channel.id):
            return
        try:
            earlier = await self._answers_to({message.id}, message.channel) if edited else []
            draft = await way(message)
            if self._refused.lately(message.channel.id):
                return
            if draft is not None and earlier:
                await _change(earlier[0], draft)
            elif draft is not None:
                await self._reply(message, draft)
        except discord.Forbidden:
            self._refused.note(message.channel.id)
            if way != self._unasked and not edited:
                await self._explain_privately(message)
        except discord.HTTPException as error:
            log.warning("a reply could not be sent: %s", error)

    async def _way(self, message: discord.Message) -> _Way | None:
        """How a message is to be answered, if at all."""
        if self._is_asked(message):
            return self._asked
        if message.guild is None or not self.bot.intents.message_content:
            return None
        try:
            settings = await self._settings(message)
        except DatabaseError as error:
            log.warning("%s", error)
            return None
        places = {message.channel.id, getattr(message.channel, "parent_id", None)}
        if places & settings.inline_channels and inline.bracketed(message.content):
            return self._cited
        return self._unasked if places & settings.unasked_channels else None

    def _is_asked(self, message: discord.Message) -> bool:
        """Whether the message is sent to the bot, mentions it or answers it with a ping."""
        if isinstance(message.channel, discord.DMChannel):
            return True
        own = self.bot.user
        return own is not None and any(user.id == own.id for user in message.mentions)

    async def _settings(self, message: discord.Message) -> ServerSettings:
        return await self.bot.settings_of(message.guild.id if message.guild else None)

    async def _asked(self, message: discord.Message) -> _Draft:
        """The answer to a question, or an apology: it always has a visible end."""
        typing = asyncio.create_task(_show_typing(message.channel))
        try:
            return self.bot.written(await self._response(message))
        except Exception as error:  # noqa: BLE001  # every question gets a visible end
            return self.bot.apology(error, await self._language(message)), None
        finally:
            typing.cancel()

    async def _response(self, message: discord.Message) -> Response:
        settings = await self._settings(message)
        if self._is_hidden(message):
            language = await self._language(message)
            return Response(language, say(language, "refuse-hidden"))
        question = self.bot.without_mention(message.content)
        previous, shown = await self._said_before(message)
        answerer = self.bot.library.answerer(settings.works, settings.language)
        answer = await self.bot.ask_desk(
            message,
            lambda: answerer.answer(
                question, previous=previous, shown=shown, language=settings.language
            ),
        )
        return respond(answer, message.author.id)

    def _is_hidden(self, message: discord.Message) -> bool:
        """Whether Discord withholds the words: those of replies to the answer of a command."""
        is_reply = message.reference is not None and message.guild is not None
        return is_reply and not message.content and not self.bot.intents.message_content

    async def _said_before(self, message: discord.Message) -> tuple[list[str], tuple[Quote, ...]]:
        """What was asked before and quoted as the answer, if the message replies to one."""
        before = await self.bot.message_before(message)
        if before is None or self.bot.user is None or before.author.id != self.bot.user.id:
            return [], ()
        question = await self.bot.question_before(before)
        return [question] if question else [], self.bot.shown_in(before)

    async def _language(self, message: discord.Message) -> Language:
        """In which language something is said that is no answer."""
        try:
            chosen = (await self._settings(message)).language
        except DatabaseError:
            chosen = None
        found = self.bot.library.detector.detect(self.bot.without_mention(message.content))
        return chosen or found.language or self.bot.library.default_language

    async def _cited(self, message: discord.Message) -> _Draft | None:
        """One reply for all ``[[3]]`` of a message; silence where none asks for a thesis."""
        try:
            settings = await self._settings(message)
            answerer = self.bot.library.answerer(settings.works)
            documents = self.bot.library.chosen(settings.works)
            outcome = inline.look_up(message.content, answerer, documents)
            if outcome is None:
                return None
            answer = Answer(await self._language(message), outcome)
            return self.bot.written(respond(answer, message.author.id))
        except Exception as error:  # noqa: BLE001  # a thesis was asked for: not silence
            return self.bot.apology(error, await self._language(message)), None

    async def _unasked(self, message: discord.Message) -> _Draft | None:
        """A thesis that clearly fits; silence otherwise, also when something fails.

        What people say to each other is not counted as their questions, but as the channel's.
        """
        try:
            settings = await self._settings(message)
            answerer = self.bot.library.answerer(settings.works, settings.language)
            answer = await self.bot.ask_desk(
                message,
                lambda: answerer.answer(message.content, language=settings.language),
                unasked=True,
            )
            outcome = answer.outcome
            if isinstance(outcome, ByMeaning) and outcome.quotes[0].score >= CLEARLY:
                return self.bot.written(respond(answer, message.author.id))
        except DeskError:
            return None
        except Exception as error:  # noqa: BLE001  # nobody waits for this answer
            self.bot.apology(error, self.bot.library.default_language)
        return None

    async def _reply(self, message: discord.Message, draft: _Draft) -> None:
        """Post a draft as a reply, or, where replies are not allowed, as a message."""
        try:
            await self.bot.post(message.channel, *draft, message.to_reference())
        except discord.HTTPException as error:
            if error.code == _NO_HISTORY:
                await _post_alone(message.channel, draft)
            elif error.code != _INVALID_FORM:
                raise
            elif "message_reference" not in error.text:
                words = self.bot.apology(error, await self._language(message))
                await self.bot.post(message.channel, words, None, message.to_reference())

    async def _take_away(self, questions: set[int], channel: int, server: int | None) -> None:
        """Delete the answers to questions that are gone, also those that are being written."""
        for question in questions:
            async with self._turn(question):
                pass
        place = self.bot.get_partial_messageable(channel, guild_id=server)
        with suppress(discord.HTTPException):
            for answer in await self._answers_to(questions, place):
                await answer.delete()

    async def _answers_to(
        self, questions: set[int], channel: discord.abc.Messageable
    ) -> list[discord.Message]:
        """The bot's replies to messages, looked for among those that follow the first of them.

        Raises:
            HTTPException: The bot may not read what was said.
        """
        own = self.bot.user.id if self.bot.user else 0
        return [
            message
            async for message in channel.history(
                after=discord.Object(min(questions)), limit=_LOOKED_THROUGH, oldest_first=True
            )
            if message.author.id == own
            and message.reference is not None
            and message.reference.message_id in questions
        ]

    async def _explain_privately(self, message: discord.Message) -> None:
        """Where the bot may not write, the one who asked is told so directly, if they allow it."""
        if message.guild is None:
            return
        with suppress(discord.HTTPException):
            words = say(await self._language(message), "error-permission")
            await message.author.send(words, allowed_mentions=_NOBODY)


async def _show_typing(channel: discord.abc.Messageable) -> None:
    """Show that an answer is being written, until cancelled; beside the work, which waits in line.

    A question that waited for this first would lose its place.
    """
    with suppress(discord.HTTPException, aiohttp.ClientError):
        async with channel.typing():
            await asyncio.Event().wait()


class Refused:
    """Where Discord has lately refused an answer; it blocks who makes 10,000 such requests.

    That many are counted in ten minutes, whoever asks; a channel costs a few at most in that time.
    """

    def __init__(self) -> None:
        """Nothing is refused yet."""
        self._until: dict[int, float] = {}

    def note(self, channel: int) -> None:
        """An answer in this channel was refused now."""
        now = asyncio.get_running_loop().time()
        self._until = {place: until for place, until in self._until.items() if until > now}
        self._until[channel] = now + _LEFT_ALONE

    def lately(self, channel: int) -> bool:
        """Whether the channel is to be left alone for now."""
        return self._until.get(channel, 0.0) > asyncio.get_running_loop().time()


def _is_by_a_person(message: discord.Message) -> bool:
    said = message.type in (discord.MessageType.default, discord.MessageType.reply)
    return said and not message.author.bot and message.webhook_id is None


async def _change(earlier: discord.Message, draft: _Draft) -> None:
    content, view = draft
    await earlier.edit(content=content, view=view, allowed_mentions=_NOBODY)


async def _post_alone(channel: discord.abc.Messageable, draft: _Draft) -> None:
    content, view = draft
    options: dict[str, Any] = {} if view is None else {"view": view}
    await channel.send(content, allowed_mentions=_NOBODY, suppress_embeds=True, **options)


async def setup(bot: ThesenBot) -> None:
    """Add the cog."""
    await bot.add_cog(Ask(bot))
