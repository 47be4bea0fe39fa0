"""A corpus that tries everything on Discord is displayed as it stands, and pings nobody."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import discord as discord_py
import pytest
import simcord

from bot.client import ThesenBot
from bot.database import Database, ServerSettings
from bot.desk import Desk
from bot.keys import Place, citation_code
from bot.language import LanguageDetector
from bot.library import Library
from bot.render import MESSAGE_LIMIT, length
from index import Document, Passage, RenderedPassage, Span, Work
from index.passage import Rendering
from tests.bot.discord.people import mention, own_id, said
from tests.bot.test_render import LONG, discord, lined
from tests.fakes import WordSearch

PINGS = "@everyone @here <@1> <@!2> <@&3> <#4> <:x:5> <a:y:6> </ask:7> <t:1:R> <id:guide>"
MARKUP = "*a* **b** __c__ ~~d~~ ||e|| `f` ```g``` [h](https://x.example) <https://y.example>"
INVISIBLE = "\u200b\u200f\u202eumgekehrt\u202c\ufeff e\u0301\u0302 👩‍👩‍👧‍👦 🇩🇪 ¯\\_(ツ)_/¯ \\* \\\\"
LINES = "# Titel\n-# klein\n- Punkt\n+ Punkt\n* Punkt\n1. Erstens\n2) Zweitens\n> Zitat\n>>> alles"
TITLE = (f"{PINGS} {MARKUP} " * 3)[:300]

BODIES = [
    f"Die Kartoffel {PINGS} wächst. {MARKUP} Kartoffel!",
    f"{LINES}\nRübe {INVISIBLE} Rübe.\n```\n{PINGS}\n```\nRübe?",
    "Kohl " + LONG[:19_900] + " Kohl",
    "Lauch\n" + "\n".join(f"{i}. Lauch ||{i}|| https://lauch.example/{i}" for i in range(300)),
    f"**Zwiebel** {'🧅' * 1_500} <@1> Zwiebel",
]


def hostile_document(name: str, title: str) -> Document:
    """Theses that each have a title of markup, translated into more of it."""
    text, passages, rendered = "", [], []
    for number, body in enumerate(BODIES, 1):
        start = len(text)
        text += f"{number}. "
        heading = Span(len(text), len(text) + len(TITLE))
        text += f"{TITLE}\n"
        sentences = [heading] + [
            Span(len(text) + found.start(), len(text) + found.end())
            for found in re.finditer(r"\S[^.!?]*[.!?]?", body)
        ]
        text += body
        passages.append(
            Passage(name, "thesis", number, Span(start, len(text)), heading, tuple(sentences))
        )
        english = f"{LINES} {PINGS} {MARKUP} translated {number}"
        rendered.append(RenderedPassage(english, english[:300], (english,)))
        text += "\n\n"
    work = Work(
        title,
        short_title=TITLE[:120],
        publisher=TITLE,
        published_in="@everyone",
        year=2011,
        licence=f"{LINES} {TITLE}",
        url="https://a.example/)(",
        announced_theses=9 if name == "@everyone" else None,
    )
    return Document(
        name, f"{name}.txt", "0" * 64, text, work, tuple(passages), Rendering("en", tuple(rendered))
    )


@pytest.fixture
def library() -> Library:
    documents = (hostile_document("@everyone", TITLE), hostile_document("b" * 90, f"2 {TITLE}"))
    return Library(documents, WordSearch(documents), LanguageDetector(), "de")


@pytest.fixture
def simcord_bot(library: Library, database_url: str) -> ThesenBot:
    bot = ThesenBot(library, Database(database_url), Desk(per_minute=9_999), message_content=True)
    bot.shard_count = 1
    return bot


def quotations_in(content: str) -> list[str]:
    """The quoted lines of a message, those that follow one another together."""
    blocks = re.findall(r"(?:^> .*(?:\n|\Z))+", content, re.MULTILINE)
    return [re.sub(r"^> ", "", block, flags=re.MULTILINE) for block in blocks]


def without_own_markup(text: str) -> str:
    """A message without the bold marks, the small print, the code and the link that are ours."""
    text = re.sub(r"^- ", "", text, flags=re.MULTILINE)
    text = re.sub(r"^-# (?:— |💬 )?", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\d+\. ", "", text, flags=re.MULTILINE)
    text = re.sub(r"\[(?:Quelle|source)\]\(<https?://[^<>\s]+>\)|`[A-Z2-7-]{19}`", "", text)
    text = re.sub(r"`/\w+(?: 3)?`|(?<=: )<https?://[^<>\s]+>", "", text)
    return re.sub(r"(\\[^0-9A-Za-z\s])|\*\*", lambda found: found[1] or "", text)


def check(content: str, library: Library) -> None:
    """The limit holds, nothing that is not ours is markup, and each quotation is the source's."""
    assert length(content) <= MESSAGE_LIMIT
    sources = [lined(document.text) for document in library.documents]
    for document in library.documents:
        assert document.rendering is not None
        sources += [passage.text for passage in document.rendering.passages]
    for quotation in quotations_in(content):
        shown, markup = discord(without_bold(quotation))
        assert markup == set()
        assert any(shown.strip() in source for source in sources), shown
    around = re.sub(r"(?:^> .*(?:\n|\Z))+", "", content, flags=re.MULTILINE)
    assert discord(without_own_markup(around))[1] == set(), around


