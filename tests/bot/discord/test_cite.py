"""/cite finds a thesis or a sentence while one types and posts it for all to see."""

from __future__ import annotations

import pytest
import simcord

from bot.client import ThesenBot
from bot.cogs.cite import _label, _passage_choices
from bot.database import ServerSettings
from bot.keys import Place, citation_code
from bot.l10n import say
from bot.library import Library
from bot.render import length
from index import Language
from tests.bot.discord.people import answered, labels, read, said, speak_german, town
from tests.fakes import make_document

SENTENCE = "Man lagert sie kühl im Keller."


def place(library: Library, work: str, thesis: int) -> Place:
    (document,) = (document for document in library.documents if document.name == work)
    return Place(document, next(p for p in document.passages if p.thesis == thesis))


async def test_a_thesis_is_found_by_its_words_and_quoted_for_all(env: simcord.Env) -> None:
    channel, anna, ben = town(env)
    choices = await anna.autocomplete(channel, "cite", "passage", "Stare fressen")
    result = await anna.slash(channel, "cite", passage=choices[0]["value"])
    assert not result.ephemeral
    shown = channel.history(viewer=ben)[-1]
    assert read(shown).startswith("anna quotes:\n3. Kirschen")
    assert "> Kirschen hängen hoch im Baum. Stare fressen sie gern." in shown.content
    assert "Thesis 3: Kirschen · Fünf Thesen vom Obst" in shown.content


async def test_a_sentence_is_found_and_quoted_alone_and_can_be_shown_whole(
    env: simcord.Env,
) -> None:
    channel, anna, _ = town(env)
    choices = await anna.autocomplete(channel, "cite", "passage", "lagert")
    sentence = next(choice for choice in choices if "„…“" in choice["name"])
    assert SENTENCE in sentence["name"]
    reply = answered(await anna.slash(channel, "cite", passage=sentence["value"]))
    quoted = [line for line in reply.content.split("\n") if line.startswith("> ")]
    assert quoted == [f"> {SENTENCE}", "> They are stored cool in the cellar."]
    whole = answered(await anna.click(reply, label="Show all"))
    assert "Äpfel sind rot und rund." in whole.content
    assert f"**{SENTENCE}**" in whole.content


@pytest.mark.parametrize(
    "typed", ["Thesis 3", "these 3", "THESE 3", "kirschen", "Cherries", "haengen", "  stare  "]
)
async def test_a_thesis_is_found_by_number_and_words_of_both_languages(
    env: simcord.Env, typed: str
) -> None:
    channel, anna, _ = town(env)
    choices = await anna.autocomplete(channel, "cite", "passage", typed)
    assert choices
    assert any(choice["name"].startswith("Obst: Thesis 3: Kirschen") for choice in choices)


