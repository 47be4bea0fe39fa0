"""Every button below every reply, pressed by whoever, whenever, also with what it never held."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord

from bot.client import ThesenBot
from bot.keys import passage_key
from bot.l10n import say
from bot.library import Library
from bot.render import length
from bot.state import MOST_CHARACTERS, make_state, unpack
from tests.bot.discord.people import (
    answered,
    fresh_bot,
    labels,
    meet_in_a_group,
    mention,
    own_id,
    read,
    said,
    speak_german,
    town,
)
from tests.fakes import make_document

ASKED = "Wo lagert man Äpfel im Keller?"
IN_THE_CELLAR = "Man lagert sie kühl im Keller."
ROW_BELOW = ["Warum diese?", "Hilfreich", "Nicht hilfreich", "Löschen"]


async def ask(env: simcord.Env, channel: Any, person: Any, question: str = ASKED) -> Any:
    """The bot's reply to a question by mention."""
    await person.send(channel, f"{mention(env)} {question}")
    return said(channel)


def now(env: simcord.Env, message: discord.Message) -> discord.Message:
    """A message as it is by now."""
    history: list[discord.Message] = _channel(env, message.channel.id).history()
    return next(shown for shown in history if shown.id == message.id)


def _channel(env: simcord.Env, channel: int) -> Any:
    return simcord.builders.ChannelHandle(env, None, env.backend.get_channel(channel))


def custom_ids(message: discord.Message) -> list[str]:
    return [
        str(item.custom_id)
        for row in message.components
        if isinstance(row, discord.ActionRow)
        for item in row.children
        if isinstance(item, discord.Button)
    ]


def bot_of(env: simcord.Env) -> ThesenBot:
    assert isinstance(env.bot, ThesenBot)
    return env.bot


# --- what each does ---


