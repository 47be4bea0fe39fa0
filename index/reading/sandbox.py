"""Reads a folder of texts from strangers in a process of its own, of bounded time and memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import SeedError, SeedFault
from index.reading.pdf import MEMORY_BYTES

SECONDS = 60.0
"""Longest that reading may take."""

_MOST_TITLES = 10
_MOST_FAULTS = 20
_LONGEST = 300
_REFUSED = 3
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")  # no secret of this process


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What was read of one document.

    Attributes:
        name: The document's name.
        title: Its work's title.
        theses: The numbers of its theses, in order of the source.
        passages: How many passages it has.
        titles: The titles of its first theses; beginnings of those that have none.
    """

    name: str
    title: str
    theses: tuple[int, ...]
    passages: int
    titles: tuple[str, ...]


def read_apart(folder: Path, seconds: float = SECONDS) -> list[Glimpse]:
    """What ``read_seeds`` would read of ``folder``.

    Raises:
        SeedError: The faults of its files; one of the folder if reading takes too long or too much.
    """
    root = str(Path(__file__).parents[2])
    environment = {"PYTHONPATH": root, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    reader = subprocess.Popen(  # noqa: S603 - this program and a path
        [sys.executable, "-P", "-m", "index.reading.sandbox", str(folder), str(int(seconds) + 1)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | environment,
        start_new_session=True,
    )
    try:
        written, _ = reader.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        _end(reader)
        raise _refusal(f"reading it takes more than {seconds:g} seconds") from error
    if reader.returncode not in (0, _REFUSED):
        raise _refusal("it cannot be read within the memory and time that a text may take")
    read = json.loads(written)
    if reader.returncode == _REFUSED:
        raise SeedError([SeedFault(*fault) for fault in read])
    return [
        Glimpse(**{**one, "theses": tuple(one["theses"]), "titles": tuple(one["titles"])})
        for one in read
    ]


def _refusal(reason: str) -> SeedError:
    return SeedError([SeedFault("text", None, reason)])


def _end(reader: subprocess.Popen[bytes]) -> None:
    """End it and what it started; its id is still its own, as nobody has waited for it yet."""
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(reader.pid, signal.SIGKILL)
        else:
            reader.kill()
    reader.communicate()


def _limit(seconds: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the time limit holds there too
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing is written, whatever is read
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def glimpse(folder: Path) -> list[Glimpse]:
    """What ``read_seeds`` reads of ``folder``, in this process.

    Raises:
        SeedError: The faults of its files.
    """
    from index.seeds import read_seeds

    glimpses = []
    for document in read_seeds(folder):
        theses = [p.thesis for p in document.passages if p.thesis is not None]
        shown = [p for p in document.passages if p.thesis is not None] or document.passages
        titles = [document.quote(p.title or p.span)[:_LONGEST] for p in shown[:_MOST_TITLES]]
        glimpses.append(
            Glimpse(
                document.name,
                document.work.title[:_LONGEST],
                tuple(theses),
                len(document.passages),
                tuple(" ".join(title.split()) for title in titles),
            )
        )
    return glimpses


def _main(folder: str, seconds: str) -> int:
    _limit(int(seconds))
    try:
        read = glimpse(Path(folder))
    except SeedError as error:
        faults = [
            (fault.file[:_LONGEST], fault.line, fault.reason[:_LONGEST])
            for fault in error.faults[:_MOST_FAULTS]
        ]
        sys.stdout.write(json.dumps(faults))
        return _REFUSED
    sys.stdout.write(json.dumps([asdict(one) for one in read]))
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:3]))
