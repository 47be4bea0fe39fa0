"""Kills a process again and again while it changes texts and builds, and looks at what is left.

Run as ``python -m tests.bot.killing FOLDER KILLS``; prints what it found as JSON. A program of its
own because only a process without threads can be forked safely.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sys
import time
from pathlib import Path

import index.build
import index.ranking
from bot.corpus.changes import Corpus
from index.background import Background
from index.build import build
from index.seeds import read_seeds
from index.store import load_documents, load_index
from tests.fakes import HashEmbedder

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


def change_for_ever(folder: Path, started: int, told: int) -> None:
    """Change the text, sometimes back, and build; tell each version once it is committed."""
    corpus = Corpus(folder / "seeds", folder / "data")
    os.write(told, b"ready\n")
    for version in range(started, started + 10_000):
        code, _ = corpus.plan("replace", "v", "V", files_of(version))
        corpus.commit(code)
        os.write(told, b"%d\n" % version)
        if version % 4 == 0 and (plan := corpus.plan_undo()) is not None:
            os.write(told, b"undo\n")
            corpus.commit(plan[0])
        make(folder)


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


def look(folder: Path, committed: list[str]) -> None:
    """Start again, and check that all is as it was before or after the change that was killed."""
    for document in load_documents(folder / "data"):
        assert len(set(re.findall(r"\d+", document.work.title + document.text[10:]))) < 4
    Corpus(folder / "seeds", folder / "data").finish()
    version = version_in(folder / "seeds")
    if committed and committed[-1] != "undo":
        last = int(committed[-1])
        kept = (None,) if last % 3 == 0 else (last,)
        after = (None,) if (last + 1) % 3 == 0 else (last + 1,)
        assert version in (*kept, *after), f"version {version} after {last} was committed"
    make(folder)
    assert load_index(folder / "data").documents == read_seeds(folder / "seeds")


def main(folder: Path, kills: int) -> dict[str, int]:
    """Kill so often; how often a change was committed and not carried out by then, and the like."""
    chance = random.Random(7)
    seeds, unfinished, done = folder / "seeds", 0, 0
    seeds.mkdir()
    (seeds / "fest.txt").write_text("1. Das bleibt.\n2. Dies auch.\n", encoding="utf-8")
    make(folder)
    version = 1
    for _ in range(kills):
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            change_for_ever(folder, version, told)
            os._exit(0)
        os.close(told)
        assert os.read(heard, 6) == b"ready\n"
        time.sleep(chance.uniform(0, 0.15))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(heard) as pipe:
            committed = pipe.read().split()
        history = folder / "data" / "corpus" / "history"
        entries = list(history.iterdir()) if history.is_dir() else []
        unfinished += any(not (entry / "done").exists() for entry in entries)
        look(folder, committed)
        numbers = [int(word) for word in committed if word != "undo"]
        done += len(numbers)
        version = max([version, *numbers]) + 1
    return {"kills": kills, "changes": done, "unfinished": unfinished}


if __name__ == "__main__":
    for module in (index.build, index.ranking):
        vars(module)["load_background"] = lambda: BACKGROUND
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