async def test_just_the_sentence_and_all_of_it_again(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    reply = await ask(env, channel, anna)
    assert labels(reply) == [["Nächste Stelle", "Nur der Satz", "Davor/danach"], ROW_BELOW]
    await anna.click(reply, label="Nur der Satz")
    alone = now(env, reply)
    assert [line for line in alone.content.split("\n") if line.startswith(">")] == [
        f"> {IN_THE_CELLAR}"
    ]
    assert alone.content.startswith(say("de", "answer-meaning"))
    assert labels(alone)[0] == ["Nächste Stelle", "Ganz zeigen", "Davor/danach"]
    await anna.click(alone, label="Ganz zeigen")
    assert now(env, reply).content == reply.content
    assert labels(now(env, reply)) == labels(reply)


async def test_the_next_match_until_there_is_none(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    reply = await ask(env, channel, anna)
    await anna.click(reply, label="Nächste Stelle")
    second = now(env, reply)
    assert second.content.startswith(say("de", "answer-other", {"at": 2, "count": 3}))
    await anna.click(second, label="Nächste Stelle")
    third = now(env, reply)
    assert third.content.startswith(say("de", "answer-other", {"at": 3, "count": 3}))
    assert labels(third) == [["Davor/danach"], ROW_BELOW]


async def test_what_stands_before_and_after_is_shown_to_the_one_who_presses(
    env: simcord.Env,
) -> None:
    channel, anna, ben = town(env)
    reply = await ask(env, channel, anna, "These 3 vom Obst")
    result = await ben.click(reply, label="Davor/danach")
    assert result.ephemeral
    around = answered(result)
    assert around.content.startswith(say("de", "answer-context"))
    assert "Birnen sind grün oder gelb." in around.content
    assert "Pflaumen werden zu Mus gekocht." in around.content
    assert "Kirschen hängen" not in around.content
    assert now(env, reply).content == reply.content
    await ben.click(around, label="Für alle zeigen")
    assert "ben teilt:" in said(channel).content


async def test_why_this_one_names_shared_words_and_closeness(env: simcord.Env) -> None:
    channel, anna, ben = town(env)
    reply = await ask(env, channel, anna)
    result = await ben.click(reply, label="Warum diese?")
    assert result.ephemeral
    lines = answered(result).content.split("\n")
    assert lines[0] == say("de", "why-intro")
    assert lines[1].startswith("- gemeinsame Schreibung: +")
    assert "," in lines[1]
    assert lines[-1].startswith("Gemeinsame Wörter: ")


async def test_why_cannot_be_told_once_the_question_is_gone(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    reply = await ask(env, channel, anna)
    env.backend.messages[channel.id].pop(reply.reference.message_id)
    result = await anna.click(reply, label="Warum diese?")
    assert answered(result).content == say("de", "why-no-question")


async def test_helpful_and_not_helpful_are_counted_without_a_name(env: simcord.Env) -> None:
    channel, anna, ben = town(env)
    reply = await ask(env, channel, anna)
    for person, label in ((anna, "Hilfreich"), (ben, "Nicht hilfreich")):
        result = await person.click(reply, label=label)
        assert result.ephemeral
        assert answered(result).content == say("de", "vote-thanks")
    document = bot_of(env).library.documents[0]
    passage = document.thesis(1)
    assert passage is not None
    assert await bot_of(env).database.votes() == {passage_key(document, passage).hex(): (1, 1)}


@pytest.mark.parametrize("manages", [False, True])
async def test_only_the_asker_and_moderators_can_delete(env: simcord.Env, manages: bool) -> None:
    channel, anna, _ = town(env)
    role = channel.guild.create_role(
        "Wache", permissions=discord.Permissions(manage_messages=manages)
    )
    carl = channel.guild.add_member(env.create_user("carl"), roles=[role])
    reply = await ask(env, channel, anna)
    result = await carl.click(reply, label="Löschen")
    if manages:
        assert said(channel).id != reply.id
        return
    assert answered(result).content == say("de", "delete-refused")
    assert result.ephemeral
    assert said(channel).id == reply.id
    await anna.click(reply, label="Löschen")
    assert said(channel).id != reply.id


async def test_a_private_answer_is_shared_by_name_and_then_anyone_may_press(
    env: simcord.Env,
) -> None:
    channel, anna, ben = town(env)
    result = await anna.slash(channel, "ask", question=ASKED, private=True)
    assert channel.history(viewer=ben) == []
    await anna.click(answered(result), label="Für alle zeigen")
    (shared,) = channel.history(viewer=ben)
    assert shared.content.startswith("anna teilt:")
    assert IN_THE_CELLAR in shared.content
    assert "Für alle zeigen" not in itertools.chain(*labels(shared))
    assert shared.mentions == []
    refused = await ben.click(shared, label="Löschen")
    assert answered(refused).content == say("de", "delete-refused")
    await anna.click(shared, label="Löschen")
    assert shared.id not in [message.id for message in channel.history(viewer=ben)]


async def test_what_is_shared_is_the_sentence_that_is_shown(env: simcord.Env) -> None:
    channel, anna, ben = town(env)
    private = answered(await anna.slash(channel, "ask", question=ASKED, private=True))
    alone = answered(await anna.click(private, label="Nur der Satz"))
    await anna.click(alone, label="Für alle zeigen")
    (shared,) = channel.history(viewer=ben)
    assert [line for line in shared.content.split("\n") if line.startswith(">")] == [
        f"> {IN_THE_CELLAR}"
    ]


async def test_the_pages_of_a_long_answer_are_turned_and_joined_are_the_source(
    env: simcord.Env, library: Library
) -> None:
    body = " ".join(f"Satz {i} über *Rüben* und ihre Blätter." for i in range(160))
    document = make_document("rueben", [body])
    install(env, replace(library, documents=(document,)))
    channel, anna, _ = town(env)
    reply = await ask(env, channel, anna, "These 1")
    seen = [quoted(reply)]
    while "Teil ▶" in labels(now(env, reply))[0]:
        await anna.click(now(env, reply), label="Teil ▶")
        seen.append(quoted(now(env, reply)))
        assert length(now(env, reply).content) <= 2_000
    assert len(seen) > 3
    assert "".join(seen) == document.quote(document.passages[0].span)
    await anna.click(now(env, reply), label="◀ Teil")
    assert quoted(now(env, reply)) == seen[-2]


def quoted(message: discord.Message) -> str:
    """The words quoted in a message, as they are displayed; a piece keeps its last white space."""
    lines = message.content.split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith("> "))
    last = max(i for i, line in enumerate(lines) if line.startswith("> "))
    return read(_with(message, "\n".join(lines[first : last + 1])))


def _with(message: discord.Message, content: str) -> discord.Message:
    message.content = content
    return message


def install(env: simcord.Env, library: Library) -> None:
    """Have the bot answer from other texts, as after a new start with another index."""
    bot = bot_of(env)
    bot.library = library


async def test_one_of_those_offered_is_chosen(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    reply = await ask(env, channel, anna, "These 1")
    assert reply.content.startswith("These 1 gibt es in mehreren Texten.")
    assert labels(reply) == [["1. Obst: These 1", "2. Vieh: These 1"], ["Löschen"]]
    await anna.click(reply, label="2. Vieh: These 1")
    assert "Kühe geben Milch" in now(env, reply).content
    assert now(env, reply).content.startswith(say("de", "answer-other", {"at": 2, "count": 2}))


# --- in which language, and where ---


async def test_the_buttons_of_an_english_answer_speak_english_to_all(
    env: simcord.Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, anna, ben = town(env)
    reply = await ask(env, channel, anna, "Where are apples stored cool in the cellar?")
    assert labels(reply)[1] == ["Why this one?", "Helpful", "Not helpful", "Delete"]
    speak_german(monkeypatch)
    assert answered(await ben.click(reply, label="Helpful")).content == say("en", "vote-thanks")


async def test_buttons_work_in_direct_messages_and_groups(
    env: simcord.Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = env.create_user("anna")
    await anna.send_dm(ASKED)
    for group in (False, True):
        if group:
            meet_in_a_group(monkeypatch)
        reply = said(anna.dm_channel)
        await anna.click(reply, label="Nächste Stelle")
        assert say("de", "answer-other", {"at": 2, "count": 3}) in now(env, reply).content
        result = await anna.slash("ask", question=ASKED)
        await anna.click(answered(result), label="Nur der Satz")
        await anna.click(said(anna.dm_channel), label="Löschen")
        assert said(anna.dm_channel).id == reply.id
        await anna.click(now(env, reply), label="Hilfreich")
        await anna.send_dm(ASKED)


# --- after a restart, a month, a new index ---

PRESSABLE = ["Nächste Stelle", "Nur der Satz", "Davor/danach", *ROW_BELOW]


@pytest.mark.parametrize("label", PRESSABLE)
async def test_every_button_works_after_a_restart_and_thirty_days(
    env: simcord.Env, library: Library, database_url: str, label: str
) -> None:
    channel, anna, _ = town(env)
    reply = await ask(env, channel, anna)
    before = reply.content
    old = bot_of(env)
    await env.restart_bot(fresh_bot(library, database_url))
    await old.close()
    await env.advance_time(30 * 24 * 3600)
    result = await anna.click(reply, label=label)
    assert result.acknowledged
    assert not env.errors
    if label == "Löschen":
        assert said(channel).id != reply.id
    elif label in ("Nächste Stelle", "Nur der Satz"):
        assert now(env, reply).content != before
    else:
        assert answered(result).content
        assert say("de", "state-gone") not in answered(result).content


async def test_a_choice_and_a_page_work_after_a_restart_and_thirty_days(
    env: simcord.Env, library: Library, database_url: str
) -> None:
    channel, anna, _ = town(env)
    offered = await ask(env, channel, anna, "These 1")
    private = answered(await anna.slash(channel, "ask", question=ASKED, private=True))
    old = bot_of(env)
    await env.restart_bot(fresh_bot(library, database_url))
    await old.close()
    await env.advance_time(30 * 24 * 3600)
    await anna.click(offered, label="1. Obst: These 1")
    assert "Äpfel sind rot und rund." in now(env, offered).content
    await anna.click(private, label="Für alle zeigen")
    assert "anna teilt:" in said(channel).content


@pytest.mark.parametrize("label", [label for label in PRESSABLE if label != "Löschen"])
async def test_what_is_no_longer_in_the_texts_is_said_to_be_gone(
    env: simcord.Env, library: Library, label: str
) -> None:
    channel, anna, _ = town(env)
    reply = await ask(env, channel, anna)
    install(env, replace(library, documents=library.documents[1:]))
    result = await anna.click(reply, label=label)
    assert answered(result).content == say("de", "state-gone")
    assert result.ephemeral
    await anna.click(reply, label="Löschen")
    assert said(channel).id != reply.id


async def test_after_a_new_index_a_button_shows_the_words_of_now(
    env: simcord.Env, library: Library
) -> None:
    channel, anna, _ = town(env)
    reply = await ask(env, channel, anna, "Was legen Hühner ins Stroh?")
    shorter = make_document("vieh", ["Kühe.", "Hühner."], work=library.documents[1].work)
    install(env, replace(library, documents=(library.documents[0], shorter)))
    for label in ("Nur der Satz", "Davor/danach", "Warum diese?", "Hilfreich"):
        if label in itertools.chain(*labels(reply)):
            result = await anna.click(reply, label=label)
            assert result.acknowledged
    assert not env.errors
    await anna.click(reply, label="Nächste Stelle")
    assert "Hühner legen Eier" not in now(env, reply).content


async def test_a_sentence_that_is_gone_shows_the_whole_passage(
    env: simcord.Env, library: Library
) -> None:
    channel, anna, _ = town(env)
    reply = await ask(env, channel, anna)
    bodies = ["Äpfel."] + ["Etwas anderes."] * 4
    shorter = make_document("obst", bodies, work=library.documents[0].work)
    install(env, replace(library, documents=(shorter, library.documents[1])))
    result = await anna.click(reply, label="Nur der Satz")
    assert result.acknowledged
    if "Äpfel" not in now(env, reply).content:
        assert answered(result).content == say("de", "state-gone")


# --- what was never sent ---


def packed(library: Library, **changes: Any) -> str:
    """The state of an honest reply about the first thesis, changed."""
    document = library.documents[0]
    keys = tuple(passage_key(document, passage) for passage in document.passages[:3])
    return replace(make_state("en", 1, keys, sentence=1), **changes).pack()


async def press(env: simcord.Env, custom_id: str) -> Any:
    """Somebody presses a button of that id below a reply of the bot."""
    channel, anna, _ = town(env)
    reply = await ask(env, channel, anna)
    stored = env.backend.messages[channel.id][reply.id]
    stored.components = [
        {
            "type": 1,
            "id": 1,
            "components": [{"type": 2, "id": 2, "style": 2, "label": "x", "custom_id": custom_id}],
        }
    ]
    return await anna.click(now(env, reply), custom_id=custom_id)


@pytest.mark.parametrize("action", "bfoscwhdyn0129zé")
@pytest.mark.parametrize("change", ["cut", "letter", "empty", "foreign"])
async def test_a_forged_or_truncated_button_is_answered_and_does_nothing(
    env: simcord.Env, library: Library, action: str, change: str
) -> None:
    honest = packed(library)
    forged = {
        "cut": honest[:-3],
        "letter": ("A" if honest[5] != "A" else "B").join([honest[:5], honest[6:]]),
        "empty": "-",
        "foreign": "0" * 80,
    }[change]
    assert unpack(forged) is None
    if action == "é":
        action = "zz"
    result = await press(env, f"t:{action}:{forged}")
    if action != "zz":  # no button of ours has such an id: Discord's library drops it
        assert answered(result).content == say("en", "state-gone")
        assert result.ephemeral
    assert await bot_of(env).database.votes() == {}
    assert not env.errors


@pytest.mark.parametrize("action", "bfoscwhyn0129")
@pytest.mark.parametrize(
    "changes",
    [{"page": 200}, {"at": 2}, {"together": 3}, {"sentence": 200}, {"private": True}, {"at": 1}],
)
async def test_any_state_that_can_be_written_ends_visibly(
    env: simcord.Env, library: Library, action: str, changes: dict[str, Any]
) -> None:
    result = await press(env, f"t:{action}:{packed(library, **changes)}")
    assert result.acknowledged
    assert not env.errors
    for message in _channel(env, env.guild.channels["garten"].id).history():
        assert length(message.content) <= 2_000


async def test_a_button_below_a_message_that_is_gone_is_answered(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    reply = await ask(env, channel, anna)
    env.inject_error("POST", "/interactions/*", status=404, code=10008, times=1)
    await anna.click(reply, label="Nächste Stelle")
    assert not env.errors


def test_the_longest_id_is_one_that_discord_takes() -> None:
    keys = tuple(bytes([i] * 5) for i in range(10))
    state = make_state("de", 2**64 - 1, keys, sentence=254)
    state = replace(state, target=2**64 - 1, page=255, private=True, only_sentence=True)
    assert len(state.pack()) <= MOST_CHARACTERS
    assert len(f"t:w:{state.pack()}") <= 100


async def test_no_button_is_kept_in_memory(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    for _ in range(5):
        reply = await ask(env, channel, anna)
    assert all(custom_id.startswith("t:") for custom_id in custom_ids(reply))
    assert bot_of(env).persistent_views == []
    assert own_id(env) == reply.author.id
