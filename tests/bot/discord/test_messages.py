"""Asked in a channel, the bot replies with the thesis that fits, and ignores all else."""

from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord

from bot.client import ThesenBot
from bot.cogs.ask import EDITED_WITHIN
from bot.database import ServerSettings
from bot.l10n import say
from tests.bot.discord.people import labels, mention, own_id, read, said, town

IN_THE_CELLAR = "Man lagert sie kühl im Keller."
ASKED = "Wo lagert man Äpfel im Keller?"


async def replies(env: simcord.Env, channel: Any) -> list[discord.Message]:
    """What the bot has said in a channel."""
    return [message for message in channel.history() if message.author.id == own_id(env)]


WITH_AND_WITHOUT_INTENT = pytest.mark.parametrize("intent", [True, False])
WITHOUT_INTENT = pytest.mark.parametrize("intent", [False])


async def choose(env: simcord.Env, **settings: Any) -> None:
    assert isinstance(env.bot, ThesenBot)
    await env.bot.database.save(env.guild.id, ServerSettings(**settings))


# --- asked ---


@WITH_AND_WITHOUT_INTENT
async def test_a_mention_with_a_question_is_answered_as_a_reply(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    asked = await anna.send(channel, f"{mention(env)} {ASKED}")
    reply = said(channel)
    assert reply.author.id == own_id(env)
    assert reply.reference is not None
    assert reply.reference.message_id == asked.id
    assert f"**{IN_THE_CELLAR}**" in reply.content
    assert "These 1: Äpfel · Fünf Thesen vom Obst (Gartenbund" in reply.content
    assert reply.flags.suppress_embeds
    assert reply.mentions == []


@WITH_AND_WITHOUT_INTENT
async def test_a_question_in_english_gets_the_german_words_and_their_translation(
    env: simcord.Env,
) -> None:
    channel, anna, _ = town(env)
    await anna.send(channel, f"Where are apples stored cool in the cellar? {mention(env)}")
    content = said(channel).content
    assert content.startswith(say("en", "answer-meaning"))
    assert IN_THE_CELLAR in content
    assert "They are stored cool in the cellar." in content.split("Unofficial translation")[1]


@WITH_AND_WITHOUT_INTENT
async def test_a_direct_message_is_answered_without_a_mention(env: simcord.Env) -> None:
    anna = env.create_user("anna")
    await anna.send_dm(ASKED)
    assert f"**{IN_THE_CELLAR}**" in said(anna.dm_channel).content


async def test_it_shows_that_it_is_typing_before_it_answers(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    await anna.send(channel, f"{mention(env)} {ASKED}")
    sent = [r.path for r in env.http_requests if r.method == "POST"]
    assert sent == [f"/channels/{channel.id}/typing", f"/channels/{channel.id}/messages"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "refuse-empty"),
        ("🍎 ?!", "refuse-no-words"),
        ("Was kostet Quantenchromodynamik?", "answer-none"),
    ],
)
async def test_what_has_no_answer_is_told_so_and_has_nothing_to_press(
    env: simcord.Env, text: str, message: str
) -> None:
    channel, anna, _ = town(env)
    await anna.send(channel, f"{mention(env)} {text}")
    assert said(channel).content == say("de", message)
    assert labels(said(channel)) == []


