"""Over a real socket: discord.py's own code against a server that can misbehave.

Each test of a fault was seen to fail with the protection it names taken out.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
import pytest

import bot.client
from bot.client import ThesenBot
from bot.l10n import say
from bot.service import connect
from index import Finding
from tests.bot.wire.conftest import TOKEN, Hurry, Start
from tests.bot.wire.server import (
    APPLICATION,
    BOT,
    CHANNEL,
    IDENTIFY,
    RECONNECT,
    RESUME,
    DiscordServer,
    Json,
    interaction,
    message_from,
)
from tests.fakes import WordSearch

POST = rf"/channels/{CHANNEL}/messages"
ELSEWHERE = rf"/channels/(?!{CHANNEL})\d+/messages"
CALLBACK = r"/interactions/\d+/.*/callback"
FOLLOWUP = rf"/webhooks/{APPLICATION}/.*"
QUESTION = f"<@{BOT}> Wo lagert man Äpfel im Keller?"
ASK = {"name": "ask", "id": "1", "type": 1, "options": []}


async def ask(server: DiscordServer) -> int:
    """Anna asks in the channel."""
    number = server.next_id()
    await server.send("MESSAGE_CREATE", message_from(number, QUESTION))
    return number


def answers(server: DiscordServer) -> list[str]:
    """What the bot has said in the channel, and was taken."""
    return [r.body["content"] for r in server.made("POST", POST) if r.status == 200]


async def slash(server: DiscordServer, name: str, **options: str) -> int:
    """Anna uses a command."""
    given = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
    number = server.next_id()
    data: Json = {"id": "1", "name": name, "type": 1, "options": given}
    await server.send("INTERACTION_CREATE", interaction(number, 2, data))
    return number


async def test_a_mention_is_answered_as_a_reply_that_pings_nobody(
    start: Start, server: DiscordServer
) -> None:
    await start()
    question = await ask(server)
    await server.until(lambda: answers(server))
    (request,) = server.made("POST", POST)
    assert "Man lagert sie kühl im Keller." in request.body["content"]
    assert request.body["message_reference"]["message_id"] == question
    assert request.body["allowed_mentions"]["parse"] == []
    assert server.made("POST", rf"/channels/{CHANNEL}/typing")


async def test_fifty_people_at_once_are_all_answered(start: Start, server: DiscordServer) -> None:
    await start()
    fruits = ["Äpfel", "Birnen", "Kirschen", "Pflaumen", "Quitten"]
    asked = []
    for i in range(50):
        words = f"<@{BOT}> Was ist mit {fruits[i % 5]}?"
        asked.append(server.next_id())
        question = message_from(asked[-1], words, author=10**17 + 500 + i)
        await server.send("MESSAGE_CREATE", question)
    await server.until(lambda: len(answers(server)) == 50)
    for request in server.made("POST", POST):
        number = asked.index(request.body["message_reference"]["message_id"])
        asked[number] = 0
        assert fruits[number % 5] in request.body["content"]
    assert not any(asked)


async def test_a_command_is_deferred_and_then_answered(start: Start, server: DiscordServer) -> None:
    await start()
    await slash(server, "ask", question="Wo lagert man Äpfel im Keller?")
    await server.until(lambda: server.made("POST", FOLLOWUP))
    assert [r.body["type"] for r in server.made("POST", CALLBACK)] == [5]
    (request,) = server.made("POST", FOLLOWUP)
    assert "Man lagert sie kühl im Keller." in request.body["content"]


async def test_a_button_changes_the_message_it_is_under(
    start: Start, server: DiscordServer
) -> None:
    await start()
    await ask(server)
    await server.until(lambda: answers(server))
    (request,) = server.made("POST", POST)
    button = next(
        item
        for row in request.body["components"]
        for item in row["components"]
        if item["label"] == "Nur der Satz"
    )
    (message,) = server.messages.values()
    message["components"] = request.body["components"]
    data = {"custom_id": button["custom_id"], "component_type": 2}
    pressed = interaction(server.next_id(), 3, data, message=message)
    await server.send("INTERACTION_CREATE", pressed)
    await server.until(lambda: server.made("POST", CALLBACK))
    (callback,) = server.made("POST", CALLBACK)
    assert callback.body["type"] == 7
    assert "Äpfel sind rot" not in callback.body["data"]["content"]


async def test_what_is_typed_is_completed(start: Start, server: DiscordServer) -> None:
    await start()
    option = {"name": "number", "type": 3, "value": "kirsch", "focused": True}
    data = {"id": "1", "name": "thesis", "type": 1, "options": [option]}
    await server.send("INTERACTION_CREATE", interaction(server.next_id(), 4, data))
    await server.until(lambda: server.made("POST", CALLBACK))
    (callback,) = server.made("POST", CALLBACK)
    assert [choice["name"] for choice in callback.body["data"]["choices"]] == ["3. Cherries · Obst"]


async def test_commands_are_given_only_if_they_have_changed(
    start: Start, server: DiscordServer, bot: ThesenBot
) -> None:
    await start()
    commands = rf"/applications/{APPLICATION}/commands"
    assert len(server.made("PUT", commands)) == 1
    assert bot.tree.translator is not None
    await bot._give_commands(bot.tree.translator)
    assert len(server.made("PUT", commands)) == 1


async def test_a_wrong_token_is_one_refusal_and_no_second_try(
    server: DiscordServer, start: Start
) -> None:
    server.token = "another"
    with pytest.raises(discord.LoginFailure):
        await start()
    assert len(server.requests) == 1
    assert server.gateway == []


async def test_an_intent_that_is_not_granted_ends_the_bot_at_once(
    server: DiscordServer, start: Start, bot: ThesenBot
) -> None:
    server.close_code = 4014
    running = asyncio.create_task(connect(bot, TOKEN, server.api_base))
    async with asyncio.timeout(10):
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await running
    assert server.gateway == [IDENTIFY]


# --- the gateway ---


@pytest.mark.parametrize("code", [1006, 4000])
async def test_after_a_dropped_connection_it_resumes_and_hears_what_it_missed(
    start: Start, server: DiscordServer, code: int
) -> None:
    await start()
    await server.drop(code)
    await ask(server)
    await server.until(lambda: answers(server))
    assert server.gateway == [IDENTIFY, RESUME]


async def test_a_session_that_cannot_be_resumed_is_begun_anew(
    start: Start, server: DiscordServer
) -> None:
    await start()
    server.resumes = False
    await server.drop()
    await server.until(lambda: server.gateway == [IDENTIFY, RESUME, IDENTIFY])
    await ask(server)
    await server.until(lambda: answers(server))


async def test_told_to_reconnect_it_does(start: Start, server: DiscordServer) -> None:
    await start()
    await server.tell(f'{{"op": {RECONNECT}, "d": null, "s": null, "t": null}}')
    await server.until(lambda: server.gateway == [IDENTIFY, RESUME])
    await ask(server)
    await server.until(lambda: answers(server))


async def test_a_heartbeat_that_nobody_answers_ends_the_connection(
    start: Start, server: DiscordServer, bot: ThesenBot
) -> None:
    server.heartbeat_seconds = 0.05
    server.answers_heartbeats = False
    bot._connection.heartbeat_timeout = 0.2
    await start()
    await server.until(lambda: RESUME in server.gateway)
    server.answers_heartbeats = True
    await ask(server)
    await server.until(lambda: answers(server))


@pytest.mark.parametrize(
    "word", ['{"op": 0, "t": "NEVER_HEARD_OF", "s": 5, "d": {}}', '{"op": 99, "d": null}']
)
async def test_words_it_does_not_know_do_no_harm(
    start: Start, server: DiscordServer, word: str
) -> None:
    await start()
    await server.tell(word)
    await ask(server)
    await server.until(lambda: answers(server))
    assert server.gateway == [IDENTIFY]


# --- requests ---


@pytest.mark.parametrize("is_global", [False, True])
async def test_a_rate_limit_is_waited_for_as_long_as_told(
    start: Start, server: DiscordServer, hurry: Hurry, is_global: bool
) -> None:
    await start()
    server.fail("POST", POST, 429, 429, retry_after=7.5, **{"global": is_global})
    await ask(server)
    await server.until(lambda: answers(server))
    assert [r.status for r in server.made("POST", POST)] == [429, 429, 200]
    assert hurry.waits.count(7.5) == 2


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_server_error_is_tried_again_with_growing_waits(
    start: Start, server: DiscordServer, hurry: Hurry, status: int
) -> None:
    await start()
    server.fail("POST", POST, status, status, status)
    await ask(server)
    await server.until(lambda: answers(server))
    assert hurry.waits[-3:] == [1, 3, 5]


@pytest.mark.parametrize("status", [500, 503])
async def test_a_server_that_stays_broken_costs_an_answer_and_no_storm(
    start: Start, server: DiscordServer, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    await start()
    server.fail("POST", POST, *[status] * 30)
    await ask(server)
    await asyncio.wait_for(_logged(caplog, "could not be sent"), 5)
    assert len(server.made("POST", POST)) <= 5
    server._faults.clear()
    await ask(server)
    await server.until(lambda: answers(server))


async def _settled(server: DiscordServer) -> int:
    """How many requests were made once no more come."""
    made = -1
    while made < len(server.requests):
        made = len(server.requests)
        await asyncio.sleep(0.1)
    return made


async def _logged(caplog: pytest.LogCaptureFixture, words: str) -> None:
    while words not in caplog.text:  # noqa: ASYNC110
        await asyncio.sleep(0.005)


FAULTS = {
    "permissions taken away": (403, 50013, ""),
    "no access": (403, 50001, ""),
    "channel gone": (404, 10003, ""),
    "message deleted": (400, 50035, "message_reference: unknown message"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_answer_that_cannot_be_posted_ends_there(
    start: Start, server: DiscordServer, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    await start()
    monkeypatch.setattr(sys.modules["bot.cogs.ask"], "_LEFT_ALONE", 0.0)  # made at the start
    status, code, text = FAULTS[fault]
    errors = {"message_reference": {"_errors": [{"code": "x", "message": text}]}} if text else {}
    server.fail("POST", POST, status, code=code, errors=errors)
    await ask(server)
    await server.until(lambda: server.made("POST", POST))
    await ask(server)
    await server.until(lambda: answers(server))
    assert [r.status for r in server.made("POST", POST)] == [status, 200]


async def test_where_it_may_not_write_it_says_so_directly(
    start: Start, server: DiscordServer
) -> None:
    await start()
    server.fail("POST", POST, 403, code=50013)
    await ask(server)
    await server.until(lambda: server.made("POST", ELSEWHERE))
    (request,) = server.made("POST", ELSEWHERE)
    assert request.body["content"] == say("de", "error-permission")
    assert server.made("POST", "/users/@me/channels")


async def test_directs_that_are_closed_are_left_alone(start: Start, server: DiscordServer) -> None:
    await start()
    server.fail("POST", POST, 403, code=50013)
    server.fail("POST", ELSEWHERE, 403, code=50007)
    await ask(server)
    await server.until(lambda: server.made("POST", ELSEWHERE))
    await slash(server, "thesis", number="3")
    await server.until(lambda: server.made("POST", CALLBACK))


async def test_a_channel_that_refuses_is_left_alone_for_a_while(
    start: Start, server: DiscordServer
) -> None:
    """Fails without ``Refused``: each question then costs three invalid requests."""
    await start()
    server.fail("POST", r"/channels/.*", *[403] * 1_000, code=50013)
    for _ in range(30):
        await ask(server)
    await slash(server, "thesis", number="3")
    await server.until(lambda: server.made("POST", CALLBACK))
    assert len([r for r in server.requests if r.status in (401, 403, 429)]) < 45
    spent = await _settled(server)
    for _ in range(30):
        await ask(server)
    await slash(server, "thesis", number="3")
    await server.until(lambda: server.made("POST", CALLBACK)[1:])
    assert len(server.requests) == spent + 1


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
async def test_an_interaction_that_expired_or_was_answered_is_given_up(
    start: Start,
    server: DiscordServer,
    caplog: pytest.LogCaptureFixture,
    status: int,
    code: int,
) -> None:
    await start()
    server.fail("POST", CALLBACK, status, status, code=code)
    await slash(server, "thesis", number="3")
    await server.until(lambda: server.made("POST", CALLBACK))
    await slash(server, "about")
    await server.until(lambda: [r for r in server.made("POST", CALLBACK) if r.status == 200])
    assert len(server.requests) < 20


# --- secrets and the end ---


async def test_the_token_is_in_no_line_of_the_log(
    start: Start, server: DiscordServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bot = await start()
    server.fail("POST", POST, 500, 429, retry_after=0)
    await ask(server)
    await server.drop()
    await ask(server)
    await server.until(lambda: answers(server))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert all("planted" not in line for line in ours)
    assert "planted" not in repr(bot)


async def test_a_stopping_bot_answers_what_it_has_begun(
    start: Start, server: DiscordServer, bot: ThesenBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start()
    held = asyncio.Event()
    ask_desk = bot.ask_desk

    async def slow(asked: discord.Message, work: Callable[[], object]) -> object:
        held.set()
        return await ask_desk(asked, work)

    monkeypatch.setattr(bot, "ask_desk", slow)
    await ask(server)
    await held.wait()
    await bot.close()
    assert answers(server)


async def test_a_server_that_is_not_there_is_one_error(bot: ThesenBot) -> None:
    with pytest.raises(aiohttp.ClientError):
        await connect(bot, TOKEN, "http://127.0.0.1:1/api")


class Gate:
    """Holds the model up until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()
        search = WordSearch.search

        def held(searched: WordSearch, *args: Any, **options: Any) -> list[Finding]:
            self.reached.set()
            self.opened.wait(20)
            return search(searched, *args, **options)

        monkeypatch.setattr(WordSearch, "search", held)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_signal_lets_the_question_in_flight_be_answered(
    start: Start, server: DiscordServer, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Fails without the handler: the signal then ends the process with the tests."""
    gate = Gate(monkeypatch)
    bot = await start()
    await ask(server)
    await asyncio.to_thread(gate.reached.wait, 8)
    os.kill(os.getpid(), number)
    await asyncio.sleep(0.05)
    for each in (signal.SIGTERM, signal.SIGINT):  # a second one ends the process
        assert signal.getsignal(each) is signal.SIG_DFL
    signal.signal(signal.SIGINT, signal.default_int_handler)
    assert not bot.is_closed()
    gate.opened.set()
    await server.until(lambda: answers(server))


async def test_a_model_that_hangs_holds_up_the_end_no_longer_than_stated(
    start: Start, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails without the timeout in ``close``."""
    gate = Gate(monkeypatch)
    monkeypatch.setattr(bot.client, "STOP_SECONDS", 0.1)
    running = await start()
    await ask(server)
    await asyncio.to_thread(gate.reached.wait, 8)
    async with asyncio.timeout(5):
        await running.close()
    gate.opened.set()


async def test_commands_that_discord_cannot_take_now_do_not_keep_the_bot_away(
    start: Start, server: DiscordServer
) -> None:
    """Fails where the error of the sync is not caught: the bot then does not start."""
    server.fail("PUT", rf"/applications/{APPLICATION}/commands", 503)
    await start()
    await ask(server)
    await server.until(lambda: answers(server))
