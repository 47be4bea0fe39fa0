"""Brought along by a person or added to a server, the bot answers, and says what is hidden."""

from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord

from bot.client import ThesenBot
from bot.l10n import say
from bot.translator import CatalogueTranslator
from index import Language
from tests.bot.discord.people import answered, meet_in_a_group, said, speak_german

LONGEST_ALL = 8_000  # characters of a command with all its texts, in the longest language


def bring_along(monkeypatch: pytest.MonkeyPatch, *, allowed: bool) -> None:
    """From here on the bot is installed by the person only, not by the server."""
    added = simcord.interactions.base_payload

    def brought(*args: Any, **options: Any) -> tuple[Any, dict[str, Any]]:
        record, payload = added(*args, **options)
        payload["authorizing_integration_owners"] = {"1": payload["member"]["user"]["id"]}
        permissions = discord.Permissions(int(payload["member"]["permissions"]))
        permissions.update(use_external_apps=allowed)
        payload["member"]["permissions"] = str(permissions.value)
        return record, payload

    monkeypatch.setattr("simcord.interactions.base_payload", brought)


COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("ask", {"question": "Wo lagert man Äpfel im Keller?"}),
    ("thesis", {"number": "3", "work": "obst"}),
    ("theses", {}),
    ("help", {}),
]


@pytest.mark.parametrize(("command", "options"), COMMANDS)
@pytest.mark.parametrize("language", ["de", "en"])
async def test_where_discord_hides_replies_of_brought_apps_the_asker_is_told_why(
    env: simcord.Env,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    options: dict[str, Any],
    language: Language,
) -> None:
    if language == "de":
        speak_german(monkeypatch)
    channel = env.create_guild().create_text_channel("garten")
    anna = env.guild.add_member(env.create_user("anna"))
    bring_along(monkeypatch, allowed=False)
    result = await anna.slash(channel, command, **options)
    assert answered(result).content == say(language, "only-you-see")
    assert answered(result).flags.ephemeral
    private = await anna.slash(channel, "ask", question="Äpfel im Keller?", private=True)
    assert say(language, "only-you-see") not in answered(private).content


async def test_where_brought_apps_may_speak_nothing_is_explained(
    env: simcord.Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = env.create_guild().create_text_channel("garten")
    anna = env.guild.add_member(env.create_user("anna"))
    bring_along(monkeypatch, allowed=True)
    await anna.slash(channel, "thesis", number="3", work="obst")
    (shown,) = channel.history()
    assert "Kirschen hängen hoch im Baum." in shown.content


@pytest.mark.parametrize("group", [False, True])
async def test_menus_work_in_direct_messages_and_groups(
    env: simcord.Env, monkeypatch: pytest.MonkeyPatch, group: bool
) -> None:
    anna = env.create_user("anna")
    written = await anna.send_dm("„Quitten duften stark. Roh schmecken sie herb.“")
    if group:
        meet_in_a_group(monkeypatch)
    payload = {
        "id": "1",
        "type": 3,
        "name": "Is this quote exact?",
        "target_id": str(written.id),
        "resolved": {"messages": {str(written.id): _as_sent(env, written)}},
    }
    for menu in ("Is this quote exact?", "Find matching thesis"):
        _, sent = simcord.interactions.base_payload(
            env.backend,
            type=2,
            channel_id=anna.dm_channel.id,
            guild_id=None,
            user_id=anna.id,
            data=payload | {"name": menu},
        )
        env.backend.emit("INTERACTION_CREATE", sent)
        await env.settle()
        assert "Quitten" in said(anna.dm_channel).content


def _as_sent(env: simcord.Env, message: discord.Message) -> Any:
    stored = env.backend.messages[message.channel.id][message.id]
    return dict(simcord.backend.serializers.message_payload(env.backend, stored))


async def test_every_command_has_both_names_within_discords_limits(env: simcord.Env) -> None:
    assert isinstance(env.bot, ThesenBot)
    tree = env.bot.tree
    names: dict[str, set[str]] = {"en": set(), "de": set()}
    for command in tree.get_commands():
        payload = await command.get_translated_payload(tree, CatalogueTranslator())
        assert payload["name_localizations"].keys() == {"de"}
        names["en"].add(payload["name"])
        names["de"].add(payload["name_localizations"]["de"])
        for node in _nodes(payload):
            assert 1 <= len(node["name"]) <= 32
            if node.get("description"):
                assert len(node["description"]) <= 100
                assert len(node["description_localizations"]["de"]) <= 100
        assert _characters(payload) <= LONGEST_ALL
        assert payload["contexts"] == ([0] if payload["name"] == "settings" else [0, 1, 2])
    assert len(names["en"]) == len(names["de"]) == len(tree.get_commands())


def _nodes(payload: dict[str, Any]) -> list[dict[str, Any]]:
    below = [node for option in payload.get("options") or [] for node in _nodes(option)]
    return [payload, *below]


def _characters(payload: dict[str, Any]) -> int:
    return sum(
        max(len(node[kind]), len(node.get(f"{kind}_localizations", {}).get("de", "")))
        for node in _nodes(payload)
        for kind in ("name", "description")
        if node.get(kind)
    )
