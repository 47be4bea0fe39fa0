"""Looked up by slash command: by number, by words, by code; and where the texts come from."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord

from bot.client import ThesenBot
from bot.database import Database, ServerSettings
from bot.desk import Desk
from bot.keys import Place, citation_code
from bot.l10n import say
from bot.library import Library
from bot.options import number_choices, work_called, work_choices
from bot.render import length
from index import Language
from tests.bot.discord.people import answered, labels, meet_in_a_group, speak_german
from tests.fakes import make_document

Look = Callable[..., Awaitable[Any]]


@pytest.fixture
def garden(env: simcord.Env) -> tuple[Any, Any]:
    """A channel of a server, and Anna in it."""
    channel = env.create_guild().create_text_channel("garten")
    return channel, env.guild.add_member(env.create_user("anna"))


@pytest.fixture
def look(garden: tuple[Any, Any]) -> Look:
    """Anna's slash commands in a server."""
    channel, anna = garden

    async def slash(name: str, **options: Any) -> Any:
        return await anna.slash(channel, name, **options)

    return slash


@pytest.fixture(params=["server", "direct", "group"])
def look_anywhere(
    request: pytest.FixtureRequest, env: simcord.Env, monkeypatch: pytest.MonkeyPatch
) -> Look:
    """Anna's slash commands in each place there is."""
    env.create_guild()
    anna = env.create_user("anna")
    channel, member = env.guild.create_text_channel("garten"), env.guild.add_member(anna)
    if request.param == "group":
        meet_in_a_group(monkeypatch)

    async def slash(name: str, **options: Any) -> Any:
        if request.param == "server":
            return await member.slash(channel, name, **options)
        return await anna.slash(name, **options)

    return slash


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Language:
    """The language of everyone's client."""
    if request.param == "de":
        speak_german(monkeypatch)
        return "de"
    return "en"


def code_of(library: Library, thesis: int, sentence: int | None = None) -> str:
    """The code of a thesis of the fruit text."""
    document = library.documents[0]
    passage = document.thesis(thesis)
    assert passage is not None
    return citation_code(Place(document, passage), sentence)


# --- in every place, in both languages ---

