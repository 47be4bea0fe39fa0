"""From the address of a database to an engine that connects to it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.database.faults import DatabaseError

_SQLITE, _POSTGRESQL = "sqlite+aiosqlite", "postgresql+asyncpg"
_EXAMPLES = f"{_SQLITE}:///folder/thesenbot.db or {_POSTGRESQL}://user:password@host/name"
_PATIENCE = 5  # seconds


def parse_url(address: str) -> URL:
    """The address of a database.

    Raises:
        DatabaseError: It is none, or of a kind that is not supported.
    """
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


def place_of(url: URL) -> str:
    """Where it is, without user, password and options."""
    if url.drivername == _SQLITE:
        return url.database or ":memory:"
    return f"{url.host or 'localhost'}:{url.port or 5432}/{url.database or ''}"


def connect(url: URL) -> AsyncEngine:
    """An engine that is ready to connect; the file of an SQLite database is there then."""
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
