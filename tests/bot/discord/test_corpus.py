"""Administrators change the texts from Discord, nobody else does, and no restart hurts."""

from __future__ import annotations

import asyncio
import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.client import ThesenBot
from bot.corpus.building import BuildFailed
from bot.corpus.changes import Corpus
from bot.corpus.intake import MAX_BYTES
from bot.corpus.keeper import Keeper
from bot.corpus.reload import Reloader
from bot.database import Database
from bot.desk import Desk
from bot.language import LanguageDetector
from bot.library import Library
from index import RetrievalError, Searcher
from index.build import build
from index.reading.sandbox import glimpse
from index.store import load_documents, load_index, pointer_of
from index.vectors import Progress
from tests.bot.conftest import write_texts
from tests.bot.discord.people import answered, labels, mention, read, said, speak_german, town
from tests.failing_disk import failing_disk
from tests.fakes import HashEmbedder, WordSearch

NUSS = "1. Walnüsse haben eine harte Schale.\n2. Haselnüsse wachsen am Strauch.\n".encode()

pytestmark = pytest.mark.usefixtures("small_background")


class Bench:
    """The folders of a bot, and the bots that live from them one after another."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.seeds = write_texts(folder / "seeds")
        self.data = folder / "data"
        self.database_url = database_url
        self.fault: str | None = None
        self.administrators: set[int] = set()
        self.make()

    def make(self) -> None:
        build(self.seeds, self.data, HashEmbedder(), model="hash", false_answer_rate=0.05)

    def load(self) -> Library:
        searcher = Searcher(load_index(self.data), HashEmbedder())
        return Library(searcher.documents, searcher, LanguageDetector(), "de")

    async def build(self, progress: Progress) -> None:
        if self.fault is not None:
            raise BuildFailed(self.fault)
        try:
            self.make()
        except RetrievalError as error:
            raise BuildFailed(str(error)) from error
        progress(1, 2)

    def bot(self) -> ThesenBot:
        seen = pointer_of(self.data)
        bot = ThesenBot(
            self.load(), Database(self.database_url), Desk(per_minute=1_000), message_content=True
        )
        bot.shard_count = 1
        reloader = Reloader(bot.shelf, self.data, self.load, asyncio.to_thread, seen)
        administrators: Any = self.administrators  # who is added later is one, too
        corpus = Corpus(self.seeds, self.data)
        bot.keeper = Keeper(corpus, self.build, reloader, administrators)
        return bot

    @property
    def texts(self) -> set[str]:
        return {path.name for path in self.seeds.iterdir()}


@pytest.fixture
def bench(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr("bot.corpus.intake.read_apart", glimpse)  # the sandbox has tests of its own
    bench = Bench(tmp_path, database_url)
    bench.administrators.add(1)
    return bench


@pytest.fixture
def simcord_bot(bench: Bench) -> ThesenBot:
    return bench.bot()


@pytest.fixture(params=["en", "de"])
def tongue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "de":
        speak_german(monkeypatch)
    return str(request.param)


WORDS = {
    "en": {
        "add": "**Nüsse** would be added, as `nuss`.",
        "replace": "**Nüsse** would take the place of the text `nuss`.",
        "size": "2 theses: numbers 1 and 2.",
        "yes": "Take it over",
        "no": "Discard",
        "done": "Done: **Nüsse** added. From now on I answer from it.",
        "discarded": "Discarded; nothing has changed.",
        "refused": "Only those can do that whom the bot's config names as administrators.",
        "remove": "**Vom Vieh** would be removed with all that belongs to it (`vieh`).",
        "removed": "Done: **Vom Vieh** removed. From now on I answer from it.",
        "undo": "The last change would be taken back: **Vom Vieh** removed.",
        "undone": "Done: a change of **Vom Vieh** taken back. From now on I answer from it.",
        "nothing": "There is no change that I could take back.",
        "unfinished": "The disk cannot be written to now",
        "outdated": "This no longer holds",
        "list": "Texts (2), index built <t:",
        "faults": "I cannot add the text like this:",
        "failed": "That did not work; I answer as before:",
    },
    "de": {
        "add": "**Nüsse** käme neu dazu, als `nuss`.",
        "replace": "**Nüsse** käme an die Stelle des Textes `nuss`.",
        "size": "2 Thesen: Nummern 1 und 2.",
        "yes": "Übernehmen",
        "no": "Verwerfen",
        "done": "Erledigt: **Nüsse** aufgenommen. Ab jetzt antworte ich daraus.",
        "discarded": "Verworfen; nichts ist geändert.",
        "refused": "Das dürfen nur die, die in der Config des Bots als Administratoren stehen.",
        "remove": "**Vom Vieh** würde entfernt, mit allem, was dazugehört (`vieh`).",
        "removed": "Erledigt: **Vom Vieh** entfernt. Ab jetzt antworte ich daraus.",
        "undo": "Zurückgenommen würde die letzte Änderung: **Vom Vieh** entfernt.",
        "undone": "Erledigt: eine Änderung an **Vom Vieh** zurückgenommen. Ab jetzt antworte ich",
        "nothing": "Es gibt keine Änderung, die ich zurücknehmen könnte.",
        "unfinished": "Die Platte lässt sich jetzt nicht beschreiben",
        "outdated": "Das gilt nicht mehr",
        "list": "Texte (2), Index gebaut <t:",
        "faults": "So kann ich den Text nicht aufnehmen:",
        "failed": "Das hat nicht geklappt; ich antworte wie zuvor:",
    },
}


def village(env: simcord.Env, bench: Bench) -> tuple[Any, Any, Any]:
    """A channel, an administrator of the bot, and one of the server who is none of the bot's."""
    guild = env.create_guild()
    channel = guild.create_text_channel("garten")
    role = guild.create_role("Leitung", permissions=discord.Permissions.all())
    anna, ben = (guild.add_member(env.create_user(n), roles=[role]) for n in ("anna", "ben"))
    bench.administrators.add(anna.id)
    return channel, anna, ben