COMMANDS: dict[str, dict[str, Any]] = {
    "ask": {"question": "Wo lagert man Äpfel im Keller?"},
    "thesis": {"number": "3"},
    "theses": {},
    "search": {"words": "Keller"},
    "source": {},
    "verify": {"code": "AAAA"},
    "about": {},
    "help": {},
    "privacy": {},
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_is_answered_everywhere_in_the_language_of_the_client(
    look_anywhere: Look, language: Language, command: str
) -> None:
    message = answered(await look_anywhere(command, **COMMANDS[command]))
    said = {
        "ask": say("de", "answer-meaning"),  # the language of the question
        "thesis": say(language, "answer-which-work", {"numbers": _thesis(language, "3")}),
        "theses": say(language, "list-of", {"title": "Fünf Thesen vom Obst (2009)"}),
        "search": say(language, "answer-search", {"count": 1}),
        "source": say(language, "source-publisher", {"value": "Gartenbund"}),
        "verify": say(language, "verify-unknown"),
        "about": "Fünf Thesen vom Obst, Vom Vieh",
        "help": say(language, "help"),
        "privacy": say(language, "privacy"),
    }
    if command == "thesis":
        assert say(language, "answer-number") in message.content
    else:
        assert said[command] in message.content
    assert message.flags.suppress_embeds
    assert not message.mentions


def _thesis(language: Language, number: str) -> str:
    return say(language, "wanted", {"count": 1, "numbers": number})


async def test_lookups_answer_directly_and_what_asks_the_model_defers_first(
    look: Look, env: simcord.Env
) -> None:
    for command, options in COMMANDS.items():
        await look(command, **options)
    first = [r.json["type"] for r in env.http_requests if r.json and r.path.endswith("/callback")]
    deferred = [command for command, kind in zip(COMMANDS, first, strict=True) if kind == 5]
    assert deferred == ["ask", "search"]


# --- /ask ---


async def test_a_question_is_answered_with_the_thesis_below_the_question(look: Look) -> None:
    result = await look("ask", question="Wo lagert man Äpfel im *Keller*?")
    message = answered(result)
    first, *_ = message.content.split("\n")
    assert first == "-# 💬 Wo lagert man Äpfel im \\*Keller\\*?"
    assert "**Man lagert sie kühl im Keller.**" in message.content
    assert not result.ephemeral


async def test_a_question_is_answered_from_the_work_that_was_chosen(look: Look) -> None:
    message = answered(await look("ask", question="Was ist mit den Hühnern?", work="vieh"))
    assert "Hühner legen Eier ins Stroh." in message.content
    other = answered(await look("ask", question="Was legen Hühner ins Stroh?", work="obst"))
    assert "Hühner legen" not in other.content.split("\n", 1)[1]


async def test_what_is_asked_privately_only_the_asker_sees_and_may_share(look: Look) -> None:
    result = await look("ask", question="Wo lagert man Äpfel im Keller?", private=True)
    message = answered(result)
    assert result.ephemeral
    assert message.flags.ephemeral
    assert say("de", "button-share") in itertools.chain(*labels(message))


# --- /thesis ---


@pytest.mark.parametrize(
    ("number", "theses"),
    [
        ("3", ["Kirschen"]),
        ("III", ["Kirschen"]),
        ("iii", ["Kirschen"]),
        ("dritte", ["Kirschen"]),
        ("three", ["Kirschen"]),
        ("drei", ["Kirschen"]),
        ("These 3", ["Kirschen"]),
        (" 3. ", ["Kirschen"]),
        ("2-4", ["Birnen", "Kirschen", "Pflaumen"]),
        ("2 bis 4", ["Birnen", "Kirschen", "Pflaumen"]),
        ("1, 3", ["Äpfel", "Kirschen"]),
        ("1 und 3", ["Äpfel", "Kirschen"]),
        ("letzte", ["Quitten"]),
        ("alle", ["Äpfel", "Birnen", "Kirschen", "Pflaumen", "Quitten"]),
    ],
)
async def test_theses_are_found_however_their_numbers_are_written(
    look: Look, number: str, theses: list[str]
) -> None:
    message = answered(await look("thesis", number=number, work="obst"))
    shown = [title for title in ALL_TITLES if f": {title} ·" in message.content]
    assert shown == theses


ALL_TITLES = ["Äpfel", "Birnen", "Kirschen", "Pflaumen", "Quitten"]


async def test_a_number_that_the_source_lacks_is_named_with_what_it_announces(
    look: Look, language: Language
) -> None:
    message = answered(await look("thesis", number="7", work="obst"))
    assert (
        message.content
        == {
            "de": "Die Quelle kündigt acht Thesen an; der gespeicherte Text enthält die Thesen "
            "1 bis 5. Nicht darin: These 7.",
            "en": "The source announces eight theses; the stored text holds theses 1 to 5. "
            "Not in it: thesis 7.",
        }[language]
    )


async def test_of_several_numbers_those_there_are_are_shown_and_the_others_named(
    look: Look,
) -> None:
    message = answered(await look("thesis", number="4-6", work="obst"))
    assert "Not in it: thesis 6." in message.content
    assert "Pflaumen werden zu Mus gekocht." in message.content
    assert "Quitten duften stark." in message.content


async def test_a_number_in_two_works_is_chosen_from(look: Look) -> None:
    message = answered(await look("thesis", number="1"))
    assert message.content.startswith("Several texts have thesis 1. Which one do you mean?")
    assert labels(message)[0] == ["1. Obst: Thesis 1", "2. Vieh: Thesis 1"]


@pytest.mark.parametrize("typed", ["vieh", "Vieh", "VOM VIEH", "Vom Vieh (2011)", "vom v"])
async def test_a_work_may_be_typed_by_its_name_or_title(look: Look, typed: str) -> None:
    message = answered(await look("thesis", number="1", work=typed))
    assert "Kühe geben Milch" in message.content


@pytest.mark.parametrize("command", ["ask", "thesis", "theses", "search"])
async def test_a_work_that_is_none_is_said_to_be_none_to_the_asker_alone(
    look: Look, command: str
) -> None:
    result = await look(command, **COMMANDS[command], work="@everyone")
    assert answered(result).content == (
        "There is no such text. There are: Fünf Thesen vom Obst, Vom Vieh."
    )
    assert result.ephemeral


@pytest.mark.parametrize("number", ["Blumen", "99999", "🍒", "@everyone", "0x3"])
async def test_what_is_no_number_is_answered_with_examples_or_the_gap(
    look: Look, number: str
) -> None:
    message = answered(await look("thesis", number=number, work="obst"))
    assert message.content.startswith(("That is no number I understand.", "The source announces"))


async def test_a_text_without_theses_says_so(look: Look, simcord_bot: ThesenBot) -> None:
    unnumbered = make_document("prosa", ["Ein Absatz."], numbers=[None])
    simcord_bot.library = replace(simcord_bot.library, documents=(unnumbered,))
    message = answered(await look("thesis", number="1"))
    assert message.content == "prosa does not number its theses."


async def test_an_english_asker_sees_the_german_words_and_the_translation(look: Look) -> None:
    message = answered(await look("thesis", number="3", work="obst"))
    assert "> Stare fressen sie gern." in message.content or "Stare fressen" in message.content
    assert "Starlings like to eat them." in message.content
    assert say("en", "unofficial-translation") in message.content


# --- /theses ---


async def test_the_list_has_all_titles_and_what_the_source_lacks(
    look: Look, language: Language
) -> None:
    message = answered(await look("theses"))
    assert (
        message.content.split("\n")
        == {
            "de": [
                "**Thesen in Fünf Thesen vom Obst (2009)**",
                "These 1: Äpfel",
                "These 2: Birnen",
                "These 3: Kirschen",
                "These 4: Pflaumen",
                "These 5: Quitten",
                "-# Die Quelle kündigt acht Thesen an; der gespeicherte Text enthält die Thesen "
                "1 bis 5.",
                "**Thesen in Vom Vieh (2011)**",
                "These 1: Kühe geben Milch und fressen Gras auf der Weide.",
                "These 2: Hühner legen Eier ins Stroh.",
            ],
            "en": [
                "**Theses in Fünf Thesen vom Obst (2009)**",
                "Thesis 1: Äpfel (Apples)",
                "Thesis 2: Birnen (Pears)",
                "Thesis 3: Kirschen (Cherries)",
                "Thesis 4: Pflaumen (Plums)",
                "Thesis 5: Quitten (Quinces)",
                "-# In brackets: unofficial translation.",
                "-# The source announces eight theses; the stored text holds theses 1 to 5.",
                "**Theses in Vom Vieh (2011)**",
                "Thesis 1: Kühe geben Milch und fressen Gras auf der Weide.",
                "Thesis 2: Hühner legen Eier ins Stroh.",
            ],
        }[language]
    )


async def test_the_list_of_one_work_is_only_its_own(look: Look) -> None:
    message = answered(await look("theses", work="vieh"))
    assert "Vom Vieh" in message.content
    assert "Obst" not in message.content


# --- /search ---


@pytest.mark.parametrize(
    ("words", "theses"),
    [
        ("Keller", ["Thesis 1"]),
        ("MUS", ["Thesis 4"]),
        ("cellar", ["Thesis 1"]),
        ("Äpfel Birnen", ["Thesis 1", "Thesis 2"]),
        ("Stroh Gras", ["Thesis 1", "Thesis 2"]),
    ],
)
async def test_all_passages_with_the_words_are_found_in_both_languages(
    look: Look, words: str, theses: list[str]
) -> None:
    content = answered(await look("search", words=words)).content
    assert f"{len(theses)} passages" in content or "one passage" in content
    assert sorted(name for name in ("Thesis 1", "Thesis 2", "Thesis 4") if name in content) == (
        theses
    )


async def test_more_passages_than_one_reply_leads_through_are_counted_and_named(
    look: Look, simcord_bot: ThesenBot
) -> None:
    bodies = [f"Der Garten blüht zum {i}. Mal." for i in range(1, 15)]
    document = make_document("garten", bodies)
    simcord_bot.library = replace(simcord_bot.library, documents=(document,))
    content = answered(await look("search", words="Garten")).content
    assert "Found: 14 passages" in content
    assert "I show the first 10." in content
    assert "Also: garten: theses 11 to 14" in content


async def test_words_that_nothing_has_are_told_to_have_nothing(look: Look) -> None:
    message = answered(await look("search", words="Quantenchromodynamik"))
    assert message.content.endswith("The texts hold nothing that fits.")


async def test_a_search_stays_in_the_work_that_was_chosen(look: Look) -> None:
    message = answered(await look("search", words="Stroh", work="obst"))
    assert message.content.endswith("The texts hold nothing that fits.")


# --- /source, /about, /help, /privacy ---


async def test_the_source_has_all_that_is_known_of_each_text(look: Look, library: Library) -> None:
    content = answered(await look("source")).content
    for fact in (
        "**Fünf Thesen vom Obst**",
        "- Publisher: Gartenbund",
        "- Published in: gartenblatt.example",
        "- Year: 2009",
        "- Address: <https://gartenblatt.example/obst>",
        "**Vom Vieh**",
        *(document.sha256 for document in library.documents),
    ):
        assert fact in content


async def test_privacy_says_what_is_stored(look: Look) -> None:
    content = answered(await look("privacy")).content
    assert "no messages, no questions, no names, no user ids" in content


async def test_help_names_the_commands_as_the_client_does(look: Look, language: Language) -> None:
    content = answered(await look("help")).content
    for command in ("ask", "thesis", "theses", "search", "cite", "verify", "source"):
        name = say(language, f"command-{command}")
        assert f"`/{name}" in content


# --- /verify ---


async def test_a_code_gives_the_very_words(look: Look, library: Library) -> None:
    code = code_of(library, 3)
    content = answered(await look("verify", code=code)).content
    assert content.startswith(f"{say('en', 'verify-none')}\n> ")
    assert "Kirschen hängen hoch im Baum." in content
    assert code in content


async def test_the_code_of_a_sentence_marks_it(look: Look, library: Library) -> None:
    document = library.documents[0]
    passage = document.thesis(3)
    assert passage is not None
    last = len(passage.sentences) - 1
    content = answered(await look("verify", code=code_of(library, 3, last))).content
    assert "**Stare fressen sie gern.**" in content


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: f"`{code}`",
        lambda code: code.replace("O", "0"),
        lambda code: code.replace("I", "1"),
        lambda code: code.replace("L", "1"),
        lambda code: code.replace("B", "8"),
        lambda code: code.replace("L", "1").replace("I", "1").replace("O", "0").lower(),
    ],
)
async def test_a_code_is_known_however_it_was_copied(
    look: Look, library: Library, typed: Callable[[str], str]
) -> None:
    for thesis in range(1, 6):
        content = answered(await look("verify", code=typed(code_of(library, thesis)))).content
        assert content.startswith(say("en", "verify-none"))
        assert f"Thesis {thesis}" in content


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA-AAAA", "¹²³", "@everyone", "1" * 60, "ß" * 9])
async def test_what_is_no_code_of_a_passage_is_told_so(look: Look, code: str) -> None:
    result = await look("verify", code=code or "-")
    assert answered(result).content == "There is no passage for this code."
    assert result.ephemeral


