"""What the bot remembers: settings of servers and counts of votes, nothing about people."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import (
    JSON,
    URL,
    BigInteger,
    Boolean,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    event,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from index import Language

SCHEMA = 1
_SQLITE, _POSTGRESQL = "sqlite+aiosqlite", "postgresql+asyncpg"
_EXAMPLES = f"{_SQLITE}:///folder/thesenbot.db or {_POSTGRESQL}://user:password@host/name"
_PATIENCE = 5  # seconds
_TRUSTED = 10  # seconds
_REMEMBERED = 1000
_LONGEST_PASSAGE = 64
_OPENING = 0x74686573656E  # any number that no other program locks

_METADATA = MetaData()
_VERSION = Table(
    "schema_version",
    _METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
)
_SERVERS = Table(
    "servers",
    _METADATA,
    Column("server", BigInteger, primary_key=True, autoincrement=False),
    Column("language", String(2)),
    Column("works", JSON, nullable=False),
    Column("inline_channels", JSON, nullable=False),
    Column("unasked_channels", JSON, nullable=False),
    Column("private", Boolean, nullable=False),
)
_VOTES = Table(
    "votes",
    _METADATA,
    Column("passage", String(_LONGEST_PASSAGE), primary_key=True),
    Column("helpful", BigInteger, nullable=False),
    Column("unhelpful", BigInteger, nullable=False),
)

_DAMAGED = "the database is damaged; restore a backup, or move it away to start with an empty one"
_SQLITE_REASONS = {
    sqlite3.SQLITE_BUSY: "locked by another program; close that one and try again",
    sqlite3.SQLITE_LOCKED: "locked by another program; close that one and try again",
    sqlite3.SQLITE_READONLY: "cannot be written to; let the bot write to the file and its folder",
    sqlite3.SQLITE_PERM: "may not be used; let the bot write to the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; name a file in a folder the bot can write to",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written; check the disk and its free space",
    sqlite3.SQLITE_FULL: "the disk is full; make room on it",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}
_POSTGRESQL_REASONS = {
    "08": "the server cannot be reached; check that it runs, and host and port in the address",
    "25": "cannot be written to; name the primary server, not a read-only copy",
    "28": "user or password is refused; check both in the address",
    "3D": "the server has no database of this name; create it",
    "40": "locked by another program; try again",
    "42501": "the user may not do this; make it the owner of the database",
    "53100": "the server's disk is full; make room on it",
    "53": "the server lacks room or connections; give it more",
    "55": "locked by another program; try again",
    "57": "the server is shutting down or starting; try again",
    "XX": _DAMAGED,
}


class DatabaseError(Exception):
    """The database cannot be used; one line says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What the people of one server chose; no ``works`` means all of them."""

    language: Language | None = None
    works: tuple[str, ...] = ()
    inline_channels: frozenset[int] = frozenset()
    unasked_channels: frozenset[int] = frozenset()
    private: bool = False


_SETTINGS = TypeAdapter(ServerSettings)


class Database:
    """One database; every method but the constructor may raise ``DatabaseError``.

    Args:
        url: Its address for SQLAlchemy; checked when it is opened.
        clock: Seconds that only grow; settings read less than ten of them ago are trusted.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._place = "database"
        self._password = ""
        self._engine: AsyncEngine | None = None
        self._cache: dict[int, tuple[float, ServerSettings]] = {}
        self._changes = 0

    async def open(self) -> None:
        """Connect, and create what is missing; to be called once, before all else.

        Raises:
            DatabaseError: It cannot be reached or made, is damaged, or has a newer schema.
        """
        with self._faults_named():
            url = _parse_url(self._url)
            self._place = _place(url)
            self._password = str(url.password or "")
            engine = _connect(url)
            try:
                async with engine.begin() as connection:
                    await _prepare(connection)
            except BaseException:
                await engine.dispose()
                raise
            self._engine = engine

    async def close(self) -> None:
        """Let go of all connections; nothing happens if there are none.

        Raises:
            DatabaseError: The last writing fails.
        """
        engine, self._engine = self._engine, None
        self._cache.clear()
        if engine is not None:
            with self._faults_named():
                await engine.dispose()

    async def settings(self, server: int) -> ServerSettings:
        """The settings of a server, or the defaults; changes by other processes show within 10 s.

        Raises:
            DatabaseError: They cannot be read.
        """
        now, changes = self._clock(), self._changes
        if (kept := self._cache.get(server)) and now - kept[0] < _TRUSTED:
            return kept[1]
        statement = select(*_SERVERS.c[1:]).where(_SERVERS.c.server == server)
        with self._faults_named():
            async with self._opened.connect() as connection:
                row = (await connection.execute(statement)).mappings().one_or_none()
            found = ServerSettings() if row is None else _parse_settings(dict(row))
        if changes == self._changes:
            self._cache.pop(server, None)
            if len(self._cache) >= _REMEMBERED:
                del self._cache[next(iter(self._cache))]
            self._cache[server] = now, found
        return found

    async def save(self, server: int, settings: ServerSettings) -> None:
        """Replace the settings of a server, all of them or, on any failure, none.

        Raises:
            DatabaseError: They cannot be written.
        """
        values = asdict(settings) | {
            "works": list(settings.works),
            "inline_channels": sorted(settings.inline_channels),
            "unasked_channels": sorted(settings.unasked_channels),
        }
        await self._change(server, self._upsert(_SERVERS, {"server": server, **values}, values))

    async def forget(self, server: int) -> None:
        """Delete all that is known of a server.

        Raises:
            DatabaseError: It cannot be deleted.
        """
        await self._change(server, delete(_SERVERS).where(_SERVERS.c.server == server))

    async def vote(self, passage: str, *, helpful: bool) -> None:
        """Count one vote for or against a passage.

        Args:
            passage: Its key, of at most 64 characters.
            helpful: Whether the vote is for it.

        Raises:
            DatabaseError: It cannot be counted.
            ValueError: The key is too long.
        """
        if len(passage) > _LONGEST_PASSAGE:
            message = f"a passage's key has at most {_LONGEST_PASSAGE} characters"
            raise ValueError(message)
        counts = {"helpful": int(helpful), "unhelpful": int(not helpful)}
        counted = {name: _VOTES.c[name] + count for name, count in counts.items()}
        statement = self._upsert(_VOTES, {"passage": passage, **counts}, counted)
        with self._faults_named():
            async with self._opened.begin() as connection:
                await connection.execute(statement)

    async def votes(self) -> dict[str, tuple[int, int]]:
        """How often each passage was voted helpful and not helpful, by its key.

        Raises:
            DatabaseError: They cannot be read.
        """
        with self._faults_named():
            async with self._opened.connect() as connection:
                rows = (await connection.execute(select(_VOTES))).all()
        return {row.passage: (row.helpful, row.unhelpful) for row in rows}

    @property
    def _opened(self) -> AsyncEngine:
        if self._engine is None:
            raise DatabaseError(f"{self._place}: not open; call open() first")
        return self._engine

    def _upsert(self, table: Table, values: dict[str, Any], changed: dict[str, Any]) -> Any:
        dialect = postgresql if self._opened.dialect.name == "postgresql" else sqlite
        return (
            dialect.insert(table)
            .values(values)
            .on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)
        )

    async def _change(self, server: int, statement: Any) -> None:
        try:
            with self._faults_named():
                async with self._opened.begin() as connection:
                    await connection.execute(statement)
        finally:  # also what was being read meanwhile is not to be kept
            self._changes += 1
            self._cache.pop(server, None)

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError:
            raise
        except Exception as error:
            reason = _reason(error)
            if reason is None:
                raise
            if self._password:
                reason = reason.replace(self._password, "***")
            line = " ".join(f"{self._place}: {reason}".splitlines())
            raise DatabaseError(line) from error


