"""The menus of a message: the thesis behind it, and whether what it quotes is exact."""

from __future__ import annotations

import discord
import pytest
import simcord

from bot.client import ThesenBot
from bot.database import ServerSettings
from bot.l10n import say
from bot.render import length
from bot.translator import CatalogueTranslator
from index import Language
from tests.bot.discord.people import (
    answered,
    labels,
    mention,
    own_id,
    read,
    said,
    speak_german,
    town,
)

FIND = "Find matching thesis"
CHECK = "Is this quote exact?"
ABOUT_CELLARS = "Ich glaube, man lagert Äpfel kühl im Keller."


def spoken_by(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    if language == "de":
        speak_german(monkeypatch)


async def check(env: simcord.Env, text: str) -> discord.Message:
    channel, anna, ben = town(env)
    written = await ben.send(channel, text)
    result = await anna.context_menu(channel, CHECK, written)
    assert result.ephemeral
    assert len(channel.history(viewer=ben)) == 1
    return answered(result)


@pytest.mark.parametrize("language", ["de", "en"])
async def test_candidates_are_private_and_the_chosen_one_replies_to_the_message(
    env: simcord.Env, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken_by(language, monkeypatch)
    channel, anna, ben = town(env)
    written = await ben.send(channel, ABOUT_CELLARS)
    result = await anna.context_menu(channel, FIND, written)
    assert result.ephemeral
    offered = answered(result)
    assert offered.content.startswith(say(language, "answer-candidates"))
    assert len(channel.history(viewer=ben)) == 1
    chosen = answered(await anna.click(offered, label=labels(offered)[0][0]))
    assert "Man lagert sie kühl im Keller." in chosen.content
    assert len(channel.history(viewer=ben)) == 1
    await anna.click(chosen, label=say(language, "button-share"))
    _, shared = channel.history(viewer=ben)
    assert shared.author.id == own_id(env)
    assert shared.reference is not None
    assert shared.reference.message_id == written.id
    assert shared.content.startswith(say(language, "answer-shared", {"name": "anna"}))
    assert shared.mentions == []


async def test_the_second_candidate_can_be_chosen_and_the_next_one_after_it(
    env: simcord.Env,
) -> None:
    channel, anna, ben = town(env)
    written = await ben.send(channel, "Stare fressen Kirschen, und Hühner legen Eier ins Stroh.")
    offered = answered(await anna.context_menu(channel, FIND, written))
    names = labels(offered)[0]
    assert 2 <= len(names) <= 3
    second = answered(await anna.click(offered, label=names[1]))
    assert second.content.startswith(say("en", "answer-other", {"at": 2, "count": len(names)}))
    assert labels(second)[0] == (["Next match"] if len(names) > 2 else []) + ["Before/after"]


async def test_why_a_candidate_was_found_is_measured_for_the_message(env: simcord.Env) -> None:
    channel, anna, ben = town(env)
    written = await ben.send(channel, ABOUT_CELLARS)
    offered = answered(await anna.context_menu(channel, FIND, written))
    chosen = answered(await anna.click(offered, label=labels(offered)[0][0]))
    why = answered(await anna.click(chosen, label="Why this one?"))
    assert why.content.startswith(say("en", "why-intro"))
    assert "kühl" in why.content


async def test_a_message_that_nothing_fits_is_said_so(env: simcord.Env) -> None:
    channel, anna, ben = town(env)
    written = await ben.send(channel, "Quantenchromodynamik ist schwierig.")
    result = await anna.context_menu(channel, FIND, written)
    assert result.ephemeral
    assert answered(result).content == say("en", "answer-none")
    assert labels(answered(result)) == []


@pytest.mark.parametrize("menu", [FIND, CHECK])
@pytest.mark.parametrize("content", ["🍎", "...", "||  ||", "<"])
@pytest.mark.parametrize("language", ["de", "en"])
async def test_a_message_without_words_is_said_to_hold_nothing(
    env: simcord.Env,
    menu: str,
    content: str,
    language: Language,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoken_by(language, monkeypatch)
    channel, anna, ben = town(env)
    written = await ben.send(channel, content)
    result = await anna.context_menu(channel, menu, written)
    words = "nothing-to-find" if menu == FIND else "nothing-to-check"
    assert answered(result).content == say(language, words)
    assert result.ephemeral


@pytest.mark.parametrize("menu", [FIND, CHECK])
async def test_a_message_of_embeds_or_files_only_is_said_to_hold_nothing(
    env: simcord.Env, menu: str
) -> None:
    channel, anna, ben = town(env)
    webhook = channel.guild.create_webhook(channel)
    embed = discord.Embed(title="Äpfel", description="Man lagert sie kühl im Keller.")
    await webhook.send(embeds=[embed])  # nothing but an embed
    for written in (said(channel), await ben.send(channel, attachments=[("a.png", b"x")])):
        result = await anna.context_menu(channel, menu, written)
        words = "nothing-to-find" if menu == FIND else "nothing-to-check"
        assert answered(result).content == say("en", words)


@pytest.mark.parametrize("menu", [FIND, CHECK])
@pytest.mark.parametrize(
    "content", ["a" * 2_000, "Apfel " * 333, "> " * 900 + "Apfel", "*_`|~" * 380 + "Apfel"]
)
async def test_a_message_of_any_length_and_markup_gets_an_answer(
    env: simcord.Env, menu: str, content: str
) -> None:
    channel, anna, ben = town(env)
    written = await ben.send(channel, content)
    reply = answered(await anna.context_menu(channel, menu, written))
    assert reply.content
    assert length(reply.content) <= 2_000


async def test_only_works_offered_on_the_server_are_candidates(env: simcord.Env) -> None:
    channel, anna, ben = town(env)
    assert isinstance(env.bot, ThesenBot)
    await env.bot.database.save(channel.guild.id, ServerSettings(works=("obst",)))
    written = await ben.send(channel, "Hühner legen Eier ins Stroh, sagt man.")
    reply = answered(await anna.context_menu(channel, FIND, written))
    assert "Hühner" not in reply.content
    assert "Vieh" not in reply.content


async def test_the_bots_own_mention_is_no_word_of_the_message(env: simcord.Env) -> None:
    channel, anna, ben = town(env)
    written = await ben.send(channel, mention(env))
    result = await anna.context_menu(channel, FIND, written)
    assert answered(result).content == say("en", "nothing-to-find")


@pytest.mark.parametrize("language", ["de", "en"])
async def test_an_exact_quotation_is_called_exact(
    env: simcord.Env, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken_by(language, monkeypatch)
    reply = await check(env, "„Kirschen hängen hoch im Baum. Stare fressen sie gern.“")
    assert read(reply).startswith(f"{say(language, 'quote-exact')}\n3. Kirschen")


@pytest.mark.parametrize("language", ["de", "en"])
async def test_an_altered_quotation_is_shown_with_its_differences(
    env: simcord.Env, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken_by(language, monkeypatch)
    reply = await check(env, "„Kirschen hängen tief im Baum. Stare fressen sie gern.“")
    assert reply.content.startswith(say(language, "quote-altered"))
    change = say(language, "quote-change", {"source": "hoch", "quoted": "tief"})
    assert change in reply.content.split("\n")
    assert "> Kirschen hängen hoch im Baum." in reply.content


async def test_words_left_out_and_added_are_named_as_such(env: simcord.Env) -> None:
    reply = await check(env, "„Kirschen hängen im Baum. Stare fressen sie sehr gern.“")
    nothing = say("en", "quote-nothing")
    assert say("en", "quote-change", {"source": "hoch", "quoted": nothing}) in reply.content
    assert say("en", "quote-change", {"source": nothing, "quoted": "sehr"}) in reply.content


async def test_a_quotation_of_several_places_is_called_stitched(env: simcord.Env) -> None:
    reply = await check(
        env,
        "„Äpfel sind rot und rund. Hühner legen Eier ins Stroh. "
        "Quitten duften stark. Roh schmecken sie herb.“",
    )
    assert reply.content.startswith(say("en", "quote-stitched"))
    places = [read(reply).index(words) for words in ("1. Äpfel", "2. Hühner", "5. Quitten")]
    assert places == sorted(places)


@pytest.mark.parametrize("language", ["de", "en"])
async def test_a_quotation_of_another_thesis_than_claimed_is_called_so(
    env: simcord.Env, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken_by(language, monkeypatch)
    reply = await check(
        env, "These 2 sagt: „Kirschen hängen hoch im Baum. Stare fressen sie gern.“"
    )
    named = {"de": ("These 3", "These 2"), "en": ("Thesis 3", "thesis 2")}[language]
    first = reply.content.split("\n")[0]
    assert all(name in first for name in named)
    assert "> Kirschen hängen hoch im Baum." in reply.content


@pytest.mark.parametrize("language", ["de", "en"])
async def test_words_of_no_text_are_not_found(
    env: simcord.Env, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken_by(language, monkeypatch)
    reply = await check(env, "„Die Zukunft gehört den fliegenden Autos aus Plastik.“")
    assert reply.content == say(language, "quote-not-found")
    assert labels(reply) == []


async def test_the_verdict_can_be_shared(env: simcord.Env) -> None:
    channel, anna, ben = town(env)
    written = await ben.send(channel, "„Quitten duften stark. Roh schmecken sie herb.“")
    verdict = answered(await anna.context_menu(channel, CHECK, written))
    await anna.click(verdict, label="Show everyone")
    shared = channel.history(viewer=ben)[-1]
    assert "> Quitten duften stark. Roh schmecken sie herb." in shared.content


async def test_changed_words_of_markup_are_shown_as_they_are(env: simcord.Env) -> None:
    reply = await check(
        env, "„Kirschen hängen @everyone [hier](https://a.b) im Baum. Stare fressen sie gern.“"
    )
    header = reply.content.split("\n> ")[0]
    assert "@everyone" not in header.replace(r"\@everyone", "")
    assert "](" not in header
    assert not reply.mention_everyone


@pytest.mark.parametrize("menu", [FIND, CHECK])
async def test_a_menu_can_be_used_everywhere(env: simcord.Env, menu: str) -> None:
    assert isinstance(env.bot, ThesenBot)
    command = env.bot.tree.get_command(menu, type=discord.AppCommandType.message)
    assert command is not None
    payload = command.to_dict(env.bot.tree)
    assert payload["integration_types"] == [0, 1]
    assert payload["contexts"] == [0, 1, 2]
    german = await command.get_translated_payload(env.bot.tree, CatalogueTranslator())
    assert german["name_localizations"] == {
        "de": {FIND: "Passende These finden", CHECK: "Ist das Zitat genau?"}[menu]
    }
