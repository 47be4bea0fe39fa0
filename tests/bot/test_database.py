"""Settings and votes are kept whole, through crashes and damage, and nothing else is kept."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from pathlib import Path
from typing import IO, Any, NoReturn

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

import bot.database.engine
from bot.database import SCHEMA, Database, DatabaseError, ServerSettings
from tests.conftest import ROOT

SERVER = 2**63 - 1
FULL = ServerSettings(
    language="de",
    works=("vieh", "obst"),
    inline_channels=frozenset({1, SERVER}),
    unasked_channels=frozenset({2}),
    private=True,
)
WRITER = """
import asyncio, os, sys
from bot.database import Database, ServerSettings

async def write(first):
    database = Database(sys.argv[1])
    await database.open()
    number = first
    while True:
        number += 1
        numbers = frozenset(range(number, number + 40))
        language = "de" if number % 2 else "en"
        await database.save(
            7, ServerSettings(language, (str(number),) * 40, numbers, numbers, number % 2 == 1)
        )
        os.write(1, b"%d\\n" % number)  # whole or not at all, however it is killed

for line in sys.stdin:
    child = os.fork()
    if not child:
        asyncio.run(write(int(line)))
    os.write(1, b"child %d\\n" % child)
    os.waitpid(child, 0)
    os.write(1, b"gone\\n")