def _parse_url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # their texts may hold parts of the password
        url = None
    if url is None or not f"{url.host}{url.database}".isprintable():
        raise DatabaseError(f"database: its address cannot be read; write it as {_EXAMPLES}")
    if "@" in f"{url.host}{url.database}" and url.drivername != _SQLITE:
        raise DatabaseError("database: write an @ in the password of its address as %40")
    if url.drivername not in (_SQLITE, _POSTGRESQL):
        message = f"database: no driver is called {url.drivername}; write it as {_EXAMPLES}"
        raise DatabaseError(message)
    if set(url.query) - {"ssl"}:
        raise DatabaseError("database: the only option its address may have is ssl")
    return url


def _place(url: URL) -> str:
    """Where it is, without user, password and options."""
    if url.drivername == _SQLITE:
        return url.database or ":memory:"
    return f"{url.host or 'localhost'}:{url.port or 5432}/{url.database or ''}"


def _connect(url: URL) -> AsyncEngine:
    if url.drivername == _POSTGRESQL:
        return create_async_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"timeout": _PATIENCE, "command_timeout": 2 * _PATIENCE},
        )
    _create_file(url.database)
    engine = create_async_engine(
        url,
        hide_parameters=True,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,  # writers of one process queue here, in order, and not at the file's lock
        max_overflow=0,
        connect_args={"timeout": _PATIENCE},
    )
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    return engine