async def add(anna: Any, channel: Any, name: str = "nuss.txt", content: bytes = NUSS) -> Any:
    return await anna.slash(channel, "corpus add", file=(name, content), title="Nüsse")


async def press(person: Any, preview: Any, label: str) -> str:
    """What the message of a preview says after a button of it was pressed."""
    result = await person.click(answered(preview), label=label)
    return str(result.response.message.content)


async def test_an_added_text_is_previewed_confirmed_and_answered_from(
    env: simcord.Env, bench: Bench, tongue: str
) -> None:
    channel, anna, _ = village(env, bench)
    words, before = WORDS[tongue], bench.texts
    preview = await add(anna, channel)
    lines = answered(preview).content.splitlines()
    assert preview.ephemeral
    assert lines[:2] == [words["add"], words["size"]]
    assert lines[3] == r"- 2\. Haselnüsse wachsen am Strauch."
    assert labels(answered(preview)) == [[words["yes"], words["no"]]]
    assert bench.texts == before
    assert await press(anna, preview, words["yes"]) == words["done"]
    assert bench.texts == before | {"nuss.txt", "nuss.toml"}
    await anna.send(channel, f"{mention(env)} Wo wachsen Haselnüsse am Strauch?")
    assert "Haselnüsse wachsen am Strauch." in said(channel).content


async def test_a_discarded_text_leaves_nothing(env: simcord.Env, bench: Bench, tongue: str) -> None:
    channel, anna, _ = village(env, bench)
    before = bench.texts
    preview = await add(anna, channel)
    assert await press(anna, preview, WORDS[tongue]["no"]) == WORDS[tongue]["discarded"]
    assert bench.texts == before
    assert list((bench.data / "corpus" / "plans").iterdir()) == []


async def test_a_text_of_the_same_name_is_replaced_and_the_preview_says_so(
    env: simcord.Env, bench: Bench, tongue: str
) -> None:
    channel, anna, _ = village(env, bench)
    words = WORDS[tongue]
    await press(anna, await add(anna, channel), words["yes"])
    again = await add(anna, channel, "Nuss.MD", "1. Nüsse knacken.\n".encode())
    assert answered(again).content.splitlines()[0] == words["replace"]
    await press(anna, again, words["yes"])
    assert {"nuss.md", "nuss.toml"} <= bench.texts
    assert "nuss.txt" not in bench.texts