def reindexed(bot: ThesenBot, bodies: list[str]) -> None:
    """Put other theses in place of the cattle."""
    library = bot.library
    document = make_document("vieh", bodies, work=library.documents[1].work)
    bot.library = replace(library, documents=(library.documents[0], document))


async def test_words_that_have_moved_are_found_again(look: Look, simcord_bot: ThesenBot) -> None:
    reindexed(simcord_bot, ["Alt.", "Neu."])
    document = simcord_bot.library.documents[1]
    code = citation_code(Place(document, document.passages[0]))
    reindexed(simcord_bot, ["Davor.", "1. Alt."])
    document = simcord_bot.library.documents[1]
    reindexed(simcord_bot, ["Neu.", "Alt."])
    content = answered(await look("verify", code=code)).content
    assert not content.startswith(say("en", "verify-none"))


async def test_words_that_have_changed_are_said_to_have(look: Look, simcord_bot: ThesenBot) -> None:
    document = simcord_bot.library.documents[1]
    code = citation_code(Place(document, document.passages[0]))
    reindexed(simcord_bot, ["Kühe geben Hafermilch.", "Hühner legen Eier."])
    content = answered(await look("verify", code=code)).content
    assert content.startswith(say("en", "verify-words"))
    assert "> 1\\. Kühe geben Hafermilch." in content


