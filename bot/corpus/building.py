"""Builds the index in a process of its own: neither its memory nor its end becomes the bot's."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.config import TOKEN_VARIABLE, Config
from index import RetrievalError
from index.vectors import Progress

_FAULTY = 3


class BuildFailed(Exception):
    """The index was not built; the texts or the machine are at fault. One line or more."""


async def build_apart(config: Config, progress: Progress) -> None:
    """Bring the index up to date with the texts; the process is ended if this is cancelled.

    Raises:
        BuildFailed: It could not be built; the old one is untouched.
    """
    environment = {name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "bot.corpus.building",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        words = await _follow(process, config, progress)
        status = await process.wait()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    if status == _FAULTY:
        raise BuildFailed("\n".join(words))
    if status != 0:
        raise BuildFailed(f"the build ended early (status {status})")


async def _follow(
    process: asyncio.subprocess.Process, config: Config, progress: Progress
) -> list[str]:
    """Tell how far it is; what it says besides is returned, a line each."""
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    assert process.stdout is not None  # noqa: S101 - it is one too
    process.stdin.write(config.model_dump_json().encode())
    process.stdin.close()
    words: list[str] = []
    async for line in process.stdout:
        text = line.decode("utf-8", "replace").strip()
        done, _, total = text.partition("/")
        if done.isdecimal() and total.isdecimal():
            progress(int(done), int(total))
        else:
            words.append(text)
    return words


@contextmanager
def _told(what: str) -> Iterator[Progress]:
    def tell(done: int, total: int) -> None:
        sys.stdout.write(f"{done}/{total}\n")
        sys.stdout.flush()

    yield tell


def _main() -> int:
    from bot.workplace import Workplace

    config = Config.model_validate_json(sys.stdin.buffer.read())
    try:
        Workplace(config, lambda _: None, _told).build()
    except (RetrievalError, OSError) as error:
        sys.stdout.write(f"{error}\n")
        return _FAULTY
    return 0


if __name__ == "__main__":
    sys.exit(_main())
