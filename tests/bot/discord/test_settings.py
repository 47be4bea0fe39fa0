"""A server's settings: who may see and change them, what they do, and when they are gone."""

from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.client import ThesenBot
from bot.database import Database, ServerSettings
from bot.desk import Desk
from bot.library import Library
from bot.render import MESSAGE_LIMIT, length
from tests.bot.discord.people import answered, fresh_bot, mention, said, speak_german

DEFAULTS = ServerSettings()
NO_INTENT = {
    "en": "need the Message Content Intent; whoever runs the bot switches it on",
    "de": "fehlt der Zugriff auf Nachrichteninhalte („Message Content Intent“); wer den Bot",
}


def bot_of(env: simcord.Env) -> ThesenBot:
    assert isinstance(env.bot, ThesenBot)
    return env.bot


def manager(env: simcord.Env) -> tuple[ChannelHandle, MemberActor]:
    """A channel of a new server, and somebody who may manage the server."""
    guild = env.create_guild()
    channel = guild.create_text_channel("garten")
    role = guild.create_role("Leitung", permissions=discord.Permissions(manage_guild=True))
    return channel, guild.add_member(env.create_user("maria"), roles=[role])


async def stored(env: simcord.Env) -> ServerSettings:
    return await bot_of(env).database.settings(env.guild.id)


@pytest.fixture(params=["en", "de"])
def tongue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The language of everyone's client."""
    if request.param == "de":
        speak_german(monkeypatch)
    return str(request.param)


@pytest.fixture
def without_intent(library: Library, database_url: str) -> ThesenBot:
    bot = ThesenBot(library, Database(database_url), Desk(per_minute=1_000))
    bot.shard_count = 1
    return bot


async def test_settings_are_shown_to_the_one_who_asks_alone(env: simcord.Env, tongue: str) -> None:
    channel, maria = manager(env)
    result = await maria.slash(channel, "settings show")
    expected = {
        "en": "**Settings of this server**\n"
        "- Language of replies: that of the question\n"
        "- Texts: all\n"
        "- Channels in which I answer [[3]]: none\n"
        "- Channels in which I answer unasked: none\n"
        "- Replies to commands only for the person who asks: no",
        "de": "**Einstellungen dieses Servers**\n"
        "- Sprache der Antworten: die der Frage\n"
        "- Texte: alle\n"
        "- Kanäle, in denen ich [[3]] beantworte: keine\n"
        "- Kanäle, in denen ich ungefragt antworte: keine\n"
        "- Antworten auf Befehle nur für die fragende Person: nein",
    }
    assert answered(result).content == expected[tongue]
    assert result.ephemeral


async def test_every_change_is_confirmed_with_the_settings_as_they_are_now(
    env: simcord.Env, tongue: str
) -> None:
    channel, maria = manager(env)
    saved, private = {
        "en": ("Saved.", "- Replies to commands only for the person who asks: yes"),
        "de": ("Gespeichert.", "- Antworten auf Befehle nur für die fragende Person: ja"),
    }[tongue]
    result = await maria.slash(channel, "settings private", on=True)
    lines = answered(result).content.split("\n")
    assert lines[0] == saved
    assert private in lines
    assert result.ephemeral


async def test_a_language_set_is_spoken_in_settings_and_answers(env: simcord.Env) -> None:
    channel, maria = manager(env)
    shown = await maria.slash(channel, "settings language", language="de")
    assert "Sprache der Antworten: Deutsch" in answered(shown).content
    await maria.send(channel, f"{mention(env)} Where are apples stored cool in the cellar?")
    assert "passt am besten" in said(channel).content or "nichts Passendes" in said(channel).content
    back = await maria.slash(channel, "settings language", language="auto")
    assert "that of the question" in answered(back).content
    assert await stored(env) == DEFAULTS


async def test_works_are_switched_on_and_off_one_by_one(env: simcord.Env) -> None:
    channel, maria = manager(env)
    shown = await maria.slash(channel, "settings works", work="obst")
    assert "Texts: Fünf Thesen vom Obst" in answered(shown).content
    assert (await stored(env)).works == ("obst",)
    await maria.slash(channel, "settings works", work="vieh")
    assert (await stored(env)).works == ("obst", "vieh")
    await maria.slash(channel, "settings works", work="obst")
    assert (await stored(env)).works == ("vieh",)
    listed = await maria.slash(channel, "theses")
    assert "Obst" not in answered(listed).content
    all_again = await maria.slash(channel, "settings works")
    assert "Texts: all" in answered(all_again).content
    assert await stored(env) == DEFAULTS