# --- private by default, the server's language and texts ---


async def save(bot: ThesenBot, env: simcord.Env, **settings: Any) -> None:
    await bot.database.save(env.guild.id, replace(ServerSettings(), **settings))


@pytest.mark.parametrize("command", COMMANDS)
async def test_where_replies_are_private_by_default_only_the_asker_sees_them(
    look: Look, env: simcord.Env, simcord_bot: ThesenBot, command: str
) -> None:
    await save(simcord_bot, env, private=True)
    result = await look(command, **COMMANDS[command])
    assert result.ephemeral
    assert answered(result).flags.ephemeral


async def test_who_wants_to_may_answer_for_all_where_private_is_the_default(
    look: Look, env: simcord.Env, simcord_bot: ThesenBot
) -> None:
    await save(simcord_bot, env, private=True)
    assert not (await look("thesis", number="3", private=False)).ephemeral


async def test_a_server_has_its_own_language_and_texts(
    look: Look, env: simcord.Env, simcord_bot: ThesenBot
) -> None:
    await save(simcord_bot, env, language="de", works=("vieh",))
    assert answered(await look("theses")).content.startswith("**Thesen in Vom Vieh (2011)**")
    assert "Kühe geben Milch" in answered(await look("thesis", number="1")).content
    refused = answered(await look("thesis", number="1", work="obst")).content
    assert refused == "Diesen Text gibt es nicht. Es gibt: Vom Vieh."