def _create_file(name: str | None) -> None:
    """Make the file for its owner alone; SQLite gives the files beside it the same rights.

    One that exists is opened by SQLite only: any other closing of it would drop SQLite's locks.
    """
    if name in (None, "", ":memory:"):
        return
    path = Path(str(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    sqlite3.connect(path).close()  # where this fails, aiosqlite would leave a thread behind


def _set_up_sqlite(connection: Any, _: object) -> None:
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(_PATIENCE * 1000)}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()
    except BaseException:
        connection.close()
        raise


async def _prepare(connection: AsyncConnection) -> None:
    """Create the tables, one process at a time, unless a newer version of the bot has done so."""
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
        if await connection.scalar(text("PRAGMA integrity_check(1)")) != "ok":
            raise _Damaged
    else:
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_OPENING})"))
    await connection.run_sync(_VERSION.create, checkfirst=True)
    version = await connection.scalar(select(_VERSION.c.version))
    if version is None:
        await connection.execute(insert(_VERSION).values(version=SCHEMA))
    elif version != SCHEMA:
        raise _Newer(version) if version > SCHEMA else _Damaged
    await connection.run_sync(_METADATA.create_all)


def _parse_settings(values: dict[str, Any]) -> ServerSettings:
    try:
        return _SETTINGS.validate_python(values)
    except ValidationError as error:
        raise _Damaged from error


class _Damaged(Exception):
    """The database holds what the bot never wrote."""


class _Newer(Exception):
    """The tables are those of a later version of the bot, of the schema given."""


def _reason(error: Exception) -> str | None:
    """What is wrong and what to do; None for faults of the program."""
    if isinstance(error, ModuleNotFoundError):
        return f"the driver {error.name} is missing; run `pip install {error.name}`"
    if isinstance(error, _Newer):
        return f"made by a newer thesenbot (schema {error}, not {SCHEMA}); update thesenbot"
    if isinstance(error, (_Damaged, UnicodeDecodeError, json.JSONDecodeError)):
        return _DAMAGED
    origin = getattr(error, "orig", None) or error
    if isinstance(origin, sqlite3.Error):
        code = getattr(origin, "sqlite_errorcode", 0) & 0xFF
        return _SQLITE_REASONS.get(code, f"the database failed: {origin}")
    if state := getattr(origin, "sqlstate", None):
        known = _POSTGRESQL_REASONS.get(state) or _POSTGRESQL_REASONS.get(state[:2])
        return known or f"the database failed with SQLSTATE {state}: {origin}"
    if isinstance(origin, (ConnectionError, TimeoutError, socket.gaierror)):
        return _POSTGRESQL_REASONS["08"]
    if isinstance(origin, OSError):
        return f"{origin.strerror or 'no answer'}; check that it exists and the bot may use it"
    return f"the database failed: {origin}" if isinstance(error, SQLAlchemyError) else None
