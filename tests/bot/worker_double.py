"""A worker whose search does what the question says: hang, crash, eat memory, talk nonsense."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from bot.worker.pipe import Message
from bot.worker.process import Loaded, Tell, main
from index import Finding, Language, StoreError
from tests.fakes import WordSearch, make_document

DOCUMENTS = (
    make_document("obst", ["Äpfel sind rot.", "Birnen sind grün.", "Kirschen hängen hoch."]),
    make_document("vieh", ["Kühe geben Milch.", "Hühner legen Eier."]),
)
GATE = "WORKER_DOUBLE_GATE"
"""Names a FIFO; the question ``gate`` waits until somebody has written to it."""

VERSION = "double-1"


def _hang() -> None:
    threading.Event().wait()


def _eat_memory() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(10_000_000))


def _talk(words: str) -> Callable[[], None]:
    def talk() -> None:
        pipes = [int(link.name) for link in Path("/proc/self/fd").iterdir() if _is_pipe(link)]
        os.write(max(pipes), words.encode())  # the last one opened is that of the replies

    return talk


def _is_pipe(link: Path) -> bool:
    try:
        return str(link.readlink()).startswith("pipe:")
    except OSError:
        return False


def _wait_at_gate() -> None:
    Path(os.environ[GATE]).read_bytes()


def _fail() -> None:
    raise KeyError("a secret question")


DEEDS: dict[str, Callable[[], object]] = {
    "hang": _hang,
    "eat memory": _eat_memory,
    "crash": lambda: os._exit(3),
    "abort": os.abort,
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "leave": lambda: sys.exit(0),
    "garbage": _talk("no JSON at all\n"),
    "half a line": _talk('{"reply": '),
    "stale": _talk('{"reply": 1, "found": []}\n'),
    "gate": _wait_at_gate,
    "print": lambda: print('{"reply": 0}', flush=True),
    "fail": _fail,
}


class DoingSearch(WordSearch):
    """Finds by words, once it has done what the question says."""

    def search(
        self,
        questions: Sequence[str],
        language: Language,
        *,
        top: int = 3,
        documents: Collection[str] | None = None,
    ) -> list[Finding]:
        for question in questions:
            DEEDS.get(question, lambda: None)()
        return super().search(questions, language, top=top, documents=documents)


def load(settings: Message, tell: Tell) -> Loaded:
    """What ``settings["begin"]`` says; a file named ``settings["starts"]`` counts the starts."""
    if "starts" in settings:
        with Path(settings["starts"]).open("a", encoding="ascii") as starts:
            starts.write(f"{os.getpid()}\n")
    again = settings["version"] is not None
    match settings.get("begin"):
        case "fault":
            raise StoreError("no index there yet; run `thesenbot build`")
        case "crash":
            os._exit(3)
        case "crash again" if again:
            os._exit(3)
        case "hang again" if again:
            _hang()
        case "other version" if again:
            return Loaded("double-2", DOCUMENTS, DoingSearch(DOCUMENTS))
        case "eat memory":
            _eat_memory()
    tell("loading …")
    return Loaded(VERSION, DOCUMENTS, DoingSearch(DOCUMENTS))


COMMAND = (sys.executable, "-m", "tests.bot.worker_double")

if __name__ == "__main__":
    main(load)