# --- what is offered while one types ---

Type = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture
def type_into(garden: tuple[Any, Any]) -> Type:
    """What Anna is offered while she types, in a server."""
    channel, anna = garden

    async def autocomplete(
        command: str, option: str, typed: str, **filled: Any
    ) -> list[dict[str, Any]]:
        choices: list[dict[str, Any]] = await anna.autocomplete(
            channel, command, option, typed, **filled
        )
        return choices

    return autocomplete


async def test_theses_are_offered_by_number_and_by_title_in_both_languages(
    type_into: Type, language: Language
) -> None:
    cherries = {"de": "3. Kirschen", "en": "3. Cherries"}[language]
    for typed in ("3", "III", "dritte", "kirsch", "CHERR", "These 3"):
        choices = await type_into("thesis", "number", typed, work="obst")
        assert [(choice["name"], choice["value"]) for choice in choices] == [(cherries, "3")]


async def test_several_numbers_are_offered_together_first(type_into: Type) -> None:
    choices = await type_into("thesis", "number", "1, 3", work="obst")
    assert [choice["name"] for choice in choices] == ["theses 1 and 3", "1. Apples", "3. Cherries"]
    assert choices[0]["value"] == "1, 3"


async def test_without_a_word_all_theses_of_all_works_are_offered(type_into: Type) -> None:
    choices = await type_into("thesis", "number", "")
    assert [choice["name"] for choice in choices][0::5] == [
        "1. Apples · Obst",
        "1. Kühe geben Milch und fressen Gras auf der Weide. · Vieh",
    ]


async def test_a_choice_from_several_works_gives_just_that_thesis(
    look: Look, type_into: Type
) -> None:
    (chosen,) = await type_into("thesis", "number", "stroh")
    content = answered(await look("thesis", number=chosen["value"])).content
    assert "Hühner legen Eier ins Stroh." in content