@WITH_AND_WITHOUT_INTENT
async def test_a_question_in_a_thread_is_answered_in_it(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    first = await anna.send(channel, "Reden wir vom Obst.")
    thread = env.backend.create_thread(channel.id, "obst", anna.id, message_id=first.id)
    env.backend.announce_thread_create(thread)
    (inside,) = channel.threads
    await anna.send(inside, f"{mention(env)} {ASKED}")
    assert IN_THE_CELLAR in said(inside).content
    assert await replies(env, channel) == []


@WITH_AND_WITHOUT_INTENT
async def test_a_forum_post_is_answered_below_it(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    forum = channel.guild.create_forum_channel("fragen")
    thread = env.backend.create_thread(forum.id, "obst", anna.id)
    env.backend.announce_thread_create(thread)
    (post,) = forum.threads
    await anna.send(post, f"{mention(env)} {ASKED}")
    assert IN_THE_CELLAR in said(post).content


async def test_the_language_of_the_server_goes_before_that_of_the_question(
    env: simcord.Env,
) -> None:
    channel, anna, _ = town(env)
    await choose(env, language="en")
    await anna.send(channel, f"{mention(env)} {ASKED}")
    assert said(channel).content.startswith(say("en", "answer-meaning"))


async def test_only_texts_that_the_server_offers_are_asked(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    await choose(env, works=("vieh",))
    await anna.send(channel, f"{mention(env)} {ASKED}")
    assert said(channel).content == say("de", "answer-none")


# --- not asked ---


@WITH_AND_WITHOUT_INTENT
@pytest.mark.parametrize("text", [ASKED, "[[3]]", "@everyone", "/frage", "thesenbot?"])
async def test_what_is_not_said_to_the_bot_it_leaves_alone(env: simcord.Env, text: str) -> None:
    channel, anna, _ = town(env)
    await anna.send(channel, text)
    assert await replies(env, channel) == []


async def test_bots_webhooks_and_system_messages_are_not_answered(env: simcord.Env) -> None:
    channel, _, _ = town(env)
    await choose(
        env,
        inline_channels=frozenset({channel.id}),
        unasked_channels=frozenset({channel.id}),
    )
    robot = channel.guild.add_member(env.create_user("robot", bot=True))
    await robot.send(channel, f"{mention(env)} {ASKED} [[3]]")
    await channel.guild.create_webhook(channel).send(f"{mention(env)} {ASKED} [[3]]")
    assert await replies(env, channel) == []


async def test_a_mention_of_everyone_or_of_others_is_not_for_the_bot(env: simcord.Env) -> None:
    channel, anna, ben = town(env)
    await anna.send(channel, f"@everyone <@{ben.id}> {ASKED}")
    assert await replies(env, channel) == []


# --- follow-ups ---


@WITH_AND_WITHOUT_INTENT
async def test_a_reply_to_an_answer_is_understood_with_the_question_before(
    env: simcord.Env,
) -> None:
    channel, anna, _ = town(env)
    await anna.send(channel, f"{mention(env)} Wann reifen Birnen im Herbst?")
    await anna.send(channel, "Und wie ist das?", reply_to=said(channel))
    reply = said(channel)
    assert "Sie reifen spät im Herbst nach." in reply.content
    assert len(await replies(env, channel)) == 2


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("Und These 2?", "Hühner legen Eier"), ("What about thesis 2?", "Hühner legen Eier")],
)
async def test_a_number_asked_of_an_answer_is_one_of_the_same_text(
    env: simcord.Env, asked: str, shown: str
) -> None:
    channel, anna, _ = town(env)
    await anna.send(channel, f"{mention(env)} Geben Kühe Milch und fressen Gras?")
    await anna.send(channel, asked, reply_to=said(channel))
    assert shown in said(channel).content
    assert "Birnen" not in said(channel).content


async def test_a_text_that_is_named_goes_before_that_of_the_answer(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    await anna.send(channel, f"{mention(env)} Geben Kühe Milch und fressen Gras?")
    await anna.send(channel, "Und These 2 vom Obst?", reply_to=said(channel))
    assert "Birnen sind grün oder gelb." in said(channel).content


@WITH_AND_WITHOUT_INTENT
@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("Und die nächste?", "Kirschen hängen hoch im Baum."),
        ("Und die nächste These?", "Kirschen hängen hoch im Baum."),
        ("What about the next one?", "Kirschen hängen hoch im Baum."),
        ("Und die These davor?", "Äpfel sind rot und rund."),
        ("And the previous thesis?", "Äpfel sind rot und rund."),
    ],
)
async def test_the_thesis_beside_the_one_shown_can_be_asked_for(
    env: simcord.Env, asked: str, shown: str
) -> None:
    channel, anna, _ = town(env)
    await anna.send(channel, f"{mention(env)} Wann reifen Birnen im Herbst?")
    await anna.send(channel, asked, reply_to=said(channel))
    assert shown in said(channel).content


async def test_what_was_answered_helps_to_understand_what_is_asked_of_it(
    env: simcord.Env,
) -> None:
    channel, anna, _ = town(env)
    await anna.send(channel, f"{mention(env)} These 3 vom Obst")
    await anna.send(channel, "Wer tut das?", reply_to=said(channel))
    assert "Stare fressen sie gern." in said(channel).content


