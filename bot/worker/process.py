"""The process that holds model and index, so that what kills or hangs them ends nothing else.

``python -m bot.worker.process`` reads settings from its first line of standard input, then a
request a line; it says what it loads, that it is ready, and then a reply a line; see
``bot.worker.pipe``.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bot.answer import Search
from bot.worker.pipe import (
    LONGEST_LINE,
    Garbled,
    Message,
    Positions,
    found_message,
    from_line,
    search_together,
    to_line,
    wanted_of,
)
from index import Document, Finding, RetrievalError, Wanted

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_FIRST_TO_GO = "800"  # of 1,000: whom the kernel ends first when memory runs out
_OUT_OF_MEMORY = 70

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is answered from: the index's version, its texts in their order, the search in them."""

    version: str
    documents: Sequence[Document]
    search: Search


Load = Callable[[Message, Tell], Loaded]
"""Loads by the settings of the first line, and tells what takes long."""


def main(load: Load | None = None) -> None:
    """Serve until standard input ends, the parent dies or memory runs out."""
    _outlive_nobody()
    replies = _own_standard_output()
    settings = from_line(sys.stdin.buffer.readline(LONGEST_LINE))
    _limit_memory(settings.get("memory_mb"))
    serve(settings, load or load_index_and_model, sys.stdin.buffer, replies)


def serve(settings: Message, load: Load, requests: BinaryIO, replies: BinaryIO) -> None:
    """Load, say that it is ready or why it is not, and answer requests to the end of them."""

    def say(message: Message) -> None:
        replies.write(to_line(message))
        replies.flush()

    try:
        loaded = load(settings, lambda line: say({"tell": line}))
    except (RetrievalError, OSError) as error:
        say({"fault": str(error)})
        return
    except MemoryError:
        say({"fault": "memory ran out while the model was loaded; raise worker_memory_mb"})
        return
    positions = Positions(loaded.documents)
    say({"ready": loaded.version})
    for line in iter(lambda: requests.readline(LONGEST_LINE), b""):
        message = from_line(line)
        wanted = wanted_of(message)
        found, lost = _search(loaded.search, wanted)
        replied = [
            one if isinstance(one, str) else [positions.found(each) for each in one]
            for one in found
        ]
        say(found_message(message["request"], replied, leaving=lost))
        if lost:
            sys.exit(_OUT_OF_MEMORY)


def _search(search: Search, wanted: Sequence[Wanted]) -> tuple[list[list[Finding] | str], bool]:
    """What each search finds or the kind of error it meets; whether memory has run out.

    What fails together is tried one by one, so that nobody gets an error for another's question.
    """
    try:
        return [*search_together(search, wanted)], False
    except MemoryError:
        return ["MemoryError"] * len(wanted), True
    except Exception as error:  # noqa: BLE001 - it is told to the one who asked
        if _is_out_of_memory(error):
            return ["MemoryError"] * len(wanted), True
        if len(wanted) == 1:
            return [type(error).__name__], False
    alone = [_search(search, [one]) for one in wanted]
    return [found for (found,), _ in alone], any(lost for _, lost in alone)


def _is_out_of_memory(error: Exception) -> bool:
    """Whether it is how torch or a thread that cannot be started says so."""
    words = str(error)
    return isinstance(error, RuntimeError) and ("memory" in words or "start new thread" in words)


def load_index_and_model(settings: Message, tell: Tell) -> Loaded:
    """The index that the settings name: that version, or the newest, built if it is not current.

    Raises:
        RetrievalError: It cannot be had.
    """
    from bot.config import Config
    from bot.workplace import Workplace, unseen
    from index.store import index_version

    config = Config.model_validate(settings["config"])
    workplace = Workplace(config, tell, unseen)
    if settings["version"] is None:
        workplace.make_current()
    version = settings["version"] or index_version(config.data)
    searcher = workplace.searcher_in(version)
    return Loaded(version, searcher.documents, searcher)


def _outlive_nobody() -> None:
    """End with the parent, even in the midst of work; leave signals to it, and memory first."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the parent lets answers in flight be finished
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)


def _own_standard_output() -> BinaryIO:
    """Standard output for replies alone; what libraries print goes to standard error."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


def _limit_memory(megabytes: int | None) -> None:
    if megabytes is None:
        return
    import resource

    size = megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


if __name__ == "__main__":
    with suppress(BrokenPipeError, Garbled):  # the parent is gone
        main()