@pytest.mark.parametrize("typed", ["Vom Vieh", "vom v", " VIEH "])
async def test_a_work_may_be_called_by_its_title_or_how_it_begins(
    env: simcord.Env, typed: str
) -> None:
    channel, maria = manager(env)
    await maria.slash(channel, "settings works", work=typed)
    assert (await stored(env)).works == ("vieh",)


async def test_a_work_that_is_none_is_refused_with_those_there_are(
    env: simcord.Env, tongue: str
) -> None:
    channel, maria = manager(env)
    words = {"en": "There is no such text.", "de": "Diesen Text gibt es nicht."}[tongue]
    result = await maria.slash(channel, "settings works", work="gemüse")
    assert answered(result).content.startswith(words)
    assert "obst, vieh" in answered(result).content
    assert await stored(env) == DEFAULTS


async def test_works_are_completed_by_their_titles(env: simcord.Env) -> None:
    channel, maria = manager(env)
    choices = await maria.autocomplete(channel, "settings works", "work", "vIEh")
    assert [(choice["name"], choice["value"]) for choice in choices] == [
        ("Vom Vieh (2011)", "vieh")
    ]
    assert len(await maria.autocomplete(channel, "settings works", "work", "")) == 2


@pytest.mark.parametrize(
    ("kind", "kept"), [("inline", "inline_channels"), ("unasked", "unasked_channels")]
)
async def test_channels_are_switched_on_and_off(env: simcord.Env, kind: str, kept: str) -> None:
    channel, maria = manager(env)
    other = env.guild.create_text_channel("hof")
    for each in (channel, other):
        shown = await maria.slash(channel, f"settings {kind}", channel=each, on=True)
        assert each.mention in answered(shown).content
    assert getattr(await stored(env), kept) == {channel.id, other.id}
    await maria.slash(channel, f"settings {kind}", channel=other, on=True)
    await maria.slash(channel, f"settings {kind}", channel=channel, on=False)
    assert getattr(await stored(env), kept) == {other.id}


async def test_forums_and_threads_can_be_chosen_too(env: simcord.Env) -> None:
    channel, maria = manager(env)
    forum = env.guild.create_forum_channel("fragen")
    await maria.slash(channel, "settings inline", channel=forum, on=True)
    assert (await stored(env)).inline_channels == {forum.id}


async def test_inline_and_unasked_work_in_chosen_channels_only(env: simcord.Env) -> None:
    channel, maria = manager(env)
    quiet = env.guild.create_text_channel("still")
    await maria.slash(channel, "settings inline", channel=channel, on=True)
    await maria.send(quiet, "Siehe [[2]].")
    assert said(quiet).author.id == maria.id
    await maria.send(channel, "Siehe [[Obst 2]].")
    assert "Birnen sind grün oder gelb." in said(channel).content


async def test_however_many_channels_are_chosen_the_settings_fit_into_a_message(
    env: simcord.Env, tongue: str
) -> None:
    channel, maria = manager(env)
    many = frozenset(range(10**18, 10**18 + 100))
    settings = ServerSettings(works=("obst",), inline_channels=many, unasked_channels=many)
    await bot_of(env).database.save(env.guild.id, settings)
    shown = answered(await maria.slash(channel, "settings show"))
    more = {"en": "and 85 more", "de": "und 85 weitere"}[tongue]
    assert shown.content.count(more) == 2
    assert length(shown.content) <= MESSAGE_LIMIT


@pytest.mark.parametrize("kind", ["inline", "unasked"])
async def test_without_the_intent_what_needs_it_is_refused_with_the_reason(
    without_intent: ThesenBot, tongue: str, kind: str
) -> None:
    async with without_intent, simcord.run(without_intent) as env:
        channel, maria = manager(env)
        refused = await maria.slash(channel, f"settings {kind}", channel=channel, on=True)
        assert NO_INTENT[tongue] in answered(refused).content
        assert refused.ephemeral
        assert await stored(env) == DEFAULTS
        shown = await maria.slash(channel, "settings show")
        assert NO_INTENT[tongue] in answered(shown).content


async def test_without_the_intent_what_was_on_before_can_be_switched_off(
    without_intent: ThesenBot,
) -> None:
    async with without_intent, simcord.run(without_intent) as env:
        channel, maria = manager(env)
        chosen = ServerSettings(inline_channels=frozenset({channel.id}))
        await bot_of(env).database.save(env.guild.id, chosen)
        await maria.slash(channel, "settings inline", channel=channel, on=False)
        assert await stored(env) == DEFAULTS