async def test_a_follow_up_of_a_follow_up_still_knows_what_was_shown(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    await anna.send(channel, f"{mention(env)} Wo lagert man Äpfel im Keller?")
    for shown in ("Birnen sind grün", "Kirschen hängen", "Pflaumen werden", "Quitten duften"):
        await anna.send(channel, "Und die nächste?", reply_to=said(channel))
        assert shown in said(channel).content
    await anna.send(channel, "Und die nächste?", reply_to=said(channel))
    assert "Die Quelle kündigt acht Thesen an" in said(channel).content


async def test_a_reply_to_a_persons_message_is_not_for_the_bot(env: simcord.Env) -> None:
    channel, anna, ben = town(env)
    written = await ben.send(channel, ASKED)
    await anna.send(channel, "Und wo genau im Keller?", reply_to=written)
    assert await replies(env, channel) == []


async def test_a_reply_to_an_answer_whose_question_is_gone_is_taken_alone(
    env: simcord.Env,
) -> None:
    channel, anna, _ = town(env)
    asked = await anna.send(channel, f"{mention(env)} Wann reifen Birnen im Herbst?")
    answer = said(channel)
    env.backend.messages[channel.id].pop(asked.id)  # without the bot having heard of it
    await anna.send(channel, "Wer frisst Kirschen? Stare?", reply_to=answer)
    assert "Kirschen hängen hoch im Baum." in said(channel).content


@WITHOUT_INTENT
async def test_a_reply_to_a_commands_answer_that_may_not_be_read_is_told_so(
    env: simcord.Env,
) -> None:
    channel, anna, _ = town(env)
    await anna.slash(channel, "thesis", number="3", work="obst")
    await anna.send(channel, "Und die nächste?", reply_to=said(channel))
    assert said(channel).content == say("de", "refuse-hidden")
    await anna.send(channel, f"{mention(env)} Und die nächste?", reply_to=channel.history()[0])
    assert "Pflaumen werden zu Mus gekocht." in said(channel).content


# --- edited and deleted ---


@WITH_AND_WITHOUT_INTENT
async def test_an_edit_within_minutes_changes_the_answer(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    asked = await anna.send(channel, f"{mention(env)} {ASKED}")
    await env.advance_time(EDITED_WITHIN.total_seconds() - 60)
    await anna.edit(asked, f"{mention(env)} Wann reifen Birnen im Herbst?")
    (reply,) = await replies(env, channel)
    assert "Sie reifen spät im Herbst nach." in reply.content
    assert IN_THE_CELLAR not in reply.content
    await anna.edit(asked, f"{mention(env)} Quantenchromodynamik?")
    (reply,) = await replies(env, channel)
    assert reply.content == say("de", "answer-none")
    assert labels(reply) == []


async def test_a_later_edit_leaves_the_answer_as_it_is(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    asked = await anna.send(channel, f"{mention(env)} {ASKED}")
    await env.advance_time(EDITED_WITHIN.total_seconds() + 60)
    await anna.edit(asked, f"{mention(env)} Wann reifen Birnen im Herbst?")
    (reply,) = await replies(env, channel)
    assert IN_THE_CELLAR in reply.content


async def test_an_edit_that_adds_the_mention_is_answered(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    asked = await anna.send(channel, ASKED)
    await anna.edit(asked, f"{mention(env)} {ASKED}")
    (reply,) = await replies(env, channel)
    assert IN_THE_CELLAR in reply.content


@WITH_AND_WITHOUT_INTENT
async def test_a_deleted_question_takes_its_answer_with_it_and_no_other(
    env: simcord.Env,
) -> None:
    channel, anna, ben = town(env)
    first = await anna.send(channel, f"{mention(env)} {ASKED}")
    await ben.send(channel, f"{mention(env)} Wann reifen Birnen im Herbst?")
    await anna.delete(first)
    (reply,) = await replies(env, channel)
    assert "Sie reifen spät im Herbst nach." in reply.content


async def test_questions_deleted_together_take_their_answers_with_them(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    asked = [await anna.send(channel, f"{mention(env)} {ASKED}") for _ in range(3)]
    for message in asked:
        env.backend.messages[channel.id].pop(message.id)
    env.backend.emit(
        "MESSAGE_DELETE_BULK",
        {
            "ids": [str(message.id) for message in asked],
            "channel_id": str(channel.id),
            "guild_id": str(channel.guild.id),
        },
    )
    await env.settle()
    assert await replies(env, channel) == []


# --- unasked ---


async def test_unasked_it_answers_only_where_chosen_and_where_a_thesis_clearly_fits(
    env: simcord.Env,
) -> None:
    channel, anna, _ = town(env)
    quiet = channel.guild.create_text_channel("still")
    await choose(env, unasked_channels=frozenset({channel.id}))
    await anna.send(quiet, "Stare fressen Kirschen gern")
    assert await replies(env, quiet) == []
    for vague in ("Guten Morgen!", "Wer fährt heute Kirschen zum Markt nach Hamburg?", "[[3]]"):
        await anna.send(channel, vague)
    assert await replies(env, channel) == []
    written = await anna.send(channel, "Stare fressen Kirschen gern")
    (reply,) = await replies(env, channel)
    assert "Stare fressen sie gern." in reply.content
    assert reply.reference is not None
    assert reply.reference.message_id == written.id
    assert not any(r.path.endswith("/typing") for r in env.http_requests)


async def test_a_channel_chosen_counts_for_its_threads_and_posts(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    forum = channel.guild.create_forum_channel("fragen")
    chosen = frozenset({channel.id, forum.id})
    await choose(env, unasked_channels=chosen, inline_channels=chosen)
    for parent in (channel, forum):
        thread = env.backend.create_thread(parent.id, "obst", anna.id)
        env.backend.announce_thread_create(thread)
        (inside,) = parent.threads
        await anna.send(inside, "Stare fressen Kirschen gern")
        await anna.send(inside, "Siehe [[Obst 2]].")
        first, second = await replies(env, inside)
        assert "Stare fressen sie gern." in first.content
        assert "Birnen sind grün oder gelb." in second.content


@WITHOUT_INTENT
async def test_without_the_intent_nothing_is_answered_unasked_or_inline(
    env: simcord.Env,
) -> None:
    channel, anna, _ = town(env)
    chosen = frozenset({channel.id})
    await choose(env, unasked_channels=chosen, inline_channels=chosen)
    await anna.send(channel, "Stare fressen Kirschen gern")
    await anna.send(channel, "Siehe [[Obst 2]].")
    assert await replies(env, channel) == []


# --- inline notation ---


@pytest.mark.parametrize(
    ("text", "theses"),
    [
        ("Wie in [[Obst 3]] steht", ["3. Kirschen"]),
        ("[[Obst: These 3]]", ["3. Kirschen"]),
        ("[[Gartenbund 3]]", ["3. Kirschen"]),
        ("[[obst III]]", ["3. Kirschen"]),
        ("[[Obst: Thesen 2-4]]", ["2. Birnen", "3. Kirschen", "4. Pflaumen"]),
        ("[[Obst 1, 3]]", ["1. Äpfel", "3. Kirschen"]),
        ("[[Obst 3]] und [[Vieh 2]]", ["3. Kirschen", "2. Hühner"]),
        ("[[Obst 3]] und nochmal [[Obst 3]]", ["3. Kirschen"]),
        ("[[3]] vom Obst?", ["3. Kirschen"]),  # only the fruit text has five
    ],
)
async def test_brackets_give_one_reply_with_all_that_they_ask_for(
    env: simcord.Env, text: str, theses: list[str]
) -> None:
    channel, anna, _ = town(env)
    await choose(env, inline_channels=frozenset({channel.id}))
    await anna.send(channel, text)
    (reply,) = await replies(env, channel)
    lines = read(reply).split("Inoff")[0].split("Unoff")[0].split("\n")
    assert [line for line in lines if line[:1].isdigit()] == [
        line for thesis in theses for line in lines if line.startswith(thesis)
    ]
    assert len([line for line in lines if line[:1].isdigit()]) == len(theses)


@pytest.mark.parametrize(
    "text", ["[[Wikipedia]]", "`[[Obst 3]]`", "```\n[[Obst 3]]\n```", "[[]]", "[[ ]]", "[3]"]
)
async def test_brackets_that_ask_for_no_thesis_are_left_alone(env: simcord.Env, text: str) -> None:
    channel, anna, _ = town(env)
    await choose(env, inline_channels=frozenset({channel.id}))
    await anna.send(channel, text)
    assert await replies(env, channel) == []


async def test_brackets_that_ask_for_what_the_source_lacks_are_told_of_the_gap(
    env: simcord.Env,
) -> None:
    channel, anna, _ = town(env)
    await choose(env, inline_channels=frozenset({channel.id}))
    await anna.send(channel, "[[Obst 7]]")
    assert "Nicht darin: These 7." in said(channel).content


# --- permissions ---


def direct(env: simcord.Env, member: Any) -> Any:
    """The direct messages of a member."""
    return simcord.builders.UserHandle(env, env.backend.get_user(member.id)).dm_channel


def denied(env: simcord.Env, **permissions: bool) -> tuple[Any, Any]:
    """A channel where the bot may not do something, and Anna, whose first server it is."""
    guild = env.create_guild()
    assert env.bot.user is not None
    overwrite = discord.PermissionOverwrite(**permissions)
    channel = guild.create_text_channel("garten", overwrites={env.bot.user: overwrite})
    return channel, guild.add_member(env.create_user("anna"))


@WITH_AND_WITHOUT_INTENT
async def test_where_it_may_not_write_the_asker_is_told_directly(env: simcord.Env) -> None:
    channel, anna = denied(env, send_messages=False)
    await anna.send(channel, f"{mention(env)} {ASKED}")
    assert await replies(env, channel) == []
    assert said(direct(env, anna)).content == say("de", "error-permission")


async def test_where_it_may_not_write_in_threads_the_asker_is_told_directly(
    env: simcord.Env,
) -> None:
    channel, anna = denied(env, send_messages_in_threads=False)
    first = await anna.send(channel, "Reden wir vom Obst.")
    thread = env.backend.create_thread(channel.id, "obst", anna.id, message_id=first.id)
    env.backend.announce_thread_create(thread)
    (inside,) = channel.threads
    await anna.send(inside, f"{mention(env)} {ASKED}")
    assert await replies(env, inside) == []
    assert "In Threads" in said(direct(env, anna)).content.title()


async def test_without_reading_the_history_it_answers_without_replying(env: simcord.Env) -> None:
    channel, anna = denied(env, read_message_history=False)
    env.inject_error("POST", "/channels/*/messages", status=400, code=160002)
    await anna.send(channel, f"{mention(env)} {ASKED}")
    (reply,) = await replies(env, channel)
    assert IN_THE_CELLAR in reply.content
    assert reply.reference is None
    assert reply.mentions == []


async def test_where_embeds_are_not_allowed_the_quotation_is_text_all_the_same(
    env: simcord.Env,
) -> None:
    channel, anna = denied(env, embed_links=False)
    await anna.send(channel, f"{mention(env)} {ASKED}")
    assert IN_THE_CELLAR in said(channel).content
    assert said(channel).embeds == []


async def test_where_it_may_not_write_it_says_nothing_unasked_to_anyone(env: simcord.Env) -> None:
    channel, anna = denied(env, send_messages=False)
    await choose(env, unasked_channels=frozenset({channel.id}))
    await anna.send(channel, "Stare fressen Kirschen gern")
    assert await replies(env, channel) == []
    assert direct(env, anna).last_message is None


async def test_commands_are_answered_where_it_may_not_write(env: simcord.Env) -> None:
    channel, anna = denied(env, send_messages=False, read_message_history=False, embed_links=False)
    result = await anna.slash(channel, "ask", question=ASKED)
    assert result.response is not None
    assert IN_THE_CELLAR in result.response.content


# --- when something fails ---


@pytest.mark.parametrize("times", [1, 3])
async def test_a_question_is_answered_though_typing_cannot_be_shown(
    env: simcord.Env, times: int
) -> None:
    channel, anna, _ = town(env)
    env.inject_error("POST", "/channels/*/typing", status=500, times=times)
    await anna.send(channel, f"{mention(env)} {ASKED}")
    assert IN_THE_CELLAR in said(channel).content


async def test_a_question_deleted_before_the_answer_is_left_without_one(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    env.inject_error("POST", "/channels/*/messages", status=400, code=50035)
    await anna.send(channel, f"{mention(env)} {ASKED}")
    assert len(await replies(env, channel)) <= 1
