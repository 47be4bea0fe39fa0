"""Asked in a channel, the bot replies with the thesis that fits."""

from __future__ import annotations

import simcord

from tests.bot.discord.people import mention, own_id, said


async def test_a_mention_with_a_question_is_answered_as_a_reply(env: simcord.Env) -> None:
    channel = env.create_guild().create_text_channel("garten")
    anna = env.guild.add_member(env.create_user("anna"))
    asked = await anna.send(channel, f"{mention(env)} Wo lagert man Äpfel im Keller?")
    reply = said(channel)
    assert reply.author.id == own_id(env)
    assert reply.reference is not None
    assert reply.reference.message_id == asked.id
    assert "**Man lagert sie kühl im Keller.**" in reply.content
    assert "These 1: Äpfel" in reply.content