async def test_what_no_longer_fits_a_replaced_text_is_named_and_comes_back_with_undo(
    env: simcord.Env, bench: Bench
) -> None:
    channel, anna, _ = village(env, bench)
    before = bench.texts
    preview = await add(anna, channel, "obst.txt")
    assert "Does not fit the new text and would go: obst.en.txt." in answered(preview).content
    await press(anna, preview, "Take it over")
    assert "obst.en.txt" not in bench.texts
    await press(anna, await anna.slash(channel, "corpus undo"), "Take it over")
    assert bench.texts == before


async def test_a_text_is_removed_after_a_question_and_comes_back_with_undo(
    env: simcord.Env, bench: Bench, tongue: str
) -> None:
    channel, anna, _ = village(env, bench)
    words, before = WORDS[tongue], bench.texts
    asked = await anna.slash(channel, "corpus remove", text="vieh")
    assert (answered(asked).content, asked.ephemeral) == (words["remove"], True)
    assert await press(anna, asked, words["yes"]) == words["removed"]
    assert bench.texts == before - {"vieh.txt", "vieh.toml"}
    asked = await anna.slash(channel, "corpus undo")
    assert answered(asked).content == words["undo"]
    assert (await press(anna, asked, words["yes"])).startswith(words["undone"])
    assert bench.texts == before
    none = await anna.slash(channel, "corpus undo")
    assert answered(none).content == words["nothing"]


async def test_undo_goes_back_several_changes_also_after_restarts(
    env: simcord.Env, bench: Bench
) -> None:
    channel, anna, _ = village(env, bench)
    states = [bench.texts]
    for name in ("eins", "zwei", "drei"):
        await press(anna, await add(anna, channel, f"{name}.txt"), "Take it over")
        states.append(bench.texts)
    await restart(env, bench)
    for state in states[-2::-1]:
        await press(anna, await anna.slash(channel, "corpus undo"), "Take it over")
        assert bench.texts == state


async def test_the_list_names_size_hash_and_age(
    env: simcord.Env, bench: Bench, tongue: str
) -> None:
    channel, anna, _ = village(env, bench)
    result = await anna.slash(channel, "corpus list")
    head, obst, vieh = answered(result).content.splitlines()
    assert result.ephemeral
    assert head.startswith(WORDS[tongue]["list"])
    documents = bench.load().documents
    assert f"`{documents[0].sha256[:12]}`" in obst
    assert "(`vieh`): 2 " in vieh
    assert "<t:" in vieh


@pytest.mark.parametrize("command", ["add", "list", "remove", "undo"])
async def test_those_who_run_a_server_but_not_the_bot_change_nothing(
    env: simcord.Env, bench: Bench, tongue: str, command: str
) -> None:
    channel, _, ben = village(env, bench)
    options: dict[str, Any] = {"add": {"file": ("nuss.txt", NUSS)}, "remove": {"text": "vieh"}}
    result = await ben.slash(channel, f"corpus {command}", **options.get(command, {}))
    assert (answered(result).content, result.ephemeral) == (WORDS[tongue]["refused"], True)
    assert [type(error).__name__ for error in env.errors] == ["NotAdministrator"]
    assert not (bench.data / "corpus" / "plans").exists()


@pytest.mark.parametrize("label", ["Take it over", "Discard"])
async def test_who_is_no_administrator_any_more_presses_in_vain(
    env: simcord.Env, bench: Bench, label: str
) -> None:
    channel, anna, _ = village(env, bench)
    preview, before = await add(anna, channel), bench.texts
    bench.administrators.clear()
    result = await anna.click(answered(preview), label=label)
    assert answered(result).content == WORDS["en"]["refused"]
    assert bench.texts == before
    assert bot_of(env).keeper is not None
    assert Corpus(bench.seeds, bench.data).planned(code_of(preview)).kind == "add"