def without_bold(text: str) -> str:
    return re.sub(r"(\\[^0-9A-Za-z\s])|\*\*", lambda found: found[1] or "", text)


def sent(env: simcord.Env) -> list[dict[str, Any]]:
    """All messages the bot has given to Discord, new and changed."""
    bodies = [r.json for r in env.http_requests if r.json]
    found = [body.get("data") or body for body in bodies if isinstance(body, dict)]
    return [body for body in found if body.get("content")]


async def press_all(env: simcord.Env, person: Any, channel: Any, most: int) -> int:
    """Press every button below every message, those that appear then too, but none to delete."""
    pressed: set[str] = set()
    for _ in range(most):
        fresh = [
            (message, str(item.custom_id))
            for message in channel.history(viewer=person)
            for row in message.components
            if isinstance(row, discord_py.ActionRow)
            for item in row.children
            if isinstance(item, discord_py.Button)
            if str(item.custom_id) not in pressed and not str(item.custom_id).startswith("t:d:")
        ]
        if not fresh:
            break
        message, custom_id = fresh[-1]
        pressed.add(custom_id)
        result = await person.click(message, custom_id=custom_id)
        assert result.acknowledged
    return len(pressed)


COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("ask", {"question": f"{PINGS} Kartoffel {MARKUP}"}),
    ("ask", {"question": "Kohl Lauch Rübe Zwiebel", "private": True}),
    *(("thesis", {"number": str(number), "work": "@everyone"}) for number in range(1, 6)),
    ("thesis", {"number": "1-5", "work": "@everyone"}),
    ("thesis", {"number": "7", "work": "@everyone"}),
    ("thesis", {"number": "7", "work": "b" * 90}),
    ("thesis", {"number": "4-9", "work": "b" * 90}),
    ("thesis", {"number": "2"}),
    ("thesis", {"number": "2", "work": "<@1>"}),
    ("theses", {}),
    ("search", {"words": f"Zwiebel {MARKUP}"}),
    ("source", {}),
    ("about", {}),
    ("help", {}),
    ("cite", {"passage": "Rübe"}),
    ("cite", {"passage": "@everyone"}),
    ("settings works", {"work": "||x||"}),
    ("settings works", {"work": "@everyone"}),
    ("settings show", {}),
]