async def test_a_choice_of_a_text_that_the_server_does_not_offer_is_none(
    look: Look, env: simcord.Env, simcord_bot: ThesenBot, library: Library
) -> None:
    await save(simcord_bot, env, works=("vieh",))
    content = answered(await look("thesis", number=code_of(library, 3))).content
    assert "Kirschen" not in content


@pytest.mark.parametrize("command", ["ask", "thesis", "theses", "search"])
async def test_works_are_offered_by_title(type_into: Type, command: str) -> None:
    every = await type_into(command, "work", "")
    assert [(choice["name"], choice["value"]) for choice in every] == [
        ("Fünf Thesen vom Obst (2009)", "obst"),
        ("Vom Vieh (2011)", "vieh"),
    ]
    assert [c["value"] for c in await type_into(command, "work", "VIEH")] == ["vieh"]


HOSTILE = ["", " ", "\x00", "(", "[[", "\\", "%s", "{}", "@everyone", "🍒" * 3_000, "9" * 6_000]


@pytest.mark.parametrize("typed", HOSTILE)
async def test_whatever_is_typed_the_choices_are_such_that_discord_takes_them(
    type_into: Type, typed: str
) -> None:
    for option in ("number", "work"):
        check_choices(await type_into("thesis", option, typed))
        check_choices(await type_into("thesis", option, typed, **{_other(option): typed[:60]}))


def _other(option: str) -> str:
    return "work" if option == "number" else "number"


def check_choices(choices: list[dict[str, Any]]) -> None:
    assert len(choices) <= 25
    for choice in choices:
        assert 0 < length(choice["name"].strip()) <= 100
        assert 0 < length(choice["value"]) <= 100


def test_long_titles_and_many_theses_give_choices_that_discord_takes() -> None:
    long = "🍒 Kirschen_" * 1_000
    base = make_document("b" * 200, [f"{long} {i}" for i in range(60)])
    documents = [
        replace(base, name=name, work=replace(base.work, title=long, short_title=short))
        for name, short in (("a" * 150, None), ("b" * 150, "🍒" * 300), ("c" * 150, "kurz"))
    ]
    for chosen in (documents, documents[:1]):
        for typed in ("", "3", "1-50", "kirschen", "1, 3"):
            choices = number_choices(chosen, typed, "de") + work_choices(chosen, "")
            assert 0 < len(number_choices(chosen, typed, "de")) <= 25
            for choice in choices:
                assert 0 < length(choice.name) <= 100
                assert 0 < length(str(choice.value)) <= 100
    for choice, document in zip(work_choices(documents, ""), documents, strict=True):
        assert work_called(documents, str(choice.value)) is document


# --- too often ---


async def test_who_asks_too_often_is_told_how_long_to_wait(
    library: Library, database_url: str, language: Language
) -> None:
    clock = [0.0]
    desk = Desk(per_minute=2, clock=lambda: clock[0])
    bot = ThesenBot(library, Database(database_url), desk)
    bot.shard_count = 1
    async with simcord.run(bot) as env:
        channel = env.create_guild().create_text_channel("garten")
        anna = env.guild.add_member(env.create_user("anna"))
        ben = env.guild.add_member(env.create_user("ben"))
        for _ in range(2):
            await anna.slash(channel, "ask", question="Wo lagert man Äpfel im Keller?")
        refused = answered(await anna.slash(channel, "search", words="Keller"))
        assert refused.content == say(language, "error-too-often", {"seconds": 60})
        assert env.errors
        found = answered(await ben.slash(channel, "search", words="Keller"))
        assert "Keller" in found.content
        looked_up = answered(await anna.slash(channel, "thesis", number="3"))
        assert "Kirschen" in looked_up.content
        clock[0] = 61.0
        again = answered(await anna.slash(channel, "search", words="Keller"))
        assert isinstance(again, discord.Message)
        assert "Man lagert sie kühl im Keller." in again.content