async def test_others_are_offered_no_names_while_they_type(env: simcord.Env, bench: Bench) -> None:
    channel, anna, ben = village(env, bench)
    offered = await anna.autocomplete(channel, "corpus remove", "text", "vie")
    assert [choice["value"] for choice in offered] == ["vieh"]
    assert await ben.autocomplete(channel, "corpus remove", "text", "vie") == []


async def test_a_bot_without_administrators_has_no_such_command(bench: Bench) -> None:
    bench.administrators.clear()
    async with simcord.run(bench.bot()) as env:
        channel, anna, _ = town(env)
        assert "corpus list" not in anna.available_commands(channel)
        await env.bot.close()


async def test_a_preview_can_be_confirmed_after_a_restart(
    env: simcord.Env, bench: Bench, tongue: str
) -> None:
    channel, anna, _ = village(env, bench)
    preview = await add(anna, channel)
    await restart(env, bench)
    assert await press(anna, preview, WORDS[tongue]["yes"]) == WORDS[tongue]["done"]
    assert "nuss.txt" in bench.texts
    assert "nuss" in [document.name for document in bot_of(env).library.documents]


async def test_the_second_press_of_a_button_changes_nothing_more(
    env: simcord.Env, bench: Bench, tongue: str
) -> None:
    channel, anna, _ = village(env, bench)
    preview = await add(anna, channel)
    other = await add(anna, channel, content=b"1. Anderes.\n")
    await press(anna, preview, WORDS[tongue]["yes"])
    before = (bench.seeds / "nuss.txt").read_bytes()
    late = await press(anna, other, WORDS[tongue]["yes"])
    assert late.startswith(WORDS[tongue]["outdated"])
    assert (bench.seeds / "nuss.txt").read_bytes() == before == NUSS


async def test_faults_are_named_with_file_and_line_and_cannot_be_confirmed(
    env: simcord.Env, bench: Bench, tongue: str
) -> None:
    channel, anna, _ = village(env, bench)
    result = await add(anna, channel, content=b"1. Gut.\n2. Schlecht \x01.\n")
    head, fault = read(answered(result)).splitlines()
    assert head == WORDS[tongue]["faults"]
    assert "nuss.txt:2: holds the control character U+0001" in fault
    assert labels(answered(result)) == []