COMMANDS: dict[str, dict[str, Any]] = {
    "show": {},
    "language": {"language": "de"},
    "works": {"work": "obst"},
    "private": {"on": True},
    "forget": {},
}


@pytest.mark.parametrize("command", [*COMMANDS, "inline", "unasked"])
async def test_who_may_not_manage_the_server_is_refused_also_where_the_command_is_shown(
    env: simcord.Env, tongue: str, command: str
) -> None:
    channel, maria = manager(env)
    await maria.slash(channel, "settings language", language="en")
    before = await stored(env)
    anna = env.guild.add_member(env.create_user("anna"))
    (settings,) = [
        command for command in await bot_of(env).tree.fetch_commands() if command.name == "settings"
    ]
    env.guild.set_command_permissions(settings, {anna: True})
    options = COMMANDS.get(command, {"channel": channel, "on": True})
    result = await anna.slash(channel, f"settings {command}", **options)
    words = {
        "en": "Only those who may manage the server can do that.",
        "de": "Das darf nur, wer den Server verwalten darf.",
    }
    assert answered(result).content == words[tongue]
    assert result.ephemeral
    assert await stored(env) == before
    assert [type(error) for error in env.errors] == [discord.app_commands.CheckFailure]


async def test_the_command_is_shown_to_managers_in_servers_the_bot_is_in_only(
    env: simcord.Env,
) -> None:
    channel, maria = manager(env)
    anna = env.guild.add_member(env.create_user("anna"))
    assert "settings show" in maria.available_commands(channel)
    assert "settings show" not in anna.available_commands(channel)
    assert "settings show" not in env.create_user("otto").available_commands()
    (settings,) = [
        command.to_dict(bot_of(env).tree)
        for command in bot_of(env).tree.get_commands()
        if command.name == "settings"
    ]
    assert (settings["contexts"], settings["integration_types"]) == ([0], [0])


async def test_settings_survive_a_restart(
    env: simcord.Env, library: Library, database_url: str
) -> None:
    channel, maria = manager(env)
    await maria.slash(channel, "settings language", language="de")
    await maria.slash(channel, "settings inline", channel=channel, on=True)
    await maria.slash(channel, "settings works", work="vieh")
    before = await stored(env)
    old = bot_of(env)
    new = fresh_bot(library, database_url)
    await env.restart_bot(new)
    await old.close()
    assert await new.database.settings(env.guild.id) == before
    assert before != DEFAULTS


async def test_forget_deletes_all_at_once(env: simcord.Env, tongue: str) -> None:
    channel, maria = manager(env)
    await maria.slash(channel, "settings private", on=True)
    result = await maria.slash(channel, "settings forget")
    words = {
        "en": "All that I had stored about this server is deleted.",
        "de": "Alles, was ich über diesen Server gespeichert hatte, ist gelöscht.",
    }
    assert answered(result).content == words[tongue]
    assert await stored(env) == DEFAULTS


async def test_servers_do_not_share_settings(env: simcord.Env) -> None:
    channel, maria = manager(env)
    other = env.create_guild("Zweiter")
    await bot_of(env).database.save(other.id, ServerSettings(private=True))
    await maria.slash(channel, "settings language", language="de")
    await maria.slash(channel, "settings forget")
    assert await bot_of(env).database.settings(other.id) == ServerSettings(private=True)


async def test_leaving_a_server_deletes_its_settings(env: simcord.Env) -> None:
    channel, maria = manager(env)
    await maria.slash(channel, "settings private", on=True)
    env.backend.remove_guild(env.guild.id)
    await env.settle()
    assert await stored(env) == DEFAULTS


async def test_an_outage_of_a_server_deletes_nothing(env: simcord.Env) -> None:
    channel, maria = manager(env)
    await maria.slash(channel, "settings private", on=True)
    env.backend.emit("GUILD_DELETE", {"id": str(env.guild.id), "unavailable": True})
    await env.settle()
    assert await stored(env) == ServerSettings(private=True)
    env.backend.emit("GUILD_DELETE", {"id": str(env.guild.id)})
    await env.settle()
    assert await stored(env) == DEFAULTS


async def test_private_by_default_hides_replies_to_commands(env: simcord.Env) -> None:
    channel, maria = manager(env)
    await maria.slash(channel, "settings private", on=True)
    assert (await maria.slash(channel, "thesis", number="3", work="obst")).ephemeral
    assert not (
        await maria.slash(channel, "thesis", number="3", work="obst", private=False)
    ).ephemeral