async def test_choices_hold_discords_limits(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    for typed in ["", "e", "ei", "ein", "in", "\U0001f352" * 100, "*", "zzz"]:
        choices = await anna.autocomplete(channel, "cite", "passage", typed)
        assert len(choices) <= 25
        assert all(1 <= len(choice["name"]) <= 100 for choice in choices)
        assert all(1 <= len(choice["value"]) <= 100 for choice in choices)
        assert len({choice["value"] for choice in choices}) == len(choices)
    assert await anna.autocomplete(channel, "cite", "passage", "zzz") == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_choices_of_a_large_text_of_emoji_hold_discords_limits(language: Language) -> None:
    bodies = ["\U0001f352\u0301 " * 90 + str(i) for i in range(80)]
    document = make_document("emoji", bodies)
    places = [Place(document, passage) for passage in document.passages]
    choices = list(_passage_choices(places, "\U0001f352\u0301 \U0001f352", language))
    assert len(choices) == 25
    assert all(length(choice.name) <= 100 for choice in choices)
    assert all(choice.name.endswith("…") for choice in choices)


def test_a_label_is_only_cut_where_it_must_be() -> None:
    assert _label("a" * 100) == "a" * 100
    assert _label("a" * 101) == "a" * 99 + "…"
    assert length(_label("\U0001f352" * 51)) <= 100


async def test_a_german_client_gets_german_choices_and_words(
    env: simcord.Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak_german(monkeypatch)
    channel, anna, _ = town(env)
    choices = await anna.autocomplete(channel, "cite", "passage", "Mus")
    assert choices[0]["name"].startswith("Obst: These 4: ")
    reply = answered(await anna.slash(channel, "cite", passage=choices[0]["value"]))
    assert read(reply).startswith("anna zitiert:\n4. Pflaumen")
    assert "Inoffizielle" not in reply.content
    assert labels(reply) == [["Davor/danach"], ["Warum diese?", "Hilfreich", *LAST_GERMAN]]


LAST_GERMAN = ["Nicht hilfreich", "Löschen"]


async def test_an_english_client_gets_the_rendering_beneath(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    code = citation_code(place(_library(env), "obst", 4))
    reply = answered(await anna.slash(channel, "cite", passage=code))
    german, english = reply.content.split("Unofficial translation")
    assert "Das Mus hält sich jahrelang." in german
    assert "The jam keeps for years." in english
    assert labels(reply) == [["Before/after"], ["Why this one?", "Helpful", *LAST_ENGLISH]]


LAST_ENGLISH = ["Not helpful", "Delete"]


def _library(env: simcord.Env) -> Library:
    assert isinstance(env.bot, ThesenBot)
    return env.bot.library


async def test_free_text_is_offered_privately_and_the_choice_can_be_shared(
    env: simcord.Env,
) -> None:
    channel, anna, ben = town(env)
    result = await anna.slash(channel, "cite", passage="Wo lagert man Äpfel im Keller?")
    assert result.ephemeral
    offered = answered(result)
    assert offered.content.startswith(say("en", "answer-unsure"))
    assert channel.history(viewer=ben) == []
    first = labels(offered)[0][0]
    chosen = answered(await anna.click(offered, label=first))
    assert channel.history(viewer=ben) == []
    assert SENTENCE in chosen.content
    await anna.click(chosen, label="Show everyone")
    (shared,) = channel.history(viewer=ben)
    assert read(shared).startswith("anna shares:\n1. Äpfel")


async def test_a_number_typed_without_choosing_shows_that_thesis_privately(
    env: simcord.Env,
) -> None:
    channel, anna, ben = town(env)
    result = await anna.slash(channel, "cite", passage="Obst: These 5")
    assert result.ephemeral
    assert "> Quitten duften stark." in answered(result).content
    assert "Show everyone" in labels(answered(result))[1]
    assert channel.history(viewer=ben) == []


async def test_a_number_that_the_source_lacks_is_said_to_be_lacking(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    result = await anna.slash(channel, "cite", passage="These 7 vom Obst")
    assert result.ephemeral
    assert "The source announces eight theses" in answered(result).content


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Quantenchromodynamik", "answer-none"),
        ("Fressen Kühe auch Äpfel mit Mehltau?", "answer-unsure"),
        ("MFRG-GZDF-MZTW-Q2LK", "answer-none"),
        ("@everyone <@1> ||x|| **y**", "answer-none"),
    ],
)
async def test_text_that_is_no_choice_quotes_nothing_for_all(
    env: simcord.Env, typed: str, said: str
) -> None:
    channel, anna, ben = town(env)
    result = await anna.slash(channel, "cite", passage=typed)
    assert result.ephemeral
    assert channel.history(viewer=ben) == []
    assert answered(result).content.startswith(say("en", said))


@pytest.mark.parametrize("typed", ["😀" * 100, "." * 200, "\0\u202e\u200b"])
async def test_text_without_words_is_refused_privately(env: simcord.Env, typed: str) -> None:
    channel, anna, ben = town(env)
    result = await anna.slash(channel, "cite", passage=typed)
    assert result.ephemeral
    assert answered(result).content == say("en", "refuse-no-words")
    assert channel.history(viewer=ben) == []


async def test_a_code_is_taken_as_people_copy_it(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    code = citation_code(place(_library(env), "vieh", 2))
    for written in [code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "]:
        reply = answered(await anna.slash(channel, "cite", passage=written))
        assert "Hühner legen Eier ins Stroh." in reply.content


async def test_a_code_of_words_that_changed_since_quotes_what_stands_there_now(
    env: simcord.Env,
) -> None:
    channel, anna, _ = town(env)
    earlier = make_document("vieh", ["Kühe gaben einst Milch."])
    code = citation_code(Place(earlier, earlier.passages[0]), 0)
    reply = answered(await anna.slash(channel, "cite", passage=code))
    assert "Kühe geben Milch" in reply.content


async def test_only_works_offered_on_the_server_are_quoted(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    assert isinstance(env.bot, ThesenBot)
    code = citation_code(place(_library(env), "vieh", 2))
    await env.bot.database.save(channel.guild.id, ServerSettings(works=("obst",)))
    assert await anna.autocomplete(channel, "cite", "passage", "Hühner") == []
    result = await anna.slash(channel, "cite", passage=code)
    assert result.ephemeral
    assert "Hühner" not in answered(result).content


async def test_the_servers_language_goes_before_that_of_the_client(env: simcord.Env) -> None:
    channel, anna, _ = town(env)
    assert isinstance(env.bot, ThesenBot)
    await env.bot.database.save(channel.guild.id, ServerSettings(language="de"))
    code = citation_code(place(_library(env), "obst", 1))
    reply = answered(await anna.slash(channel, "cite", passage=code))
    assert reply.content.startswith("anna zitiert:")


async def test_a_name_of_markup_is_shown_as_it_is_and_pings_nobody(env: simcord.Env) -> None:
    guild = env.create_guild()
    channel = guild.create_text_channel("garten")
    eve = guild.add_member(env.create_user("eve"), nick="**@everyone** ||<@1>||")
    code = citation_code(place(_library(env), "obst", 1))
    reply = answered(await eve.slash(channel, "cite", passage=code))
    assert reply.content.startswith(r"\*\*\@everyone\*\* \|\|\<\@1\>\|\| quotes:")
    assert reply.mentions == []
    assert not reply.mention_everyone


async def test_cite_works_in_a_direct_message(env: simcord.Env) -> None:
    anna = env.create_user("anna")
    choices = await anna.autocomplete("cite", "passage", "Quitten")
    await anna.slash("cite", passage=choices[0]["value"])
    assert "anna quotes:\n5. Quitten" in read(said(anna.dm_channel))


async def test_a_person_may_install_it_and_use_it_everywhere(env: simcord.Env) -> None:
    assert isinstance(env.bot, ThesenBot)
    command = env.bot.tree.get_command("cite")
    assert command is not None
    payload = command.to_dict(env.bot.tree)
    assert payload["integration_types"] == [0, 1]
    assert payload["contexts"] == [0, 1, 2]
