"""The program as it is run: a process of its own, its real model and worker, over a real socket."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import TOKEN_VARIABLE
from tests.bot.wire.conftest import TOKEN
from tests.bot.wire.server import BOT, CHANNEL, IDENTIFY, DiscordServer, message_from
from tests.conftest import ROOT

PROGRAM = (sys.executable, "-c", "from bot.cli import main; main()")
POST = rf"/channels/{CHANNEL}/messages"

pytestmark = pytest.mark.model


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer(token=TOKEN, patience_seconds=90) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, own_index: Path, server: DiscordServer) -> Path:
    """A config as a user writes it, over a copy of the repository's text and its index."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    shutil.copytree(own_index, tmp_path / "data")
    file = tmp_path / "config.toml"
    file.write_text(
        f'seeds = "{tmp_path / "seeds"}"\ndata = "{tmp_path / "data"}"\n'
        f'api_base = "{server.api_base}"\n',
        encoding="utf-8",
    )
    return file


@pytest.fixture
async def process(config: Path, server: DiscordServer) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot, connected."""
    running = await asyncio.create_subprocess_exec(
        *PROGRAM,
        "run",
        "--config",
        str(config),
        cwd=ROOT,
        env={**os.environ, TOKEN_VARIABLE: TOKEN},
        stderr=asyncio.subprocess.PIPE,
    )
    connected = asyncio.create_task(server.until(lambda: IDENTIFY in server.gateway))
    ended = asyncio.create_task(running.wait())
    await asyncio.wait({connected, ended}, return_when=asyncio.FIRST_COMPLETED)
    if ended.done():
        assert running.stderr is not None
        pytest.fail((await running.stderr.read()).decode())
    await connected
    yield running
    if running.returncode is None:
        running.kill()
    await ended


async def answer(server: DiscordServer, question: str) -> str:
    """What the bot replies to a mention."""
    before = len(server.made("POST", POST))
    message = message_from(server.next_id(), f"<@{BOT}> {question}")
    await server.send("MESSAGE_CREATE", message)
    await server.until(lambda: len(server.made("POST", POST)) > before)
    return str(server.made("POST", POST)[-1].body["content"])


async def until_told(process: asyncio.subprocess.Process, words: str | None) -> str:
    """What it writes on standard error up to a line with these words, or to the end."""
    assert process.stderr is not None
    told = ""
    async with asyncio.timeout(90):
        while line := (await process.stderr.readline()).decode():
            told += line
            if words is not None and words in line:
                return told
    assert words is None, f"{words!r} is not in {told}"
    return told


def worker_of(process: asyncio.subprocess.Process) -> int:
    """The id of its only child."""
    threads = Path(f"/proc/{process.pid}/task").iterdir()
    (child,) = "".join((t / "children").read_text(encoding="ascii") for t in threads).split()
    return int(child)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found in /proc")
async def test_it_answers_loses_its_worker_takes_a_new_text_and_leaves(
    process: asyncio.subprocess.Process, config: Path, server: DiscordServer
) -> None:
    assert "Praktikanten haben ausgedient" in await answer(server, "Was wird aus Praktikanten?")

    os.kill(worker_of(process), signal.SIGKILL)
    replies = [await answer(server, "Wie findet man neue Mitarbeiter?")]
    if "Employer Branding" not in replies[0]:  # who asked just then got an apology
        replies.append(await answer(server, "Wie findet man neue Mitarbeiter?"))
    assert "Employer Branding" in replies[-1]

    new = config.parent / "seeds" / "garten.txt"
    new.write_text(
        "Thesen zum Garten\n\n1. Regenwürmer lockern den Boden und gehören in jedes Beet.\n\n"
        "2. Wer im Herbst mulcht, gießt im Sommer weniger.\n",
        encoding="utf-8",
    )
    built = await asyncio.to_thread(
        subprocess.run,
        [*PROGRAM, "build", "--config", str(config)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    told = await until_told(process, "new index")
    reply = await answer(server, "Was bringen Regenwürmer im Beet?")
    assert "Regenwürmer lockern den Boden" in reply

    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 30) == 0
    told += await until_told(process, None)
    assert "a new one starts" in told
    assert "Traceback" not in told
    assert TOKEN not in told