@pytest.mark.parametrize(("command", "options"), COMMANDS)
async def test_whatever_the_corpus_holds_is_displayed_as_it_stands(
    env: simcord.Env, library: Library, command: str, options: dict[str, Any]
) -> None:
    guild = env.create_guild()
    channel = guild.create_text_channel("garten")
    role = guild.create_role("Leitung", permissions=discord_py.Permissions(manage_guild=True))
    anna = guild.add_member(env.create_user("anna"), nick=PINGS[:32], roles=[role])
    await anna.slash(channel, command, **options)
    await press_all(env, anna, channel, 25)
    assert not env.errors
    assert sent(env)
    for body in sent(env):
        check(body["content"], library)
        assert body.get("allowed_mentions") == {"parse": []} | (
            {"replied_user": False} if "message_reference" in body else {}
        )
    for message in channel.history():
        assert not message.mentions
        assert not message.mention_everyone
        assert not message.role_mentions


@pytest.mark.parametrize(
    "question",
    [
        "Kartoffel wächst",
        f"{PINGS} Rübe {LINES}",
        "These 3 @everyone",
        "Thesen 1-5",
        "These 8",
        "Thesen " + ",".join(str(number) for number in range(100, 900, 2)),
    ],
)
async def test_questions_by_mention_are_answered_within_the_limits(
    env: simcord.Env, library: Library, question: str
) -> None:
    channel = env.create_guild().create_text_channel("garten")
    anna = env.guild.add_member(env.create_user("anna"))
    await anna.send(channel, f"{mention(env)} {question}")
    assert said(channel).author.id == own_id(env)
    await press_all(env, anna, channel, 10)
    assert not env.errors
    for body in sent(env):
        check(body["content"], library)


async def test_menus_and_notation_display_the_source_as_it_stands(
    env: simcord.Env, library: Library
) -> None:
    channel = env.create_guild().create_text_channel("garten")
    anna, ben = (env.guild.add_member(env.create_user(name)) for name in ("anna", "ben"))
    assert isinstance(env.bot, ThesenBot)
    await env.bot.database.save(
        env.guild.id, ServerSettings(inline_channels=frozenset({channel.id}))
    )
    quoted = BODIES[0].replace("wächst", "wuchs")
    for text in (f"„{BODIES[0]}“", f"„{quoted}“", f"„{BODIES[1]}“", "[[@everyone: These 2]]"):
        written = await ben.send(channel, text)
        for menu in ("Is this quote exact?", "Find matching thesis"):
            result = await anna.context_menu(channel, menu, written)
            assert result.acknowledged
    await press_all(env, anna, channel, 40)
    assert not env.errors
    for body in sent(env):
        check(body["content"], library)


@pytest.mark.parametrize("number", [2, 3, 4, 5])
async def test_the_pages_of_a_long_thesis_joined_are_the_source(
    env: simcord.Env, library: Library, number: int
) -> None:
    channel = env.create_guild().create_text_channel("garten")
    anna = env.guild.add_member(env.create_user("anna"))
    document = library.documents[0]
    passage = document.thesis(number)
    assert passage is not None
    code = citation_code(Place(document, passage))
    await anna.slash(channel, "cite", passage=code)
    pages = [said(channel).content]
    while any(
        str(item.custom_id).startswith("t:f:")
        for row in said(channel).components
        if isinstance(row, discord_py.ActionRow)
        for item in row.children
        if isinstance(item, discord_py.Button)
    ):
        await anna.click(said(channel), label="Part ▶")
        pages.append(said(channel).content)
    german = "\n".join(pages).split("-# Unofficial translation:")[0]
    shown = "".join(discord(without_bold(block))[0] for block in quotations_in(german))
    words = lined(document.quote(passage.span))
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", words)
    assert code in "".join(pages)


def test_the_check_finds_what_is_not_escaped(library: Library) -> None:
    good = "Hier:\n> 1\\. a"
    with pytest.raises(AssertionError):
        check(good, replace(library, documents=library.documents[:1]))
    for bad in ("@everyone", "**a** ||b||", "<@1>", "a" * 2_001, "> nie gesagt"):
        with pytest.raises(AssertionError):
            check(bad, library)
