"""A reader of strangers' texts that does what its text is called: eats, writes, starts others."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from index.reading import sandbox

_MOST = 3_000_000_000  # bytes; more than a reader may take, less than a machine has
_LIMITS = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE")


def _eat_memory(_: Path) -> str:
    eaten = [bytearray(100_000_000) for _ in range(_MOST // 100_000_000)]
    return f"ate {len(eaten)} pieces"


def _write(folder: Path) -> str:
    try:
        (folder / "written").write_bytes(b"x")
    except OSError as error:
        return str(error.strerror)
    return "has written"


def _start_another(folder: Path) -> str:
    wait = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    with subprocess.Popen(wait) as other:
        (folder / f"pid-{other.pid}").mkdir()
        threading.Event().wait()
    return "never"


def _tell_limits(_: Path) -> str:
    return json.dumps([resource.getrlimit(getattr(resource, name))[0] for name in _LIMITS])


_DEEDS: dict[str, Callable[[Path], str]] = {
    "eat memory": _eat_memory,
    "write": _write,
    "start another": _start_another,
    "tell limits": _tell_limits,
}


def misread(folder: Path) -> list[sandbox.Glimpse]:
    """Do what the text is called; its title is what came of it."""
    name = next(folder.iterdir()).stem
    return [sandbox.Glimpse(name, _DEEDS[name](folder), (), 0, ())]


if __name__ == "__main__":
    sandbox.glimpse = misread
    sys.exit(sandbox._main(*sys.argv[1:3]))
