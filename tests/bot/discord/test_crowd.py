"""Many ask at once: all are answered, in order, and no server waits for another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import pytest
import simcord

from bot.client import ThesenBot
from bot.database import Database
from bot.desk import Desk
from bot.l10n import say
from bot.library import Library
from index import Finding, Language
from tests.bot.discord.people import answered, mention, said
from tests.fakes import WordSearch

ASKED = "Wo lagert man Äpfel im Keller?"
WORDS = ["Äpfel", "Birnen", "Kirschen", "Pflaumen", "Quitten"]


class HeldSearch(WordSearch):
    """Notes each question, and does something before it is looked for."""

    def __init__(self, library: Library, before: Callable[[], None]) -> None:
        super().__init__(library.documents)
        self.before = before
        self.asked: list[str] = []

    def search(
        self,
        questions: Sequence[str],
        language: Language,
        *,
        top: int = 3,
        documents: Collection[str] | None = None,
    ) -> list[Finding]:
        self.asked += questions
        self.before()
        return super().search(questions, language, top=top, documents=documents)


def held(env: simcord.Env, before: Callable[[], None]) -> HeldSearch:
    """Put such a search in place of the bot's."""
    assert isinstance(env.bot, ThesenBot)
    search = HeldSearch(env.bot.library, before)
    env.bot.library = replace(env.bot.library, search=search)
    return search


def write(env: simcord.Env, channel: Any, person: Any, text: str) -> int:
    """Somebody writes a message; the bot has not yet had time to read it."""
    return env.backend.create_message(channel.id, person.id, text).id


async def test_the_event_loop_goes_on_while_the_model_searches(env: simcord.Env) -> None:
    beats = 0
    searching, done = threading.Event(), threading.Event()
    waited: list[bool] = []

    def slow() -> None:
        searching.set()
        waited.append(done.wait(10))

    async def beat() -> None:
        nonlocal beats
        while not done.is_set():
            await asyncio.sleep(0)
            beats += searching.is_set()
            if beats > 100:
                done.set()

    held(env, slow)
    channel = env.create_guild().create_text_channel("garten")
    anna = env.guild.add_member(env.create_user("anna"))
    beating = asyncio.create_task(beat())
    await anna.send(channel, f"{mention(env)} {ASKED}")
    await env.settle()
    await beating
    assert waited == [True]  # it was the heart that let the search go on
    assert "Man lagert sie kühl im Keller." in said(channel).content


async def test_who_mentions_too_often_is_asked_to_wait_and_others_are_not(
    library: Library, database_url: str
) -> None:
    clock = [0.0]
    desk = Desk(per_minute=2, clock=lambda: clock[0])
    bot = ThesenBot(library, Database(database_url), desk)
    bot.shard_count = 1
    async with bot, simcord.run(bot) as env:
        channel = env.create_guild().create_text_channel("garten")
        anna, ben = (env.guild.add_member(env.create_user(name)) for name in ("anna", "ben"))
        for _ in range(2):
            await anna.send(channel, f"{mention(env)} {ASKED}")
        clock[0] = 20.0
        await anna.send(channel, f"{mention(env)} {ASKED}")
        assert said(channel).content == say("de", "error-too-often", {"seconds": 40})
        await anna.send(channel, f"{mention(env)} Where are apples stored in the cellar?")
        assert said(channel).content == say("en", "error-too-often", {"seconds": 40})
        await ben.send(channel, f"{mention(env)} {ASKED}")
        assert "Man lagert sie kühl im Keller." in said(channel).content


@pytest.mark.parametrize("way", ["mention", "slash", "menu", "why"])
async def test_a_search_that_fails_ends_in_an_apology_with_the_code_of_the_log(
    env: simcord.Env, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    channel = env.create_guild().create_text_channel("garten")
    anna = env.guild.add_member(env.create_user("anna"))
    written = await anna.send(channel, f"{mention(env)} {ASKED}")
    reply = said(channel)

    def fail() -> None:
        raise RuntimeError(f"no vector for {ASKED}")

    held(env, fail)
    if way == "mention":
        await anna.send(channel, f"{mention(env)} {ASKED}")
        content = said(channel).content
    elif way == "slash":
        content = answered(await anna.slash(channel, "ask", question=ASKED)).content
    elif way == "menu":
        menu = "Find matching thesis"
        content = answered(await anna.context_menu(channel, menu, written)).content
    else:
        content = answered(await anna.click(reply, label="Warum diese?")).content
    code = content.split()[-1]
    language: Language = "de" if way == "mention" else "en"
    assert content == say(language, "error-unexpected", {"code": code})
    (line,) = [record.getMessage() for record in caplog.records if code in record.getMessage()]
    assert "builtins.RuntimeError" in line
    assert ASKED not in line
    assert len(env.errors) == (way in ("slash", "menu"))