@pytest.mark.parametrize(
    ("name", "content", "said_of_it"),
    [
        ("nuss.exe", NUSS, "I only read files that end in"),
        ("nuss", NUSS, "I only read files that end in"),
        ("nuss.txt", b"1. x\n" * (MAX_BYTES // 4), "The file is too large"),
        ("vieh.txt", None, "Exactly this text is there already."),
        ("leer.txt", b" \n", "I cannot add the text like this:"),
    ],
)
async def test_what_cannot_be_taken_is_one_clear_private_refusal(
    env: simcord.Env, bench: Bench, name: str, content: bytes | None, said_of_it: str
) -> None:
    channel, anna, _ = village(env, bench)
    before = bench.texts
    whole = (bench.seeds / name).read_bytes() if content is None else content
    result = await anna.slash(channel, "corpus add", file=(name, whole))
    assert said_of_it in answered(result).content
    assert result.ephemeral
    assert bench.texts == before


async def test_an_address_that_is_no_link_is_refused(env: simcord.Env, bench: Bench) -> None:
    channel, anna, _ = village(env, bench)
    result = await anna.slash(
        channel, "corpus add", file=("nuss.txt", NUSS), url="javascript:alert(1)"
    )
    assert "has to begin with https://" in answered(result).content


async def test_the_last_text_stays(env: simcord.Env, bench: Bench) -> None:
    channel, anna, _ = village(env, bench)
    await press(anna, await anna.slash(channel, "corpus remove", text="vieh"), "Take it over")
    last = await anna.slash(channel, "corpus remove", text="obst")
    assert answered(last).content == "This is the last text; without one I cannot answer."
    unknown = await anna.slash(channel, "corpus remove", text="../obst")
    assert answered(unknown).content == "There is no such text."


async def test_a_build_that_fails_takes_the_change_back_and_says_why(
    env: simcord.Env, bench: Bench, tongue: str
) -> None:
    channel, anna, _ = village(env, bench)
    before = bench.texts
    bench.fault = "the disk is full"
    told = await press(anna, await add(anna, channel), WORDS[tongue]["yes"])
    assert told == f"{WORDS[tongue]['failed']}\n- the disk is full"
    assert bench.texts == before
    assert len(bot_of(env).library.documents) == 2


async def test_a_new_index_that_is_refused_takes_the_change_back_and_says_why(
    env: simcord.Env, bench: Bench, tongue: str
) -> None:
    """Fails once ``Keeper._renew`` does not ask what the reloader said, or nothing takes back."""
    channel, anna, _ = village(env, bench)
    before, load = bench.texts, bench.load

    def load_bad() -> Library:
        library = load()
        return library if len(library.documents) == 2 else replace(library, search=WordSearch(()))

    bench.load = load_bad  # type: ignore[method-assign]
    bot_of(env).keeper.reloader._load = load_bad  # type: ignore[union-attr]
    told = await press(anna, await add(anna, channel), WORDS[tongue]["yes"])
    assert told.startswith(f"{WORDS[tongue]['failed']}\n- BadLibrary: nothing at all is found")
    assert bench.texts == before
    assert len(bot_of(env).library.documents) == 2
    assert [document.name for document in load_documents(bench.data)] == ["obst", "vieh"]
    # The index that was built again is the one in use; within one second it is even the same.
    assert await bot_of(env).keeper.reloader.look() is None  # type: ignore[union-attr]


async def test_a_disk_that_fails_before_anything_is_changed_is_one_line(
    env: simcord.Env, bench: Bench, tongue: str
) -> None:
    channel, anna, _ = village(env, bench)
    before = bench.texts
    line = f"{WORDS[tongue]['failed']}\n- No space left on device"
    with failing_disk(0):
        assert answered(await add(anna, channel)).content == line
        removing = await anna.slash(channel, "corpus remove", text="vieh")
        assert answered(removing).content == line
    preview = await add(anna, channel)
    with failing_disk(0):
        assert await press(anna, preview, WORDS[tongue]["yes"]) == line
    assert bench.texts == before
    await press(anna, await add(anna, channel), WORDS[tongue]["yes"])
    with failing_disk(0):
        undoing = await anna.slash(channel, "corpus undo")
        assert answered(undoing).content == line


async def test_a_change_that_the_disk_interrupts_is_noted_and_done_at_the_next_start(
    env: simcord.Env, bench: Bench, tongue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, anna, _ = village(env, bench)
    preview = await add(anna, channel)

    def full(_: object, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(
            "bot.corpus.changes.write_durably", full
        )  # after the commit, when the texts are written
        told = await press(anna, preview, WORDS[tongue]["yes"])
    assert "No space left on device" in told
    assert told.startswith(WORDS[tongue]["unfinished"])
    Corpus(bench.seeds, bench.data).finish()
    assert "nuss.txt" in bench.texts


async def test_a_build_that_cannot_be_started_takes_the_change_back(
    env: simcord.Env, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails once only ``BuildFailed`` takes a change back (tried)."""
    channel, anna, _ = village(env, bench)
    before = bench.texts

    async def none(_: Progress) -> None:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    monkeypatch.setattr(bot_of(env).keeper, "_build", none)
    told = await press(anna, await add(anna, channel), "Take it over")
    assert told == f"{WORDS['en']['failed']}\n- Cannot allocate memory"
    assert bench.texts == before


@pytest.mark.parametrize("action", "yn")
@pytest.mark.parametrize("code", ["0" * 16, "../../../../seed", "A" * 16, "ä" * 16, "_" * 16])
async def test_a_forged_button_changes_nothing_and_a_stranger_is_refused(
    env: simcord.Env, bench: Bench, action: str, code: str
) -> None:
    """Fails once ``admit`` is not asked (tried); ``planned`` refuses codes that are none."""
    channel, anna, ben = village(env, bench)
    await add(anna, channel)
    await anna.send(channel, f"{mention(env)} These 3 Obst")
    before, kept = bench.texts, plans(bench)
    forge(env, said(channel), f"k:{action}:{code}")
    forged = said(channel)
    refused = (await ben.click(forged, custom_id=f"k:{action}:{code}")).response
    assert refused is None or refused.message.content == WORDS["en"]["refused"]
    await anna.click(forged, custom_id=f"k:{action}:{code}")
    assert bench.texts == before
    assert plans(bench) == kept
    assert not env.errors


async def test_a_second_change_waits_until_the_first_is_done(
    env: simcord.Env, bench: Bench
) -> None:
    channel, anna, _ = village(env, bench)
    preview = await add(anna, channel)
    keeper = bot_of(env).keeper
    assert keeper is not None
    async with keeper._turn:
        told = await anna.click(answered(preview), label="Take it over")
        assert "Another change is being carried out" in answered(told).content
    assert await press(anna, told, "Take it over") == WORDS["en"]["done"]


async def test_progress_is_shown_while_the_index_is_built(
    env: simcord.Env, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = bot_of(env).keeper
    assert keeper is not None
    keeper.progress_every_seconds = 0
    channel, anna, _ = village(env, bench)
    preview = await add(anna, channel)
    seen: list[str] = []
    shown = asyncio.Event()
    edit = discord.Interaction.edit_original_response

    async def noting(self: Any, **options: Any) -> Any:
        seen.append(options["content"])
        shown.set()
        return await edit(self, **options)

    async def slow(progress: Progress) -> None:
        for done in (1, 2):
            progress(done, 4)
            await shown.wait()
            shown.clear()
        bench.make()

    monkeypatch.setattr(discord.Interaction, "edit_original_response", noting)
    monkeypatch.setattr(keeper, "_build", slow)
    assert await press(anna, preview, "Take it over") == WORDS["en"]["done"]
    assert seen[:2] == ["Building the index: 25 % …", "Building the index: 50 % …"]


async def test_an_answer_in_flight_quotes_the_text_it_was_found_in(
    env: simcord.Env, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken from the new texts, where its thesis is gone, the reply has no quotation (tried)."""
    channel, anna, _ = village(env, bench)
    bot = bot_of(env)
    keeper = bot.keeper
    assert keeper is not None
    ask = bot.desk.ask

    async def ask_then_swap(work: Any, **options: Any) -> Any:
        found = await ask(work, **options)
        code, _ = keeper.corpus.plan("remove", "vieh", "", {"vieh.txt": None, "vieh.toml": None})
        await asyncio.create_task(keeper.carry_out(code, lambda _done, _total: None))
        return found

    monkeypatch.setattr(bot.desk, "ask", ask_then_swap)
    result = await anna.slash(channel, "ask", question="Was fressen Kühe?", work="vieh")
    assert "Kühe geben Milch und fressen Gras auf der Weide." in answered(result).content
    assert [document.name for document in bot.shelf.newest.documents] == ["obst"]


async def test_buttons_of_older_answers_work_after_a_change(env: simcord.Env, bench: Bench) -> None:
    channel, anna, _ = village(env, bench)
    await anna.send(channel, f"{mention(env)} These 3 Obst")
    old = said(channel)
    await press(anna, await add(anna, channel), "Take it over")
    context = await anna.click(old, label="Before/after")
    assert "Birnen sind grün oder gelb." in answered(context).content


async def restart(env: simcord.Env, bench: Bench) -> None:
    """Nothing stays of the bot before but its folders and its database."""
    old = bot_of(env)
    await env.restart_bot(bench.bot())
    await old.close()


def bot_of(env: simcord.Env) -> ThesenBot:
    assert isinstance(env.bot, ThesenBot)
    return env.bot


def plans(bench: Bench) -> set[str]:
    return {path.name for path in (bench.data / "corpus" / "plans").iterdir()}


def forge(env: simcord.Env, message: discord.Message, custom_id: str) -> None:
    """Put a button of that id below a message of the bot."""
    stored = env.backend.messages[message.channel.id][message.id]
    button = {"type": 2, "id": 2, "style": 2, "label": "x", "custom_id": custom_id}
    stored.components = [{"type": 1, "id": 1, "components": [button]}]


def code_of(preview: Any) -> str:
    row = answered(preview).components[0]
    assert isinstance(row, discord.ActionRow)
    return str(getattr(row.children[0], "custom_id", "")).split(":")[2]
