"""Kills a process while it changes texts, builds and saves settings, and looks at what is left.

Run as ``python -m tests.bot.killing FOLDER KILLS``; prints how often it killed what as JSON. A
program of its own because only a process without threads can be forked safely.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import random
import re
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import index.build
import index.ranking
from bot.corpus.changes import Corpus
from bot.database import Database, ServerSettings
from index.background import Background
from index.build import build
from index.seeds import read_seeds
from index.store import load_documents, load_index
from tests.fakes import HashEmbedder

PHASES = ("change", "settings", "build")
FILES = ("v.txt", "v.toml", "v.questions.tsv")
BACKGROUND = Background(
    tuple(f"worum geht es bei ding{i}" for i in range(20))
    + tuple(f"what about item{i}" for i in range(20)),
    ("de",) * 20 + ("en",) * 20,
    tuple(f"allgemeines über sache{i}" for i in range(10)),
)


def files_of(version: int) -> dict[str, bytes | None]:
    """A text whose files all say which version they are of; every third version has none."""
    if version % 3 == 0:
        return dict.fromkeys(FILES)
    return {
        "v.txt": f"1. Version {version} hat Worte.\n2. Noch mehr {version}.\n".encode(),
        "v.toml": f'title = "Version {version}"\n'.encode(),
        "v.questions.tsv": f"1\tde\tWas sagt Version {version}?\n".encode(),
    }


def settings_of(number: int) -> ServerSettings:
    """Settings whose fields all say which they are."""
    channels = frozenset(range(number, number + 40))
    return ServerSettings("en", (str(number),) * 40, channels, channels, private=number % 2 == 1)


def change_for_ever(folder: Path, started: int, told: int) -> None:
    """Change the text, sometimes back, save settings, build; tell what is begun and done."""

    def tell(words: str) -> None:
        os.write(told, f"{words}\n".encode())  # whole or not at all, however it is killed

    corpus, database = Corpus(folder / "seeds", folder / "data"), database_in(folder)
    with asyncio.Runner() as runner:
        runner.run(database.open())
        for version in range(started, started + 10_000):
            tell("change")
            code, _ = corpus.plan("replace", "v", "V", files_of(version))
            corpus.commit(code)
            tell(f"changed {version}")
            if version % 4 == 0 and (plan := corpus.plan_undo()) is not None:
                tell("undo")
                corpus.commit(plan[0])
            for number in range(5 * version, 5 * version + 5):
                tell("settings")
                runner.run(database.save(7, settings_of(number)))
                tell(f"saved {number}")
            tell("build")
            make(folder)


def database_in(folder: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{folder / 'data' / 'settings.sqlite'}")


def make(folder: Path) -> None:
    build(folder / "seeds", folder / "data", HashEmbedder(), model="hash", false_answer_rate=0.05)


def version_in(folder: Path) -> int | None:
    """The version all files agree on; None if there are none.

    Raises:
        AssertionError: It is a mixture.
    """
    texts = {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}
    if not texts:
        return None
    found = [int(re.findall(rb"(?:Version|mehr) (\d+)", words)[0]) for words in texts.values()]
    assert len(texts) == len(FILES), f"only {sorted(texts)}"
    assert len(set(found)) == 1, f"versions {found}"
    return found[0]


def look(folder: Path, told: list[str]) -> None:
    """Start again, and check that all is as it was before or after what was killed."""
    for document in load_documents(folder / "data"):
        assert len(set(re.findall(r"\d+", document.work.title + document.text[10:]))) < 4
    Corpus(folder / "seeds", folder / "data").finish()
    version = version_in(folder / "seeds")
    changed = last(told, "changed")
    if changed is not None and "undo" not in told[told.index(f"changed {changed}") :]:
        possible = {None if v % 3 == 0 else v for v in (changed, changed + 1)}
        assert version in possible, f"version {version} after {changed} was committed"
    make(folder)
    assert load_index(folder / "data").documents == read_seeds(folder / "seeds")
    saved = last(told, "saved")
    settings = asyncio.run(saved_in(folder))
    if saved is not None:
        begun = saved + ("settings" in told[told.index(f"saved {saved}") :])
        assert settings in map(settings_of, (saved, begun, begun + 4)), f"{settings} after {saved}"
    assert settings == ServerSettings() or settings == settings_of(int(settings.works[0]))


async def saved_in(folder: Path) -> ServerSettings:
    database = database_in(folder)
    await database.open()
    settings = await database.settings(7)
    await database.close()
    return settings


def last(told: list[str], done: str) -> int | None:
    """The number of what was told last to be done."""
    numbers = [int(words.split()[1]) for words in told if words.startswith(f"{done} ")]
    return numbers[-1] if numbers else None


def main(folder: Path, kills: int) -> dict[str, object]:
    """Kill so often; in the midst of what that was, and how much was whole by then."""
    chance = random.Random(7)
    for library in ("aiosqlite", "faiss", "scipy.sparse", "sqlalchemy.ext.asyncio"):
        importlib.import_module(library)  # once, not after each fork
    seeds, unfinished, killed, done = folder / "seeds", 0, Counter[str](), Counter[str]()
    seeds.mkdir()
    (seeds / "fest.txt").write_text("1. Das bleibt.\n2. Dies auch.\n", encoding="utf-8")
    apart(lambda: make(folder))
    version = 1
    for _ in range(kills):
        seconds = 10 ** chance.uniform(
            -4, -1.2
        )  # on a slow disk as likely in the midst as on a fast
        told = kill_one(folder, version, chance.choice(PHASES), seconds)
        history = folder / "data" / "corpus" / "history"
        entries = list(history.iterdir()) if history.is_dir() else []
        unfinished += any(not (entry / "done").exists() for entry in entries)
        apart(lambda told=told: look(folder, told))  # type: ignore[misc]
        killed[told[-1].split()[0]] += 1
        done.update(words.split()[0] for words in told if " " in words)
        version = max(version, last(told, "changed") or 0) + 1
    return {"kills": kills, "in": killed, "changes committed and not done": unfinished, **done}


def apart(work: Callable[[], None]) -> None:
    """Do it in a process of its own: this one keeps no threads, whose locks forks would copy."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except Exception:  # noqa: BLE001 - the parent hears of it
            traceback.print_exc()
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0, "what is left is not whole"


def kill_one(folder: Path, version: int, phase: str, seconds: float) -> list[str]:
    """What a process told until it was killed, so many seconds after a phase had begun."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            change_for_ever(folder, version, told)
        finally:
            os._exit(1)
    os.close(told)
    with os.fdopen(heard) as pipe:
        lines = []
        while phase not in lines:
            lines.append(pipe.readline().strip())
            assert lines[-1], "it has ended by itself"
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return lines + pipe.read().splitlines()


if __name__ == "__main__":
    for module in (index.build, index.ranking):
        vars(module)["load_background"] = lambda: BACKGROUND
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
