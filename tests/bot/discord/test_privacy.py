"""Nothing about people is kept, neither on disk nor in the log: no word, no name, no id."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.client import ThesenBot
from bot.database import Database, ServerSettings
from bot.desk import Desk
from bot.l10n import say
from bot.library import Library
from bot.trace import TraceFormatter
from tests.bot.discord.people import answered, mention, said
from tests.bot.discord.test_crowd import held

NAME = "Zaphodia"
WORD = "Geheimwortbeteigeuze"
QUESTION = f"Wo lagert man Äpfel im Keller, {WORD}?"


@pytest.fixture
def simcord_bot(library: Library, tmp_path: Path) -> ThesenBot:
    data = tmp_path / "data"
    data.mkdir()
    bot = ThesenBot(
        library,
        Database(f"sqlite+aiosqlite:///{data / 'thesenbot.sqlite'}"),
        Desk(per_minute=1_000),
        message_content=True,
        commands_file=data / "commands.sha256",
    )
    bot.shard_count = 1
    return bot


@pytest.fixture
def log() -> Iterator[list[str]]:
    """The lines that the bot's log would have, of all libraries and levels."""
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Lines()
    handler.setFormatter(TraceFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


async def everything(env: simcord.Env, channel: Any, person: Any) -> None:
    """Do all that a person can do, with the planted words in it."""
    asked = await person.send(channel, f"{mention(env)} {QUESTION}")
    reply = said(channel)
    await person.send(channel, f"Und dazu {WORD}?", reply_to=reply)
    await person.edit(asked, f"{mention(env)} {QUESTION} Bitte!")
    for label in ("Warum diese?", "Hilfreich", "Davor/danach", "Nur der Satz", "Nächste Stelle"):
        await person.click(reply, label=label)
    await person.send(channel, f"[[3]] [[Obst 2]] {WORD}")
    for command, options in {
        "ask": {"question": QUESTION},
        "thesis": {"number": "3"},
        "search": {"words": f"Keller {WORD}"},
        "verify": {"code": WORD},
        "cite": {"passage": f"Äpfel {WORD}"},
        "settings language": {"language": "de"},
    }.items():
        await person.slash(channel, command, **options)
    await person.autocomplete(channel, "cite", "passage", WORD)
    written = await person.send(channel, f"„Äpfel sind {WORD} und rund.“")
    for menu in ("Find matching thesis", "Is this quote exact?"):
        await person.context_menu(channel, menu, written)
    private = await person.slash(channel, "ask", question=QUESTION, private=True)
    await person.click(answered(private), label="Für alle zeigen")
    await person.delete(asked)


async def fail_everywhere(env: simcord.Env, channel: Any, person: Any) -> None:
    """The same where the model fails, and where Discord does."""

    def fail() -> None:
        raise ValueError(f"{QUESTION} by {person.id}")

    held(env, fail)
    await person.send(channel, f"{mention(env)} {QUESTION}")
    await person.slash(channel, "ask", question=QUESTION)
    env.inject_error("POST", "/channels/*/messages", status=403, code=50013, message="Missing")
    await person.send(channel, f"{mention(env)} {QUESTION}")
    env.inject_error("POST", "/webhooks/*", status=500)
    await person.slash(channel, "search", words=WORD)


async def test_after_all_one_can_do_no_trace_of_a_person_is_left(
    env: simcord.Env, tmp_path: Path, log: list[str]
) -> None:
    guild = env.create_guild()
    channel = guild.create_text_channel("garten")
    role = guild.create_role("Leitung", permissions=discord.Permissions(manage_guild=True))
    assert isinstance(env.bot, ThesenBot)
    chosen = frozenset({channel.id})
    await env.bot.database.save(
        guild.id, ServerSettings(inline_channels=chosen, unasked_channels=chosen)
    )
    people = [
        guild.add_member(env.create_user(f"{NAME}{i}"), nick=f"{NAME} {i}", roles=[role])
        for i in range(12)
    ]
    for person in people:
        await everything(env, channel, person)
    for person in people:
        await fail_everywhere(env, channel, person)
    assert env.errors
    ids = [person.id for person in people]
    messages = [message.id for message in channel.history()]
    await env.bot.database.close()
    written = {file: file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file()}
    written[Path("log")] = "\n".join(log).encode()
    assert len(written) >= 3
    assert any("error " in line for line in log)
    for file, content in written.items():
        for planted in (NAME, WORD, "im Keller", *map(str, ids), *map(str, messages)):
            assert planted.encode() not in content, (file, planted)
        for number in ids:
            assert number.to_bytes(8, "big") not in content, file
            assert number.to_bytes(8, "little") not in content, file


async def test_what_is_stored_is_what_privacy_says_is_stored(env: simcord.Env) -> None:
    assert isinstance(env.bot, ThesenBot)
    channel = env.create_guild().create_text_channel("garten")
    anna = env.guild.add_member(env.create_user("anna"))
    said_to_be = answered(await anna.slash(channel, "privacy")).content
    assert said_to_be == say("en", "privacy")
    async with env.bot.database._opened.connect() as connection:
        tables = await connection.run_sync(lambda c: _columns(c))
    assert tables == {
        "schema_version": {"version"},
        "servers": {
            "server",
            "language",
            "works",
            "inline_channels",
            "unasked_channels",
            "private",
        },
        "votes": {"passage", "helpful", "unhelpful"},
    }
    for stored in ("server's id", "language", "texts", "channels", "helpful or not helpful"):
        assert stored in said_to_be


def _columns(connection: Any) -> dict[str, set[str]]:
    from sqlalchemy import inspect

    inspector = inspect(connection)
    return {
        table: {column["name"] for column in inspector.get_columns(table)}
        for table in inspector.get_table_names()
    }
