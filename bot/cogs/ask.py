"""Ask in a channel: by mention, directly, or as a reply to an answer; and unasked where wanted."""

from __future__ import annotations

import re
from datetime import timedelta

import discord
from discord.ext import commands

from bot.answer import Answer, ByMeaning, ByNumber, Quote
from bot.client import ThesenBot
from bot.desk import DeskError
from bot.l10n import say
from bot.reference import find_reference
from bot.response import Response, respond
from bot.works import named_works
from index import Language

EDITED_WITHIN = timedelta(minutes=10)
"""How long after a question was sent an edit of it still changes the answer."""

CLEARLY = 0.75
"""Score from which an answer is given unasked; 0.5 is enough for one that was asked for."""

_INLINE = re.compile(r"\[\[([^\[\]\n]{1,60})\]\]")
_MOST_INLINE = 5
_LOOKED_THROUGH = 30  # messages after a question, among which its answer is looked for
_NOBODY = discord.AllowedMentions.none()


class Ask(commands.Cog):
    """Answers messages."""

    def __init__(self, bot: ThesenBot) -> None:
        """Answer for ``bot``."""
        self.bot = bot

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot."""
        if message.author.bot or message.webhook_id is not None or self._is_notice(message):
            return
        try:
            if await self._is_asked(message):
                await self._answer(message)
            elif message.guild is not None and self.bot.intents.message_content:
                await self._overhear(message)
        except discord.Forbidden:
            await self._explain_privately(message)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Answer anew when a question is edited soon after it was sent."""
        message = payload.message
        if message.author.bot or message.edited_at is None:
            return
        if message.edited_at - message.created_at > EDITED_WITHIN:
            return
        if not await self._is_asked(message):
            return
        earlier = await self._answer_to(message.channel, message.id)
        if earlier is not None:
            await self._answer(message, earlier)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Take the answer away when its question is deleted."""
        channel = self.bot.get_channel(payload.channel_id)
        if not isinstance(channel, discord.abc.Messageable):
            return
        earlier = await self._answer_to(channel, payload.message_id)
        if earlier is not None:
            await earlier.delete()

    def _is_notice(self, message: discord.Message) -> bool:
        return message.type not in (discord.MessageType.default, discord.MessageType.reply)

    async def _is_asked(self, message: discord.Message) -> bool:
        """Whether the message is meant for the bot."""
        if message.guild is None:
            return True
        own = self.bot.user
        return own is not None and any(user.id == own.id for user in message.mentions)

    async def _answer(
        self, message: discord.Message, earlier: discord.Message | None = None
    ) -> None:
        """Reply to a message, or change the earlier reply to it."""
        async with message.channel.typing():
            try:
                response = await self._response(message)
                content, view = self.bot.written(response)
            except Exception as error:  # noqa: BLE001  # every question gets a visible end
                content, view = self.bot.apology(error, await self._language(message)), None
        if earlier is not None:
            await earlier.edit(content=content, view=view, allowed_mentions=_NOBODY)
            return
        await self._reply(message, content, view)

    async def _reply(
        self, message: discord.Message, content: str, view: discord.ui.View | None
    ) -> None:
        reference = message.to_reference(fail_if_not_exists=False)
        await self.bot.post(message.channel, content, view, reference)

    async def _response(self, message: discord.Message) -> Response:
        question = self.bot.without_mention(message.content)
        settings = await self.bot.settings_of(message.guild.id if message.guild else None)
        previous = await self._questions_before(message)
        answerer = self.bot.library.answerer(settings.works, settings.language)
        answer = await self.bot.ask_desk(
            message,
            lambda: answerer.answer(question, previous=previous, language=settings.language),
        )
        return respond(answer, message.author.id)

    async def _questions_before(self, message: discord.Message) -> list[str]:
        """What was asked before, if the message replies to an answer."""
        before = await self.bot.message_before(message)
        if before is None or self.bot.user is None or before.author.id != self.bot.user.id:
            return []
        question = await self.bot.question_before(before)
        return [question] if question else []

    async def _language(self, message: discord.Message) -> Language:
        settings = await self.bot.settings_of(message.guild.id if message.guild else None)
        found = self.bot.library.detector.detect(message.content).language
        return settings.language or found or self.bot.library.default_language

    async def _overhear(self, message: discord.Message) -> None:
        """Answer what was not asked, in channels where that is wanted."""
        assert message.guild is not None  # noqa: S101  # direct messages are always asked
        settings = await self.bot.settings_of(message.guild.id)
        places = {message.channel.id, getattr(message.channel, "parent_id", None)}
        if places & settings.inline_channels and _INLINE.search(message.content):
            await self._cite_inline(message, settings.works, settings.language)
        elif places & settings.unasked_channels:
            await self._answer_unasked(message, settings.works, settings.language)

    async def _cite_inline(
        self, message: discord.Message, works: tuple[str, ...], language: Language | None
    ) -> None:
        """One reply for all ``[[3]]`` of a message; silence where none names a thesis."""
        quotes: dict[tuple[str, int], Quote] = {}
        answerer = self.bot.library.answerer(works)
        for written in _INLINE.findall(message.content)[:_MOST_INLINE]:
            outcome = answerer.look_up(_spelt_out(written, self.bot))
            if isinstance(outcome, ByNumber):
                for quote in outcome.quotes:
                    quotes[quote.document.name, quote.passage.span.start] = quote
        if not quotes:
            return
        spoken = language or await self._language(message)
        answer = Answer(spoken, ByNumber(tuple(quotes.values())))
        content, view = self.bot.written(respond(answer, message.author.id))
        await self._reply(message, content, view)

    async def _answer_unasked(
        self, message: discord.Message, works: tuple[str, ...], language: Language | None
    ) -> None:
        """Reply only if a thesis clearly fits; silence otherwise, also when busy."""
        answerer = self.bot.library.answerer(works, language)
        try:
            answer = await self.bot.ask_desk(
                message, lambda: answerer.answer(message.content, language=language)
            )
        except DeskError:
            return
        outcome = answer.outcome
        if isinstance(outcome, ByMeaning) and outcome.quotes[0].score >= CLEARLY:
            content, view = self.bot.written(respond(answer, message.author.id))
            await self._reply(message, content, view)

    async def _answer_to(
        self, channel: discord.abc.Messageable, question: int
    ) -> discord.Message | None:
        """The bot's reply to a message, looked for among those that follow it."""
        own = self.bot.user.id if self.bot.user else 0
        try:
            async for message in channel.history(
                after=discord.Object(question), limit=_LOOKED_THROUGH, oldest_first=True
            ):
                reference = message.reference
                if message.author.id == own and reference and reference.message_id == question:
                    return message
        except discord.HTTPException:
            return None
        return None

    async def _explain_privately(self, message: discord.Message) -> None:
        """Where the bot may not write, the one who asked is told so directly, if they allow it."""
        if message.guild is None:
            return
        try:
            words = say(await self._language(message), "error-permission")
            await message.author.send(words, allowed_mentions=_NOBODY)
        except discord.HTTPException:
            return


def _spelt_out(written: str, bot: ThesenBot) -> str:
    """What stands in brackets as a reference: ``3`` and ``BVDW 3`` mean theses too."""
    if find_reference(written) is not None:
        return written
    words = written
    for document in named_works(written, bot.library.documents):
        short = document.work.short_title or document.work.title
        words = re.sub(re.escape(short), "", words, flags=re.IGNORECASE).strip()
        return f"{short}: These {words}"
    return f"These {words}"


async def setup(bot: ThesenBot) -> None:
    """Add the cog."""
    await bot.add_cog(Ask(bot))