"""


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def address(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "thesenbot.db"


async def opened(path: Path, clock: Callable[[], float] = lambda: 0.0) -> Database:
    database = Database(address(path), clock)
    await database.open()
    return database


async def filled(path: Path) -> None:
    """A closed database of many pages."""
    database = await opened(path)
    for server in range(20):
        await database.save(server, ServerSettings(works=("w" * 4000,)))
    await database.close()


async def used(database: Database) -> None:
    try:
        await database.open()
        await database.save(1, FULL)
        await database.settings(1)
    finally:
        await database.close()


async def fault(database: Database) -> str:
    """The one line that opening and using it ends with."""
    with pytest.raises(DatabaseError) as caught:
        await used(database)
    line = str(caught.value)
    assert line
    assert "\n" not in line
    return line


@contextmanager
def pragma(statement: str) -> Iterator[None]:
    """Every connection made meanwhile starts with this pragma."""

    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA {statement}")
        cursor.close()

    event.listen(Pool, "connect", prepare)
    try:
        yield
    finally:
        event.remove(Pool, "connect", prepare)


def files(folder: Path) -> dict[str, int]:
    """The rights of all files of a folder."""
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def refuse(error: Exception) -> Callable[..., NoReturn]:
    def refusing(*_: object, **__: object) -> NoReturn:
        raise error

    return refusing


@pytest.mark.asyncio
async def test_an_unknown_server_has_the_defaults_and_nothing_has_votes(path: Path) -> None:
    database = await opened(path)
    assert await database.settings(SERVER) == ServerSettings(
        None, (), frozenset(), frozenset(), False
    )
    assert await database.votes() == {}
    await database.close()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "settings",
    [
        ServerSettings(),
        ServerSettings(language="de"),
        ServerSettings(language="en"),
        ServerSettings(works=("b", "a", 'q"uote', "Ä\U0001f600'; DROP TABLE servers")),
        ServerSettings(inline_channels=frozenset({0, 2**53 + 1, SERVER})),
        ServerSettings(unasked_channels=frozenset(range(500))),
        ServerSettings(private=True),
        FULL,
    ],
)
async def test_every_field_comes_back_also_after_reopening(
    settings: ServerSettings, path: Path
) -> None:
    database = await opened(path)
    await database.save(SERVER, FULL)
    await database.save(SERVER, settings)
    await database.save(1, ServerSettings(works=("other",)))
    assert await database.settings(SERVER) == settings
    await database.close()
    database = await opened(path)
    found = await database.settings(SERVER)
    assert found == settings
    for field in fields(ServerSettings):
        assert type(getattr(found, field.name)) is type(getattr(settings, field.name))
    await database.close()


@pytest.mark.asyncio
async def test_forgetting_removes_every_trace_of_one_server(path: Path) -> None:
    database = await opened(path)
    for server in (SERVER, 2):
        await database.save(server, FULL)
    await database.settings(SERVER)
    await database.forget(SERVER)
    await database.forget(3)
    assert await database.settings(SERVER) == ServerSettings()
    assert await database.settings(2) == FULL
    await database.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT server FROM servers").fetchall() == [(2,)]


@pytest.mark.asyncio
async def test_changes_elsewhere_show_after_ten_seconds_and_own_ones_at_once(path: Path) -> None:
    clock = Clock()
    here, there = await opened(path, clock), await opened(path, clock)
    assert await here.settings(1) == ServerSettings()
    await there.save(1, FULL)
    assert await there.settings(1) == FULL
    clock.now += 9.9
    assert await here.settings(1) == ServerSettings()
    clock.now += 0.1
    assert await here.settings(1) == FULL
    await there.forget(1)
    clock.now += 10
    assert await here.settings(1) == ServerSettings()
    await here.save(1, FULL)
    assert await here.settings(1) == FULL
    await here.close()
    await there.close()


@pytest.mark.asyncio
async def test_settings_read_while_they_change_are_not_kept(path: Path) -> None:
    database = await opened(path)
    numbers = [ServerSettings(works=(str(number),)) for number in range(30)]
    for settings in numbers:
        await asyncio.gather(
            *(database.settings(1) for _ in range(3)),
            database.save(1, settings),
            *(database.settings(1) for _ in range(3)),
        )
        assert await database.settings(1) == settings
    await database.close()


@pytest.mark.asyncio
async def test_only_a_thousand_servers_are_held_in_memory(path: Path) -> None:
    here, there = await opened(path), await opened(path)
    for server in range(1001):
        await here.settings(server)
    for server in (0, 1000):
        await there.save(server, FULL)
    assert await here.settings(1000) == ServerSettings()
    assert await here.settings(0) == FULL
    await here.close()
    await there.close()


@pytest.mark.asyncio
async def test_two_hundred_votes_at_once_are_all_counted_and_stay(path: Path) -> None:
    databases = [await opened(path), await opened(path)]
    await asyncio.gather(
        *(
            databases[number % 2].vote("k" * 64 if number % 4 else "ä", helpful=number % 5 == 0)
            for number in range(200)
        )
    )
    for database in databases:
        await database.close()
    database = await opened(path)
    assert await database.votes() == {"k" * 64: (30, 120), "ä": (10, 40)}
    with pytest.raises(ValueError, match="64"):
        await database.vote("k" * 65, helpful=True)
    await database.close()


@pytest.fixture
def writer(path: Path) -> Iterator[tuple[IO[str], IO[str]]]:
    """The input and the output of a program that starts writing, from a number on, when told to."""
    command = [sys.executable, "-c", WRITER, address(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdin, process.stdout


@pytest.mark.asyncio
async def test_killed_while_writing_the_old_or_the_new_settings_are_there(
    writer: tuple[IO[str], IO[str]], path: Path
) -> None:
    orders, reports = writer
    written = 0
    for kill in range(20):
        print(written, file=orders, flush=True)
        lines = [reports.readline() for _ in range(2 + kill % 5)]
        await asyncio.sleep(kill * 0.0003)
        (child,) = (int(line.split()[1]) for line in lines if line.startswith("child"))
        os.kill(child, signal.SIGKILL)
        lines.extend(iter(reports.readline, "gone\n"))
        acknowledged = max(int(line) for line in lines if line.strip().isdigit())
        assert acknowledged > written
        database = await opened(path)
        found = await database.settings(7)
        await database.close()
        written = int(found.works[0])
        numbers = frozenset(range(written, written + 40))
        odd = written % 2 == 1
        assert found == ServerSettings(
            "de" if odd else "en", (str(written),) * 40, numbers, numbers, odd
        )
        assert written in (acknowledged, acknowledged + 1)


@pytest.mark.asyncio
@pytest.mark.parametrize("start", [0, 100, 4096 * 5])
async def test_a_file_with_bytes_overwritten_is_called_damaged(start: int, path: Path) -> None:
    await filled(path)
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * 4096)
    line = await fault(Database(address(path)))
    assert str(path) in line
    assert "damaged" in line


@pytest.mark.asyncio
@pytest.mark.parametrize("size", [10, 512, 4096, 4096 * 5, 4096 * 5 + 7])
async def test_a_file_cut_off_is_called_damaged(size: int, path: Path) -> None:
    await filled(path)
    os.truncate(path, size)
    line = await fault(Database(address(path)))
    assert str(path) in line
    assert "damaged" in line


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "change", ["language = 'fr'", "works = '[1'", "works = '3'", "inline_channels = '[\"x\"]'"]
)
async def test_contents_never_written_by_the_bot_are_called_damaged(
    change: str, path: Path
) -> None:
    database = await opened(path)
    await database.save(1, FULL)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE servers SET {change}")
    with pytest.raises(DatabaseError, match="damaged"):
        await database.settings(1)
    await database.close()


@pytest.mark.asyncio
async def test_a_folder_that_cannot_be_written_to_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse(OSError(30, "Read-only file system", str(path))))
        line = await fault(Database(address(path)))
        assert str(path) in line
        assert "Read-only file system" in line
    await filled(path)
    with pragma("query_only = ON"):
        line = await fault(Database(address(path)))
        assert str(path) in line
        assert "cannot be written to" in line


@pytest.mark.asyncio
async def test_a_full_disk_is_named_and_what_was_there_stays(path: Path) -> None:
    await filled(path)
    with pragma("max_page_count = 1"):
        database = await opened(path)
        for server in range(20, 24):
            with pytest.raises(DatabaseError, match="disk is full"):
                await database.save(server, ServerSettings(works=("w" * 9000,)))
        assert await database.settings(1) == ServerSettings(works=("w" * 4000,))
        assert await database.settings(20) == ServerSettings()
        await database.close()


@pytest.mark.asyncio
async def test_a_locked_file_is_named_and_works_when_it_is_free(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.database.engine, "_PATIENCE", 0.02)
    database = await opened(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="locked"):
            await database.vote("k", helpful=True)
        assert "locked" in await fault(Database(address(path)))
        assert await database.votes() == {}
    await database.vote("k", helpful=True)
    assert await database.votes() == {"k": (1, 0)}
    await database.close()


@pytest.mark.asyncio
async def test_a_place_where_no_file_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path, tmp_path / "file" / "below", tmp_path / ("n" * 300)):
        assert str(place) in await fault(Database(address(place)))


@pytest.mark.asyncio
async def test_a_newer_schema_is_refused_and_left_as_it_is(path: Path) -> None:
    await (await opened(path)).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE schema_version SET version = ?", [SCHEMA + 1])
        connection.execute("DROP TABLE votes")
    line = await fault(Database(address(path)))
    assert str(path) in line
    assert "newer" in line
    assert f"schema {SCHEMA + 1}" in line
    assert set(schema(path)) == {"schema_version", "servers"}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "url",
    [
        "",
        "thesenbot.db",
        "sqlite:///thesenbot.db",
        "sqlite+aiosqlite:///bad\nname.db",
        "oracle+nothing://user:pa55word@host/name",
        "mysql+aiomysql://user:pa55word@host/name",
        "postgresql://user:pa55word@host/name",
        "postgresql+asyncpg://user:pa55word@host:port/name",
        "postgresql+asyncpg://user:wo@pa55word@host/name",
        "postgresql+asyncpg://user:wo@rd/pa55word@host/name",
        "postgresql+asyncpg://host/name?password=pa55word",
        "user:pa55word@host/name",
    ],
)
async def test_an_address_of_no_use_is_one_line_without_the_password(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    line = await fault(Database(url))
    assert line.startswith("database: ")
    assert "pa55word" not in line
    assert files(tmp_path) == {}


@pytest.mark.asyncio
async def test_a_missing_driver_is_one_line_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    line = await fault(Database("postgresql+asyncpg://user:pa55word@host/name"))
    assert line.startswith("host:5432/name: ")
    assert "pip install asyncpg" in line
    assert "pa55word" not in line


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(111, "Connection refused for user:pa55word"),
        TimeoutError(),
        OSError(5, "no way\nto user:pa55word@host"),
    ],
)
async def test_an_unreachable_server_is_one_line_without_the_password(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.database.engine, "create_async_engine", refuse(error))
    database = Database("postgresql+asyncpg://user:pa55word@host:99/name")
    line = await fault(database)
    assert line.startswith("host:99/name: ")
    assert "pa55word" not in f"{line} {database!r}"


@pytest.mark.asyncio
async def test_closing_waits_for_what_is_being_written(path: Path) -> None:
    database = await opened(path)
    votes = [asyncio.create_task(database.vote("a passage", helpful=True)) for _ in range(5)]
    await asyncio.sleep(0)
    await database.close()
    assert all(vote.done() for vote in votes)
    again = await opened(path)
    assert await again.votes() == {"a passage": (5, 0)}
    await again.close()


@pytest.mark.asyncio
async def test_what_is_not_open_is_one_line_and_may_be_closed_twice(path: Path) -> None:
    database = Database(address(path))
    await database.close()
    with pytest.raises(DatabaseError, match="not open"):
        await database.votes()
    await database.open()
    await database.close()
    await database.close()
    with pytest.raises(DatabaseError, match="not open"):
        await database.settings(1)


@pytest.mark.asyncio
async def test_the_files_are_for_their_owner_alone_and_writing_is_safe(path: Path) -> None:
    mask = os.umask(0)
    try:
        database = await opened(path)
        await database.vote("k", helpful=True)
        modes = files(path.parent)
    finally:
        os.umask(mask)
    assert modes == dict.fromkeys([path.name, f"{path.name}-wal", f"{path.name}-shm"], 0o600)
    await database.close()
    assert files(path.parent) == {path.name: 0o600}


@pytest.mark.asyncio
async def test_sqlite_is_told_to_be_safe(path: Path) -> None:
    found: dict[str, Any] = {}

    def look(connection: Any, _: object) -> None:
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA {name}")
            found[name] = cursor.fetchone()[0]
            cursor.close()

    await (await opened(path)).close()
    database = Database(address(path))
    event.listen(Pool, "checkin", look)
    try:
        await database.open()
    finally:
        event.remove(Pool, "checkin", look)
    await database.close()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


def schema(path: Path) -> dict[str, list[str]]:
    """The columns of every table."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {
            name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            for (name,) in tables.fetchall()
        }


@pytest.mark.asyncio
async def test_nothing_about_people_has_a_place_in_the_schema(path: Path) -> None:
    await (await opened(path)).close()
    assert schema(path) == {
        "schema_version": ["version"],
        "servers": [
            "server",
            "language",
            "works",
            "inline_channels",
            "unasked_channels",
            "private",
        ],
        "votes": ["passage", "helpful", "unhelpful"],
    }
